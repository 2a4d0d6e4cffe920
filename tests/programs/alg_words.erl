%% Word counts, anagrams, ciphers, run lengths, Huffman codes, a trie, Markov text, diamond printing.
-module(alg_words).
-export([start/0]).

start() ->
    T = "the quick brown fox jumps over the lazy dog and the dog sleeps while the fox runs away from the brown dog",
    Ws = string:lexemes(T, " "),
    {lists:sublist(top(Ws), 5), anagrams(["listen", "silent", "enlist", "google", "elbow", "below", "inlets"]), caesar(T, 3) =/= T, caesar(caesar(T, 3), -3) =:= T, rle("aaabbbccd"), unrle(rle("aaabbbccd")), huffman(T), trie(Ws), palindromes(["level", "hello", "noon"]),
     lists:flatten([caps(W) || W <- Ws]), rot13("Hello"), vigenere("attackatdawn", "lemon"), markov(Ws), diamond($D), wrap(T, 30), soundexish("Robert"), csv("a,\"b,c\",d\n1,2,3\n"), roman_sort(["IX", "V"]), isogram("lumberjacks"), pangram(T ++ "zqxvjkcmb"), binary_words(list_to_binary(T))}.

count(Ws) -> lists:foldl(fun(W, M) -> maps:update_with(W, fun(N) -> N + 1 end, 1, M) end, #{}, Ws).
top(Ws) -> lists:sort(fun({A, N}, {B, M}) -> {-N, A} =< {-M, B} end, maps:to_list(count(Ws))).
anagrams(Ws) -> lists:sort([lists:sort(V) || {_, V} <- maps:to_list(lists:foldl(fun(W, M) -> K = lists:sort(W), M#{K => [W | maps:get(K, M, [])]} end, #{}, Ws)), length(V) > 1]).
caesar(S, N) -> [if C >= $a, C =< $z -> (C - $a + N + 26) rem 26 + $a; true -> C end || C <- S].
rot13(S) -> [if C >= $a, C =< $z -> (C - $a + 13) rem 26 + $a; C >= $A, C =< $Z -> (C - $A + 13) rem 26 + $A; true -> C end || C <- S].
rle([]) -> [];
rle([C | T]) -> {S, R} = lists:splitwith(fun(X) -> X =:= C end, T), [{C, length(S) + 1} | rle(R)].
unrle(L) -> lists:flatmap(fun({C, N}) -> lists:duplicate(N, C) end, L).

huffman(S) ->
    Q = lists:sort([{N, [C]} || {C, N} <- maps:to_list(count(S))]),
    Tree = build([{N, {leaf, C}} || {N, [C]} <- Q]),
    Codes = codes(Tree, <<>>, #{}),
    Bits = << <<(maps:get(C, Codes))/bits>> || C <- S >>,
    {bit_size(Bits), decode(Bits, Tree, Tree) =:= S}.
build([{_, T}]) -> T;
build([{N, A}, {M, B} | R]) -> build(lists:sort([{N + M, {node, A, B}} | R])).
codes({leaf, C}, B, M) -> M#{C => B};
codes({node, L, R}, B, M) -> codes(R, <<B/bits, 1:1>>, codes(L, <<B/bits, 0:1>>, M)).
decode(<<>>, {leaf, C}, _) -> [C];
decode(B, {leaf, C}, T) -> [C | decode(B, T, T)];
decode(<<0:1, R/bits>>, {node, L, _}, T) -> decode(R, L, T);
decode(<<1:1, R/bits>>, {node, _, N}, T) -> decode(R, N, T).

trie(Ws) -> T = lists:foldl(fun add/2, #{}, Ws), {[has(W, T) || W <- ["the", "th", "fox", "dogs", ""]], lists:sort(prefix("d", T))}.
add([], T) -> T#{e => true};
add([C | R], T) -> T#{C => add(R, maps:get(C, T, #{}))}.
has([], T) -> is_map_key(e, T);
has([C | R], T) -> case T of #{C := S} -> has(R, S); _ -> false end.
prefix(P, T) -> [P ++ W || W <- all(lists:foldl(fun(C, S) -> maps:get(C, S, #{}) end, T, P))].
all(T) -> lists:append([case K of e -> [""]; _ -> [[K | W] || W <- all(V)] end || {K, V} <- maps:to_list(T)]).

palindromes(Ws) -> [W || W <- Ws, W =:= lists:reverse(W)].
caps([C | T]) -> [C - 32 | T].
vigenere(T, K) -> {R, _} = lists:mapfoldl(fun(C, [H | R]) -> {(C - $a + H - $a) rem 26 + $a, R ++ [H]} end, K, T), R.
markov(Ws) -> M = pairs(Ws, #{}), gen("the", M, 12, 7).
pairs([A, B | T], M) -> pairs([B | T], M#{A => maps:get(A, M, []) ++ [B]});
pairs(_, M) -> M.
gen(_, _, 0, _) -> [];
gen(W, M, N, Seed) -> case M of #{W := L} -> X = lists:nth(Seed rem length(L) + 1, L), [X | gen(X, M, N - 1, (Seed * 16807) rem 2147483647)]; _ -> [] end.
diamond(C) -> Up = [row(X, C) || X <- lists:seq($A, C)], lists:flatten(lists:join("\n", Up ++ tl(lists:reverse(Up)))).
row($A, C) -> P = lists:duplicate(C - $A, $\s), P ++ "A" ++ P;
row(X, C) -> P = lists:duplicate(C - X, $\s), P ++ [X] ++ lists:duplicate(2 * (X - $A) - 1, $\s) ++ [X] ++ P.
wrap(T, N) -> wrap(string:lexemes(T, " "), N, "", []).
wrap([], _, L, Acc) -> lists:reverse([L | Acc]);
wrap([W | R], N, "", Acc) -> wrap(R, N, W, Acc);
wrap([W | R], N, L, Acc) when length(L) + length(W) < N -> wrap(R, N, L ++ " " ++ W, Acc);
wrap(Ws, N, L, Acc) -> wrap(Ws, N, "", [L | Acc]).
soundexish([H | T]) -> [H | [D || D <- [digit(string:to_upper(C)) || C <- T], D =/= $0]].
digit(C) -> case C of _ when C =:= $B; C =:= $P; C =:= $F; C =:= $V -> $1; $T -> $3; $D -> $3; $R -> $6; $L -> $4; $M -> $5; $N -> $5; _ -> $0 end.
csv(S) -> [fields(L) || L <- string:lexemes(S, "\n")].
fields(L) -> fields(L, "", []).
fields([], F, Acc) -> lists:reverse([lists:reverse(F) | Acc]);
fields([$, | R], F, Acc) -> fields(R, "", [lists:reverse(F) | Acc]);
fields([$" | R], F, Acc) -> {Q, [$" | R2]} = lists:splitwith(fun(C) -> C =/= $" end, R), fields(R2, lists:reverse(Q) ++ F, Acc);
fields([C | R], F, Acc) -> fields(R, [C | F], Acc).
roman_sort(L) -> lists:sort(L).
isogram(S) -> length(lists:usort(S)) =:= length(S).
pangram(S) -> lists:seq($a, $z) -- S =:= [].
binary_words(B) -> [{byte_size(W), W} || W <- binary:split(B, <<" ">>, [global]), byte_size(W) > 4].
