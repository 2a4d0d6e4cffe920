%% Links: exits travel, normal ones do not kill, unlink, trapping, exit/2 of each reason, link to the dead.
-module(proc_link).
-export([start/0]).

start() ->
    process_flag(trap_exit, true),
    R = {[child(F) || F <- [fun() -> ok end, fun() -> exit(normal) end, fun() -> exit(boom) end, fun() -> throw(t) end, fun() -> exit({a, 1}) end]],
         error_child(), pair(crash), pair(normal), signals(), unlinked(), dead(), killed(), chain(20), self_exit(), kill_chain(), flag(), links(), trap_kill()},
    process_flag(trap_exit, false),
    R.

child(F) ->
    P = spawn_link(F),
    receive
        {'EXIT', P, {{nocatch, T}, S}} when is_list(S) -> {nocatch, T};
        {'EXIT', P, Why} -> Why
    end.

error_child() ->
    P = spawn_link(fun() -> hd(id([])) end),
    receive {'EXIT', P, {badarg, [{M, F, A, _} | _]}} -> {M, F, A} end.

%% A waits linked to B; B ends with the reason: does A die?
pair(Why) ->
    Me = self(),
    A = spawn(fun() ->
        B = spawn_link(fun() -> receive go -> exit(Why) end end),
        Me ! {b, B},
        receive X -> Me ! {a_got, X} end
    end),
    B = receive {b, P} -> P end,
    Ra = monitor(process, A),
    Rb = monitor(process, B),
    B ! go,
    Wb = receive {'DOWN', Rb, _, _, W1} -> W1 end,
    Wa = receive {'DOWN', Ra, _, _, W2} -> W2 after 300 -> A ! end_it, receive {'DOWN', Ra, _, _, W3} -> {alive_then, W3} end end,
    receive {a_got, _} -> ok after 0 -> ok end,
    {Wb, Wa}.

signals() -> [signal(Trap, Why) || Trap <- [true, false], Why <- [normal, kill, killed, other, {x, y}]].

signal(Trap, Why) ->
    Me = self(),
    P = spawn(fun() ->
        process_flag(trap_exit, Trap),
        Me ! ready,
        receive {'EXIT', Me, W} -> exit({trapped, W}) after 200 -> exit(survived) end
    end),
    R = monitor(process, P),
    receive ready -> ok end,
    exit(P, Why),
    receive {'DOWN', R, _, _, Reason} -> Reason end.

unlinked() ->
    P = spawn_link(fun() -> receive go -> exit(bad) end end),
    true = unlink(P),
    R = monitor(process, P),
    P ! go,
    receive {'DOWN', R, _, _, bad} -> ok end,
    receive {'EXIT', P, W} -> {exit, W} after 10 -> nothing end.

dead() ->
    {P, R} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', R, _, _, _} -> ok end,
    true = link(P),
    receive {'EXIT', P, W} -> W after 100 -> none end.

killed() ->
    P = spawn_link(fun() -> receive after infinity -> ok end end),
    exit(P, kill),
    receive {'EXIT', P, W} -> W end.

chain(N) ->
    P = spawn_link(fun() -> link_chain(N) end),
    receive {'EXIT', P, W} -> W end.
link_chain(0) -> exit(end_of_chain);
link_chain(N) -> spawn_link(fun() -> link_chain(N - 1) end), receive after infinity -> ok end.

self_exit() ->
    {_, R} = spawn_monitor(fun() -> exit(self(), die), receive after 1000 -> ok end end),
    A = receive {'DOWN', R, _, _, W} -> W end,
    {_, R2} = spawn_monitor(fun() -> exit(self(), normal), exit(still_here) end),
    B = receive {'DOWN', R2, _, _, W2} -> W2 end,
    {A, B}.

%% kill arrives at the neighbours as killed, which they may trap.
kill_chain() ->
    Me = self(),
    A = spawn(fun() -> process_flag(trap_exit, true), receive {'EXIT', _, W} -> Me ! {heard, W} end end),
    B = spawn(fun() -> link(A), Me ! linked, receive after infinity -> ok end end),
    receive linked -> ok end,
    exit(B, kill),
    receive {heard, W} -> W end.

flag() ->
    Old = process_flag(trap_exit, false),
    New = process_flag(trap_exit, Old),
    {Old, New, element(2, process_info(self(), trap_exit)), try process_flag(trap_exit, id(1)) catch C:R -> {C, R} end}.

links() ->
    P = spawn_link(fun() -> receive stop -> ok end end),
    {links, L1} = process_info(self(), links),
    link(P),
    {links, L2} = process_info(self(), links),
    P ! stop,
    receive {'EXIT', P, normal} -> ok end,
    {links, L3} = process_info(self(), links),
    {lists:member(P, L1), length(L2) - length(L1), lists:member(P, L3)}.

trap_kill() ->
    P = spawn_link(fun() -> process_flag(trap_exit, true), receive after infinity -> ok end end),
    receive after 5 -> ok end,
    exit(P, kill),
    receive {'EXIT', P, W} -> W end.

id(X) -> X.
