%% A purge kills who runs in the old version, and leaves all others what they have of it.
-module(code_purge).
-export([start/0, hold/1]).
-compile({parse_transform, versions}).

-versions([
    {one,
        "-module(lit). -export([big/0, part/0, loop/0, call/1, nest/1, thrower/1, adder/1]). "
        "big() -> [{a, <<\"some bytes\">>}, \"a string\", #{key => [1, 2.5, {deep, 'atom'}]}, 123456789012345678901234567890, "
        "  <<\"a binary that is longer than sixty-four bytes, so that it is not on the heap but beside it\">>]. "
        "part() -> hd(tl(big())). "
        "loop() -> receive stop -> ok; {P, X} -> P ! {X, big()}, loop() end. "
        "call(F) -> [F(), big()]. "
        "nest(F) -> try {F(), big()} catch throw:X -> {caught, X} end. "
        "thrower(X) -> throw({X, big()}). "
        "adder(X) -> fun(Y) -> {X + Y, big()} end."},
    {two, "-module(lit). -export([big/0]). big() -> new."}
]).

start() ->
    {module, lit} = load(one),
    Big = lit:big(),
    put(kept, {Big, lit:part()}),
    [_, Map | _] = [B || B <- Big, is_map(B)] ++ [none],
    self() ! {in_queue, lit:big()},
    <<_:8, Rest/bits>> = lists:last(Big),
    Holder = spawn_link(?MODULE, hold, [self()]),
    Holder ! {queue, self()},
    Old = [proplists:get_value(a, [P || {_, _} = P <- Big]), Map],
    Loop = spawn(lit, loop, []),
    Loop ! {self(), x},
    Answer = receive {x, A} -> A end,
    {Deep, DeepRef} = spawn_monitor(fun() -> lit:call(fun() -> receive go -> ok end end) end),
    {Caught, CaughtRef} = spawn_monitor(fun() -> exit(lit:nest(fun() -> receive go -> throw(ball) end end)) end),
    {Waits, WaitsRef} = spawn_monitor(fun() -> F = lit:adder(1), receive go -> exit(catch_(fun() -> F(1) end)) end end),
    receive after 50 -> ok end,
    {module, lit} = load(two),
    Uses = [erlang:check_process_code(P, lit) || P <- [Loop, Deep, Caught, Waits, Holder, self()]],
    Soft = [code:soft_purge(lit), [is_process_alive(P) || P <- [Loop, Deep, Caught, Waits, Holder]]],
    Purged = code:purge(lit),
    Deaths = [receive {'DOWN', R, process, _, Why} -> Why end || R <- [DeepRef, CaughtRef]],
    Waits ! go,
    Late = receive {'DOWN', WaitsRef, process, _, Outcome} -> Outcome end,
    Alive = [is_process_alive(P) || P <- [Loop, Deep, Caught, Waits, Holder]],
    garbage(200),
    Holder ! go,
    Held = receive {held, H} -> H end,
    InQueue = receive {in_queue, Q} -> Q end,
    {Uses, Soft, Purged, Deaths, Late, Alive, Held, InQueue =:= Big, Big, get(kept), Old, Answer =:= Big, Rest, lit:big(), killed_twice()}.

%% Holds literals in its dictionary, on its stack, in a fun, and in messages that it has not taken.
hold(Parent) ->
    put(literal, lit:big()),
    Part = lit:part(),
    Fun = fun() -> {Part, get(literal)} end,
    self() ! {later, lit:big()},
    receive {queue, P} -> P ! {to_parent, lit:part()} end,
    receive go -> ok end,
    garbage(100),
    Later = receive {later, L} -> L end,
    Parent ! {held, [Fun(), Later =:= get(literal), erlang:phash2(Later), Part]},
    ok.

%% The second time nobody is left.
killed_twice() ->
    {module, lit} = load(one),
    Pids = [spawn(lit, loop, []) || _ <- lists:seq(1, 20)],
    receive after 20 -> ok end,
    {module, lit} = load(two),
    First = code:purge(lit),
    {module, lit} = load(one),
    {First, lists:usort([is_process_alive(P) || P <- Pids]), code:purge(lit), catch_(fun() -> lit:thrower(1) end)}.

load(Version) -> code:load_binary(lit, "lit.beam", beam(Version)).

garbage(N) -> erlang:garbage_collect(), lists:foldl(fun(X, Acc) -> [{X} | lists:sublist(Acc, 5)] end, [], lists:seq(1, N)).

catch_(F) ->
    try F() of
        V -> {value, V}
    catch
        C:{badfun, F1} -> {C, badfun, erlang:fun_info(F1, arity), erlang:fun_info(F1, name), erlang:fun_info(F1, env)};
        C:R -> {C, R}
    end.
