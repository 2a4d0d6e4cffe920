%% max_heap_size in all its forms: what is taken, what is refused, what is told, and who ends.
-module(proc_heap_forms).
-export([start/0]).

start() ->
    flags(),
    system_flags(),
    limited(),
    defaults().

show(F) ->
    Result = try F() catch Class:Reason -> {Class, Reason} end,
    io:format("~0p~n", [Result]).

flags() ->
    [show(fun() -> process_flag(max_heap_size, V) end)
     || V <- [0, #{size => 10000000}, #{size => 20000000, kill => false},
              #{kill => true, size => 0, error_logger => false}, #{size => 0, kill => false}, 30000000,
              #{kill => true}, #{}, -1, a, 1.0, 1 bsl 70, #{size => a}, #{size => 5}, 5, 232,
              #{size => -5}, #{size => 1000000, kill => 1}, #{size => 1000000, error_logger => yes}, [], {size, 1},
              #{size => 1000000}, 0, 0]],
    show(fun() -> process_info(self(), max_heap_size) end),
    {_, Collection} = process_info(self(), garbage_collection),
    show(fun() -> lists:keyfind(max_heap_size, 1, Collection) end),
    [show(fun() -> spawn_opt(fun() -> ok end, [{max_heap_size, V}]) end)
     || V <- [-1, a, 5, #{kill => true}, #{size => 5}, #{size => 1000, kill => maybe}]].

system_flags() ->
    [show(fun() -> erlang:system_flag(max_heap_size, V) end)
     || V <- [100000000, #{size => 0, kill => false, error_logger => false}, -1, #{kill => true}, #{size => 1}]],
    show(fun() -> erlang:system_info(max_heap_size) end),
    Pid = spawn(fun() -> receive stop -> ok end end),
    show(fun() -> process_info(Pid, max_heap_size) end),
    exit(Pid, kill),
    show(fun() -> erlang:system_flag(max_heap_size, #{size => 0, kill => true, error_logger => true}) end),
    show(fun() -> erlang:system_info(max_heap_size) end).

limited() ->
    Quiet = {max_heap_size, #{size => 5000, error_logger => false}},
    [show(fun() -> run([Quiet], What) end) || What <- [list, tuple, small, caught, unset, dictionary, objects]],
    [show(fun() -> run([], What) end) || What <- [list, own]],
    show(fun() -> run([{max_heap_size, #{size => 5000, kill => false, error_logger => false}}], list) end).

%% What is not said is as the system's flag says.
defaults() ->
    erlang:system_flag(max_heap_size, #{size => 6000, kill => true, error_logger => false}),
    [show(fun() -> run([{max_heap_size, V} || V <- Vs], list) end)
     || Vs <- [[], [0], [100000000], [#{size => 0}], [#{size => 5000}]]],
    erlang:system_flag(max_heap_size, #{size => 0, kill => false, error_logger => false}),
    [show(fun() -> run([{max_heap_size, V} || V <- Vs], list) end)
     || Vs <- [[], [5000], [#{size => 5000, kill => true}]]],
    show(fun() -> run([{max_heap_size, 100000}], told) end),
    show(fun() -> erlang:system_flag(max_heap_size, #{size => 0, kill => true, error_logger => true}) end).

run(Options, What) ->
    Self = self(),
    {Pid, Monitor} = spawn_opt(fun() -> Self ! {self(), work(What)} end, [monitor | Options]),
    Reason = receive {'DOWN', Monitor, process, Pid, Why} -> Why end,
    {What, Reason, receive {Pid, Value} -> Value after 0 -> none end}.

work(list) -> length(seq(1, 100000));
work(tuple) -> tuple_size(list_to_tuple(seq(1, 100000)));
work(small) -> length(seq(1, 100));
work(caught) -> try length(seq(1, 100000)) catch Class:Reason -> {Class, Reason} after put(x, y) end;
work(unset) -> process_flag(max_heap_size, 0), length(seq(1, 100000));
work(own) -> process_flag(max_heap_size, #{size => 5000, error_logger => false}), length(seq(1, 100000));
work(dictionary) -> [put(N, seq(1, 100)) || N <- seq(1, 100)], length(get());
work(objects) ->
    Table = ets:new(table, []),
    [ets:insert(Table, {N, seq(1, 50)}) || N <- seq(1, 1000)],
    length(ets:tab2list(Table));
work(told) ->
    Self = self(),
    spawn(fun() -> Self ! process_info(self(), max_heap_size) end),
    receive Info -> {Info, process_info(self(), max_heap_size)} end.

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].
