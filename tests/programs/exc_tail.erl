%% Who calls a function of the library wrongly as the last thing that it does: is it in the trace? That
%% depends on whether OTP has the function in Erlang. And what is applied in vain, funs above all.
-module(exc_tail).
-export([start/0]).

-define(LAST(Call), fun() -> Call end).

start() ->
    {[trace(F) || F <- functions(id(x))], [trace(F) || F <- calls()], spawned()}.

trace(F) ->
    try F() of
        _ -> fine
    catch
        error:Reason:Stack ->
            {reason(Reason), [{M, short(Name), if is_list(A) -> length(A); true -> {arity, A} end}
                              || {M, Name, A, _} <- Stack, M =:= ?MODULE orelse M =:= erlang, Name =/= trace, Name =/= start]}
    end.

reason({Kind, _}) -> Kind;
reason(Kind) -> Kind.

%% Funs have names with numbers, which depend on the compiler.
short(Name) -> case atom_to_list(Name) of "-" ++ _ -> a_fun; _ -> Name end.

functions(X) ->
    [
    ?LAST(atom_to_binary(id(1))), ?LAST(binary_to_atom(id(1))), ?LAST(binary_to_existing_atom(id(1))),
    ?LAST(erlang:check_process_code(1, 2)), ?LAST(erlang:check_process_code(1, 2, 3)),
    ?LAST(erlang:convert_time_unit(id(1), id(2), 3)), ?LAST(erlang:fun_info(id(1))), ?LAST(garbage_collect(id(1))),
    ?LAST(garbage_collect(self(), id(x))), ?LAST(group_leader(1, 2)), ?LAST(halt(foo)),
    ?LAST(erlang:localtime_to_universaltime(X)), ?LAST(erlang:memory(X)), ?LAST(process_flag(1, 2, X)),
    ?LAST(erlang:send_nosuspend(1, X)), ?LAST(erlang:send_nosuspend(1, X, 3)), ?LAST(spawn(1)), ?LAST(spawn(1, 2)),
    ?LAST(spawn(1, 2, 3, 4)), ?LAST(spawn_link(1)), ?LAST(spawn_link(1, 2)), ?LAST(spawn_link(1, 2, 3, 4)),
    ?LAST(spawn_monitor(1)), ?LAST(spawn_monitor(1, 2)), ?LAST(spawn_monitor(1, 2, 3)),
    ?LAST(spawn_monitor(1, 2, 3, 4)), ?LAST(spawn_opt(1, 2)), ?LAST(spawn_opt(1, 2, 3)),
    ?LAST(spawn_opt(1, 2, 3, 4, 5)), ?LAST(spawn_request(1)), ?LAST(spawn_request(1, 2)),
    ?LAST(spawn_request(1, 2, 3)), ?LAST(spawn_request(1, 2, 3, 4)), ?LAST(spawn_request(1, 2, 3, 4, 5)),
    ?LAST(erlang:suspend_process(1)), ?LAST(erlang:suspend_process(1, 2)), ?LAST(erlang:trace(1, 2, 3)),
    ?LAST(erlang:trace_pattern(1, 2)), ?LAST(erlang:trace_pattern(1, 2, 3)), ?LAST(erlang:set_cookie(1)),
    ?LAST(erlang:set_cookie(1, 2)), ?LAST(erlang:get_cookie(1)), ?LAST(erlang:purge_module(1)),
    ?LAST(erlang:port_info(1)), ?LAST(erlang:port_info(1, 2)), ?LAST(binary:bin_to_list(1)),
    ?LAST(erlang:disconnect_node(1)), ?LAST(erlang:load_module(1, 2)), ?LAST(erlang:prepare_loading(1, 2)),
    ?LAST(erlang:nodes(1)), ?LAST(erlang:statistics(1)), ?LAST(erlang:system_flag(1, 2)), ?LAST(erlang:demonitor(1)),
    ?LAST(erlang:process_info(1)), ?LAST(erlang:monitor_node(1, 2)), ?LAST(erlang:port_close(1)),
    ?LAST(erlang:port_command(1, 2)), ?LAST(erlang:spawn_request_abandon(1)), ?LAST(os:getenv(1, 2)),
    ?LAST(erlang:hibernate(1, 2, 3)), ?LAST(erlang:trace_delivered(1))
    ].

%% Funs of the wrong arity, and what is no fun.
calls() ->
    One = id(fun(X) -> X end),
    Two = id(fun(X, _) -> X end),
    [fun() -> kept(foo), id(1) end, fun() -> kept(Two), id(1) end, fun() -> kept(fun lists:seq/3), id(1) end, fun() -> last(foo), id(1) end,
     fun() -> last(Two), id(1) end, fun() -> checked(Two), id(1) end, fun() -> (id(One))(1, 2), id(1) end, fun() -> apply(One, id([1, 2])), id(1) end,
     fun() -> apply(foo, id([])), id(1) end, fun() -> apply(One, id(bar)) end, fun() -> kept(fun none:none/1), id(1) end, fun() -> last(fun none:none/1), id(1) end].

kept(F) -> X = F(1), id(X).
last(F) -> F(1).
checked(F) when is_function(F) -> X = F(1), id(X).

%% A tuple of two atoms passes for a fun until it is applied.
spawned() ->
    process_flag(trap_exit, true),
    logger:set_primary_config(level, none),
    Ends = [ended(fun() -> Start(F) end) || Start <- [fun erlang:spawn_link/1, fun(F) -> spawn_opt(F, [link]) end, fun(F) -> spawn_link(node(), F) end],
                                           F <- [fun(X) -> X end, {lists, seq}, {lists, seq, 1}, {1, seq}, foo, fun lists:none/0]],
    logger:set_primary_config(level, notice),
    Ends.

ended(Start) ->
    try Start() of
        Pid -> receive {'EXIT', Pid, {Reason, Stack}} -> {reason(Reason), [{M, F, A} || {M, F, A, _} <- Stack]}; {'EXIT', Pid, Reason} -> Reason end
    catch error:Reason -> {refused, Reason}
    end.

id(X) -> X.
