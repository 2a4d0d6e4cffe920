%% Calls that fail: not a fun, wrong arity, unknown module or function, clauses that do not match.
-module(fun_errors).
-export([start/0, only/1]).

start() ->
    [outcome(F) || F <- [
        fun() -> (id(notfun))(1) end, fun() -> (id({a, b}))() end, fun() -> (id(fun lists:nope/1))([]) end, fun() -> nomod:fn(1) end,
        fun() -> lists:fn(1, 2, 3) end, fun() -> ?MODULE:hidden() end, fun() -> (id(nomod)):f() end, fun() -> (id(1)):f() end,
        fun() -> (id(lists)):(id(1))() end, fun() -> apply(id(x), [1]) end, fun() -> apply(id(lists), reverse, id([1 | 2])) end,
        fun() -> apply(fun(X) -> X end, id([])) end, fun() -> apply(id(lists), nope, [a]) end, fun() -> only(b) end,
        fun() -> ?MODULE:only(c) end, fun() -> (id(fun(1) -> a end))(2) end, fun() -> (id(fun(1, 2) -> a end))(2, 3) end,
        fun() -> (id(fun erlang:abs/1))(a) end, fun() -> (id(fun erlang:abs/1))(1, 2) end, fun() -> (id(fun nomod:x/2))(1, 2) end,
        fun() -> lists:map(fun(_, _) -> a end, [1]) end, fun() -> guard(a) end, fun() -> spawn(id(x)) end, fun() -> erlang:apply(id("s"), f, []) end,
        fun() -> (id({lists, reverse})):x() end]].

outcome(F) ->
    try F() of V -> {ok, V}
    catch
        error:{badarity, {Fun, Args}}:S -> {badarity, erlang:fun_info(Fun, arity), Args, first(S)};
        C:R:S -> {C, R, first(S)}
    end.

first([{M, F, A, _} | _]) when M =:= ?MODULE ->
    case lists:prefix("-", atom_to_list(F)) of
        true -> {M, a_fun, arity(A)};
        false -> {M, F, A}
    end;
first([{M, F, A, _} | _]) -> {M, F, arity(A)}.

arity(A) when is_list(A) -> {args, length(A)};
arity(A) -> A.

only(a) -> ok.
guard(X) when X > z -> ok.
id(X) -> X.
