%% Tracing of calls: patterns, match specifications, returns, exceptions, counts.
-module(trace_calls).
-export([start/0, id/1, fact/1, fail/1, twice/1, server/0, catcher/1]).

fact(0) -> 1;
fact(N) -> N * fact(N - 1).

id(X) -> X.

twice(X) -> double(X).
double(X) -> X + X.

fail(X) -> error({bad, X}).

catcher(X) -> try fail(X) catch error:R -> {caught, R} end.

server() ->
    receive
        {From, Tag, F} -> From ! {Tag, F()}, server();
        stop -> ok
    end.

try_(F) -> try F() catch C:R:S -> [{M, Fn, A, _} | _] = S, {C, R, M, Fn, length(A)} end.

%% Runs F in the traced process, and prints the messages of the tracer.
run(P, Name, F) ->
    Tag = make_ref(),
    P ! {self(), Tag, F},
    R = receive {Tag, X} -> X end,
    D = erlang:trace_delivered(P),
    receive {trace_delivered, P, D} -> ok end,
    io:format("~p: ~p~n", [Name, R]),
    [io:format("   ~p~n", [plain(M, P)]) || M <- drain()].

drain() -> receive M when element(1, M) =:= trace -> [M | drain()] after 0 -> [] end.

plain(P, P) -> p;
plain(F, _) when is_function(F) -> 'fun';
plain(R, _) when is_reference(R) -> ref;
plain(O, _) when is_pid(O) -> other;
plain(T, P) when is_tuple(T) -> list_to_tuple([plain(E, P) || E <- tuple_to_list(T)]);
plain([H | T], P) -> [plain(H, P) | plain(T, P)];
plain(X, _) -> X.

start() ->
    P = spawn(fun server/0),
    io:format("~p~n", [erlang:trace(P, true, [call])]),
    Pat = fun(Name, MFA, Spec, Fl) ->
        io:format("~p ~p~n", [Name, try_(fun() -> erlang:trace_pattern(MFA, Spec, Fl) end)])
    end,
    Off = fun() ->
        erlang:trace_pattern({?MODULE, '_', '_'}, false, [local]),
        erlang:trace_pattern({?MODULE, '_', '_'}, false, [])
    end,
    run(P, nothing, fun() -> ?MODULE:fact(2) end),
    Pat(global, {?MODULE, fact, 1}, true, [global]),
    run(P, global_external, fun() -> ?MODULE:fact(2) end),
    run(P, global_local, fun() -> fact(2) end),
    Pat(local, {?MODULE, fact, 1}, true, [local]),
    run(P, local, fun() -> fact(2) end),
    io:format("~p~n", [erlang:trace_info({?MODULE, fact, 1}, traced)]),
    Pat(off, {?MODULE, fact, 1}, false, [local]),
    run(P, off, fun() -> ?MODULE:fact(2) end),
    io:format("~p~n", [erlang:trace_info({?MODULE, fact, 1}, traced)]),
    io:format("~p~n", [erlang:trace_info({?MODULE, no_such, 1}, traced)]),
    Pat(return, {?MODULE, fact, 1}, [{'_', [], [{return_trace}]}], [local]),
    run(P, return, fun() -> fact(3) end),
    io:format("~p~n", [erlang:trace_info({?MODULE, fact, 1}, match_spec)]),
    Off(),
    Pat(guard, {?MODULE, fact, 1}, [{['$1'], [{'>', '$1', 1}], [{message, {{big, '$1'}}}]}], [local]),
    run(P, guard, fun() -> fact(3) end),
    Off(),
    Pat(caller, {?MODULE, double, 1}, [{'_', [], [{message, {caller}}]}], [local]),
    run(P, caller, fun() -> {twice(2), 1} end),
    Off(),
    Pat(exception, {?MODULE, fail, 1}, [{'_', [], [{exception_trace}]}], [local]),
    run(P, exception, fun() -> catcher(1) end),
    Off(),
    Pat(silent, {?MODULE, twice, 1}, [{[1], [], [{silent, true}]}, {[2], [], [{silent, false}]},
                                      {'_', [], []}], [local]),
    run(P, silent, fun() -> [twice(X) || X <- [3, 1, 4, 2, 5]] end),
    Off(),
    %% Built-in functions.
    Pat(bif, {erlang, atom_to_list, 1}, [{'_', [], [{return_trace}]}], []),
    run(P, bif, fun() -> L = atom_to_list(?MODULE:id(abc)), length(L) end),
    run(P, bif_tail, fun() -> atom_to_list(?MODULE:id(abc)) end),
    run(P, bif_apply, fun() -> apply(?MODULE:id(erlang), ?MODULE:id(atom_to_list), [?MODULE:id(xyz)]) end),
    Pat(bif_exception, {erlang, atom_to_list, 1}, [{'_', [], [{exception_trace}]}], []),
    run(P, bif_exception, fun() -> try atom_to_list(?MODULE:id(1)) catch error:badarg -> caught end end),
    erlang:trace_pattern({erlang, atom_to_list, 1}, false, []),
    run(P, bif_off, fun() -> atom_to_list(?MODULE:id(abc)) end),
    %% Flags of the call.
    Pat(arity, {?MODULE, fact, 1}, true, [local]),
    erlang:trace(P, true, [arity]),
    run(P, arity, fun() -> fact(1) end),
    erlang:trace(P, false, [arity]),
    Off(),
    Pat(return_to, {?MODULE, '_', '_'}, [{'_', [], []}], [local]),
    erlang:trace_pattern({?MODULE, server, 0}, false, [local]),
    erlang:trace_pattern({?MODULE, module_info, '_'}, false, [local]),
    Off(),
    Pat(return_to2, {?MODULE, twice, 1}, true, [local]),
    erlang:trace(P, true, [return_to]),
    run(P, return_to, fun() -> X = twice(3), X + 1 end),
    erlang:trace(P, false, [return_to]),
    Off(),
    %% A receive at the start of a function is one call for each call.
    Pat(server, {?MODULE, server, 0}, true, [local]),
    P ! {self(), a, fun() -> ok end},
    receive {a, ok} -> ok end,
    receive after 20 -> ok end,
    P ! {self(), b, fun() -> ok end},
    receive {b, ok} -> ok end,
    receive after 20 -> ok end,
    io:format("~p~n", [[plain(M, P) || M <- drain()]]),
    Off(),
    %% Counts.
    Pat(count, {?MODULE, fact, 1}, true, [call_count]),
    [fact(5) || _ <- lists:seq(1, 10)],
    io:format("~p~n", [erlang:trace_info({?MODULE, fact, 1}, call_count)]),
    Pat(count_off, {?MODULE, fact, 1}, false, [call_count]),
    io:format("~p~n", [erlang:trace_info({?MODULE, fact, 1}, call_count)]),
    wrong(P),
    io:format("~p~n", [erlang:trace(P, false, [all])]),
    Pat(untraced, {?MODULE, fact, 1}, true, [local]),
    run(P, untraced, fun() -> fact(2) end),
    Off(),
    P ! stop,
    ok.

wrong(P) ->
    [io:format("~p~n", [try_(F)]) || F <- [
        fun() -> erlang:trace_pattern({?MODULE, fact, 1}, foo, []) end,
        fun() -> erlang:trace_pattern({?MODULE, fact, 1}, true, [foo]) end,
        fun() -> erlang:trace_pattern({?MODULE, fact, 1}, true, foo) end,
        fun() -> erlang:trace_pattern({?MODULE, '_', 1}, true, []) end,
        fun() -> erlang:trace_pattern({'_', fact, 1}, true, []) end,
        fun() -> erlang:trace_pattern(foo, true, []) end,
        fun() -> erlang:trace_pattern({?MODULE, fact, 1}, [{a, b}], []) end,
        fun() -> erlang:trace_pattern({no_such_module, '_', '_'}, true, []) end,
        fun() -> erlang:trace(P, true, [foo]) end,
        fun() -> erlang:trace(P, foo, [call]) end,
        fun() -> erlang:trace(foo, true, [call]) end,
        fun() -> erlang:trace(self(), true, [call]) end,
        fun() -> erlang:trace(P, true, [{tracer, foo}]) end,
        fun() -> erlang:trace_info(P, tracer) =:= {tracer, self()} end,
        fun() -> erlang:trace_info(P, flags) end,
        fun() -> erlang:trace_info(P, foo) end,
        fun() -> erlang:trace_info(foo, flags) end,
        fun() -> erlang:trace_info(new, flags) end,
        fun() -> erlang:trace_delivered(foo) end]].
