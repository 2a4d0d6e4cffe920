%% Ends of processes and what links make of them: reasons, chains, order, and what is left behind.
-module(proc_ends).
-export([start/0, bad/1]).
start() ->
    S = self(),
    logger:set_primary_config(level, none),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> receive after infinity -> ok end end), exit(P, kill), receive {'EXIT', P, W} -> W end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> process_flag(trap_exit, true), S ! {q, self()}, receive X -> exit({got, X}) end end), receive {q, P} -> ok after 0 -> ok end, receive after 60 -> ok end, exit(P, foo), receive {'EXIT', P, W} -> element(1, W) end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(?MODULE, nope, []), receive {'EXIT', P, {R, St}} -> {R, hd(St)} end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(?MODULE, bad, [1]), receive {'EXIT', P, {R, St}} -> {R, hd(St)} end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> throw(x) end), receive {'EXIT', P, {R, _}} -> R end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> exit(kill) end), receive {'EXIT', P, R} -> R end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn(fun() -> ok end), receive after 60 -> ok end, link(P), receive {'EXIT', P, R} -> R end end),
    t(fun() -> P = spawn(fun() -> ok end), receive after 60 -> ok end, catch link(P), receive {'EXIT', P, R} -> R after 150 -> alive end end),
    t(fun() -> catch link(foo) end),
    t(fun() -> [link(self()), unlink(self()), catch unlink(x)] end),
    %% a chain of links
    t(fun() -> process_flag(trap_exit, true), C = chain(50), exit(C, boom), receive {'EXIT', _, W} -> W end end),
    t(fun() -> process_flag(trap_exit, true), C = chain(50), exit(C, normal), receive {'EXIT', _, W} -> W after 150 -> exit(C, kill), receive {'EXIT', _, W} -> {then, W} end end end),
    t(fun() -> process_flag(trap_exit, true), C = chain(50), exit(C, shutdown), receive {'EXIT', _, W} -> W end end),
    %% unlink leaves nothing behind
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> receive stop -> exit(bye) end end), P ! stop, receive after 90 -> ok end, unlink(P), receive {'EXIT', P, W} -> {there, W} after 0 -> gone end end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> receive stop -> exit(bye) end end), unlink(P), P ! stop, receive {'EXIT', P, W} -> {there, W} after 150 -> gone end end),
    %% order: messages sent before the exit come before it
    t(fun() -> process_flag(trap_exit, true), Me = self(), P = spawn_link(fun() -> [Me ! {m, I} || I <- lists:seq(1, 5)], exit(end_) end), [receive {m, I} -> I; {'EXIT', P, W} -> W end || _ <- lists:seq(1, 6)] end),
    t(fun() -> process_flag(trap_exit, true), Me = self(), P = spawn(fun() -> link(Me), Me ! a, unlink(Me), Me ! b, exit(x) end), R = monitor(process, P), L = [receive X -> case X of {'DOWN', R, _, _, W} -> {d, W}; Y -> Y end after 100 -> none end || _ <- lists:seq(1, 4)], L end),
    t(fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> receive after infinity -> x end end), exit(P, {a, self()}), receive {'EXIT', P, {a, Q}} -> Q =:= self() end end),
    %% both ends with the same reason; kill does not spread as kill
    t(fun() -> {P, R} = spawn_monitor(fun() -> Q = spawn_link(fun() -> receive after infinity -> ok end end), exit(Q, kill), receive after infinity -> ok end end), receive {'DOWN', R, _, P, W} -> W end end),
    t(fun() -> {P, R} = spawn_monitor(fun() -> Q = spawn_link(fun() -> exit(kill) end), receive {x, Q} -> ok end end), receive {'DOWN', R, _, P, W} -> W end end),
    t(fun() -> {P, R} = spawn_monitor(fun() -> process_flag(trap_exit, true), Q = spawn_link(fun() -> exit(kill) end), receive {'EXIT', Q, W} -> exit({trapped, W}) end end), receive {'DOWN', R, _, P, W} -> W end end),
    t(fun() -> {P, R} = spawn_monitor(fun() -> process_flag(trap_exit, true), process_flag(trap_exit, false), exit(self(), a), receive after 100 -> ok end end), receive {'DOWN', R, _, P, W} -> W end end),
    t(fun() -> [catch exit(x, y), catch exit(self(), normal), catch exit(spawn(fun() -> ok end), normal)] end),
    t(fun() -> exit({ends_nobody, node()}, x) end),
    %% what a dying process leaves: name, timers, tables
    t(fun() -> P = spawn(fun() -> register(ends_r, self()), ets:new(ends_e, [named_table]), receive stop -> ok end end), w(fun() -> whereis(ends_r) =:= P andalso ets:whereis(ends_e) =/= undefined end), R = monitor(process, P), exit(P, kill), receive {'DOWN', R, _, {A, _}, W} -> {A, W}; {'DOWN', R, _, P, W} -> {whereis(ends_r), W, ets:whereis(ends_e), is_process_alive(P), process_info(P), lists:member(P, processes())} end end),
    t(fun() -> [begin process_flag(trap_exit, B), process_flag(trap_exit, B) end || B <- [true, false, true]] end),
    t(fun() -> process_flag(trap_exit, true), Ps = [spawn_link(fun() -> receive go -> exit(I) end end) || I <- lists:seq(1, 20)], [P ! go || P <- Ps], lists:sort([receive {'EXIT', P, I} -> I end || P <- Ps]) =:= lists:seq(1, 20) end),
    t(fun() -> {links, L} = process_info(self(), links), P = spawn_link(fun() -> receive x -> x end end), {links, L2} = process_info(self(), links), {length(L2) - length(L), L2 -- L =:= [P], process_info(P, links) =:= {links, [self()]}} end),
    ok.
bad(X) -> X + a.
chain(1) -> spawn_link(fun() -> receive after infinity -> ok end end);
chain(N) -> S = self(), T = spawn_link(fun() -> P = chain(N - 1), S ! {end_, P}, receive after infinity -> ok end end), receive {end_, P} when is_pid(T) -> P end.
w(F) -> w(F, 100). w(_, 0) -> false; w(F, N) -> case F() of true -> true; _ -> receive after 5 -> w(F, N - 1) end end.
t(F) -> N = case get(n) of undefined -> 1; X -> X + 1 end, put(n, N),
    {P, R} = spawn_monitor(fun() -> exit({ok, try F() catch C:Re:St -> {C, Re, hd(St)} end}) end),
    receive {'DOWN', R, _, P, {ok, V}} -> io:format("~p: ~p~n", [N, st(V)]); {'DOWN', R, _, P, V} -> io:format("~p: died ~p~n", [N, st(V)]) after 3000 -> io:format("~p: hangs~n", [N]) end.
st({'EXIT', {R, [{M, F, A, _} | _]}}) -> {R, M, F, if is_list(A) -> length(A); true -> A end};
st(L) when is_list(L) -> [st(X) || X <- L];
st(X) -> X.
