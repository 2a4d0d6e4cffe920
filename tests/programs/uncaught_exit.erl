%% Ends by an exit signal of a linked process.
-module(uncaught_exit).
-export([start/0]).

start() ->
    io:format("linked~n"),
    spawn_link(fun() -> exit(pulled_down) end),
    receive never -> ok end.
