%% Small and medium integers: the four operations, signs, and the rounding of div and rem.
-module(int_arith).
-export([start/0]).

start() ->
    Ns = [0, 1, -1, 2, -2, 7, -7, 255, -256, 65535, 1 bsl 27, -(1 bsl 27), (1 bsl 27) - 1,
          1 bsl 59, -(1 bsl 59), (1 bsl 59) - 1, (1 bsl 63) - 1, -(1 bsl 63), 1 bsl 64],
    Pairs = [{A, B} || A <- Ns, B <- Ns],
    Sums = [A + B || {A, B} <- Pairs],
    Diffs = [A - B || {A, B} <- Pairs],
    Products = [A * B || {A, B} <- Pairs],
    Quotients = [{A div B, A rem B} || {A, B} <- Pairs, B =/= 0],
    true = lists:all(fun({A, B}) -> (A div B) * B + A rem B =:= A end,
                     [P || {_, B} = P <- Pairs, B =/= 0]),
    {Sums, Diffs, Products, Quotients, unary(Ns), errors(), mixed(id(3), id(2.5))}.

unary(Ns) -> [{-N, +N, abs(N), bnot N} || N <- Ns].

errors() ->
    Zero = id(0),
    Atom = id(a),
    [class(F) || F <- [fun() -> 1 div Zero end, fun() -> 1 rem Zero end, fun() -> 1 / Zero end,
                       fun() -> Atom + 1 end, fun() -> 1 - Atom end, fun() -> -Atom end,
                       fun() -> 1.5 div 2 end, fun() -> id(5) rem id(2.0) end,
                       fun() -> [] * 2 end, fun() -> abs(Atom) end, fun() -> bnot id(1.0) end]].

class(F) ->
    try F() catch C:R -> {C, R} end.

mixed(I, F) -> {I + F, I - F, I * F, I / F, I / 2, 7 / 7, I * 0.0, F - I}.

id(X) -> X.
