%% Who stands in the stack trace when a function that raises is applied, in last calls above all.
-module(exc_applied).
-export([start/0]).

start() ->
    [{Way, Kind, trace(fun() -> frames(2, Way, Kind) end)}
     || Way <- [constant_last, last, constant, list_last, list, twice_last, twice, call_last, module_last, module],
        Kind <- [plain, arguments, exit, throw]].

trace(Run) ->
    try Run()
    catch
        Class:Reason:Stack ->
            {Class, Reason, [{F, if is_list(A) -> A; true -> {arity, A} end} || {?MODULE, F, A, _} <- Stack, lists:member(F, [raise, outer, frames, call])]}
    end.

%% Two equal frames below, one with another address.
frames(0, Way, Kind) ->
    outer(Way, Kind),
    id(ok);
frames(N, Way, Kind) ->
    frames(N - 1, Way, Kind),
    id(ok).

outer(Way, Kind) -> raise(Way, name(Kind), arguments(Kind)).

name(exit) -> exit;
name(throw) -> throw;
name(_) -> error.

arguments(arguments) -> [oops, [a, b]];
arguments(_) -> [oops].

raise(constant_last, error, [oops]) -> apply(erlang, error, [oops]);
raise(constant_last, error, _) -> erlang:error(oops, [a, b]);
raise(constant_last, exit, _) -> apply(erlang, exit, [oops]);
raise(constant_last, throw, _) -> apply(erlang, throw, [oops]);
raise(last, F, As) -> apply(erlang, id(F), As);
raise(constant, F, As) -> apply(erlang, F, As), ok;
raise(list_last, F, As) -> erlang:apply(id(erlang), id(F), id(As));
raise(list, F, As) -> erlang:apply(id(erlang), id(F), id(As)), ok;
raise(twice_last, F, As) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(F), id(As)]);
raise(twice, F, As) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(F), id(As)]), ok;
raise(call_last, F, [A]) -> call(F, id(A));
raise(call_last, _, [A, B]) -> erlang:error(id(A), id(B));
raise(module_last, F, [A]) -> M = id(erlang), M:F(id(A));
raise(module_last, F, [A, B]) -> M = id(erlang), M:F(id(A), B);
raise(module, F, [A]) -> M = id(erlang), M:F(id(A)), ok;
raise(module, F, [A, B]) -> M = id(erlang), M:F(id(A), B), ok.

call(error, A) -> error(id(A));
call(exit, A) -> exit(id(A));
call(throw, A) -> throw(id(A)).

id(X) -> X.
