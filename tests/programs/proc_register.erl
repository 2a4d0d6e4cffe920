%% Registered names: register, whereis, send by name, unregister at exit, and every error.
-module(proc_register).
-export([start/0]).

start() ->
    P = spawn(fun Loop() -> receive {From, X} -> From ! {echo, X}, Loop(); stop -> ok end end),
    true = register(pr_echo, P),
    pr_echo ! {self(), hi},
    A = receive {echo, V} -> V end,
    {pr_echo, node()} ! {self(), there},
    A2 = receive {echo, V2} -> V2 end,
    B = whereis(pr_echo) =:= P,
    {registered_name, N} = process_info(P, registered_name),
    Errs = [try F() catch C:R -> {C, R} end || F <- [fun() -> register(pr_echo, self()) end, fun() -> register(pr_other, P) end, fun() -> register(undefined, self()) end,
        fun() -> register(id(1), P) end, fun() -> register(pr_x, id(notpid)) end, fun() -> unregister(pr_nobody) end, fun() -> pr_nobody ! x end,
        fun() -> whereis(id("s")) end, fun() -> erlang:send(pr_nobody, x) end]],
    In = lists:member(pr_echo, registered()),
    true = unregister(pr_echo),
    C2 = whereis(pr_echo),
    true = register(pr_echo2, P),
    R2 = monitor(process, P),
    pr_echo2 ! stop,
    receive {'DOWN', R2, _, _, _} -> ok end,
    D = whereis(pr_echo2),
    true = register(pr_echo2, self()),
    pr_echo2 ! to_self,
    E = receive to_self -> yes end,
    true = unregister(pr_echo2),
    {A, A2, B, N, Errs, In, C2, D, E, process_info(self(), registered_name), erlang:send({pr_nobody, node()}, x), erlang:send_nosuspend(self(), m1),
     erlang:send(self(), m2, [noconnect]), receive m1 -> 1 end, receive m2 -> 2 end, race(), dead_register()}.

race() ->
    Me = self(),
    Ps = [spawn(fun() -> Me ! try register(pr_race, self()) of true -> receive go -> won end catch error:badarg -> lost end end) || _ <- lists:seq(1, 10)],
    Lost = [receive lost -> lost end || _ <- tl(Ps)],
    pr_race ! go,
    {length(Lost), receive won -> won end}.

dead_register() ->
    {P, R} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', R, _, _, _} -> ok end,
    try register(pr_dead, P) catch C:E -> {C, E} end.

id(X) -> X.
