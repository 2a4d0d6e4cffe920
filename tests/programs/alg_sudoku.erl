%% A sudoku solved by constraint search, with maps, ordsets and exceptions for backtracking.
-module(alg_sudoku).
-export([start/0]).

start() ->
    Puzzle = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79",
    G = read(Puzzle),
    S = solve(G),
    io:put_chars(show(S)),
    {check(S), lists:sort([{K, hd(V)} || {K, V} <- maps:to_list(S), element(1, K) =:= 1]), try solve(read("55" ++ lists:duplicate(79, $.))) catch throw:T -> T end}.

cells() -> [{R, C} || R <- lists:seq(1, 9), C <- lists:seq(1, 9)].

peers({R, C}) ->
    Box = [{R1, C1} || R1 <- box(R), C1 <- box(C)],
    lists:usort([{R, X} || X <- lists:seq(1, 9)] ++ [{X, C} || X <- lists:seq(1, 9)] ++ Box) -- [{R, C}].
box(X) -> B = (X - 1) div 3 * 3, [B + 1, B + 2, B + 3].

read(Text) ->
    Empty = maps:from_list([{K, lists:seq(1, 9)} || K <- cells()]),
    Given = [{K, D - $0} || {K, D} <- lists:zip(cells(), Text), D =/= $.],
    try lists:foldl(fun({K, D}, G) -> assign(K, D, G) end, Empty, Given) catch throw:contradiction -> #{} end.

assign(K, D, G) -> lists:foldl(fun(X, A) -> eliminate(K, X, A) end, G, maps:get(K, G) -- [D]).

eliminate(K, D, G) ->
    Vs = maps:get(K, G),
    case lists:member(D, Vs) of
        false -> G;
        true ->
            case Vs -- [D] of
                [] -> throw(contradiction);
                [One] -> lists:foldl(fun(P, A) -> eliminate(P, One, A) end, G#{K := [One]}, peers(K));
                More -> G#{K := More}
            end
    end.

solve(G) when map_size(G) =:= 0 -> throw(no_solution);
solve(G) ->
    case lists:sort([{length(V), K} || {K, V} <- maps:to_list(G), length(V) > 1]) of
        [] -> G;
        [{_, K} | _] -> try_each(maps:get(K, G), K, G)
    end.

try_each([], _, _) -> throw(no_solution);
try_each([D | Ds], K, G) ->
    try solve(assign(K, D, G)) catch throw:_ -> try_each(Ds, K, G) end.

check(S) -> lists:all(fun(K) -> [V] = maps:get(K, S), not lists:any(fun(P) -> maps:get(P, S) =:= [V] end, peers(K)) end, cells()).

show(S) -> [[[integer_to_list(hd(maps:get({R, C}, S))) || C <- lists:seq(1, 9)], $\n] || R <- lists:seq(1, 9)].
