%% Suspending and resuming processes.
-module(proc_suspend).
-export([start/0, loop/0]).

loop() ->
    receive
        stop -> ok;
        {From, X} -> From ! {self(), X}, loop()
    end.

try_(F) -> try F() catch C:R:S -> [{M, Fn, A, _} | _] = S, {C, R, M, Fn, length(A)} end.

ask(P) -> P ! {self(), hello}, answer(P).
answer(P) -> receive {P, X} -> X after 5000 -> none end.

ask_in_vain(P) -> P ! {self(), hello}, silence(P).
silence(P) -> receive {P, X} -> X after 30 -> none end.

status(P) -> element(2, process_info(P, status)).

counts(P) ->
    {suspending, L} = process_info(self(), suspending),
    [{Q =:= P, A, O} || {Q, A, O} <- L].

start() ->
    P = spawn(fun loop/0),
    D = spawn(fun() -> ok end),
    M = monitor(process, D),
    receive {'DOWN', M, _, _, _} -> ok end,
    Show = fun(Name, F) -> io:format("~p: ~p~n", [Name, try_(F)]) end,
    Show(answers, fun() -> ask(P) end),
    Show(suspend, fun() -> erlang:suspend_process(P) end),
    Show(status, fun() -> status(P) end),
    Show(silent, fun() -> ask_in_vain(P) end),
    Show(counts, fun() -> counts(P) end),
    Show(unless, fun() -> erlang:suspend_process(P, [unless_suspending]) end),
    Show(again, fun() -> erlang:suspend_process(P, []) end),
    Show(async, fun() -> erlang:suspend_process(P, [asynchronous]) end),
    Show(async_tag, fun() -> erlang:suspend_process(P, [{asynchronous, tag}]) end),
    Show(reply, fun() -> receive {tag, R} -> R after 5000 -> none end end),
    Show(counts, fun() -> counts(P) end),
    Show(badopt, fun() -> erlang:suspend_process(P, [foo]) end),
    Show(self, fun() -> erlang:suspend_process(self()) end),
    Show(no_pid, fun() -> erlang:suspend_process(foo) end),
    Show(dead, fun() -> erlang:suspend_process(D) end),
    Show(dead_async, fun() -> erlang:suspend_process(D, [asynchronous]) end),
    Show(dead_tag, fun() -> erlang:suspend_process(D, [{asynchronous, t2}]) end),
    Show(dead_reply, fun() -> receive {t2, R} -> R after 5000 -> none end end),
    [Show(resume, fun() -> erlang:resume_process(P) end) || _ <- [1, 2, 3]],
    Show(still_silent, fun() -> silence(P) end),
    Show(resume_last, fun() -> erlang:resume_process(P) end),
    Show(answer, fun() -> answer(P) end),
    Show(counts, fun() -> counts(P) end),
    Show(resume_none, fun() -> erlang:resume_process(P) end),
    Show(resume_dead, fun() -> erlang:resume_process(D) end),
    Show(resume_no_pid, fun() -> erlang:resume_process(foo) end),
    %% Signals other than messages take effect.
    Show(kill, fun() -> erlang:suspend_process(P), exit(P, kill), is_process_alive(P) end),
    %% Who suspends and ends, resumes.
    P2 = spawn(fun loop/0),
    {Q, QM} = spawn_monitor(fun() -> erlang:suspend_process(P2), receive stop -> ok end end),
    receive after 20 -> ok end,
    Show(by_other, fun() -> {status(P2), ask_in_vain(P2)} end),
    Q ! stop,
    receive {'DOWN', QM, _, _, _} -> ok end,
    Show(after_end, fun() -> answer(P2) end),
    %% A time-out passes while suspended.
    Self = self(),
    P3 = spawn(fun() -> Self ! {self(), waits}, receive never -> ok after 200 -> Self ! {self(), timed_out} end end),
    receive {P3, waits} -> ok end,
    receive after 10 -> ok end,
    erlang:suspend_process(P3),
    receive after 300 -> ok end,
    Show(timeout_waits, fun() -> silence(P3) end),
    erlang:resume_process(P3),
    Show(timeout, fun() -> answer(P3) end),
    ok.
