%% Binary trees made and walked: the collector's work.
-module(gctree).
-export([start/0]).

start() ->
    Long = make(14),
    Sum = lists:sum([check(make(10)) || _ <- lists:seq(1, 200)]),
    {Sum, check(Long)}.

make(0) -> {nil, nil};
make(D) -> {make(D - 1), make(D - 1)}.

check({nil, nil}) -> 1;
check({L, R}) -> 1 + check(L) + check(R).
