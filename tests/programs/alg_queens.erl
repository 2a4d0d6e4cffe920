%% Eight queens three ways, permutations, subsets, the knapsack and edit distance.
-module(alg_queens).
-export([start/0]).

start() ->
    {length(queens(8)), hd(queens(8)), [bits(N) || N <- lists:seq(1, 9)], first(12), length(perms(lists:seq(1, 7))), length(subsets(lists:seq(1, 12))), knap([{12, 4}, {2, 2}, {1, 1}, {1, 2}, {4, 10}], 15),
     [edit(A, B) || {A, B} <- [{"kitten", "sitting"}, {"", "abc"}, {"saturday", "sunday"}]], lcs("AGGTABQWERTY", "GXTXAYBQRTY"), hanoi(10), length(hanoi_moves(8, a, b, c)), change(100, [50, 25, 10, 5, 1]), partitions(30)}.

queens(N) -> place(N, N).
place(0, _) -> [[]];
place(K, N) -> [[Q | B] || B <- place(K - 1, N), Q <- lists:seq(1, N), safe(Q, B, 1)].
safe(_, [], _) -> true;
safe(Q, [H | T], D) -> Q =/= H andalso abs(Q - H) =/= D andalso safe(Q, T, D + 1).

bits(N) -> bits((1 bsl N) - 1, 0, 0, 0).
bits(All, All, _, _) -> 1;
bits(All, Cols, L, R) -> spots(All band bnot (Cols bor L bor R), All, Cols, L, R, 0).
spots(0, _, _, _, _, S) -> S;
spots(Free, All, C, L, R, S) ->
    Bit = Free band -Free,
    spots(Free bxor Bit, All, C, L, R, S + bits(All, C bor Bit, ((L bor Bit) bsl 1) band All, (R bor Bit) bsr 1)).

first(N) -> try search(N, N, []) catch throw:{found, B} -> B end.
search(0, _, B) -> throw({found, B});
search(K, N, B) -> [search(K - 1, N, [Q | B]) || Q <- lists:seq(1, N), safe(Q, B, 1)].

perms([]) -> [[]];
perms(L) -> [[H | T] || H <- L, T <- perms(L -- [H])].
subsets([]) -> [[]];
subsets([H | T]) -> S = subsets(T), S ++ [[H | X] || X <- S].

knap(Items, Cap) ->
    M = lists:foldl(fun({W, V}, Best) -> maps:fold(fun(C, X, A) when C + W =< Cap -> maps:update_with(C + W, fun(Y) -> max(Y, X + V) end, X + V, A); (_, _, A) -> A end, Best, Best) end, #{0 => 0}, Items),
    lists:max(maps:values(M)).

edit(A, B) -> {D, _} = edit(A, B, #{}), D.
edit([], B, M) -> {length(B), M};
edit(A, [], M) -> {length(A), M};
edit([H | A], [H | B], M) -> edit(A, B, M);
edit(A, B, M) when is_map_key({A, B}, M) -> {map_get({A, B}, M), M};
edit([_ | A1] = A, [_ | B1] = B, M) ->
    {X, M1} = edit(A1, B, M), {Y, M2} = edit(A, B1, M1), {Z, M3} = edit(A1, B1, M2),
    D = 1 + lists:min([X, Y, Z]),
    {D, M3#{{A, B} => D}}.

lcs(A, B) ->
    Row0 = erlang:make_tuple(length(B) + 1, {0, []}),
    Last = lists:foldl(fun(C, Row) -> {_, R} = lists:foldl(fun({I, D}, {Prev, Acc}) ->
        X = if C =:= D -> {L, S} = element(I, Row), {L + 1, [C | S]}; true -> better(element(I + 1, Row), Prev) end,
        {X, [X | Acc]} end, {{0, []}, [{0, []}]}, lists:zip(lists:seq(1, length(B)), B)), list_to_tuple(lists:reverse(R)) end, Row0, A),
    {N, S} = element(tuple_size(Last), Last), {N, lists:reverse(S)}.
better({A, _} = X, {B, _}) when A >= B -> X;
better(_, Y) -> Y.

hanoi(0) -> 0;
hanoi(N) -> 2 * hanoi(N - 1) + 1.
hanoi_moves(0, _, _, _) -> [];
hanoi_moves(N, A, B, C) -> hanoi_moves(N - 1, A, C, B) ++ [{A, C}] ++ hanoi_moves(N - 1, B, A, C).

change(0, _) -> 1;
change(N, _) when N < 0 -> 0;
change(_, []) -> 0;
change(N, [C | T] = L) -> change(N - C, L) + change(N, T).

partitions(N) -> element(1, part(N, N, #{})).
part(0, _, M) -> {1, M};
part(N, K, M) when N < 0; K =:= 0 -> {0, M};
part(N, K, M) when is_map_key({N, K}, M) -> {map_get({N, K}, M), M};
part(N, K, M) -> {A, M1} = part(N - K, K, M), {B, M2} = part(N, K - 1, M1), {A + B, M2#{{N, K} => A + B}}.
