%% Integers to text and back, in every base, and what is refused.
-module(int_convert).
-export([start/0]).

start() ->
    Ns = [0, 1, -1, 10, -255, 123456789, 1 bsl 64, -(1 bsl 100)],
    {[integer_to_list(N) || N <- Ns],
     [integer_to_binary(N) || N <- Ns],
     [integer_to_list(N, B) || N <- Ns, B <- [2, 8, 16, 36]],
     [integer_to_binary(N, 16) || N <- Ns],
     [list_to_integer(integer_to_list(N, B), B) =:= N || N <- Ns, B <- lists:seq(2, 36)],
     list_to_integer("+17"), list_to_integer("-0"), list_to_integer("007"),
     list_to_integer("zZ", 36), list_to_integer("-ff", 16), binary_to_integer(<<"FfFf">>, 16),
     binary_to_integer(<<"123456789012345678901234567890">>),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> list_to_integer(id("")) end, fun() -> list_to_integer(id("1 ")) end,
               fun() -> list_to_integer(id("+")) end, fun() -> list_to_integer(id("12a")) end,
               fun() -> list_to_integer(id("2"), 2) end, fun() -> list_to_integer(id("1"), 37) end,
               fun() -> binary_to_integer(id(<<>>)) end, fun() -> binary_to_integer(id("1")) end,
               fun() -> integer_to_list(id(1.0)) end, fun() -> integer_to_list(1, id(1)) end,
               fun() -> list_to_integer(id([$1 | $2])) end]],
     [round(X) || X <- [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 1.0e15, 4503599627370497.5]],
     [{trunc(X), floor(X), ceil(X)} || X <- [0.0, -0.0, 1.7, -1.7, 2.0, -2.0, 1.0e20, 3]],
     string:to_integer("42abc"), string:to_integer("abc"), string:to_integer(<<"-8 9">>),
     max(1, 1.0), max(1.0, 1), min(2, a), max([], {})}.

id(X) -> X.
