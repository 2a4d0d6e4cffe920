%% What match specifications of traces ask of a process, and do to it and to others.
-module(trace_specs).
-export([start/0, f/1, g/1, h/2, runner/2, inner/1]).

start() ->
    callers(), others(), tokens(), own(), messages(), timeouts(), scheduler(), ids(), word(), returns(), hidden(), tests().

f(X) -> {X}.
g(X) -> [?MODULE:f(X)].
h(X, Y) -> ?MODULE:f({X, Y}).
inner(X) -> Y = list_to_atom(X), {Y, integer_to_list(length(X))}.

runner(Parent, Fun) ->
    Parent ! {self(), ready},
    receive {Parent, go} -> ok end,
    Fun(),
    Parent ! {self(), done},
    receive stop -> ok end.

%% A process that is ready to run a fun.
runner(Fun) ->
    P = spawn(?MODULE, runner, [self(), Fun]),
    receive {P, ready} -> P end.

%% Runs a fun in a process that is traced so, and returns what is told.
traced(Flags, Patterns, Fun) ->
    P = runner(Fun),
    1 = erlang:trace(P, true, Flags),
    [erlang:trace_pattern(What, Spec, Options) || {What, Spec, Options} <- Patterns],
    go(P),
    [erlang:trace_pattern(What, false, Options) || {What, _, Options} <- Patterns, is_tuple(What)],
    [erlang:trace_pattern(What, true, []) || {What, _, _} <- Patterns, is_atom(What)],
    told(P).

go(P) ->
    P ! {self(), go},
    receive {P, done} -> ok after 5000 -> io:format("not done~n") end.

told(P) ->
    Ref = erlang:trace_delivered(P),
    receive {trace_delivered, P, Ref} -> ok end,
    Told = all(),
    %% Its end is not to be told, neither now nor later.
    _ = catch erlang:trace(P, false, [all]),
    exit(P, kill),
    Told.

all() -> receive M when element(1, M) =:= trace; element(1, M) =:= trace_ts -> [nameless(M) | all()] after 0 -> [] end.

nameless(T) when is_tuple(T) -> list_to_tuple(nameless(tuple_to_list(T)));
nameless([H | T]) -> [nameless(H) | nameless(T)];
nameless(P) when is_pid(P) -> pid;
nameless(R) when is_reference(R) -> ref;
nameless(F) when is_function(F) -> function;
nameless(B) when is_binary(B) -> binary;
nameless(T) -> T.

show(Name, Told) -> io:format("~s~n", [Name]), [io:format("  ~0p~n", [T]) || T <- Told].

callers() ->
    Say = [{'_', [], [{message, {{{caller}, {caller_line}}}}]}],
    Both = [{'_', [], [{return_trace}, {message, {caller}}]}],
    show("caller", traced([call], [{{?MODULE, f, 1}, Say, [local]}], fun() -> g(1), h(1, 2) end)),
    show("caller and return", traced([call], [{{?MODULE, '_', '_'}, Both, [local]}], fun() -> g(1), h(1, 2) end)),
    show("global", traced([call], [{{?MODULE, f, 1}, Both, [global]}], fun() -> g(1), f(2) end)),
    show("dump", traced([call], [{{?MODULE, f, 1}, [{'_', [], [{message, {process_dump}}]}], [local]}], fun() -> f(1) end)).

others() ->
    Self = self(),
    Other = runner(fun() -> register(trace_specs_other, self()), f(b), f(c), f(d) end),
    Spec = [{[a], [], [{message, {enable_trace, Other, call}}]}, {[c], [], [{message, {disable_trace, trace_specs_other, call}}]},
        {[x], [], [{message, [{enable_trace, Self, nothing}, {trace, Other, [], [call, arity]}, {trace, self(), x, y}]}]}],
    show("others", traced([call], [{{?MODULE, f, 1}, Spec, [local]}], fun() -> f(a), f(x) end)),
    erlang:trace_pattern({?MODULE, f, 1}, Spec, [local]),
    io:format("~p~n", [erlang:trace_info(Other, flags)]),
    go(Other),
    erlang:trace_pattern({?MODULE, f, 1}, false, [local]),
    io:format("~p~n", [erlang:trace_info(Other, flags)]),
    show("other", told(Other)).

tokens() ->
    Spec = [{[a], [], [{message, {set_seq_token, label, 5}}]}, {[b], [], [{message, [{is_seq_trace}, {get_seq_token}]}]},
        {[c], [], [{message, {set_seq_token, wrong, 5}}]}],
    show("tokens", traced([call], [{{?MODULE, f, 1}, Spec, [local]}], fun() -> f(b), f(a), f(c) end)),
    seq_trace:set_token([]).

own() ->
    Spec = [{[a], [], [{trace, [], [arity]}]}, {[b], [], [{trace, [arity, call], []}]}, {[s], [], [{silent, true}]},
        {[t], [], [{silent, false}]}, {[u], [], [{disable_trace, call}, {message, gone}]}, {['_'], [], []}],
    show("own flags", traced([call], [{{?MODULE, f, 1}, Spec, [local]}],
        fun() -> f(1), f(a), f(2), f(s), f(3), f(t), f(4), f(u), f(5) end)),
    show("own flags 2", traced([call], [{{?MODULE, f, 1}, Spec, [local]}], fun() -> f(1), f(b), f(2) end)).

messages() ->
    Self = self(),
    Sends = fun() -> Self ! {m, 1}, Self ! n, self() ! mine, receive mine -> ok end end,
    Only = [{['$1', {m, '$2'}], [], [{message, '$2'}]}],
    show("sent", [T || T <- traced([send], [{send, Only, []}], Sends), element(3, T) =:= send]),
    receive {m, 1} -> ok end, receive n -> ok end,
    Mine = [{['_', '_', mine], [], [{message, extra}]}],
    show("received", traced(['receive'], [{'receive', Mine, []}], Sends)),
    receive {m, 1} -> ok end, receive n -> ok end.

timeouts() ->
    show("timeout", [T || T <- traced(['receive'], [], fun() -> receive never -> ok after 1 -> ok end, receive never -> ok after 0 -> ok end end),
        element(4, T) =:= timeout]).

scheduler() ->
    [T | _] = traced([call, scheduler_id], [{{?MODULE, f, 1}, true, [local]}], fun() -> f(1) end),
    io:format("~p ~p~n", [tuple_size(T), is_integer(element(5, T))]).

ids() ->
    P = runner(fun() -> ok end),
    Spec = [{['$1', '$2'], [], [{trace, P, '$1', '$2'}, {message, changed}]}],
    show("by arguments", traced([call], [{{?MODULE, h, 2}, Spec, [local]}], fun() -> h([], [call, return_to]), h([call], [send]) end)),
    io:format("~p~n", [erlang:trace_info(P, flags)]),
    exit(P, kill).

word() ->
    io:format("~p~n", [[catch_it(fun() -> erlang:system_flag(trace_control_word, W) end) || W <- [1, 1 bsl 31, (1 bsl 32) - 1, 1 bsl 32, -1, 7]]]),
    Spec = [{[a], [{'=:=', {get_tcw}, 7}], [{message, {set_tcw, 8}}]}, {'_', [], [{message, {get_tcw}}]}],
    show("word", traced([call], [{{?MODULE, f, 1}, Spec, [local]}], fun() -> f(a), f(a) end)),
    erlang:system_flag(trace_control_word, 0).

returns() ->
    Patterns = [{{?MODULE, inner, 1}, true, [local]}, {{erlang, list_to_atom, 1}, true, [local]}, {{erlang, integer_to_list, 1}, true, [local]}],
    show("return_to", traced([call, return_to], Patterns, fun() -> inner("x"), apply(erlang, list_to_atom, [text()]), ok end)),
    show("apply", traced([call], [{{erlang, '_', '_'}, true, []}], fun() -> Text = text(), apply(erlang, list_to_atom, [Text]), apply(fun erlang:length/1, [Text]), erlang:apply(erlang, hd, [Text]) end)).

hidden() ->
    show("sensitive", traced([call, send, 'receive', procs], [{{?MODULE, f, 1}, true, [local]}],
        fun() -> f(1), process_flag(sensitive, true), f(2), self() ! x, receive x -> ok end, process_flag(sensitive, false), f(3) end)).

tests() ->
    [io:format("~0p~n", [erlang:match_spec_test([a], [{'_', [], [{message, M}]}], trace)])
        || M <- [{get_seq_token}, {set_seq_token, label, 1}, {set_seq_token, yxa, true}, {get_tcw}, {set_tcw, 5}, {caller}, {is_seq_trace}]],
    io:format("~p~n", [erlang:system_info(trace_control_word)]).

text() -> binary_to_list(<<"text">>).

catch_it(F) -> try F() catch _:E -> E end.
