%% Requests to start processes: replies, their tags, what is wrong with options.
-module(proc_request).
-export([start/0]).

try_(F) ->
    try F() of
        R when is_reference(R) -> ref;
        X -> X
    catch C:R:S -> [{M, Fn, A, I} | _] = S, {C, R, M, Fn, length(A), cause(I)} end.

cause(I) ->
    case proplists:get_value(error_info, I) of
        #{cause := Cause} -> Cause;
        _ -> none
    end.

%% The messages that come, without what differs from run to run.
drain() ->
    receive M -> [plain(M) | drain()] after 30 -> [] end.

plain(P) when is_pid(P) -> pid;
plain(R) when is_reference(R) -> ref;
plain(T) when is_tuple(T) -> list_to_tuple([plain(E) || E <- tuple_to_list(T)]);
plain(X) -> X.

show(Name, F) -> io:format("~p: ~p ~p~n", [Name, try_(F), drain()]).

start() ->
    process_flag(trap_exit, true),
    N = fun() -> ok end,
    show(fun1, fun() -> spawn_request(N) end),
    show(fun1_bad, fun() -> spawn_request(foo) end),
    show(unknown, fun() -> spawn_request(N, [foo]) end),
    show(monitor_tag, fun() -> spawn_request(N, [monitor, {reply_tag, {a, b}}]) end),
    show(link_no, fun() -> spawn_request(N, [link, {reply, no}]) end),
    show(reply_bad, fun() -> spawn_request(N, [{reply, xx}]) end),
    show(error_only, fun() -> spawn_request(N, [{reply, error_only}, foo]) end),
    show(error_only_ok, fun() -> spawn_request(N, [{reply, error_only}, monitor]) end),
    show(success_only, fun() -> spawn_request(N, [{reply, success_only}, foo]) end),
    show(success_only_ok, fun() -> spawn_request(N, [{reply, success_only}]) end),
    show(priority, fun() -> spawn_request(N, [{priority, foo}]) end),
    show(improper, fun() -> spawn_request(N, [foo | bar]) end),
    show(no_list, fun() -> spawn_request(N, foo) end),
    show(arity, fun() -> spawn_request(fun(_) -> ok end, []) end),
    show(other_node, fun() -> spawn_request(foo, N) end),
    show(this_node, fun() -> spawn_request(node(), N, [monitor]) end),
    show(other_node_3, fun() -> spawn_request(foo, N, [link]) end),
    show(other_node_no, fun() -> spawn_request(foo, N, [{reply, no}]) end),
    show(mfa, fun() -> spawn_request(lists, reverse, [[a]]) end),
    show(mfa_improper, fun() -> spawn_request(lists, reverse, [[a] | b]) end),
    show(mfa_options, fun() -> spawn_request(lists, reverse, [[a]], [monitor]) end),
    show(node_mfa, fun() -> spawn_request(node(), lists, reverse, [[a]]) end),
    show(node_mfa_options, fun() -> spawn_request(node(), lists, reverse, [[a]], [link]) end),
    show(bad_node, fun() -> spawn_request(1, lists, reverse, [[a]], []) end),
    show(bad_module, fun() -> spawn_request(1, reverse, [[a]]) end),
    show(abandon, fun() -> spawn_request_abandon(spawn_request(N, [])) end),
    show(abandon_unknown, fun() -> spawn_request_abandon(make_ref()) end),
    show(abandon_bad, fun() -> spawn_request_abandon(foo) end),
    %% The request is the reference of the monitor, and the alias.
    R = spawn_request(fun() -> receive stop -> ok end end,
                      [{monitor, [{tag, down}, {alias, reply_demonitor}]}]),
    P = receive {spawn_reply, R, ok, Pid} -> Pid end,
    io:format("~p~n", [process_info(self(), monitors) =:= {monitors, [{process, P}]}]),
    P ! stop,
    receive {down, R, process, P, Reason} -> io:format("~p~n", [Reason]) end,
    R ! late,
    io:format("~p~n", [drain()]),
    ok.
