%% gen_event, proc_lib and sys: handlers added, swapped, crashing; start with acknowledgement; spawn with info.
-module(beh_event).
-behaviour(gen_event).
-export([start/0, init/1, handle_event/2, handle_call/2, handle_info/2, terminate/2, starter/2]).

start() ->
    process_flag(trap_exit, true),
    R = {events(), lib()},
    process_flag(trap_exit, false),
    R.

init({swapped, {Reason, Old}}) -> {ok, {Reason, Old}};
init({_, _} = S) -> {ok, S};
init(S) -> {ok, S}.
handle_event(crash, _) -> error(handler_crash);
handle_event(remove, _) -> remove_handler;
handle_event({swap, A}, S) -> {swap_handler, swapping, S, {?MODULE, A}, swapped};
handle_event(E, {P, N}) -> P ! {N, E}, {ok, {P, N + 1}};
handle_event(_, S) -> {ok, S}.
handle_call(get, S) -> {ok, S, S}.
handle_info(I, {P, N}) -> P ! {info, I}, {ok, {P, N}};
handle_info(_, S) -> {ok, S}.
terminate(R, {P, _}) when is_pid(P) -> P ! {terminated, case R of {error, _} -> error; _ -> R end}, ended;
terminate(_, S) -> S.

drain() -> receive {gen_event_EXIT, H, {'EXIT', _}} -> [{gen_event_EXIT, H, crashed} | drain()]; {'EXIT', _, R} -> [{'EXIT', R} | drain()]; M -> [M | drain()] after 100 -> [] end.

events() ->
    {ok, E} = gen_event:start_link(),
    Me = self(),
    ok = gen_event:add_handler(E, ?MODULE, {Me, 0}),
    ok = gen_event:add_handler(E, {?MODULE, second}, {Me, 100}),
    A = gen_event:add_handler(E, ?MODULE, {Me, 5}),
    gen_event:notify(E, one), gen_event:sync_notify(E, two), E ! raw,
    L1 = lists:sort(drain()),
    B = element(2, gen_event:call(E, ?MODULE, get)),
    C = gen_event:call(E, nope, get),
    D = gen_event:which_handlers(E),
    F = gen_event:delete_handler(E, {?MODULE, second}, over),
    gen_event:add_sup_handler(E, {?MODULE, sup}, {Me, 50}),
    gen_event:sync_notify(E, crash),
    L2 = drain(),
    G = gen_event:which_handlers(E),
    gen_event:stop(E),
    {A, L1, B, C, D, F, L2, G, drain()}.

starter(Parent, ok) -> proc_lib:init_ack(Parent, {ok, self()}), receive stop -> ok end;
starter(_, die) -> exit(died_in_start);
starter(_, hang) -> timer:sleep(1000).

lib() ->
    {ok, P} = proc_lib:start_link(?MODULE, starter, [self(), ok]),
    A = proc_lib:translate_initial_call(P),
    B = proc_lib:start(?MODULE, starter, [self(), die]),
    C = proc_lib:start(?MODULE, starter, [self(), hang], 20),
    P ! stop,
    D = receive {'EXIT', P, W} -> W end,
    Q = proc_lib:spawn_link(fun() -> exit({shutdown, fine}) end),
    E = receive {'EXIT', Q, W2} -> W2 end,
    Me = self(),
    proc_lib:spawn(fun() -> Me ! {anc, hd(get('$ancestors')) =:= Me, tuple_size(get('$initial_call'))} end),
    F = receive {anc, X, Y} -> {X, Y} end,
    {A, B, C, D, E, F, drain()}.
