%% A crowd whose members link, monitor, name, call and kill each other at random. Each notes what
%% it must hear: one reply or one 'DOWN' for each call, one 'DOWN' for each monitor.
-module(soak_signals).
-export([run/0]).

-define(MEMBERS, 24).
-define(STEPS, 150).
-define(NAMES, [soak_a, soak_b, soak_c, soak_d]).

run() ->
    process_flag(trap_exit, true),
    Seeds = [rand:uniform(1 bsl 30) || _ <- lists:seq(1, ?MEMBERS)],
    Members = [spawn_monitor(fun() -> member(Seed) end) || Seed <- Seeds],
    Pids = [Pid || {Pid, _} <- Members],
    [Pid ! {others, Pids} || Pid <- Pids],
    [receive {'DOWN', Ref, process, Pid, Reason} -> check(Reason) end || {Pid, Ref} <- Members],
    [undefined = whereis(Name) || Name <- ?NAMES],
    [false = is_process_alive(Pid) || Pid <- Pids].

%% Members end by themselves, or because another one wanted it.
check(normal) -> ok;
check(killed) -> ok;
check(noproc) -> ok;
check({wanted, _}) -> ok;
check(Reason) -> exit({member, Reason}).

member(Seed) ->
    rand:seed(exsss, Seed),
    Others = receive {others, Pids} -> list_to_tuple(Pids) end,
    process_flag(trap_exit, rand:uniform(2) =:= 1),
    steps(?STEPS, Others, []).

%% `Watched` are the monitors whose 'DOWN' is still to come.
steps(0, _, Watched) ->
    [demonitor(Ref) || Ref <- Watched],
    flush(Watched);
steps(N, Others, Watched) ->
    Other = element(rand:uniform(tuple_size(Others)), Others),
    steps(N - 1, Others, serve(step(rand:uniform(22), Other, Watched))).

step(1, Other, Watched) -> catch link(Other), Watched;
step(2, Other, Watched) -> unlink(Other), Watched;
step(N, Other, Watched) when N < 6 -> [monitor(process, Other) | Watched];
step(6, _, [Ref | Watched]) ->
    demonitor(Ref, [flush]),
    receive {'DOWN', Ref, _, _, _} -> exit(down_after_flush) after 0 -> Watched end;
step(7, Other, Watched) when Other =/= self() ->
    exit(Other, element(rand:uniform(4), {normal, kill, {wanted, self()}, {wanted, make_ref()}})),
    Watched;
step(8, _, Watched) -> process_flag(trap_exit, rand:uniform(2) =:= 1), Watched;
step(9, _, Watched) ->
    Name = lists:nth(rand:uniform(4), ?NAMES),
    catch register(Name, self()),
    Watched;
step(10, _, Watched) ->
    case process_info(self(), registered_name) of
        {registered_name, Name} -> unregister(Name);
        [] -> ok
    end,
    Watched;
step(11, _, Watched) ->
    Name = lists:nth(rand:uniform(4), ?NAMES),
    [monitor(process, Name) | Watched];
step(12, _, Watched) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({wanted, child}) end),
    receive {'DOWN', Ref, process, Pid, {wanted, child}} -> Watched end;
step(13, _, Watched) ->
    Ref = spawn_request(fun() -> ok end, [monitor]),
    receive {spawn_reply, Ref, ok, Pid} -> receive {'DOWN', Ref, process, Pid, normal} -> ok end end,
    Watched;
step(14, Other, Watched) ->
    case process_info(Other, [links, monitors, messages, status]) of
        undefined -> Watched;
        [{links, _}, {monitors, _}, {messages, _}, {status, _}] -> Watched
    end;
step(15, Other, Watched) when Other =/= self() ->
    case catch erlang:suspend_process(Other, [asynchronous]) of
        true -> catch erlang:resume_process(Other);
        _ -> ok
    end,
    Watched;
step(16, _, Watched) -> erlang:yield(), Watched;
step(N, Other, Watched) when N < 21, Other =/= self() -> call(Other), Watched;
step(_, _, Watched) -> Watched.

%% While it waits for its reply it answers others, so that nobody waits for ever.
call(Other) ->
    Ref = monitor(process, Other, [{alias, reply_demonitor}]),
    Other ! {call, Ref, {self(), Ref}},
    reply(Ref, {self(), Ref}).

reply(Ref, Term) ->
    receive
        {reply, Ref, Answer} -> Answer =:= Term orelse exit({wrong_answer, Answer, Term});
        {'DOWN', Ref, process, _, _} -> ok;
        {call, Back, Question} -> Back ! {reply, Back, Question}, reply(Ref, Term)
    end.

serve(Watched) ->
    receive
        {call, Back, Question} -> Back ! {reply, Back, Question}, serve(Watched);
        {'DOWN', Ref, process, _, _} -> serve(heard(Ref, Watched));
        {'EXIT', Pid, _} when is_pid(Pid) -> serve(Watched);
        Other -> exit({unexpected, Other})
    after 0 -> Watched
    end.

heard(Ref, Watched) ->
    lists:member(Ref, Watched) orelse exit({second_down, Ref}),
    lists:delete(Ref, Watched).

%% A 'DOWN' that came before its monitor was taken away is still one that was asked for.
flush(Watched) ->
    case serve(Watched) of
        Watched -> ok;
        Fewer -> flush(Fewer)
    end.
