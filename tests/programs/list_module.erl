%% The lists module: folds, splits, zips, sorts, flattening, and errors from its inside.
-module(list_module).
-export([start/0]).

start() ->
    L = [5, 3, 8, 1, 9, 2, 8],
    Even = fun(X) -> X rem 2 =:= 0 end,
    {lists:map(fun(X) -> X * X end, L), lists:filter(Even, L), lists:foldl(fun(X, A) -> [X | A] end, [], L),
     lists:foldr(fun(X, A) -> [X | A] end, [], L), lists:partition(Even, L), lists:splitwith(fun(X) -> X > 2 end, L),
     lists:takewhile(fun(X) -> X > 2 end, L), lists:dropwhile(fun(X) -> X > 2 end, L), lists:split(3, L),
     lists:nth(2, L), lists:nthtail(5, L), lists:last(L), lists:droplast(L), lists:sublist(L, 2, 3), lists:sublist(L, 2),
     lists:sort(L), lists:usort(L), lists:sort(fun(A, B) -> A >= B end, L), lists:reverse(lists:sort(L)),
     lists:merge([1, 4], [2, 3, 5]), lists:umerge([1, 2], [2, 3]), lists:zip([1, 2], [a, b]), lists:zip3([1], [2], [3]),
     lists:unzip([{1, a}, {2, b}]), lists:zipwith(fun(A, B) -> A + B end, [1, 2], [3, 4]),
     lists:flatten([1, [2, [3, [], [4]]], []]), lists:flatlength([1, [2, 3]]), lists:append([[1], [2], []]), lists:append([1], [2]),
     lists:concat([a, 1, "s", 2.5]), lists:join(x, [1, 2, 3]), lists:max(L), lists:min(L), lists:sum(L),
     lists:any(Even, L), lists:all(Even, L), lists:flatmap(fun(X) -> [X, X] end, [1, 2]),
     lists:mapfoldl(fun(X, A) -> {X + A, A + 1} end, 0, L), lists:mapfoldr(fun(X, A) -> {X + A, A + 1} end, 0, L),
     lists:filtermap(fun(X) when X > 4 -> {true, -X}; (X) -> X < 2 end, L), lists:delete(8, L), lists:subtract(L, [8]),
     lists:prefix("ab", "abc"), lists:suffix("bc", "abc"), lists:search(Even, L), lists:enumerate([a, b]), uniq([1, 1, 2]),
     lists:foreach(fun(_) -> ok end, L)}.

uniq(L) -> lists:reverse(lists:foldl(fun(X, A) -> case lists:member(X, A) of true -> A; false -> [X | A] end end, [], L)).
