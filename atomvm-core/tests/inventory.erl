%% What a VM holds while nothing runs: one kind of it for each name, so many times.
-module(inventory).
-export([hold/2, wait/0]).

%% Holds it in a process that waits, until the VM ends.
hold(Kind, N) ->
    Self = self(),
    spawn(fun() ->
        Held = make(Kind, N),
        erlang:garbage_collect(),
        Self ! made,
        wait(),
        Self ! Held
    end),
    receive made -> ok end.

wait() -> receive never -> ok end.

make(nothing, _) -> ok;
make(list, N) -> seq(1, N);
make(floats, N) -> [I * 1.5 || I <- seq(1, N)];
make(maps, N) -> [#{I => I, a => b} || I <- seq(1, N)];
make(large_map, N) -> fill(N, #{});
make(big_integers, N) -> [(1 bsl 500) + I || I <- seq(1, N)];
make(small_binaries, N) -> [<<I:64>> || I <- seq(1, N)];
make(binaries, N) -> [<<I:(8 * 200)>> || I <- seq(1, N)];
make(long_binary, N) -> <<0:(N * 800)>>;
make(appended, N) -> append(N, <<>>);
make(processes, N) -> [spawn(?MODULE, wait, []) || _ <- seq(1, N)];
make(linked, N) -> [spawn_link(?MODULE, wait, []) || _ <- seq(1, N)];
make(monitors, N) ->
    Pid = spawn(?MODULE, wait, []),
    [erlang:monitor(process, Pid) || _ <- seq(1, N)];
make(aliases, N) -> [alias() || _ <- seq(1, N)];
make(messages, N) ->
    Pid = spawn(?MODULE, wait, []),
    [Pid ! {message, I, <<I:64>>} || I <- seq(1, N)],
    Pid;
make(own_messages, N) ->
    [self() ! {message, I} || I <- seq(1, N)];
make(names, N) ->
    [register(name("registered_", I), spawn(?MODULE, wait, [])) || I <- seq(1, N)];
make(atoms, N) -> [name("atom_number_", I) || I <- seq(1, N)];
make(timers, N) -> [erlang:send_after(1000000 + I, self(), {late, I}) || I <- seq(1, N)];
make(dictionary, N) -> [put({key, I}, I) || I <- seq(1, N)];
make(persistent, N) -> [persistent_term:put({inventory, I}, {value, I}) || I <- seq(1, N)];
make(funs, N) -> [fun() -> I end || I <- seq(1, N)];
make(exported, N) -> [fun_of(name("function_", I)) || I <- seq(1, N)];
make(tables, N) -> [ets:new(table, []) || _ <- seq(1, N)];
make(named_tables, N) -> [ets:new(name("table_", I), [named_table]) || I <- seq(1, N)];
make(specs, N) ->
    [ets:match_spec_compile([{{'$1', I}, [{'>', '$1', I}], ['$1']}]) || I <- seq(1, N)];
make(atomics, N) -> [erts_internal:atomics_new(50, 0) || _ <- seq(1, N)];
make(queue, N) ->
    Pid = spawn(?MODULE, wait, []),
    erlang:suspend_process(Pid),
    [Pid ! I || I <- seq(1, N)];
make(traced, N) ->
    [erlang:trace(spawn(?MODULE, wait, []), true, [call, 'receive']) || _ <- seq(1, N)];
make(inflated, N) ->
    [begin Z = zlib:open_nif(), ok = zlib:inflateInit_nif(Z, 15, 1), Z end || _ <- seq(1, N)];
make(deflated, N) ->
    [begin Z = zlib:open_nif(), ok = zlib:deflateInit_nif(Z, 6, 8, 15, 8, 0), Z end || _ <- seq(1, N)];
make(fixed_tables, N) ->
    [begin T = ets:new(table, []), ets:safe_fixtable(T, true), T end || _ <- seq(1, N)];
make(Type, N) ->
    Table = ets:new(table, [Type, public]),
    [ets:insert(Table, {I, {value, I}, <<I:64>>}) || I <- seq(1, N)],
    Table.

fun_of(Name) -> fun ?MODULE:Name/0.

append(0, B) -> B;
append(N, B) -> append(N - 1, <<B/binary, N:64>>).

fill(0, M) -> M;
fill(N, M) -> fill(N - 1, M#{N => N}).

name(Prefix, N) -> list_to_atom(Prefix ++ integer_to_list(N)).

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].
