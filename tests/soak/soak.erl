%% Rounds of everything that processes can do to each other, at the same time and at random. After
%% each round what it used must have been given back, and what it did must have come out right.
%%
%% Arguments: how many seconds, a seed, and the folder with the versions of soak_version.
-module(soak).
-export([start/0]).

%% No round takes longer, however slow the machine: who is late waits for a signal that was lost.
-define(PATIENCE, 600000).

%% What is allocated once, and on first use, does not count as growth.
-define(WARM_UP, 5).

%% What happens rarely has a name that is not an atom before.
-define(NEW_ATOMS, 32).

start() ->
    [Seconds, Seed, Folder] = init:get_plain_arguments(),
    process_flag(trap_exit, true),
    Versions = soak_code:versions(Folder),
    End = now_ms() + list_to_integer(Seconds) * 1000,
    warm_up(list_to_integer(Seed), Versions),
    io:format("~ts~n", [line(0, state())]),
    First = state(),
    Rounds = rounds(1, End, now_ms(), First, list_to_integer(Seed), Versions),
    io:format("~b rounds, nothing found~n", [Rounds]),
    init:stop(0),
    ok.

warm_up(Seed, Versions) ->
    [round(Seed + N, Versions) || N <- lists:seq(1, ?WARM_UP)].

rounds(N, End, Told, First, Seed, Versions) ->
    round(Seed + ?WARM_UP + N, Versions),
    Now = state(),
    compare(N, First, Now),
    case now_ms() of
        Time when Time > End ->
            io:format("~ts~n", [line(N, Now)]),
            N;
        Time when Time > Told + 10000 ->
            io:format("~ts~n", [line(N, Now)]),
            rounds(N + 1, End, Time, First, Seed, Versions);
        _ ->
            rounds(N + 1, End, Told, First, Seed, Versions)
    end.

activities(Versions) ->
    [
        {signals, fun soak_signals:run/0},
        {servers, fun soak_servers:run/0},
        {tables, fun soak_tables:run/0},
        {shared_tables, fun soak_tables:shared/0},
        {owners, fun soak_tables:owners/0},
        {timers, fun soak_data:timers/0},
        {data, fun soak_data:run/0},
        {tracing, fun soak_trace:run/0},
        {code, fun() -> soak_code:run(Versions) end}
    ].

%% All activities at once, each with a seed of its own.
round(Seed, Versions) ->
    Running = [
        {Name, spawn_monitor(fun() -> rand:seed(exsss, {Seed, N, 1}), Run() end)}
     || {N, {Name, Run}} <- lists:enumerate(activities(Versions))
    ],
    [await(Seed, Name, Pid, Ref) || {Name, {Pid, Ref}} <- Running].

await(Seed, Name, Pid, Ref) ->
    receive
        {'DOWN', Ref, process, Pid, normal} -> ok;
        {'DOWN', Ref, process, Pid, Reason} -> fail("~p with seed ~b: ~p", [Name, Seed, Reason])
    after ?PATIENCE ->
        Where = process_info(Pid, [current_stacktrace, messages, links, monitors]),
        fail("~p with seed ~b does not end: ~p", [Name, Seed, Where])
    end.

fail(Format, Arguments) ->
    io:format("FOUND: " ++ Format ++ "~n", Arguments),
    halt(1).

%% What the VM holds when nothing goes on.
state() ->
    settle(1000),
    [garbage_collect(Pid) || Pid <- processes()],
    garbage_collect(),
    #{
        processes => length(processes()),
        names => length(registered()),
        tables => length(ets:all()),
        atoms => erlang:system_info(atom_count),
        memory => maps:from_list(erlang:memory()),
        resident => resident()
    }.

%% Those who were killed last may still be ending.
settle(0) ->
    ok;
settle(Tries) ->
    case [Pid || Pid <- processes(), not is_known(Pid)] of
        [] ->
            ok;
        Others ->
            receive after 10 -> ok end,
            Tries =:= 1 andalso fail("left behind: ~p", [[{Pid, process_info(Pid)} || Pid <- Others]]),
            settle(Tries - 1)
    end.

%% Who was there when the soak began.
is_known(Pid) ->
    case get(known) of
        undefined ->
            put(known, processes()),
            true;
        Known ->
            lists:member(Pid, Known) orelse is_of_system(Pid)
    end.

%% Processes that the library starts when it first needs them.
is_of_system(Pid) ->
    case process_info(Pid, registered_name) of
        {registered_name, Name} ->
            lists:member(Name, [timer_server, code_server, erl_signal_server, logger_proxy]);
        _ ->
            process_info(Pid, status) =:= undefined
    end.

compare(N, First, Now) ->
    [
        fail("after round ~b: ~p were ~p, are ~p", [N, Key, map_get(Key, First), map_get(Key, Now)])
     || Key <- [processes, names, tables], map_get(Key, First) =/= map_get(Key, Now)
    ],
    #{atoms := Few} = First,
    #{atoms := Many} = Now,
    Many > Few + ?NEW_ATOMS andalso fail("after round ~b: atoms were ~b, are ~b", [N, Few, Many]),
    #{memory := Before} = First,
    #{memory := After} = Now,
    [
        fail("after round ~b: memory of ~p was ~b, is ~b", [N, Key, map_get(Key, Before), Bytes])
     || {Key, Bytes} <- maps:to_list(slack(Before, After))
    ].

%% Where memory has grown by more than what a round leaves lying about.
slack(Before, After) ->
    Limits = #{ets => 1 bsl 18, processes => 1 bsl 20, binary => 1 bsl 18, code => 1 bsl 20},
    maps:filter(
        fun(Key, Bytes) ->
            case Limits of
                #{Key := Limit} -> Bytes > map_get(Key, Before) + Limit;
                _ -> false
            end
        end,
        After
    ).

line(Round, #{processes := Processes, tables := Tables, atoms := Atoms, resident := Resident} = State) ->
    #{memory := #{total := Total, processes := Heaps, ets := Ets, binary := Binary}} = State,
    io_lib:format(
        "round ~b: ~b processes, ~b tables, ~b atoms, memory ~b (processes ~b, ets ~b, binary ~b), "
        "resident ~b KB",
        [Round, Processes, Tables, Atoms, Total, Heaps, Ets, Binary, Resident]
    ).

resident() ->
    case file:read_file("/proc/self/statm") of
        {ok, Text} -> binary_to_integer(lists:nth(2, binary:split(Text, <<" ">>, [global]))) * 4;
        _ -> 0
    end.

now_ms() -> erlang:monotonic_time(millisecond).
