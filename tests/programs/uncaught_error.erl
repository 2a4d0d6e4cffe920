%% Ends by an error that nothing catches, three calls deep, after it has written something.
-module(uncaught_error).
-export([start/0]).

start() ->
    io:format("before~n"),
    outer([1, 2, 3]).

outer(L) -> 1 + inner(L).

inner([_ | T]) -> lists:nth(1, T) + element(id(1), {not_a_number}).

id(X) -> X.
