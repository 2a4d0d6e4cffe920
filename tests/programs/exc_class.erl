%% Exceptions that are raised again with another class, through `after` and nested handlers.
-module(exc_class).
-export([start/0]).

start() ->
    [{From, To, again(From, To), through(From, To), kept(From, To)}
     || From <- [error, exit, throw], To <- [error, exit, throw]].

again(From, To) ->
    try
        try fail(From) catch From:Reason:Stack -> erlang:raise(To, {again, Reason}, Stack) after put(after_again, To) end
    catch
        Class:Why:Where -> {Class, Why, [F || {?MODULE, F, _, _} <- Where], get(after_again)}
    end.

through(From, To) ->
    try
        try
            try fail(From) catch From:Reason:Stack -> erlang:raise(To, Reason, Stack) after ok end
        after
            put(outer, From)
        end
    catch
        error:_ -> error;
        exit:_ -> exit;
        throw:_ -> throw
    end.

kept(From, To) ->
    try
        try fail(From) catch Class:Reason:Stack -> {Class, catch erlang:raise(To, Reason, Stack)} end
    of
        {C, {'EXIT', {R, _}}} -> {C, exit, R};
        {C, Other} -> {C, Other}
    catch
        C:_ -> {raised, C}
    end.

fail(error) -> hd(get(nothing));
fail(exit) -> exit(gone);
fail(throw) -> throw(ball).
