%% What dbg and fprof write to files and read again.
-module(trace_files).
-export([start/0, fib/1, work/1]).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

work(N) -> lists:foldl(fun(X, Sum) -> Sum + fib(X) end, 0, lists:seq(1, N)).

start() ->
    profile(),
    traced(),
    wrapped().

profile() ->
    Console = group_leader(),
    group_leader(spawn_link(fun silent/0), self()),
    R = fprof:apply(fun ?MODULE:work/1, [10], [{file, "trace_files.trace"}]),
    ok = fprof:profile([{file, "trace_files.trace"}]),
    ok = fprof:analyse([{dest, "trace_files.analysis"}, {details, true}]),
    fprof:stop(),
    group_leader(Console, self()),
    {ok, Terms} = file:consult("trace_files.analysis"),
    [file:delete(F) || F <- ["trace_files.trace", "trace_files.analysis"]],
    %% Who called whom, and how often. When memory is collected is the VM's affair.
    Calls = [{F, N, [{G, M} || {G, M, _, _} <- From], [{G, M} || {G, M, _, _} <- To, G =/= garbage_collect]}
             || {From, {F = {?MODULE, _, _}, N, _, _}, To} <- Terms],
    io:format("~p~n~p~n", [R, [setelement(3, C, lists:sort(element(3, C))) || C <- lists:sort(Calls)]]).

silent() -> receive {io_request, From, Tag, _} -> From ! {io_reply, Tag, ok}, silent() end.

traced() ->
    File = "trace_files.log",
    {ok, _} = dbg:tracer(port, dbg:trace_port(file, File)),
    {ok, [_]} = dbg:p(self(), [c]),
    {ok, _} = dbg:tpl(?MODULE, fib, 1, x),
    fib(3),
    ok = dbg:flush_trace_port(),
    dbg:stop_clear(),
    Me = self(),
    Tell = fun(Message, _) -> Me ! {told, Message} end,
    dbg:trace_client(file, File, {Tell, none}),
    told(),
    file:delete(File).

%% Several files that take turns.
wrapped() ->
    Folder = "trace_files",
    filelib:ensure_dir(Folder ++ "/x"),
    Sizes = fun() -> [{F, filelib:file_size(Folder ++ "/" ++ F)} || F <- filelib:wildcard("t*.log", Folder)] end,
    {ok, _} = dbg:tracer(port, dbg:trace_port(file, {Folder ++ "/t", wrap, ".log", 200, 3})),
    {ok, [_]} = dbg:p(self(), [c]),
    {ok, _} = dbg:tpl(?MODULE, fib, 1, []),
    [begin
         [fib(1) || _ <- lists:seq(1, Count)],
         ok = dbg:flush_trace_port(),
         io:format("~p ~p~n", [Count, Sizes()])
     end || Count <- [1, 1, 1, 1, 5, 7, 19]],
    dbg:stop_clear(),
    io:format("~p~n", [Sizes()]),
    file:del_dir_r(Folder).

told() ->
    receive
        {told, end_of_trace} -> io:format("end~n");
        {told, Message} -> io:format("~p~n", [erlang:delete_element(2, Message)]), told()
    end.
