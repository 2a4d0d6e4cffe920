%% All ways to place eight queens, and the first way for seventeen: lists and backtracking.
-module(queens).
-export([start/0]).

start() -> {length(all(8)), first(17)}.

all(N) -> place(N, N).

place(0, _) -> [[]];
place(K, N) -> [[Q | Qs] || Qs <- place(K - 1, N), Q <- lists:seq(1, N), safe(Q, Qs, 1)].

safe(_, [], _) -> true;
safe(Q, [P | Qs], D) -> Q =/= P andalso abs(Q - P) =/= D andalso safe(Q, Qs, D + 1).

first(N) ->
    try search(N, N, []) of none -> none
    catch throw:Board -> Board end.

search(0, _, Board) -> throw(Board);
search(K, N, Board) -> columns(N, K, N, Board).

columns(0, _, _, _) -> none;
columns(C, K, N, Board) ->
    case safe(C, Board, 1) of
        true -> search(K - 1, N, [C | Board]);
        false -> none
    end,
    columns(C - 1, K, N, Board).
