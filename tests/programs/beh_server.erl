%% gen_server: every callback and return, names, multi-calls in flight, time-outs, continue, hibernate, stop, crashes.
-module(beh_server).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2, code_change/3, format_status/2]).

start() ->
    process_flag(trap_exit, true),
    R = [basic(), named(), deferred(), timeouts(), continue(), stops(), crashes(), inits(), concurrent(50), no_server(), requests(), replace(), parents(), enter()],
    process_flag(trap_exit, false),
    R.

init({state, S}) -> {ok, S};
init({timeout, T}) -> {ok, armed, T};
init({continue, X}) -> {ok, [], {continue, X}};
init(ignore) -> ignore;
init({stop, R}) -> {stop, R};
init(crash) -> error(init_crash);
init(throw) -> throw({ok, thrown});
init(bad) -> not_a_return;
init({report, P}) -> process_flag(trap_exit, true), {ok, {report, P}}.

handle_call(get, _, S) -> {reply, S, S};
handle_call({put, V}, _, S) -> {reply, S, V};
handle_call({later, T}, From, S) -> erlang:send_after(T, self(), {answer, From}), {noreply, S};
handle_call({later_reply, X}, From, S) -> gen_server:reply(From, {early, X}), {noreply, S};
handle_call({stop, How}, _, S) -> {stop, How, stopped, S};
handle_call({stop_noreply, How}, _, S) -> {stop, How, S};
handle_call({crash, How}, _, _) -> How();
handle_call({arm, T}, _, S) -> {reply, ok, S, T};
handle_call({cont, X}, _, S) -> {reply, ok, S, {continue, X}};
handle_call(hibernate, _, S) -> {reply, hibernating, S, hibernate};
handle_call(slow, _, S) -> timer:sleep(60), {reply, slow, S}.

handle_cast({add, X}, S) -> {noreply, [X | S]};
handle_cast({stop, R}, S) -> {stop, R, S}.

handle_info({answer, From}, S) -> gen_server:reply(From, later), {noreply, S};
handle_info(timeout, _) -> {noreply, timed_out};
handle_info({'EXIT', _, R}, S) -> {noreply, {exit, R, S}};
handle_info(X, S) when is_list(S) -> {noreply, [{info, X} | S]};
handle_info(_, S) -> {noreply, S}.

handle_continue(X, S) when is_list(S) -> {noreply, [{continued, X} | S]};
handle_continue(X, _) -> {noreply, {continued, X}}.

terminate(R, {report, P}) -> P ! {terminated, R};
terminate(_, _) -> ok.
code_change(_, S, _) -> {ok, S}.
format_status(_, [_, S]) -> S.

basic() ->
    {ok, P} = gen_server:start_link(?MODULE, {state, []}, []),
    gen_server:cast(P, {add, 1}), gen_server:cast(P, {add, 2}), P ! note,
    A = gen_server:call(P, get),
    B = gen_server:call(P, {put, new}),
    C = gen_server:call(P, hibernate),
    D = gen_server:call(P, get, infinity),
    ok = gen_server:stop(P),
    E = receive {'EXIT', P, W} -> W end,
    {A, B, C, D, E}.

named() ->
    {ok, P} = gen_server:start_link({local, bs_named}, ?MODULE, {state, n}, []),
    A = gen_server:call(bs_named, get),
    B = case gen_server:start_link({local, bs_named}, ?MODULE, {state, m}, []) of {error, {already_started, P}} -> already; O -> O end,
    C = gen_server:call({bs_named, node()}, get),
    gen_server:cast(bs_named, {stop, normal}),
    receive {'EXIT', P, W} -> {A, B, C, W, whereis(bs_named)} end.

deferred() ->
    {ok, P} = gen_server:start_link(?MODULE, {state, s}, []),
    R = [gen_server:call(P, {later, 10}), gen_server:call(P, {later_reply, 7})],
    gen_server:stop(P), receive {'EXIT', P, _} -> R end.

timeouts() ->
    {ok, P} = gen_server:start_link(?MODULE, {timeout, 5}, []),
    timer:sleep(100),
    A = gen_server:call(P, get),
    gen_server:call(P, {put, again}),
    gen_server:call(P, {arm, 5}),
    timer:sleep(100),
    B = gen_server:call(P, get),
    C = try gen_server:call(P, slow, 10) catch exit:{timeout, {gen_server, call, [_, slow, 10]}} -> caller_timed_out end,
    D = gen_server:call(P, get),
    gen_server:stop(P), receive {'EXIT', P, _} -> ok end,
    receive {_, slow} -> stale after 0 -> ok end,
    {A, B, C, D}.

continue() ->
    {ok, P} = gen_server:start_link(?MODULE, {continue, one}, []),
    ok = gen_server:call(P, {cont, two}),
    A = gen_server:call(P, get),
    gen_server:stop(P), receive {'EXIT', P, _} -> A end.

stops() ->
    [begin
        {ok, P} = gen_server:start_link(?MODULE, {report, self()}, []),
        A = try gen_server:call(P, Req) catch exit:{W, {gen_server, call, _}} -> {exit, W} end,
        {A, receive {terminated, T} -> T end, receive {'EXIT', P, X} -> X end}
     end || Req <- [{stop, normal}, {stop, shutdown}, {stop, {shutdown, why}}, {stop_noreply, normal}]]
    ++ [begin
        {ok, P} = gen_server:start(?MODULE, {report, self()}, []),
        ok = gen_server:stop(P, Why, 1000),
        receive {terminated, T} -> T end
     end || Why <- [normal, shutdown]].

crashes() ->
    [begin
        {ok, P} = gen_server:start_link(?MODULE, {state, s}, []),
        A = try gen_server:call(P, {crash, F}) catch exit:{W, _} -> short(W) end,
        {A, receive {'EXIT', P, X} -> short(X) end}
     end || F <- [fun() -> error(oops) end, fun() -> exit(gone) end, fun() -> throw({reply, thrown_reply, s2}) end, fun() -> bad_return end, fun() -> hd([]) end], F =/= none, not throws(F)].

throws(F) -> try F() of _ -> false catch throw:_ -> true; _:_ -> false end.

short({R, [{_, _, _, _} | _]}) -> {R, stack};
short(R) -> R.

inits() ->
    [case gen_server:start_link(?MODULE, A, []) of
        {ok, P} -> S = gen_server:call(P, get), gen_server:stop(P), receive {'EXIT', P, _} -> {ok, S} end;
        {error, R} -> receive {'EXIT', _, _} -> ok after 200 -> ok end, {error, short(R)};
        ignore -> receive {'EXIT', _, W} -> {ignore, W} after 200 -> ignore end
     end || A <- [ignore, {stop, because}, crash, throw, bad, {stop, normal}]].

concurrent(N) ->
    {ok, P} = gen_server:start_link(?MODULE, {state, []}, []),
    Me = self(),
    [spawn(fun() -> gen_server:cast(P, {add, I}), Me ! {r, gen_server:call(P, {later, 5})} end) || I <- lists:seq(1, N)],
    Rs = [receive {r, X} -> X end || _ <- lists:seq(1, N)],
    S = gen_server:call(P, get),
    gen_server:stop(P), receive {'EXIT', P, _} -> ok end,
    {lists:usort(Rs), lists:sort(S) =:= lists:seq(1, N)}.

no_server() ->
    {Dead, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> ok end,
    [try gen_server:call(T, x) catch exit:{R, {gen_server, call, [_, x]}} -> R end || T <- [bs_absent, Dead]] ++ [gen_server:cast(bs_absent, x), try gen_server:stop(bs_absent) catch exit:R2 -> R2 end].

requests() ->
    {ok, P} = gen_server:start_link(?MODULE, {state, s}, []),
    R = gen_server:send_request(P, get),
    A = gen_server:wait_response(R, 1000),
    R2 = gen_server:send_request(P, {later, 10}),
    B = gen_server:receive_response(R2, 1000),
    gen_server:stop(P), receive {'EXIT', P, _} -> {A, B} end.

replace() ->
    {ok, P} = gen_server:start_link(?MODULE, {state, 1}, []),
    A = sys:get_state(P),
    B = sys:replace_state(P, fun(X) -> X + 1 end),
    sys:suspend(P),
    R = gen_server:send_request(P, get),
    timeout = gen_server:wait_response(R, 10),
    sys:resume(P),
    C = gen_server:wait_response(R, 1000),
    gen_server:stop(P), receive {'EXIT', P, _} -> {A, B, C} end.

parents() ->
    Me = self(),
    Sup = spawn(fun() -> {ok, P} = gen_server:start_link(?MODULE, {report, Me}, []), Me ! {child, P}, receive die -> exit(parent_dies) end end),
    P = receive {child, X} -> X end,
    M = monitor(process, P),
    Sup ! die,
    {receive {terminated, R} -> R end, receive {'DOWN', M, _, _, W} -> W end}.

enter() ->
    Me = self(),
    P = proc_lib:spawn_link(fun() -> Me ! up, gen_server:enter_loop(?MODULE, [], entered) end),
    receive up -> ok end,
    A = gen_server:call(P, get),
    gen_server:stop(P), receive {'EXIT', P, W} -> {A, W} end.
