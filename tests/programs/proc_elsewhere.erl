%% Processes, ports and references of another node, which is not connected.
-module(proc_elsewhere).
-export([start/0]).
start() ->
    P = binary_to_term(<<131,88,100,0,9,"other@far",1:32,0:32,7:32>>),
    Po = binary_to_term(<<131,89,100,0,9,"other@far",1:32,7:32>>),
    R = binary_to_term(<<131,90,0,3,100,0,9,"other@far",7:32,1:32,2:32,3:32>>),
    process_flag(trap_exit, true),
    Fs = [{N, F} || {N, F} <- [
      {link, fun() -> link(P) end}, {link_port, fun() -> link(Po) end}, {unlink, fun() -> unlink(P) end}, {unlink_port, fun() -> unlink(Po) end},
      {monitor, fun() -> monitor(process, P) end}, {monitor_port, fun() -> monitor(port, Po) end}, {monitor_name, fun() -> monitor(process, {x, 'other@far'}) end},
      {monitor_port_name, fun() -> monitor(port, {x, 'other@far'}) end},
      {demonitor, fun() -> demonitor(R) end}, {demonitor_flush, fun() -> demonitor(R, [flush, info]) end}, {demonitor_i, fun() -> demonitor(R, [info]) end},
      {send, fun() -> P ! hi end}, {send3, fun() -> erlang:send(P, hi, [noconnect]) end}, {send3s, fun() -> erlang:send(P, hi, [nosuspend]) end}, {send_port, fun() -> Po ! hi end}, {send_name, fun() -> {x, 'other@far'} ! hi end},
      {send_name3, fun() -> erlang:send({x, 'other@far'}, hi, [noconnect]) end}, {send_nosuspend, fun() -> erlang:send_nosuspend(P, hi) end}, {send_ref, fun() -> R ! hi end},
      {exit, fun() -> exit(P, kill) end}, {exit_port, fun() -> exit(Po, kill) end}, {alive, fun() -> is_process_alive(P) end}, {info, fun() -> process_info(P) end}, {info2, fun() -> process_info(P, links) end},
      {pinfo, fun() -> erlang:port_info(Po) end}, {pinfo2, fun() -> erlang:port_info(Po, name) end}, {pclose, fun() -> port_close(Po) end}, {pcommand, fun() -> port_command(Po, "x") end}, {pconnect, fun() -> port_connect(Po, self()) end},
      {register, fun() -> register(foo, P) end}, {register_port, fun() -> register(foo, Po) end},
      {send_after, fun() -> erlang:send_after(1, P, hi) end}, {start_timer, fun() -> erlang:start_timer(1, P, hi) end}, {cancel, fun() -> erlang:cancel_timer(R) end}, {read, fun() -> erlang:read_timer(R) end}, {cancel_a, fun() -> erlang:cancel_timer(R, [{async, true}]), receive {cancel_timer, R, V} -> V end end},
      {unalias, fun() -> unalias(R) end}, {suspend, fun() -> erlang:suspend_process(P) end}, {resume, fun() -> erlang:resume_process(P) end}, {gc, fun() -> garbage_collect(P) end}, {ccp, fun() -> check_process_code(P, lists) end},
      {trace, fun() -> erlang:trace(P, true, [send]) end}, {node, fun() -> {node(P), node(Po), node(R)} end}, {spawn_request, fun() -> erlang:spawn_request('other@far', lists, seq, [1, 2]) end},
      {disconnect, fun() -> erlang:disconnect_node('other@far') end}, {monitor_node, fun() -> erlang:monitor_node('other@far', true) end}, {monitor_node2, fun() -> erlang:monitor_node(node(), true) end}, {is_alive, fun() -> is_alive() end},
      {whereis, fun() -> whereis(P) end}, {give, fun() -> T = ets:new(x, []), ets:give_away(T, P, x) end}, {heir, fun() -> is_reference(ets:new(x, [{heir, P, x}])) end}, {pflag, fun() -> process_flag(P, save_calls, 10) end}, {pflag4, fun() -> process_flag(save_calls, 10001) end}, {pflag5, fun() -> process_flag(save_calls, x) end},
      {untrapped, fun() -> {Q, M} = spawn_monitor(fun() -> link(P), receive x -> ok end end), receive {'DOWN', M, process, Q, Why} -> Why end end}, {alias_send, fun() -> erlang:send(R, x, []) end}, {monitor_alias, fun() -> monitor(process, P, [{alias, demonitor}]) end}, {monitor_tag, fun() -> monitor(process, P, [{tag, t}]) end}, {rpc, fun() -> rpc:call('other@far', lists, seq, [1, 2]) end}, {gs, fun() -> catch gen_server:call({x, 'other@far'}, y) end}
      ]],
    [begin V = (try F() catch C:E:St -> {C, E, element(2, hd(St)), case element(3, hd(St)) of L when is_list(L) -> length(L); A -> A end} end), io:format("~p ~p ~p~n", [N, known(V), [known(M) || M <- flush()]]) end || {N, F} <- Fs],
    process_flag(trap_exit, false), ok.
known(T) when is_reference(T), node(T) =:= node() -> ref;
known(T) when is_pid(T), node(T) =/= node() -> elsewhere;
known(T) when is_pid(T) -> case T =:= self() of true -> me; false -> pid end;
known(T) when is_tuple(T) -> list_to_tuple([known(E) || E <- tuple_to_list(T)]);
known([H | T]) -> [known(H) | known(T)];
known(T) -> T.
flush() -> receive M -> [M | flush()] after 30 -> [] end.
