%% Spawning: every form, many processes, results in order, process_info, exit reasons of the normal kind.
-module(proc_spawn).
-export([start/0, report/2, forever/0]).

start() ->
    Me = self(),
    P1 = spawn(fun() -> Me ! {one, self()} end),
    A = receive {one, P1} -> ok end,
    spawn(?MODULE, report, [Me, two]),
    B = receive {report, two} -> ok end,
    {P3, R3} = spawn_monitor(fun() -> exit(bye) end),
    C = receive {'DOWN', R3, process, P3, Why} -> Why end,
    {_, R4} = spawn_monitor(?MODULE, report, [Me, four]),
    D = receive {'DOWN', R4, process, _, W4} -> W4 end,
    E = receive {report, four} -> got end,
    {P5, R5} = spawn_opt(?MODULE, report, [Me, five], [monitor, {min_heap_size, 500}, {priority, high}]),
    F = receive {'DOWN', R5, process, P5, W5} -> W5 end,
    receive {report, five} -> ok end,
    Many = pmap(fun(X) -> X * X end, lists:seq(1, 500)),
    Chain = chain(300),
    Q = spawn(?MODULE, forever, []),
    Alive = is_process_alive(Q),
    {status, St} = {status, element(2, process_info(Q, status))},
    Ref = monitor(process, Q),
    exit(Q, kill),
    Killed = receive {'DOWN', Ref, _, _, K} -> K end,
    {A, B, C, D, E, F, lists:sum(Many), Chain, Alive, lists:member(St, [waiting, runnable, running]), Killed, is_process_alive(Q), process_info(Q),
     is_pid(Q), Q =:= Q, Q < self() orelse Q > self(), tree(8), fan(50), first_of(), is_process_alive(self()), undef_child(),
     [try Fn() catch Cl:R -> {Cl, R} end || Fn <- [fun() -> spawn(id(1)) end, fun() -> spawn(a, b, id(c)) end, fun() -> is_process_alive(id(x)) end,
                                                   fun() -> id(x) ! m end, fun() -> spawn_opt(fun() -> ok end, id(x)) end]]}.

report(To, What) -> To ! {report, What}.
forever() -> receive stop -> ok end.

pmap(F, L) ->
    Me = self(),
    Refs = [begin R = make_ref(), spawn_link(fun() -> Me ! {R, F(X)} end), R end || X <- L],
    [receive {R, V} -> V end || R <- Refs].

chain(N) ->
    Me = self(),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> receive {N0, P} -> Next ! {N0 + 1, P} end end) end, Me, lists:seq(1, N)),
    Last ! {0, token},
    receive {Count, token} -> Count end.

tree(0) -> 1;
tree(N) ->
    Me = self(),
    Ps = [spawn(fun() -> Me ! {self(), tree(N - 1)} end) || _ <- [l, r]],
    lists:sum([receive {P, V} -> V end || P <- Ps]).

fan(N) ->
    Me = self(),
    Workers = [spawn(fun W() -> receive {sq, X} -> Me ! {X, X * X}, W(); stop -> ok end end) || _ <- lists:seq(1, N)],
    [W ! {sq, I} || {W, I} <- lists:zip(Workers, lists:seq(1, N))],
    R = lists:sum([receive {I, S} -> S end || I <- lists:seq(1, N)]),
    [W ! stop || W <- Workers],
    R.

first_of() ->
    Me = self(),
    spawn(fun() -> Me ! {winner, fast} end),
    spawn(fun() -> receive never -> ok after 200 -> Me ! {winner, slow} end end),
    W = receive {winner, X} -> X end,
    receive {winner, slow} -> ok end,
    W.

undef_child() ->
    {_, R} = spawn_monitor(no_such_module, f, [1]),
    receive {'DOWN', R, _, _, {undef, [{M, F, A, _} | _]}} -> {M, F, A} end.

id(X) -> X.
