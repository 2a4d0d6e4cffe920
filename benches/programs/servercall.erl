%% Calls of a server by a process that has many messages waiting.
-module(servercall).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2]).

start() ->
    {ok, P} = gen_server:start_link(?MODULE, [], []),
    Empty = calls(P, 5000, 0),
    [self() ! {waiting, N} || N <- lists:seq(1, 20000)],
    Full = calls(P, 5000, 0),
    gen_server:stop(P),
    %% Nothing may be left for the programs that are measured next.
    Waiting = [receive {waiting, N} -> N end || N <- lists:seq(1, 20000)],
    {Empty =:= Full, lists:sum(Waiting)}.

calls(_, 0, Sum) -> Sum;
calls(P, N, Sum) -> calls(P, N - 1, Sum + gen_server:call(P, N)).

init([]) -> {ok, 0}.
handle_call(X, _, S) -> {reply, X * 2, S + 1}.
handle_cast(_, S) -> {noreply, S}.
