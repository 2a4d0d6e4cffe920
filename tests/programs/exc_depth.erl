%% The limit on the entries of a stack trace holds for all of them, however the error came about.
-module(exc_depth).
-export([start/0]).

start() ->
    Errors = [
        fun() -> foo:bar() end,
        fun() -> [foo:bar()] end,
        fun() -> ?MODULE:no_such_function(1) end,
        fun() -> [apply(id(foo), id(bar), [])] end,
        fun() -> X = fun foo:bar/0, [X()] end,
        fun() -> atom_to_list(id(1)) end,
        fun() -> [atom_to_list(id(1))] end,
        fun() -> lists:map(id(1), id(2)) end,
        fun() -> [lists:keyfind(1, id(2), 3)] end,
        fun() -> X = id(3), X:y() end,
        fun() -> X = id(3), [X(5)] end,
        fun() -> error(x) end,
        fun() -> [error(x, [1])] end,
        fun() -> [throw(x)] end,
        fun() -> [exit(x)] end,
        fun() -> 1 + id(a) end
    ],
    [io:format("~p~n", [trace(Error)]) || Error <- Errors],
    ok.

trace(Error) ->
    try deep(20, Error)
    catch Class:_:Stack -> {Class, length(Stack), Stack}
    end.

%% Two functions in turn: one that calls itself again and again is a single entry.
deep(0, Error) -> Error();
deep(N, Error) -> [deeper(N - 1, Error)].

deeper(0, Error) -> Error();
deeper(N, Error) -> {deep(N - 1, Error)}.

id(X) -> X.
