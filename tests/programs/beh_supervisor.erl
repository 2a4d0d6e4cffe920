%% supervisor: the four strategies, restart types, intensity, dynamic children, shutdown, order of start and stop.
-module(beh_supervisor).
-behaviour(supervisor).
-export([start/0, init/1, worker/2, bad/0, ign/0]).

start() ->
    process_flag(trap_exit, true),
    register(bsup_log, self()),
    R = [strategy(S) || S <- [one_for_one, one_for_all, rest_for_one]] ++ [restart_types(), intensity(), simple(), dynamic(), failing(), shutdown_order(), counts(), nested()],
    unregister(bsup_log),
    process_flag(trap_exit, false),
    R.

init({Flags, Children}) -> {ok, {Flags, Children}}.

worker(Id, Opts) ->
    %% The next one starts when this one has told that it is up.
    proc_lib:start_link(erlang, apply, [fun() ->
        process_flag(trap_exit, lists:member(trap, Opts)),
        put(id, Id),
        register(Id, self()),
        bsup_log ! {up, Id},
        proc_lib:init_ack({ok, self()}),
        loop(Id)
    end, []]).

loop(Id) ->
    receive
        {die, R} -> exit(R);
        {'EXIT', _, R} -> bsup_log ! {down, Id, R}, exit(R);
        {ping, P} -> P ! {pong, Id}, loop(Id)
    end.
bad() -> {error, cannot}.
ign() -> ignore.

child(Id) -> child(Id, permanent, []).
child(Id, Restart, Opts) -> #{id => Id, start => {?MODULE, worker, [Id, Opts]}, restart => Restart, shutdown => 5000}.

sup(Flags, Cs) -> {ok, S} = supervisor:start_link(?MODULE, {Flags, Cs}), S.
stop(S) -> unlink(S), M = monitor(process, S), exit(S, shutdown), receive {'DOWN', M, _, _, R} -> R end.

%% Lets a child end.
die(Id, Why) -> M = monitor(process, Id), catch Id ! {die, Why}, ended(M).
ended(M) -> receive {'DOWN', M, _, _, _} -> ok end.

%% What has been told when the supervisor has dealt with the end of its children.
drain(S) -> catch supervisor:count_children(S), drain().
drain() -> receive {'EXIT', _, R} -> [{'EXIT', R} | drain()]; M -> [M | drain()] after 0 -> [] end.

strategy(Strategy) ->
    S = sup(#{strategy => Strategy, intensity => 5, period => 10}, [child(w_a), child(w_b), child(w_c)]),
    Up = drain(),
    die(w_b, boom),
    Again = drain(S),
    Ch = [{Id, is_pid(P), T, M} || {Id, P, T, M} <- supervisor:which_children(S)],
    {Strategy, Up, Again, Ch, stop(S), drain()}.

restart_types() ->
    S = sup(#{strategy => one_for_one, intensity => 10, period => 10}, [child(w_p, permanent, []), child(w_t, transient, []), child(w_x, temporary, [])]),
    drain(),
    R = [begin die(Id, Why), {Id, Why, drain(S)} end || Why <- [crash, normal], Id <- [w_p, w_t, w_x]],
    Left = [{Id, is_pid(P)} || {Id, P, _, _} <- supervisor:which_children(S)],
    stop(S), drain(),
    {R, Left}.

intensity() ->
    S = sup(#{strategy => one_for_one, intensity => 2, period => 10}, [child(w_i)]),
    drain(),
    R = [begin die(w_i, again), drain(S) end || _ <- [1, 2, 3]],
    {R, is_process_alive(S)}.

simple() ->
    S = sup(#{strategy => simple_one_for_one}, [#{id => w, start => {?MODULE, worker, []}, restart => temporary, shutdown => 5000}]),
    Ps = [begin {ok, P} = supervisor:start_child(S, [Id, []]), P end || Id <- [w_1, w_2, w_3]],
    Up = drain(),
    die(w_2, x),
    drain(S),
    C = supervisor:count_children(S),
    T = supervisor:terminate_child(S, hd(Ps)),
    C2 = supervisor:count_children(S),
    E = supervisor:terminate_child(S, w),
    stop(S), drain(),
    {length(Ps), Up, C, T, C2, E}.

dynamic() ->
    S = sup(#{strategy => one_for_one}, []),
    {ok, P} = supervisor:start_child(S, child(w_d)),
    A = case supervisor:start_child(S, child(w_d)) of {error, {already_started, P}} -> already end,
    B = supervisor:delete_child(S, w_d),
    C = supervisor:terminate_child(S, w_d),
    D = supervisor:restart_child(S, nope),
    {ok, _} = supervisor:restart_child(S, w_d),
    E = supervisor:restart_child(S, w_d),
    ok = supervisor:terminate_child(S, w_d),
    F = supervisor:delete_child(S, w_d),
    {ok, #{id := G}} = begin supervisor:start_child(S, child(w_e)), supervisor:get_childspec(S, w_e) end,
    H = supervisor:start_child(S, #{id => b, start => {?MODULE, bad, []}}),
    I = supervisor:start_child(S, #{id => i, start => {?MODULE, ign, []}}),
    J = supervisor:check_childspecs([child(q)]), K = supervisor:check_childspecs([#{id => x}]),
    stop(S), drain(),
    {A, B, C, D, E, F, G, H, I, J, K}.

failing() ->
    A = supervisor:start_link(?MODULE, {#{}, [child(w_f), #{id => b, start => {?MODULE, bad, []}}]}),
    X = exit_signal(),
    L = drain(),
    B = supervisor:start_link(?MODULE, {#{strategy => wrong}, []}),
    Y = exit_signal(),
    {A, X, L, B, Y, drain()}.

%% A supervisor ends after it has told why it cannot start; since OTP 26 who starts it waits for that
%% and takes the signal.
exit_signal() -> receive {'EXIT', _, R} -> R after 300 -> none end.

shutdown_order() ->
    S = sup(#{}, [child(w_1, permanent, [trap]), child(w_2, permanent, [trap]), child(w_3, permanent, [])]),
    drain(),
    {stop(S), drain()}.

counts() ->
    S = sup(#{}, [child(w_1), #{id => i, start => {?MODULE, ign, []}}]),
    drain(),
    R = lists:sort(supervisor:count_children(S)),
    stop(S), drain(),
    R.

nested() ->
    S = sup(#{}, [#{id => inner, type => supervisor, start => {supervisor, start_link, [?MODULE, {#{intensity => 0, period => 1}, [child(w_n)]}]}}]),
    Up = drain(),
    Inner = [monitor(process, P) || {_, P, _, _} <- supervisor:which_children(S)],
    die(w_n, inner_death), [ended(M) || M <- Inner],
    After = drain(S),
    w_n ! {ping, self()},
    P = receive {pong, X} -> X after 5000 -> none end,
    {Up, After, P, stop(S), drain()}.
