%% Times of calls, and calls of all processes.
-module(trace_measure).
-compile([export_all,nowarn_export_all]).
f(N) -> N+1.
g(N) -> f(N) + f(N+1).
spin(0) -> ok;
spin(N) -> spin(N-1).
c(F) -> try F() catch C:E:S -> {C,E,[setelement(4,X,proplists:get_value(error_info,element(4,X))) || X <- [hd(S)]]} end.
flush() -> receive M -> [M|flush()] after 50 -> [] end.
p(X) -> io:format("~p~n", [plain(X)]).
plain({call_time, L}) when is_list(L) -> {call_time, [{N, S * 1000000 + U < 1000000} || {_, N, S, U} <- L]};
plain({A, B, C}) when is_integer(A), A > 1000, is_integer(B), is_integer(C) -> time;
plain(P) when is_pid(P) -> pid;
plain(T) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T)));
plain([H | T]) -> [plain(H) | plain(T)];
plain(X) -> X.
start() ->
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [call_time]) end)),
    p(erlang:trace_info({?MODULE,g,1}, call_time)),
    erlang:trace(self(), true, [call]),
    g(1),
    p(erlang:trace_info({?MODULE,g,1}, call_time)),
    p(erlang:trace_info({?MODULE,g,1}, all)),
    p(erlang:trace_pattern({?MODULE,g,1}, pause, [call_time])),
    g(1),
    p(erlang:trace_info({?MODULE,g,1}, call_time)),
    p(erlang:trace_pattern({?MODULE,g,1}, restart, [call_time])),
    p(erlang:trace_info({?MODULE,g,1}, call_time)),
    p(erlang:trace_pattern({?MODULE,g,1}, false, [call_time])),
    p(erlang:trace_info({?MODULE,g,1}, call_time)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [call_memory]) end)),
    p(c(fun() -> erlang:trace_info({?MODULE,g,1}, call_memory) end)),
    %% meta
    p(erlang:trace(self(), false, [all])),
    p(erlang:trace_pattern({?MODULE,g,1}, true, [meta])),
    p(erlang:trace_info({?MODULE,g,1}, all)),
    p(erlang:trace_info({?MODULE,g,1}, meta) =:= {meta,self()}),
    g(1),
    p(flush()),
    spawn(fun() -> g(2) end),
    p(flush()),
    p(erlang:trace_pattern({?MODULE,g,1}, [{['$1'],[],[{return_trace},{message,{{a,'$1'}}}]}], [{meta,self()}])),
    spawn(fun() -> g(2) end),
    p(flush()),
    p(erlang:trace_pattern({?MODULE,g,1}, [{['$1'],[],[{exception_trace},{message,false}]}], [{meta,self()}])),
    spawn(fun() -> catch g(a) end),
    p(flush()),
    p(erlang:trace_pattern({?MODULE,g,1}, [{['$1'],[],[{trace,[],[call]}]}], [{meta,self()}])),
    p(erlang:trace_pattern({?MODULE,f,1}, true, [local])),
    S = self(),
    spawn(fun() -> g(2), S ! erlang:trace_info(self(),flags), S ! erlang:trace_info(self(), tracer) end),
    p(flush()),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, [{'_',[],[{trace,[],[call,foo]}]}], [{meta,self()}]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, [{'_',[],[{foo}]}], [{meta,self()}]) end)),
    p(erlang:trace_info({?MODULE,g,1}, meta_match_spec)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [meta, call_count]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [meta, global]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [local, global]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [{meta,foo}]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, true, [call_time,call_count]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, restart, [meta]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, restart, [local]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, restart, []) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, [{'_',[],[{return_trace}]}], [call_count]) end)),
    p(c(fun() -> erlang:trace_pattern({?MODULE,g,1}, false, [local,meta,call_time,call_count]) end)),
    p(c(fun() -> erlang:trace_info({?MODULE,g,1}, all) end)),
    p(c(fun() -> erlang:trace_info({?MODULE,g,1}, foo) end)),
    p(c(fun() -> erlang:trace_info({?MODULE,nope,1}, all) end)),
    p(c(fun() -> erlang:trace_info(foo, all) end)),
    p(c(fun() -> erlang:trace_info(new, flags) end)),
    p(c(fun() -> erlang:trace_info(on_load, all) end)),
    p(c(fun() -> erlang:trace_info(send, all) end)),
    p(c(fun() -> erlang:trace_info(self(), all) end)),
    p(c(fun() -> erlang:trace_pattern(on_load, true, [local]) end)),
    p(c(fun() -> erlang:trace_info(on_load, all) end)),
    p(c(fun() -> erlang:trace_pattern(on_load, false, [local]) end)),
    p(c(fun() -> erlang:trace_pattern({lists,reverse,2}, true, [meta]) end)),
    lists:reverse([1,2],[]),
    lists:reverse([1,2,3]),
    p(flush()),
    p(c(fun() -> erlang:trace_pattern({lists,reverse,2}, false, [meta]) end)),
    p(erlang:trace_pattern({?MODULE,g,1}, [{'_',[],[{message,{process_dump}},{silent,true}]}], [meta])),
    p(erlang:trace_pattern({?MODULE,g,1}, [{'_',[],[{message,{{{caller},{caller_line}}}}]}], [meta])),
    h(1), p(flush()),
    p(erlang:trace_pattern({?MODULE,g,1}, [{'_',[],[{message,{{{caller}}}}]}], [meta])),
    h(1), p(flush()),
    timed(),
    ok.
h(X) -> [g(X)].

%% The time of a call is not that of the calls in it that are measured as well.
timed() ->
    P = spawn(fun() -> receive go -> outer(3), catch fails(1), receive stop -> ok end end end),
    [p(erlang:trace_pattern({?MODULE, F, 1}, true, [call_time])) || F <- [outer, inner, fails, spin]],
    erlang:trace(P, true, [call]),
    P ! go,
    timer:sleep(300),
    [begin
        {call_time, [{P, N, S, U}]} = erlang:trace_info({?MODULE, F, A}, call_time),
        io:format("~p ~p ~p~n", [F, N, (S * 1000000 + U) div 1000 >= Least])
    end || {F, A, Least} <- [{outer, 1, 0}, {inner, 1, 30}, {fails, 1, 0}, {spin, 1, 0}]],
    {call_time, [{P, _, OS, OU}]} = erlang:trace_info({?MODULE, outer, 1}, call_time),
    p(OS * 1000000 + OU < 30000),
    P ! stop,
    erlang:trace_pattern({?MODULE, '_', '_'}, false, [call_time]).
outer(0) -> ok;
outer(N) -> inner(10), outer(N - 1).
inner(Ms) -> until(erlang:monotonic_time(millisecond) + Ms).
until(T) -> case erlang:monotonic_time(millisecond) of N when N > T -> ok; _ -> until_again(T) end.
until_again(T) -> until(T).
fails(X) -> spin(X), error(x).
