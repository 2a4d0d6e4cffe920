%% queue, array, proplists, rand with a fixed seed: the remaining containers of the library.
-module(col_queue).
-export([start/0]).

start() ->
    Q = lists:foldl(fun queue:in/2, queue:new(), lists:seq(1, 10)),
    {{value, F}, Q1} = queue:out(Q),
    {{value, R}, Q2} = queue:out_r(Q1),
    A = array:from_list([a, b, c]),
    A2 = array:set(200, z, array:set(1, bb, A)),
    P = [verbose, {level, 3}, {level, 4}, {name, "x"}, {quiet, false}],
    {F, R, queue:to_list(Q2), queue:len(Q2), queue:get(Q2), queue:peek_r(Q2), queue:to_list(queue:reverse(Q2)), queue:to_list(queue:join(Q2, queue:from_list([z]))), queue:member(5, Q2), queue:is_empty(queue:new()),
     queue:to_list(queue:filter(fun(X) -> X rem 2 =:= 0 end, Q)), queue:to_list(element(1, queue:split(3, Q))), queue:out(queue:new()), queue:fold(fun(X, S) -> X + S end, 0, Q), queue:to_list(queue:in_r(front, Q2)),
     try queue:get(queue:new()) catch C:E -> {C, E} end, churn(1000),
     array:size(A2), array:get(1, A2), array:get(100, A2), array:get(200, A2), array:sparse_to_orddict(A2), array:to_list(array:map(fun(I, X) -> {I, X} end, A)), array:foldl(fun(I, _, S) -> S + I end, 0, A),
     array:to_list(array:resize(2, A)), array:get(5, array:new([{size, 10}, {default, 0}])), try array:get(9, array:fix(A)) catch C2:E2 -> {C2, E2} end, array:to_list(array:from_orddict([{2, x}, {4, y}])), array:is_fix(A), sieve(50),
     proplists:get_value(level, P), proplists:get_all_values(level, P), proplists:get_bool(verbose, P), proplists:get_bool(quiet, P), proplists:get_value(none, P, def), proplists:lookup(name, P), proplists:delete(level, P),
     proplists:is_defined(verbose, P), proplists:get_keys([a, {a, 1}]), proplists:compact([{a, true}, {b, 1}]), proplists:unfold([a, {b, 1}]), proplists:to_map([a, {b, 2}]), proplists:split(P, [level, name]), proplists:substitute_aliases([{lvl, level}], [{lvl, 9}])}.

churn(N) -> churn(N, queue:new(), 0).
churn(0, Q, S) -> {S, queue:len(Q)};
churn(N, Q, S) ->
    Q1 = queue:in(N, queue:in(N * 2, Q)),
    {{value, V}, Q2} = queue:out(Q1),
    churn(N - 1, Q2, S + V).

sieve(N) ->
    A = lists:foldl(fun(I, Acc) -> case array:get(I, Acc) of true -> mark(I * I, I, N, Acc); false -> Acc end end, array:new([{size, N + 1}, {default, true}]), lists:seq(2, N)),
    [I || I <- lists:seq(2, N), array:get(I, A)].
mark(J, _, N, A) when J > N -> A;
mark(J, I, N, A) -> mark(J + I, I, N, array:set(J, false, A)).
