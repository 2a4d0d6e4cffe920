%% A list and a tuple nested a million deep: built, compared, copied, sent, hashed, encoded, measured when printed.
-module(deep_list).
-export([start/0]).

start() ->
    A = nest(1000000, []),
    B = nest(1000000, []),
    C = nest(1000000, x),
    T = tuples(500000, {}),
    {A =:= B, A == B, A < C, A > C, depth(A, 0), erlang:phash2(A) =:= erlang:phash2(B), sent(A), sent(T), in_map(A), byte_size(term_to_binary(A)), binary_to_term(term_to_binary(A)) =:= B, tdepth(T, 0), T =:= tuples(500000, {}),
     lists:member(A, [1, B]), erts_size(A), captured(A), [A] -- [B], exit_with(A), maps_deep(1000), length(lists:flatten(nest(50000, [a]))), improper(200000), closure(100000)}.

nest(0, X) -> X;
nest(N, X) -> nest(N - 1, [X]).
tuples(0, X) -> X;
tuples(N, X) -> tuples(N - 1, {N, X}).
depth([X], N) -> depth(X, N + 1);
depth(_, N) -> N.
tdepth({_, X}, N) -> tdepth(X, N + 1);
tdepth(_, N) -> N.

sent(X) ->
    P = spawn(fun() -> receive {F, Y} -> F ! {self(), Y} end end),
    P ! {self(), X},
    receive {P, Y} -> Y =:= X end.

in_map(X) -> M = #{X => 1}, {map_size(M#{X => 2}), is_map_key(nest(1000000, []), M)}.
erts_size(X) -> erts_debug_free(X).
erts_debug_free([X]) -> erts_debug_free(X);
erts_debug_free([]) -> done.

captured(X) ->
    F = fun() -> depth(X, 0) end,
    Me = self(),
    spawn(fun() -> Me ! {d, F()} end),
    receive {d, N} -> N end.

exit_with(X) ->
    {_, R} = spawn_monitor(fun() -> exit(X) end),
    receive {'DOWN', R, _, _, W} -> W =:= X end.

maps_deep(N) ->
    M = lists:foldl(fun(I, A) -> #{I => A} end, #{}, lists:seq(1, N)),
    M2 = lists:foldl(fun(I, A) -> #{I => A} end, #{}, lists:seq(1, N)),
    {M =:= M2, erlang:phash2(M) =:= erlang:phash2(M2)}.

improper(N) ->
    X = lists:foldl(fun(I, A) -> [I | A] end, end_, lists:seq(1, N)),
    Y = lists:foldl(fun(I, A) -> [I | A] end, end_, lists:seq(1, N)),
    X =:= Y.

closure(N) ->
    F = lists:foldl(fun(_, G) -> fun() -> G end end, fun() -> bottom end, lists:seq(1, N)),
    unwrap(F).
unwrap(F) -> case F() of bottom -> bottom; G -> unwrap(G) end.
