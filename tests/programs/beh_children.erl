%% Supervisors whose children get arguments when they start, more than their specification has.
-module(beh_children).
-behaviour(supervisor).
-export([start/0, init/1, named/1, named/2, counter/3]).

start() ->
    {ok, Names} = supervisor:start_link(?MODULE, named),
    {ok, Counters} = supervisor:start_link(?MODULE, counters),
    Started = [element(1, supervisor:start_child(Names, Args)) || Args <- [[one], [two, info], [one, again]]],
    {ok, Counter} = supervisor:start_child(Counters, [10, 5]),
    Counter ! {next, self()},
    Next = receive {Counter, N} -> N end,
    {Started, [whereis(N) =/= undefined || N <- [one, two]], Next,
     [proplists:get_value(active, supervisor:count_children(S)) || S <- [Names, Counters]],
     element(1, supervisor:start_child(Counters, [wrong_number]))}.

init(named) -> {ok, {{simple_one_for_one, 1, 1}, [{x, {?MODULE, named, []}, temporary, 100, worker, []}]}};
init(counters) ->
    {ok, {#{strategy => simple_one_for_one}, [#{id => c, start => {?MODULE, counter, [1]}, restart => temporary}]}}.

named(Name) -> named(Name, []).

named(Name, Info) ->
    case whereis(Name) of
        undefined ->
            Pid = spawn_link(fun() -> receive stop -> Info end end),
            register(Name, Pid),
            {ok, Pid};
        Pid -> {error, {already_started, Pid}}
    end.

counter(Step, From, Twice) ->
    {ok, spawn_link(fun() -> count(From * Twice, Step) end)}.

count(N, Step) ->
    receive {next, To} -> To ! {self(), N + Step}, count(N + Step, Step) end.
