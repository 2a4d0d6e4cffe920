%% Sorting: lists:sort, by a fun, by key, unique, and a quicksort of one's own.
-module(sorts).
-export([start/0]).

start() ->
    Numbers = random(15000, 42, []),
    Terms = [term(N) || N <- Numbers],
    Sorted = lists:sort(Numbers),
    Sorted = quick(Numbers),
    {erlang:phash2(Sorted), erlang:phash2(lists:sort(Terms)),
     erlang:phash2(lists:sort(fun(A, B) -> A rem 1000 >= B rem 1000 end, Numbers)),
     erlang:phash2(lists:keysort(2, [{N, N rem 100} || N <- Numbers])),
     length(lists:usort([N rem 500 || N <- Numbers])), erlang:phash2(lists:merge(Sorted, lists:seq(1, 20000, 7)))}.

random(0, _, Acc) -> Acc;
random(N, Seed, Acc) -> random(N - 1, (Seed * 1103515245 + 12345) band 16#7FFFFFFF, [Seed | Acc]).

term(N) when N rem 4 =:= 0 -> {N rem 100, a, [N]};
term(N) when N rem 4 =:= 1 -> [N rem 50, N];
term(N) when N rem 4 =:= 2 -> <<N:32>>;
term(N) -> N / 3.

quick([]) -> [];
quick([P | Rest]) -> quick([X || X <- Rest, X < P]) ++ [P | quick([X || X <- Rest, X >= P])].
