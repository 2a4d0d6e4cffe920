%% apply in every shape: known and unknown modules, funs, BIFs, operators as functions, big arities.
-module(apply_variants).
-export([start/0, f0/0, f1/1, f3/3, many/12]).

start() ->
    M = id(?MODULE), F = id(f3), L = id(lists),
    {apply(?MODULE, f0, []), apply(M, f1, [1]), M:F(1, 2, 3), ?MODULE:F(a, b, c), M:f1(x), apply(M, F, id([p, q, r])), apply(fun f1/1, [y]), apply(fun(A, B) -> {B, A} end, id([1, 2])), L:reverse([1, 2]), L:(id(max))([3, 9, 2]),
     apply(erlang, '+', [1, 2]), apply(erlang, id('*'), [6, 7]), erlang:'++'([1], [2]), erlang:'not'(true), erlang:'=:='(1, 1.0), erlang:'and'(true, false), erlang:'bsl'(1, 10), apply(erlang, length, [[1, 2]]), apply(erlang, element, [1, {z}]),
     apply(erlang, self, []) =:= self(), apply(erlang, apply, [lists, reverse, [[1, 2]]]), apply(M, many, lists:seq(1, 12)), M:many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), (fun ?MODULE:f3/3)(7, 8, 9), (id(fun M:F/3))(4, 5, 6),
     [M:G(Args) || {G, Args} <- [{f1, 1}, {f1, 2}]], lists:map(fun M:f1/1, [1, 2]), lists:foldl(fun erlang:'+'/2, 0, [1, 2, 3]), apply(erlang, spawn, [fun() -> ok end]) =/= self(), tail(M, 3), (catch apply(M, f9, [])) =/= ok,
     [try Fn() catch C:R -> {C, R} end || Fn <- [fun() -> apply(M, f1, []) end, fun() -> apply(M, f1, id(notlist)) end, fun() -> apply(id("m"), f, []) end, fun() -> M:nope() end, fun() -> erlang:'+'(a, 1) end, fun() -> apply(erlang, '/', [1, 0]) end, fun() -> apply(erlang, nope, []) end]]}.

f0() -> zero.
f1(X) -> {one, X}.
f3(A, B, C) -> [C, B, A].
many(A, B, C, D, E, F, G, H, I, J, K, L) -> {A + B + C + D + E + F, G * H * I, {J, K, L}}.
tail(_, 0) -> done;
tail(M, N) -> F = f1, {one, X} = M:F(N), tail(M, X - 1).
id(X) -> X.
