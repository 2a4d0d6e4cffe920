%% What the programmer's guide says of processes and the console.
-module(guide_output).
-export([start/0, report/1]).

start() ->
    spawning(),
    options(),
    output(),
    ok.

spawning() ->
    Self = self(),
    Secret = make_ref(),
    _ = spawn(fun() -> Self ! {closure, Secret} end),
    _ = spawn(?MODULE, report, [Self]),
    _ = spawn_link(fun() -> Self ! linked end),
    receive {closure, Secret} -> io:format("closure~n") end,
    receive called -> io:format("called~n") end,
    receive linked -> io:format("linked~n") end.

report(To) -> To ! called.

%% The options of spawn_opt, each as the guide's table has it.
options() ->
    Ready = fun() -> receive stop -> ok end end,
    Small = spawn_opt(Ready, [{min_heap_size, 1342}]),
    {heap_size, Words} = process_info(Small, heap_size),
    io:format("at least 1342 words: ~p~n", [Words >= 1342]),
    Small ! stop,
    [begin
         {Pid, Monitor} = spawn_opt(fun() -> lists:seq(1, 1000) end, [{atomvm_heap_growth, Growth}, monitor]),
         receive {'DOWN', Monitor, process, Pid, Reason} -> io:format("~p: ~p~n", [Growth, Reason]) end
     end || Growth <- [bounded_free, minimum, fibonacci]],
    {Fat, Died} = spawn_opt(fun() -> length(lists:seq(1, 100000)) end, [{max_heap_size, 10000}, {monitor, true}]),
    receive {'DOWN', Died, process, Fat, Limit} -> io:format("over its limit: ~p~n", [Limit]) end,
    process_flag(trap_exit, true),
    Linked = spawn_opt(fun() -> exit(over) end, [{link, true}]),
    receive {'EXIT', Linked, Over} -> io:format("linked: ~p~n", [Over]) end,
    Alone = spawn_opt(?MODULE, report, [self()], [{link, false}]),
    receive called -> ok end,
    receive {'EXIT', Alone, _} -> io:format("was linked~n") after 20 -> io:format("was not linked~n") end.

output() ->
    true = erlang:display({foo, [{bar, tapas}]}),
    ok = io:format("The ~p did a ~p~n", [friddle, frop]),
    "The 1 did a \"b\"" = lists:flatten(io_lib:format("The ~p did a ~p", [1, "b"])),
    ok = console:puts("puts "),
    ok = console:puts([<<"writes">>, $\s, ["text"], "\n"]),
    ok = console:flush(),
    ok = console:print(<<"print too\n">>),
    true = is_pid(whereis(console)),
    ok = console:puts(whereis(console), "to its process\n"),
    ok = console:flush(whereis(console)),
    {error, badarg} = console:puts(not_text).
