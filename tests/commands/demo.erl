%% An application that is its own supervisor, and a program that uses it.
-module(demo).
-behaviour(application).
-export([start/0, start/2, prep_stop/1, stop/1, init/1]).

start() ->
    {ok, _} = application:ensure_all_started(demo),
    {ok, Version} = application:get_key(demo, vsn),
    io:format("~s~n", [Version]).

start(normal, []) ->
    {ok, Color} = application:get_env(demo, color),
    io:format("started with ~p~n", [Color]),
    supervisor:start_link({local, demo_sup}, ?MODULE, []).

prep_stop(State) -> io:format("prepares~n"), State.

stop(_) -> io:format("stopped~n").

init([]) -> {ok, {#{}, []}}.
