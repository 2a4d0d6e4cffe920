%% How many schedulers take turns: online, and blocked by processes. What there is of them differs, so
%% only what must be so is shown.
-module(sched_flags).
-export([start/0]).

start() ->
    Count = erlang:system_info(schedulers),
    Before = erlang:system_flag(schedulers_online, Count),
    show(Before =< Count),
    show([online(), kind(), blockers()]),
    show([erlang:system_flag(schedulers_online, 1), busy(1)] =:= [Count, true]),
    show([online(), kind(), blockers()]),
    show(erlang:system_flag(schedulers_online, Count) =:= 1),
    show([catch_all(fun() -> erlang:system_flag(schedulers_online, N) end) || N <- [0, -1, Count + 1, all, 1.0]]),
    [show({What, erlang:system_flag(multi_scheduling, What), kind()})
     || What <- [block, block, unblock, unblock, unblock, block_normal, block, unblock, unblock_normal]],
    show(catch_all(fun() -> erlang:system_flag(multi_scheduling, wait) end)),
    blocked_by_another(),
    blocked_and_offline(Count),
    show(busy(Count)),
    times(Count),
    ok.

online() -> erlang:system_info(schedulers_online) =:= element(2, erlang:system_info(schedulers_state)).

kind() -> erlang:system_info(multi_scheduling).

%% Where there is one scheduler nobody is in the way of others.
blockers() ->
    [erlang:system_info(Key) || Key <- [multi_scheduling_blockers, normal_multi_scheduling_blockers]].

%% Many processes get their turns, whoever gives them.
busy(_) ->
    Refs = [element(2, spawn_monitor(fun() -> exit(lists:sum(lists:seq(1, 1000 + N))) end)) || N <- lists:seq(1, 50)],
    Sums = [receive {'DOWN', Ref, _, _, Sum} -> Sum end || Ref <- Refs],
    Sums =:= [lists:sum(lists:seq(1, 1000 + N)) || N <- lists:seq(1, 50)].

%% A process that ends blocks no more.
blocked_by_another() ->
    Me = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
        Me ! {blocks, erlang:system_flag(multi_scheduling, block)},
        receive stop -> ok end
    end),
    receive {blocks, What} -> show(What) end,
    show(lists:all(fun(By) -> By =:= Pid end, erlang:system_info(multi_scheduling_blockers))),
    show(erlang:system_flag(multi_scheduling, unblock)),
    show(busy(1)),
    Pid ! stop,
    receive {'DOWN', Ref, _, _, _} -> ok end,
    show(released(100)).

released(0) -> kind();
released(Times) ->
    case kind() of
        enabled -> enabled;
        _ -> timer:sleep(10), released(Times - 1)
    end.

blocked_and_offline(Count) ->
    erlang:system_flag(multi_scheduling, block),
    show(erlang:system_flag(schedulers_online, 1) =:= Count),
    {Count, 1, 1} = erlang:system_info(schedulers_state),
    show(erlang:system_flag(schedulers_online, Count) =:= 1),
    {Count, Count, 1} = erlang:system_info(schedulers_state),
    show(erlang:system_flag(multi_scheduling, unblock)).

%% No scheduler was active for longer than there was time.
times(Count) ->
    show([statistics(scheduler_wall_time), erlang:system_flag(scheduler_wall_time, true)]),
    busy(Count),
    Times = lists:sort(statistics(scheduler_wall_time)),
    show(lists:sublist([N || {N, Active, Total} <- Times, Active =< Total, Total > 0], Count) =:= lists:seq(1, Count)),
    show([erlang:system_flag(scheduler_wall_time, false), statistics(scheduler_wall_time)]).

catch_all(Fun) -> try Fun() catch Class:Reason -> {Class, Reason} end.

show(Value) -> io:format("~p~n", [Value]).
