%% Functions about processes, names, timers and code, called with all kinds of arguments: for each
%% how many calls there were, and a hash of what they returned or raised.
-module(proc_odd_args).
-export([start/0]).

start() ->
    [io:format("~p/~b: ~p~n", [F, A, tried(F, A)]) || {F, Arities} <- functions(), A <- Arities],
    ok.

functions() ->
    [
        {link, [1]}, {unlink, [1]}, {monitor, [2, 3]}, {demonitor, [1, 2]}, {exit, [2]},
        {register, [2]}, {unregister, [1]}, {whereis, [1]}, {process_flag, [2]}, {send, [2, 3]},
        {send_nosuspend, [2, 3]}, {is_process_alive, [1]}, {group_leader, [2]},
        {monitor_node, [2]}, {disconnect_node, [1]}, {spawn_monitor, [1]}, {spawn_request, [1]},
        {spawn_request_abandon, [1]}, {suspend_process, [1, 2]}, {resume_process, [1]},
        {send_after, [3]}, {start_timer, [3]}, {cancel_timer, [1, 2]}, {read_timer, [1]},
        {alias, [1]}, {unalias, [1]}, {garbage_collect, [1, 2]}, {check_process_code, [2]},
        {get, [1]}, {erase, [1]}, {get_keys, [1]}, {nodes, [1]}, {node, [1]},
        {bump_reductions, [1]}, {unique_integer, [1]}, {monotonic_time, [1]}, {system_time, [1]},
        {convert_time_unit, [3]}, {is_port, [1]}, {port_info, [1]}, {port_close, [1]},
        {port_connect, [2]}, {list_to_pid, [1]}, {list_to_ref, [1]}, {list_to_port, [1]},
        {module_loaded, [1]}, {function_exported, [3]}, {is_builtin, [3]}
    ].

tried(F, A) ->
    Results = [outcome(F, Arguments) || Arguments <- arguments(A)],
    {length(Results), erlang:phash2(Results)}.

arguments(1) -> [[A] || A <- terms()];
arguments(2) -> [[A, B] || A <- terms(), B <- terms()];
arguments(3) -> [[A, B, C] || A <- few(), B <- few(), C <- few()].

terms() ->
    [
        self, dead, live, odd_name, odd_nobody, {odd_name, node()}, {odd_name, other@nowhere},
        undefined, [], [x], [link], [a | b], 0, -1, 1, 1 bsl 64, 1.5, "str", <<>>, {}, ref,
        infinity, funny, true, #{}, process, port, [monitor], {a}
    ].

few() -> [self, live, odd_name, odd_nobody, [], [x], -1, 1, 1 bsl 64, process, [nosuspend]].

%% Each call in a process of its own, as it may change it or end it.
outcome(F, Arguments) ->
    Dead = dead(),
    Live = spawn(fun() -> receive stop -> ok end end),
    register(odd_name, Live),
    {Pid, Ref} = spawn_monitor(fun() ->
        Given = [given(A, Dead, Live) || A <- Arguments],
        exit({outcome, try plain(F, apply(erlang, F, Given)) catch C:E:S -> {C, E, place(S)} end})
    end),
    Outcome = receive {'DOWN', Ref, process, Pid, Why} -> reason(Why) end,
    catch unregister(odd_name),
    exit(Live, kill),
    Outcome.

dead() ->
    {Pid, Ref} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Ref, process, Pid, normal} -> Pid end.

given(self, _, _) -> self();
given(dead, Dead, _) -> Dead;
given(live, _, Live) -> Live;
given(ref, _, _) -> make_ref();
given(funny, _, _) -> fun() -> ok end;
given(Term, _, _) -> Term.

reason(Why) when is_pid(Why) -> pid;
reason(Why) when is_reference(Why) -> reference;
reason(Why) when is_function(Why) -> function;
reason(Why) -> Why.

place([{M, F, A, Info} | _]) -> {M, F, length(A), lists:keymember(error_info, 1, Info)}.

plain(_, Value) when is_integer(Value) -> integer;
plain(_, Value) when is_pid(Value) -> pid;
plain(_, Value) when is_reference(Value) -> reference;
plain(_, {Pid, Ref}) when is_pid(Pid), is_reference(Ref) -> {pid, reference};
plain(_, Value) -> Value.
