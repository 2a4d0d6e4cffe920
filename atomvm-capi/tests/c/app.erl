%% What the tests in C run.
-module(app).
-export([start/0, echo/1, fail/1, ask/1, server/0, stop/1, loop/0, nested/1, deep/1, shapes/0]).

start() ->
    {ok, host:add(40, 2)}.

echo(Term) ->
    Term.

fail(error) -> error({broken, 7});
fail(exit) -> exit(gone);
fail(throw) -> throw(ball).

%% What the host's function does with its argument.
ask(Term) ->
    try host:ask(Term) of
        Value -> {value, Value}
    catch
        Class:Reason -> {Class, Reason}
    end.

%% Forwards one message to the host.
server() ->
    register(server, self()),
    receive
        Message -> host:got(Message)
    end.

stop(Status) ->
    erlang:halt(Status).

loop() ->
    loop().

nested(0) -> [];
nested(N) -> [nested(N - 1)].

deep(N) -> nested(N).

shapes() ->
    {1, -5.5, atom, <<"bin">>, <<5:3>>, [1, 2, 3], [a | b], #{k => v, 2 => "two"},
     self(), make_ref(), fun shapes/0, 1 bsl 63, -(1 bsl 64), [], {}, "text"}.
