%% Monitors: DOWN once, several to one, demonitor with flush and info, of the dead, of names, aliases.
-module(proc_monitor).
-export([start/0]).

start() ->
    {down(fun() -> ok end), down(fun() -> exit(x) end), down(fun() -> exit(kill) end), dead(), several(5), demonitored(), flushed(), info(), named(), noname(), twice(),
     monitored_by(), late(), tagged(), order(), alias_reply(), alias_off(), [try F() catch C:R -> {C, R} end || F <- [fun() -> monitor(id(x), self()) end,
         fun() -> monitor(process, id("p")) end, fun() -> demonitor(id(x)) end, fun() -> demonitor(make_ref(), id([bad])) end]], demonitor(make_ref()),
     demonitor(make_ref(), [info])}.

down(F) ->
    {P, R} = spawn_monitor(F),
    receive {'DOWN', R, process, P, W} -> W end.

dead() ->
    {P, R} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', R, _, _, normal} -> ok end,
    R2 = monitor(process, P),
    receive {'DOWN', R2, process, P, W} -> W end.

several(N) ->
    P = spawn(fun() -> receive stop -> exit(stopped) end end),
    Rs = [monitor(process, P) || _ <- lists:seq(1, N)],
    P ! stop,
    [receive {'DOWN', R, _, P, W} -> W end || R <- Rs].

demonitored() ->
    P = spawn(fun() -> receive stop -> ok end end),
    R = monitor(process, P),
    true = demonitor(R),
    R2 = monitor(process, P),
    P ! stop,
    receive {'DOWN', R2, _, _, _} -> ok end,
    receive {'DOWN', R, _, _, _} -> bad after 5 -> none end.

flushed() ->
    {_, R} = spawn_monitor(fun() -> ok end),
    receive after 20 -> ok end,
    true = demonitor(R, [flush]),
    receive {'DOWN', R, _, _, _} -> bad after 0 -> flushed end.

info() ->
    P = spawn(fun() -> receive stop -> ok end end),
    R = monitor(process, P),
    A = demonitor(R, [info]),
    B = demonitor(R, [info, flush]),
    P ! stop,
    {A, B}.

named() ->
    P = spawn(fun() -> receive stop -> exit(over) end end),
    true = register(pm_named, P),
    R = monitor(process, pm_named),
    pm_named ! stop,
    receive {'DOWN', R, process, {pm_named, Node}, W} -> {Node =:= node(), W} end.

noname() ->
    R = monitor(process, pm_nobody),
    receive {'DOWN', R, process, {pm_nobody, _}, W} -> W end.

twice() ->
    P = spawn(fun() -> receive stop -> ok end end),
    R1 = monitor(process, P),
    R2 = monitor(process, P),
    demonitor(R1),
    P ! stop,
    A = receive {'DOWN', R2, _, _, W} -> W end,
    {A, R1 =:= R2, receive {'DOWN', _, _, _, _} -> more after 5 -> one end}.

monitored_by() ->
    P = spawn(fun() -> receive stop -> ok end end),
    R = monitor(process, P),
    {monitored_by, L} = process_info(P, monitored_by),
    {monitors, M} = process_info(self(), monitors),
    demonitor(R),
    {monitored_by, L2} = process_info(P, monitored_by),
    P ! stop,
    {L =:= [self()], lists:member({process, P}, M), L2}.

late() ->
    Me = self(),
    P = spawn(fun() -> Me ! before, Me ! then end),
    R = monitor(process, P),
    L = [receive before -> 1 end, receive then -> 2 end, receive {'DOWN', R, _, _, W} -> lists:member(W, [normal, noproc]) end],
    L.

tagged() ->
    P = spawn(fun() -> receive stop -> ok end end),
    R = monitor(process, P, [{tag, my_tag}]),
    P ! stop,
    receive {my_tag, R, process, P, W} -> {tagged, W} end.

%% Messages sent before the exit arrive before the DOWN message.
order() ->
    Me = self(),
    {P, R} = spawn_monitor(fun() -> [Me ! {n, I} || I <- lists:seq(1, 50)] end),
    all(P, R, []).
all(P, R, Acc) ->
    receive
        {n, I} -> all(P, R, [I | Acc]);
        {'DOWN', R, process, P, _} -> lists:reverse(Acc) =:= lists:seq(1, 50)
    end.

alias_reply() ->
    P = spawn(fun() -> receive {From, X} -> From ! {From, X * 2} end end),
    R = monitor(process, P, [{alias, reply_demonitor}]),
    P ! {R, 21},
    A = receive {R, V} -> V end,
    {A, receive {'DOWN', R, _, _, _} -> down after 10 -> none end}.

alias_off() ->
    A = alias(),
    A ! one,
    X = receive one -> got end,
    true = unalias(A),
    A ! two,
    {X, receive two -> late after 5 -> dropped end, unalias(A)}.

id(X) -> X.
