%% A token sent around a ring of processes: switches and small messages.
-module(ring).
-export([start/0]).

start() ->
    Me = self(),
    First = lists:foldl(fun(_, Next) -> spawn(fun() -> member(Next) end) end, Me, lists:seq(1, 500)),
    loop(First, 200).

loop(First, 0) -> First ! stop, receive stop -> done end;
loop(First, N) -> First ! N, receive N -> loop(First, N - 1) end.

member(Next) ->
    receive
        stop -> Next ! stop;
        M -> Next ! M, member(Next)
    end.
