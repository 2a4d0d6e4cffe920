%% What processes do at the same time: each workload's times, in microseconds.
%%
%% The first ones are of independent processes, which are twice as fast on two schedulers if
%% nothing stands between them. The others are about passing messages and starting processes.
-module(parallel).
-export([start/0]).

-define(REPEAT, 5).

start() ->
    [io:format("~s~s~n", [Name, [[" ", integer_to_list(time(Work))] || _ <- lists:seq(1, ?REPEAT)]])
     || {Name, Work} <- workloads()],
    ok.

workloads() ->
    [
        {par_fib, fun() -> all(8, fun() -> fib(23) end) end},
        {par_nrev, fun() -> all(8, fun() -> nrev(400, 60) end) end},
        {par_maps, fun() -> all(8, fun() -> maps(200, 30) end) end},
        {par_binary, fun() -> all(8, fun() -> binaries(3000) end) end},
        {par_garbage, fun() -> all(8, fun() -> trees(13) end) end},
        {par_lookup, fun par_lookup/0},
        {par_insert, fun par_insert/0},
        {pingpong, fun() -> pingpong(20000) end},
        {ring, fun() -> ring(100, 200) end},
        {spawn_exit, fun() -> spawn_exit(20000) end},
        {servercall, fun() -> servercall(1, 15000) end},
        {servercalls, fun() -> servercall(8, 3000) end},
        {ets_insert, fun() -> ets_insert(50000) end},
        {ets_lookup, fun() -> ets_lookup(100000) end},
        {ets_range, fun() -> ets_range(20000) end}
    ].

time(Work) ->
    Start = erlang:monotonic_time(microsecond),
    {Pid, Ref} = spawn_monitor(Work),
    receive {'DOWN', Ref, process, Pid, normal} -> ok end,
    erlang:monotonic_time(microsecond) - Start.

%% Runs `Work` in so many processes at the same time.
all(Count, Work) ->
    Refs = [element(2, spawn_monitor(Work)) || _ <- lists:seq(1, Count)],
    [receive {'DOWN', Ref, process, _, normal} -> ok end || Ref <- Refs].

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

nrev(_, 0) -> ok;
nrev(Length, Times) ->
    Length = length(reversed(lists:seq(1, Length))),
    nrev(Length, Times - 1).

reversed([]) -> [];
reversed([First | Rest]) -> append(reversed(Rest), [First]).

append([], List) -> List;
append([First | Rest], List) -> [First | append(Rest, List)].

maps(_, 0) -> ok;
maps(Size, Times) ->
    Map = lists:foldl(fun(N, Map) -> Map#{N => {N, Times}} end, #{}, lists:seq(1, Size)),
    Size = maps:fold(fun(_, {_, _}, Count) -> Count + 1 end, 0, Map),
    maps(Size, Times - 1).

binaries(0) -> ok;
binaries(Times) ->
    Text = << <<N:16>> || N <- lists:seq(1, 40) >>,
    40 = length([N || <<N:16>> <= Text]),
    binaries(Times - 1).

trees(0) -> leaf;
trees(Depth) ->
    [_ | _] = [tree(5) | []],
    {trees(Depth - 1), trees(Depth - 1)}.

tree(0) -> leaf;
tree(Depth) -> {tree(Depth - 1), tree(Depth - 1)}.

par_lookup() ->
    Table = ets:new(table, [public, {read_concurrency, true}]),
    ets:insert(Table, [{N, N, "value"} || N <- lists:seq(1, 1000)]),
    all(8, fun() -> lookups(Table, 20000) end).

lookups(_, 0) -> ok;
lookups(Table, Times) ->
    Key = 1 + Times rem 1000,
    [{Key, _, _}] = ets:lookup(Table, Key),
    lookups(Table, Times - 1).

par_insert() ->
    Table = ets:new(table, [public, {write_concurrency, true}]),
    all(8, fun() -> inserts(Table, self(), 8000) end).

inserts(_, _, 0) -> ok;
inserts(Table, Me, Times) ->
    ets:insert(Table, {{Me, Times rem 100}, Times}),
    inserts(Table, Me, Times - 1).

pingpong(Times) ->
    Me = self(),
    Other = spawn_link(fun() -> pong(Me) end),
    ping(Other, Times),
    unlink(Other),
    exit(Other, kill).

ping(_, 0) -> ok;
ping(Other, Times) ->
    Other ! Times,
    receive Times -> ping(Other, Times - 1) end.

pong(To) ->
    receive Message -> To ! Message, pong(To) end.

ring(Size, Rounds) ->
    Me = self(),
    First = lists:foldl(fun(_, Next) -> spawn_link(fun() -> forward(Next) end) end, Me, lists:seq(2, Size)),
    round(First, Rounds),
    First ! stop,
    receive stop -> ok end.

round(_, 0) -> ok;
round(First, Rounds) ->
    First ! Rounds,
    receive Rounds -> round(First, Rounds - 1) end.

forward(Next) ->
    receive
        stop -> Next ! stop;
        Message -> Next ! Message, forward(Next)
    end.

spawn_exit(0) -> ok;
spawn_exit(Times) ->
    {_, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, _, _, _} -> spawn_exit(Times - 1) end.

servercall(Clients, Calls) ->
    {ok, Server} = gen_server:start(parallel_server, [], []),
    all(Clients, fun() -> calls(Server, Calls) end),
    gen_server:stop(Server).

calls(_, 0) -> ok;
calls(Server, Times) ->
    Times = gen_server:call(Server, Times),
    calls(Server, Times - 1).

ets_insert(Count) ->
    Table = ets:new(table, []),
    [ets:insert(Table, {N, N}) || N <- lists:seq(1, Count)].

ets_lookup(Count) ->
    Table = ets:new(table, []),
    ets:insert(Table, [{N, N, "value"} || N <- lists:seq(1, 1000)]),
    lookups(Table, Count).

ets_range(Count) ->
    Table = ets:new(table, [ordered_set]),
    ets:insert(Table, [{N, N} || N <- lists:seq(1, Count)]),
    [100 = length(ets:select(Table, [{{'$1', '_'}, [{'>=', '$1', N}, {'<', '$1', N + 100}], ['$1']}]))
     || N <- lists:seq(1, Count - 100, Count div 10)].
