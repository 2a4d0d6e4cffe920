%% Shifts and bitwise operations, with negative operands and shifts past every word size.
-module(int_bits).
-export([start/0]).

start() ->
    Ns = [0, 1, -1, 5, -5, 16#7FFFFFFF, -16#80000000, 16#FFFFFFFFFFFFFFFF, -(1 bsl 64), 1 bsl 70],
    Shifts = [0, 1, 3, 27, 28, 31, 32, 59, 60, 63, 64, 65, 100, -1, -3, -31, -64, -100],
    {[[N bsl S || S <- Shifts] || N <- Ns],
     [[N bsr S || S <- Shifts] || N <- Ns],
     [{A band B, A bor B, A bxor B} || A <- Ns, B <- Ns],
     [popcount(N) || N <- Ns, N >= 0],
     [catch_it(F) || F <- [fun() -> id(1) bsl id(a) end, fun() -> id(1.0) bsr 1 end,
                           fun() -> id(x) band 1 end, fun() -> 1 bor id([]) end,
                           fun() -> {} bxor id(1) end]],
     gray(16), 0 bsl 1000000000, 0 bsr id(1000000000), -1 bsr id(1000000000)}.

popcount(0) -> 0;
popcount(N) -> (N band 1) + popcount(N bsr 1).

gray(N) -> [X bxor (X bsr 1) || X <- lists:seq(0, N - 1)].

catch_it(F) ->
    try F() catch C:R -> {C, R} end.

id(X) -> X.
