%% Whether a sum that fails stands in the stack trace depends on the constant in it.
-module(exc_constants).
-export([start/0]).

start() -> [try F(a) catch error:badarith:Stack -> {Name, element(1, hd(Stack)) =:= erlang} end || {Name, F} <- sums()].

sums() ->
    [{less_1, fun(X) -> X - 1 end}, {less_minus_1, fun(X) -> X - -1 end}, {plus_1, fun(X) -> X + 1 end},
     {plus_minus_1, fun(X) -> X + -1 end}, {plus_large, fun(X) -> X + 9007199254740991 end},
     {less_large, fun(X) -> X - 9007199254740991 end}, {less_minus_large, fun(X) -> X - -9007199254740991 end},
     {plus_minus_large, fun(X) -> X + -9007199254740991 end}, {first, fun(X) -> 5 + X end},
     {first_minus, fun(X) -> -5 + X end}, {from, fun(X) -> 5 - X end},
     {plus_most, fun(X) -> X + 576460752303423487 end}, {plus_more, fun(X) -> X + 576460752303423488 end},
     {less_most, fun(X) -> X - 576460752303423487 end}, {less_more, fun(X) -> X - 576460752303423488 end},
     {less_least, fun(X) -> X - -576460752303423488 end}, {plus_least, fun(X) -> X + -576460752303423488 end},
     {plus_least_1, fun(X) -> X + -576460752303423489 end}, {plus_float, fun(X) -> X + 1.0 end},
     {times, fun(X) -> X * 3 end}].
