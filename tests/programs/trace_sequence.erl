%% Sequential tracing: tokens, what is told of them, and who keeps them.
-module(trace_sequence).
-export([start/0]).
c(F) -> try F() catch C:E:S -> {C,E,[setelement(4,X,proplists:get_value(error_info,element(4,X))) || X <- [hd(S)]]} end.
flush() -> receive M -> [M|flush()] after 50 -> [] end.
p(X) -> put(out, [X|case get(out) of undefined -> []; L -> L end]), ok.
tracer(L) -> receive {get,P} -> P ! {got, lists:reverse(L)}, tracer([]); {seq_trace,_,{_,_,_,_,{got,_}}} -> tracer(L); {seq_trace,_,{_,_,_,_,{got,_}},_} -> tracer(L); M -> tracer([M|L]) end.
show(T) -> timer:sleep(30), T ! {get,self()}, receive {got,L} -> [p({t,X}) || X <- L] end.
echo() -> receive {P, X} -> P ! {self(), X, seq_trace:get_token(), seq_trace:get_token(serial), seq_trace:get_token(label)}, echo() end.
start() -> timer:sleep(1), [code:ensure_loaded(M) || M <- [seq_trace, erl_erts_errors, timer, proplists]], try start1() catch A:B:C -> p({A,B,C}) end, seq_trace:set_token([]), [io:format("~p~n", [plain(X, self())]) || X <- lists:reverse(erase(out))], ok.
%% How far the numbers have got is a matter of what else the process has to do with.
plain({A, B}, _) when is_integer(A), is_integer(B) -> {serial, B >= A};
plain({F, L, S, P, N}, M) when is_integer(F), is_integer(S), is_integer(N), is_pid(P) -> {F, L, serial, plain(P, M), S >= N};
plain(M, M) -> me;
plain(P, _) when is_pid(P) -> pid;
plain(R, _) when is_reference(R) -> ref;
plain(F, _) when is_function(F) -> function;
plain(T, M) when is_tuple(T) -> list_to_tuple(plain(tuple_to_list(T), M));
plain([H | T], M) -> [plain(H, M) | plain(T, M)];
plain(X, _) -> X.
start1() ->
    p(seq_trace:get_system_tracer()),
    p(seq_trace:get_token()),
    p(seq_trace:get_token(label)),
    p(seq_trace:get_token(serial)),
    T = spawn(fun() -> tracer([]) end),
    p(seq_trace:set_system_tracer(T)),
    p(seq_trace:get_system_tracer() =:= T),
    p(seq_trace:set_token(label, 17)),
    p(seq_trace:get_token()),
    p(seq_trace:set_token(send, true)),
    p(seq_trace:set_token('receive', true)),
    p(seq_trace:set_token(print, true)),
    p(seq_trace:get_token()),
    p([{K,c(fun() -> seq_trace:get_token(K) end)} || K <- [label,serial,send,'receive',print,timestamp,strict_monotonic_timestamp,monotonic_timestamp,spawn,foo]]),
    E = spawn(fun echo/0),
    E ! {self(), hej},
    p(flush()), p(seq_trace:get_token()),
    show(T),
    p(seq_trace:set_token(label, {a,term})),
    p(seq_trace:print(hej)), p(seq_trace:print(17,hej)), p(seq_trace:print({a,term}, hej2)),
    show(T),
    p(seq_trace:set_token(serial, {5,9})),
    p(seq_trace:get_token(serial)),
    E ! {self(), hej},
    p(flush()), p(seq_trace:get_token(serial)),
    show(T),
    Tok = seq_trace:set_token([]),
    p(Tok), p(seq_trace:get_token()),
    E ! {self(), notoken}, p(flush()), show(T),
    p(seq_trace:set_token(Tok)),
    p(seq_trace:get_token()),
    p(seq_trace:set_token(timestamp,true)),
    E ! {self(), ts}, p(flush()), timer:sleep(30), T ! {get,self()}, receive {got,L} -> [p(setelement(tuple_size(X),X,is_tuple(element(tuple_size(X),X)))) || X <- L] end,
    p(seq_trace:get_token(timestamp)),
    seq_trace:set_token([]),
    p([c(fun() -> seq_trace:set_token(K,V) end) || {K,V} <- [{foo,1},{send,a},{serial,a},{serial,{1,a}},{serial,{-1,2}},{label,make_ref()},{timestamp,1}]]),
    seq_trace:set_token([]),
    p([c(fun() -> seq_trace:set_token(K) end) || K <- [foo,{1,2},{1,1,self(),1,1},[]]]),
    seq_trace:set_token([]),
    p([c(fun() -> erlang:seq_trace(K,V) end) || {K,V} <- [{foo,1},{send,a},{label,a}, {sequential_trace_token,[]},{sequential_trace_token,a}]]),
    p([c(fun() -> erlang:seq_trace_info(K) end) || K <- [foo,send,label,sequential_trace_token,serial,timestamp]]),
    p([c(fun() -> erlang:seq_trace_print(K) end) || K <- [foo]]),
    p([c(fun() -> erlang:seq_trace_print(K,L) end) || {K,L} <- [{foo,1},{a,2},{make_ref(),1}]]),
    seq_trace:set_token([]),
    show(T),
    %% spawn
    seq_trace:set_token(label,1), seq_trace:set_token(send,true), seq_trace:set_token('receive',true),
    S = self(),
    Ch = spawn(fun() -> S ! {child, seq_trace:get_token()}, receive x -> ok end end),
    p(flush()), p(seq_trace:get_token()),
    seq_trace:set_token([]),
    seq_trace:set_token(label,2), seq_trace:set_token(send,true), seq_trace:set_token('receive',true),
    process_flag(trap_exit,true),
    Ch2 = spawn_link(fun() -> receive y -> exit(bye) end end),
    Ch2 ! y, p(flush()), p(seq_trace:get_token()),
    show(T),
    seq_trace:set_token([]),
    exit(Ch, kill),
    %% timers, ets, names
    register(ee, E), seq_trace:set_token(label,3), seq_trace:set_token(send,true), seq_trace:set_token('receive',true),
    ee ! {self(), name}, p(flush()),
    seq_trace:set_token(label,4), seq_trace:set_token(send,true), seq_trace:set_token('receive',true),
    p(flush()), p(seq_trace:get_token()),
    show(T),
    seq_trace:set_token([]),
    seq_trace:set_token(label,5), seq_trace:set_token(send,true), seq_trace:set_token('receive',true),
    self() ! me, p(flush()), self() ! me2,
    p(seq_trace:reset_trace()), p(seq_trace:get_token()), p(flush()),
    show(T),
    seq_trace:set_token(label,6), seq_trace:set_token(send,true), seq_trace:set_token('receive',true),
    Mr = monitor(process, E), exit(E, kill), p(flush()), p(seq_trace:get_token()), 
    show(T),
    seq_trace:set_token([]),
    p(c(fun() -> seq_trace:set_system_tracer(foo) end)),
    p(c(fun() -> seq_trace:set_system_tracer(Ch) end)),
    p(seq_trace:set_system_tracer(false) =:= T),
    p(seq_trace:get_system_tracer()),
    p(erlang:system_info(sequential_tracer)),
    seq_trace:set_token(label,7), seq_trace:set_token(send,true), 
    self() ! x, p(flush()), p(process_info(self(), sequential_trace_token)), seq_trace:set_token([]),
    p(process_info(self(), sequential_trace_token)),
    ok.
