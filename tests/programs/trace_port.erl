%% A port as tracer: the driver that writes to a file what is traced.
-module(trace_port).
-export([start/0, work/1]).

start() ->
    catch erl_ddll:load_driver(filename:join(code:priv_dir(runtime_tools), "lib"), "trace_file_drv"),
    File = "trace_port." ++ os:getpid() ++ ".log",
    try
        calls(File),
        others(File),
        wrong()
    after
        file:delete(File)
    end,
    ok.

calls(File) ->
    Port = open_port({spawn, "trace_file_drv n " ++ File}, [eof]),
    Pid = spawn_link(fun waiter/0),
    1 = erlang:trace(Pid, true, [call, send, {tracer, Port}]),
    io:format("~p~n", [{tracer, Port} =:= erlang:trace_info(Pid, tracer)]),
    erlang:trace_pattern({?MODULE, work, 1}, [{'_', [], [{return_trace}]}], [local]),
    Pid ! {self(), {go, "text"}},
    receive {Pid, Result} -> io:format("~p~n", [Result]) end,
    io:format("~p~n", [erlang:port_control(Port, $f, "")]),
    show(File, Pid),
    port_close(Port),
    io:format("~p~n", [erlang:trace_info(Pid, tracer)]),
    Pid ! {self(), {go, again}},
    receive {Pid, Again} -> io:format("~p~n", [Again]) end,
    show(File, Pid),
    unlink(Pid),
    exit(Pid, kill).

others(File) ->
    Port = open_port({spawn, "trace_file_drv n " ++ File}, [eof]),
    Pid = spawn_link(fun waiter/0),
    erlang:trace_pattern({?MODULE, work, 1}, true, [local, {meta, Port}]),
    io:format("~p~n", [erlang:trace_info({?MODULE, work, 1}, meta) =:= {meta, Port}]),
    Pid ! {self(), {go, <<1, 2>>}},
    receive {Pid, Result} -> io:format("~p~n", [Result]) end,
    port_close(Port),
    {ok, Bytes} = file:read_file(File),
    [io:format("~p~n", [setelement(2, erlang:delete_element(tuple_size(T), T), element(2, T) =:= Pid)])
     || T <- terms(Bytes)],
    unlink(Pid),
    exit(Pid, kill).

wrong() ->
    [io:format("~p~n", [catch_(F)]) || F <- [
        fun() -> erlang:trace(self(), true, [call, {tracer, hd(erlang:ports())}, other]) end,
        fun() -> open_port({spawn, "trace_file_drv x"}, []) end,
        fun() ->
            Port = open_port({spawn, "trace_file_drv n /dev/null"}, []),
            port_close(Port),
            erlang:trace(self(), true, [call, {tracer, Port}])
        end,
        fun() ->
            Port = open_port({spawn, "trace_file_drv n /dev/null"}, [binary]),
            [erlang:port_control(Port, $f, []), catch_(fun() -> erlang:port_control(Port, $g, []) end),
             element(2, erlang:port_info(Port, name)), port_close(Port)]
        end,
        fun() -> open_port({spawn, "trace_file_drv n /nowhere/file"}, []) end
    ]].

catch_(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

waiter() ->
    receive {From, {go, What}} -> From ! {self(), work(What)}, waiter() end.

work(What) -> {worked, What, 1 bsl 70}.

show(File, Pid) ->
    {ok, Bytes} = file:read_file(File),
    Terms = terms(Bytes),
    [io:format("~p~n", [plain(T, Pid)]) || T <- Terms],
    io:format("~p~n", [length(Terms)]).

plain(T, Pid) when T =:= Pid -> traced;
plain(T, _) when is_pid(T) -> other;
plain(T, Pid) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T), Pid));
plain([H | T], Pid) -> [plain(H, Pid) | plain(T, Pid)];
plain(T, _) -> T.

terms(<<0, Size:32, Term:Size/binary, Rest/binary>>) -> [binary_to_term(Term) | terms(Rest)];
terms(<<>>) -> [].
