%% Programs that meet a limit, each as a function.
-module(limits).
-export([start/0, grow/0, grow/1, binaries/0, processes/0, atoms/0, endless/0, mixed/0, fine/0, messages/0,
         objects/0, ordered/0, tables/0]).

start() -> grow([]).

%% Takes memory for ever, as terms.
grow() -> grow([]).

grow(List) -> grow([List, List | List]).

%% As binaries outside of the heap.
binaries() -> binaries([]).

binaries(List) -> binaries([binary:copy(<<"0123456789">>, 1000) | List]).

%% As messages to itself, which it never looks at.
messages() -> messages(self()).

messages(To) ->
    To ! lists:seq(1, 100),
    messages(To).

%% As objects of tables.
objects() -> objects(ets:new(objects, []), 1).

ordered() -> objects(ets:new(ordered, [ordered_set]), 1).

objects(Tab, N) ->
    ets:insert(Tab, {N, "text", <<N:64>>}),
    objects(Tab, N + 1).

tables() ->
    ets:new(table, []),
    tables().

processes() -> processes([]).

processes(All) ->
    processes([spawn(fun() -> receive stop -> ok end end) | All]).

atoms() -> atoms(0).

atoms(N) ->
    _ = list_to_atom("limits_" ++ integer_to_list(N)),
    atoms(N + 1).

endless() -> endless().

fine() -> ok.

%% A little of everything, for a run in which memory may end at any moment.
mixed() ->
    Self = self(),
    Map = maps:from_list([{N, integer_to_binary(N)} || N <- lists:seq(1, 100)]),
    {Worker, Monitor} = spawn_monitor(fun() -> Self ! {self(), maps:size(Map)} end),
    Size = receive {Worker, S} -> S end,
    Down = receive {'DOWN', Monitor, process, Worker, Why} -> Why end,
    Text = lists:flatten(io_lib:format("~p ~s ~w", [Map, "text", {1.5, 1 bsl 200}])),
    Caught = try erlang:error({oops, Text}) catch error:{oops, T}:St -> {length(T), is_list(St)} end,
    Binary = << <<X:16/little>> || X <- lists:seq(1, 500) >>,
    Parts = [B || <<B:3>> <= Binary],
    put(key, Parts),
    erlang:send_after(1, Self, timer),
    receive timer -> ok end,
    Tab = ets:new(tab, [ordered_set]),
    ets:insert(Tab, [{N, Caught, Size} || N <- lists:seq(1, 200)]),
    [{_, Caught, 0}] = ets:select(Tab, [{{'$1', '$2', '_'}, [{'>', '$1', 199}], [{{'$1', '$2', 0}}]}]),
    ets:delete(Tab),
    Term = binary_to_term(term_to_binary({Map, Parts, Binary})),
    Atom = list_to_atom("mixed_" ++ integer_to_list(length(Parts))),
    {Size, Down, Caught, Term =:= {Map, Parts, Binary}, Atom, length(get(key)), lists:sum(Parts)}.
