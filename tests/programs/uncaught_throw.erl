%% Ends by a throw that nothing catches.
-module(uncaught_throw).
-export([start/0]).

start() ->
    Self = self(),
    spawn(fun() -> Self ! {ball, [1, "two"]} end),
    receive Ball -> throw(Ball) end.
