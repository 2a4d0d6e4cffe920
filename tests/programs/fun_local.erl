%% Funs: closures over many values, recursion by name, currying, funs in data and in messages.
-module(fun_local).
-export([start/0, twice/2]).

start() ->
    Add = fun(X) -> fun(Y) -> fun(Z) -> X + Y * Z end end end,
    Fact = fun F(0) -> 1; F(N) -> N * F(N - 1) end,
    {A, B, C, D, E, G, H, I} = id({1, 2, 3, 4, 5, 6, 7, 8}),
    Wide = fun(X) -> [A, B, C, D, E, G, H, I, X] end,
    Ext = fun lists:reverse/1,
    Loc = fun twice/2,
    {((Add(1))(2))(3), Fact(20), Wide(9), Ext([1, 2, 3]), Loc(fun(X) -> X * 3 end, 2), (fun ?MODULE:twice/2)(fun(X) -> X + 1 end, 0),
     apply(Loc, [fun(X) -> X end, z]), compose([fun(X) -> X + 1 end, fun(X) -> X * 2 end, fun integer_to_list/1], 5),
     [F(10) || F <- [fun(X) -> X end, Fact, fun erlang:abs/1, fun(X) when X > 5 -> big; (_) -> small end]],
     lists:map(fun({X, Y}) -> X - Y; (Other) -> Other end, [{5, 3}, a, {1, 9}]), church(7), counter(3), ycomb(6),
     guarded(fun(1) -> one; (N) when N > 10 -> many end), shadow(1), lazy(5), sent(fun(X) -> X * A end),
     maps:map(fun(K, V) -> {K, V, H} end, #{k => v}), memo(30), (id(fun() -> none end))()}.

twice(F, X) -> F(F(X)).

compose(Fs, X) -> lists:foldl(fun(F, Acc) -> F(Acc) end, X, Fs).

church(N) ->
    Zero = fun(_) -> fun(X) -> X end end,
    Succ = fun(Num) -> fun(F) -> fun(X) -> F((Num(F))(X)) end end end,
    Num = lists:foldl(fun(_, A) -> Succ(A) end, Zero, lists:seq(1, N)),
    (Num(fun(X) -> X + 1 end))(0).

counter(N) ->
    Make = fun Make(K) -> {K, fun() -> Make(K + 1) end} end,
    step(Make(0), N).
step({K, _}, 0) -> K;
step({_, F}, N) -> step(F(), N - 1).

ycomb(N) ->
    Y = fun(F) -> (fun(X) -> X(X) end)(fun(X) -> F(fun(V) -> (X(X))(V) end) end) end,
    (Y(fun(Self) -> fun(0) -> 1; (K) -> K * Self(K - 1) end end))(N).

guarded(F) -> [F(1), F(11), try F(5) catch error:function_clause -> no_clause end].

shadow(X) ->
    F = fun(X1) -> X1 + X end,
    G = fun(Y) -> X2 = Y, F(X2) end,
    G(10).

lazy(N) ->
    From = fun From(K) -> fun() -> [K | From(K + 1)] end end,
    take(N, From(1)).
take(0, _) -> [];
take(N, S) -> [H | T] = S(), [H | take(N - 1, T)].

sent(F) ->
    Me = self(),
    spawn(fun() -> Me ! {answer, F(21)} end),
    receive {answer, X} -> X end.

memo(N) ->
    {R, _} = memo(N, #{}),
    R.
memo(N, M) when N < 2 -> {N, M};
memo(N, M) when is_map_key(N, M) -> {map_get(N, M), M};
memo(N, M) ->
    {A, M1} = memo(N - 1, M),
    {B, M2} = memo(N - 2, M1),
    {A + B, M2#{N => A + B}}.

id(X) -> X.
