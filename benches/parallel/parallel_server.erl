%% Answers each call with what it was called with.
-module(parallel_server).
-behaviour(gen_server).
-export([init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, none}.

handle_call(Request, _, State) -> {reply, Request, State}.

handle_cast(_, State) -> {noreply, State}.
