%% Stack traces: module, function, arity or arguments, and the lines of this very file.
-module(exc_stack).
-export([start/0, outer/1]).

start() ->
    [trace(fun() -> outer(K) end) || K <- [badmatch, bif, clause, throw, exit, error, args, undef, deep, arith, casec, gbif]].

trace(F) ->
    try F() catch C:R:S -> {C, R, [frame(X) || X <- ours(S)]} end.

ours(S) -> lists:takewhile(fun({_, N, _, _}) -> not lists:prefix("-start", atom_to_list(N)) end, S).

frame({M, F, A, Info}) ->
    {M, F, A, proplists:get_value(line, Info), file(proplists:get_value(file, Info))}.

%% The compiler writes the path that it was given: only the name is the same everywhere.
file(undefined) -> none;
file(F) -> lists:last(string:lexemes(F, "/")).

outer(Kind) ->
    R = inner(Kind),
    {kept, R}.

inner(badmatch) -> {ok, _} = id({error, x});
inner(bif) -> list_to_integer(id("zz"));
inner(clause) -> matches(id(1), id(two));
inner(throw) -> throw(ball);
inner(exit) -> exit(away);
inner(error) -> error({custom, reason});
inner(args) -> error(custom, [some, args]);
inner(undef) -> nowhere:at_all(1, 2);
inner(deep) -> depth(4);
inner(arith) -> X = id(0), Y = 10 div X, Y + 1;
inner(casec) -> case id(7) of 8 -> ok end;
inner(gbif) -> element(id(9), id({a})).

depth(0) -> error(bottom);
depth(N) -> [depth(N - 1)].

matches(a, b) -> ok;
matches(c, d) -> ok.

id(X) -> X.
