%% Local calls in a module of the library, of a server that was running before they were traced.
-module(trace_library).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2]).

start() ->
    {ok, Server} = gen_server:start_link(?MODULE, [], []),
    0 = gen_server:call(Server, next),
    1 = erlang:trace(Server, true, [call, return_to]),
    Count = erlang:trace_pattern({gen_server, '_', '_'}, true, [local]),
    io:format("~p~n", [Count > 20]),
    1 = gen_server:call(Server, next),
    2 = gen_server:call(Server, next),
    io:format("~p~n", [traced(Server)]),
    Count = erlang:trace_pattern({gen_server, '_', '_'}, false, [local]),
    3 = gen_server:call(Server, next),
    traced(Server).

traced(Server) ->
    Delivered = erlang:trace_delivered(Server),
    traced(Server, Delivered).

traced(Server, Delivered) ->
    receive
        {trace, Server, call, {Module, Function, Arguments}} ->
            [{Module, Function, length(Arguments)} | traced(Server, Delivered)];
        {trace, Server, return_to, To} ->
            [{return_to, To} | traced(Server, Delivered)];
        {trace_delivered, Server, Delivered} ->
            []
    end.

init([]) ->
    {ok, 0}.

handle_call(next, _, Number) -> {reply, Number, Number + 1}.

handle_cast(_, Number) -> {noreply, Number}.
