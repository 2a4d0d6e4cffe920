%% Standard input as binaries.
-module(io_binary).
-export([start/0]).

start() ->
    ok = io:setopts([binary, {encoding, unicode}]),
    io:format("~p~n", [io:getopts()]),
    lines(io:get_line("> ")).

lines(eof) -> io:format("end~n");
lines(Line) ->
    io:format("~p~n", [Line]),
    lines(io:get_line("> ")).
