%% A Sudoku solved by constraints: maps from cells to sets of candidates.
-module(sudoku).
-export([start/0]).

start() ->
    Puzzles = ["003020600900305001001806400008102900700000008006708200002609500800203009005010300",
                "200080300060070084030500209000105408000000000402706000301007040720040060004010003",
                "000000907000420180000705026100904000050000040000507009920108000034059000507000000"],
    [solve(P) || _ <- lists:seq(1, 10), P <- Puzzles].

solve(Text) ->
    Cells = [{R, C} || R <- lists:seq(0, 8), C <- lists:seq(0, 8)],
    Peers = maps:from_list([{Cell, peers(Cell, Cells)} || Cell <- Cells]),
    Free = maps:from_list([{Cell, lists:seq(1, 9)} || Cell <- Cells]),
    Given = [{Cell, D - $0} || {Cell, D} <- lists:zip(Cells, Text), D =/= $0],
    Board = lists:foldl(fun({Cell, D}, B) -> assign(Cell, D, B, Peers) end, Free, Given),
    Solved = search(Board, Peers),
    [D + $0 || Cell <- Cells, [D] <- [maps:get(Cell, Solved)]].

peers({R, C} = Cell, Cells) ->
    [P || {R1, C1} = P <- Cells, P =/= Cell,
          R1 =:= R orelse C1 =:= C orelse (R1 div 3 =:= R div 3 andalso C1 div 3 =:= C div 3)].

assign(_, _, false, _) -> false;
assign(Cell, D, Board, Peers) ->
    case lists:member(D, maps:get(Cell, Board)) of
        true -> spread(maps:get(Cell, Peers), D, Board#{Cell := [D]}, Peers);
        false -> false
    end.

spread([], _, Board, _) -> Board;
spread([P | Rest], D, Board, Peers) ->
    case maps:get(P, Board) of
        [D] -> false;
        Candidates ->
            case lists:delete(D, Candidates) of
                Candidates -> spread(Rest, D, Board, Peers);
                [Last] ->
                    case spread(maps:get(P, Peers), Last, Board#{P := [Last]}, Peers) of
                        false -> false;
                        Board1 -> spread(Rest, D, Board1, Peers)
                    end;
                Fewer -> spread(Rest, D, Board#{P := Fewer}, Peers)
            end
    end.

search(false, _) -> false;
search(Board, Peers) ->
    case lists:sort([{length(Ds), Cell, Ds} || {Cell, Ds} <- maps:to_list(Board), length(Ds) > 1]) of
        [] -> Board;
        [{_, Cell, Ds} | _] -> try_each(Ds, Cell, Board, Peers)
    end.

try_each([], _, _, _) -> false;
try_each([D | Ds], Cell, Board, Peers) ->
    case search(assign(Cell, D, Board, Peers), Peers) of
        false -> try_each(Ds, Cell, Board, Peers);
        Solved -> Solved
    end.
