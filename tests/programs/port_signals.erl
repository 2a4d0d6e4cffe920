%% Ports and processes: owners, links, monitors, names, commands, and what waits.
-module(port_signals).
-export([start/0]).

start() ->
    process_flag(trap_exit, true),
    T = fun(Name, Do) ->
        Port = open_port({spawn, "cat"}, [binary]),
        R = try Do(Port) catch C:R0:S -> raised(C, R0, S) end,
        catch port_close(Port),
        %% Who ends beside it may still be about to take the port along.
        {links, Links} = process_info(self(), links),
        Left = case lists:member(Port, Links) of true -> 2000; false -> 0 end,
        receive {'EXIT', Port, _} -> ok after Left -> ok end,
        io:format("~s: ~tp~n", [Name, known(R, [{Port, port}, {self(), me}])]),
        [] = flush(0)
    end,
    T("commands", fun(P) -> [port_command(P, "a"), next(), port_command(P, [<<"b">>, $c, ["d"]], [nosuspend]), next(), P ! {self(), {command, "xy"}}, next(), info(P)] end),
    T("wrong commands", fun(P) -> [catch_(fun() -> port_command(P, X) end) || X <- [[foo], foo, [256], [a | b], 1]] end),
    T("options of commands", fun(P) -> [catch_(fun() -> port_command(P, "x", O) end) || O <- [[force], [foo], foo, [nosuspend | x]]] ++ [next()] end),
    T("not understood", fun(P) -> [P ! foo, next(), P ! {self(), foo}, next(), element(2, P ! {dead(), close}), next(), P ! {self(), {command, [foo]}}, next(), P ! {self(), {connect, x}}, next(), info(P)] end),
    T("told to close", fun(P) -> [P ! {self(), close}, next(), next(), erlang:port_info(P)] end),
    T("closed", fun(P) -> [port_close(P), next(), erlang:port_info(P), catch_(fun() -> port_close(P) end), catch_(fun() -> port_command(P, "x") end),
        P ! {self(), close}, P ! foo, erlang:send(P, {self(), {command, "y"}}, [noconnect]), catch_(fun() -> port_connect(P, self()) end)] end),
    T("connected by a message", fun(P) ->
        Q = forwarder(), R = [P ! {self(), {connect, Q}}, next(), port_command(P, "z"), next(), info(P), catch_(fun() -> port_connect(P, self()) end), info(P)],
        stop(Q), known(R, [{Q, q}]) end),
    T("connected by a call", fun(P) ->
        Q = forwarder(), R = [port_connect(P, Q), info(P), unlink(P), info(P), port_connect(P, self()), info(P)],
        stop(Q), known(R, [{Q, q}]) end),
    T("connected to nobody", fun(P) -> [catch_(fun() -> port_connect(P, dead()) end), catch_(fun() -> port_connect(P, x) end), info(P)] end),
    [T(io_lib:format("exit ~p", [R]), fun(P) -> [exit(P, R), next(), erlang:port_info(P)] end) || R <- [normal, foo, kill]],
    [T(io_lib:format("exit ~p by another", [R]), fun(P) -> spawn(fun() -> exit(P, R) end), [next(), erlang:port_info(P)] end) || R <- [normal, foo, kill]],
    T("linked process ends normally", fun(P) -> Q = spawn(fun() -> link(P) end), wait(Q), [next(50), info(P)] end),
    T("linked process ends", fun(P) -> spawn(fun() -> link(P), exit(foo) end), [next(), erlang:port_info(P)] end),
    T("owner ends", fun(_) -> P = owned(fun(_) -> ok end), [next(100), erlang:port_info(P)] end),
    T("owner ends without a link", fun(_) -> P = owned(fun(P) -> unlink(P) end), [erlang:port_info(P, links), port_close(P)] end),
    T("link to a closed one", fun(P) -> port_close(P), [link(P), next(), next()] end),
    T("link to a closed one without trap", fun(P) -> port_close(P), process_flag(trap_exit, false), R = catch_(fun() -> link(P) end), process_flag(trap_exit, true), [R, next()] end),
    T("unlink", fun(P) -> [unlink(P), ports_linked(), erlang:port_info(P, links), link(P), ports_linked(), erlang:port_info(P, links)] end),
    T("monitor", fun(P) -> R = monitor(port, P), [erlang:port_info(P, monitored_by), process_info(self(), monitors), port_close(P), next(), known(next(), [{R, r}]), element(5, begin monitor(port, P), next() end)] end),
    T("monitor with options", fun(P) -> R = monitor(port, P, [{tag, xx}, {alias, explicit_unalias}]), D = demonitor(R), S = monitor(port, P, [{tag, yy}]), port_close(P), [D, next(), known(next(), [{S, s}])] end),
    T("wrong monitors", fun(P) -> [catch_(F) || F <- [fun() -> monitor(port, 1) end, fun() -> monitor(process, P) end, fun() -> monitor(port, self()) end]] end),
    T("names", fun(P) ->
        register(some_port, P), R = monitor(port, some_port),
        [whereis(some_port), lists:member(some_port, registered()), info(some_port), some_port ! {self(), {command, "q"}}, next(), {some_port, node()} ! {self(), {command, "r"}}, next(),
            process_info(self(), monitors), catch_(fun() -> register(some_port, P) end), catch_(fun() -> register(other_name, P) end), port_close(some_port),
            next(), known(next(), [{R, r}]), whereis(some_port), begin monitor(port, some_port), element(5, next()) end, catch_(fun() -> port_command(some_port, "x") end),
            catch_(fun() -> register(some_port, P) end)] end),
    T("unregister", fun(P) -> register(some_port, P), [unregister(some_port), erlang:port_info(P, registered_name), whereis(some_port)] end),
    T("info", fun(P) -> [known(erlang:port_info(P, K), []) || K <- [registered_name, links, name, input, output, connected, monitors, monitored_by, parallelism, queue_size, locking]] end),
    T("wrong info", fun(P) -> [catch_(fun() -> erlang:port_info(P, foo) end), erlang:port_info(foo), erlang:port_info(foo, name), catch_(fun() -> erlang:port_info(1) end), catch_(fun() -> erlang:port_info(1, name) end)] end),
    T("data", fun(P) -> [erlang:port_get_data(P), erlang:port_set_data(P, {a, "b"}), erlang:port_get_data(P), catch_(fun() -> erlang:port_control(P, 1, "x") end), catch_(fun() -> erlang:port_call(P, 1, x) end)] end),
    T("terms", fun(P) -> [is_port(P), lists:prefix("#Port<0.", port_to_list(P)), list_to_port(port_to_list(P)) =:= P, lists:member(P, erlang:ports()), node(P)] end),
    T("closed by another", fun(P) -> spawn(fun() -> port_close(P) end), [next(), erlang:port_info(P)] end),
    T("told by others", fun(P) -> S = self(), spawn(fun() -> P ! {S, {command, "x"}} end), A = next(), spawn(fun() -> P ! {self(), {command, "x"}} end), [A, next()] end),
    more(),
    process_flag(trap_exit, false),
    ok.

%% What is larger than a pipe, and framed output.
more() ->
    show(packets, [begin P = open_port({spawn, "cat"}, [{packet, N}, binary]), port_command(P, "hello"), port_command(P, ""), R = [data(P), data(P)], port_close(P), R end || N <- [1, 2, 4]]),
    flush(0),
    P1 = open_port({spawn, "cat"}, [{packet, 1}]),
    show(too_long, [port_command(P1, lists:duplicate(300, $a)), receive {'EXIT', P1, Why} -> Why end]),
    P2 = open_port({spawn, "sh -c 'exec 0</dev/null; echo; sleep 1'"}, []),
    data(P2),
    show(nobody_reads, [port_command(P2, "x"), receive {'EXIT', P2, Why2} -> Why2 end]),
    P3 = open_port({spawn, "true"}, [in]),
    show(only_read, [port_command(P3, "x"), receive {'EXIT', P3, Why3} -> lists:member(Why3, [ebadf, normal]) end]),
    P4 = open_port({spawn, "sleep 2"}, [binary]),
    Much = binary:copy(<<"x">>, 10000),
    Some = [port_command(P4, Much, [nosuspend]) || _ <- lists:seq(1, 20)],
    show(busy, [hd(Some), lists:last(Some), lists:usort(Some), element(2, erlang:port_info(P4, queue_size)) > 8000]),
    show(busy_send, [erlang:send(P4, {self(), {command, "x"}}, [nosuspend]), erlang:send_nosuspend(P4, {self(), {command, "x"}})]),
    port_close(P4),
    P5 = open_port({spawn, "sh -c 'sleep 0.3; wc -c'"}, [binary]),
    [true = port_command(P5, binary:copy(<<"x">>, 20000)) || _ <- lists:seq(1, 20)],
    show(waited, erlang:port_info(P5, output)),
    port_close(P5),
    flush(0),
    P6 = open_port({spawn, "cat"}, [binary]),
    Big = rand_bytes(3000000),
    spawn_link(fun() -> written(P6, Big) end),
    Back = gather(P6, byte_size(Big)),
    show(all_back, [Back =:= Big, erlang:port_info(P6, input), erlang:port_info(P6, output)]),
    port_close(P6),
    flush(50),
    show(written_after_closing, after_closing()),
    show(ports, erlang:ports() =:= erlang:ports()),
    show(many, many(200)).

%% At least N bytes; each piece of them differs from the next one.
rand_bytes(N) -> binary:copy(<< <<(X * 7919 rem 251)>> || X <- lists:seq(1, 251) >>, N div 251 + 1).

written(Port, <<B:50000/binary, Rest/binary>>) -> true = port_command(Port, B), written(Port, Rest);
written(Port, Rest) -> port_command(Port, Rest).

gather(_, 0) -> <<>>;
gather(Port, N) ->
    receive {Port, {data, D}} -> Rest = gather(Port, N - byte_size(D)), <<D/binary, Rest/binary>> end.

after_closing() ->
    File = "port_signals." ++ os:getpid(),
    Port = open_port({spawn, "sh -c 'sleep 0.2; cat >" ++ File ++ "'"}, [out]),
    port_command(Port, lists:duplicate(100000, $x)),
    Port ! {self(), close},
    A = receive {'EXIT', Port, R} -> R end,
    B = {erlang:port_info(Port, links), catch_(fun() -> port_command(Port, "x") end)},
    C = receive {Port, closed} -> erlang:port_info(Port) end,
    D = until(fun() -> filelib:file_size(File) =:= 100000 end),
    file:delete(File),
    [A, element(2, B), C, D].

until(Test) -> case Test() of true -> true; false -> timer:sleep(20), until(Test) end.

many(N) ->
    Ports = [open_port({spawn_executable, "/bin/cat"}, [binary]) || _ <- lists:seq(1, N)],
    [port_command(P, integer_to_binary(I)) || {I, P} <- lists:enumerate(Ports)],
    Sum = lists:sum([binary_to_integer(data(P)) || P <- Ports]),
    [port_close(P) || P <- Ports],
    flush(0),
    {Sum, length([P || P <- Ports, erlang:port_info(P) =/= undefined])}.

data(Port) -> receive {Port, {data, Data}} -> Data end.
show(Name, Value) -> io:format("~p: ~p~n", [Name, Value]).

catch_(Do) -> try Do() catch C:R:S -> raised(C, R, S) end.

info(Port) -> lists:keydelete(os_pid, 1, lists:keydelete(id, 1, erlang:port_info(Port))).

%% Puts names in the place of what differs each time.
known(T, Names) ->
    case lists:keyfind(T, 1, Names) of
        {_, Name} -> Name;
        false when is_tuple(T) -> list_to_tuple(known(tuple_to_list(T), Names));
        false when is_list(T) -> [known(E, Names) || E <- T];
        false -> T
    end.

forwarder() ->
    Me = self(),
    spawn(fun() -> forward(Me) end).
forward(To) -> receive stop -> ok; {P, M} when is_port(P) -> To ! {forwarded, M}, forward(To) end.
stop(Q) -> unlink(Q), exit(Q, kill), wait(Q).

wait(Q) -> R = monitor(process, Q), receive {'DOWN', R, _, _, _} -> ok end.
dead() -> Q = spawn(fun() -> ok end), wait(Q), Q.

owned(Do) ->
    Me = self(),
    Q = spawn(fun() -> P = open_port({spawn, "cat"}, []), Do(P), Me ! {owned, P} end),
    receive {owned, P} -> wait(Q), P end.

ports_linked() -> [P || P <- element(2, process_info(self(), links)), is_port(P)].

next() -> next(2000).
next(Time) -> receive M -> M after Time -> nothing end.
flush(Time) -> receive M -> [M | flush(Time)] after Time -> [] end.

raised(C, R, [{M, F, A, I} | _]) ->
    {C, R, M, F, if is_list(A) -> length(A); true -> A end, proplists:get_value(error_info, I)}.
