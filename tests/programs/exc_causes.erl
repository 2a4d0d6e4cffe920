%% What the top of the stack trace says of failing calls: arguments, `cause`, the order of the
%% entry's extra information, and which operators appear at all.
-module(exc_causes).
-export([start/0, sums/2]).

start() ->
    Ended = spawn(fun() -> ok end),
    timer:sleep(20),
    register(taken, self()),
    Values = [top(apply_call(Call)) || Call <- calls(Ended)] ++ [top(sum(N, A, B)) || N <- lists:seq(1, 9), {A, B} <- [{a, 1}, {1, a}]],
    unregister(taken),
    Values.

calls(Ended) ->
    [
        {erlang, monitor, [foo, self()]},
        {erlang, monitor, [process, 1.5]},
        {erlang, monitor, [time_offset, foo]},
        {erlang, monitor, [process, self(), [foo]]},
        {erlang, monitor, [process, self(), foo]},
        {erlang, process_flag, [foo, 1]},
        {erlang, process_flag, [trap_exit, 1]},
        {erlang, process_flag, [error_handler, 1]},
        {erlang, register, [taken, self()]},
        {erlang, register, [free, Ended]},
        {erlang, register, [undefined, self()]},
        {erlang, register, [free, foo]},
        {erlang, send, [self(), x, [foo]]},
        {erlang, start_timer, [foo, self(), x]},
        {erlang, start_timer, [1, 1.5, x]},
        {erlang, start_timer, [1, self(), x, [foo]]},
        {erlang, send_after, [-1, foo, x]},
        {erlang, send_after, [1, self(), x, [{abs, 1}]]},
        {erlang, binary_to_term, [<<131, 97, 1>>, [bad]]},
        {erlang, binary_to_term, [<<131, 97>>, [safe]]},
        {erlang, spawn_opt, [fun() -> ok end, [foo]]},
        {erlang, function_exported, [foo, foo, -1]},
        {erlang, nif_error, [a]},
        {erlang, nif_error, [a, [1, 2]]},
        {erlang, error, [a]},
        {erlang, error, [a, [1]]},
        {erlang, error, [a, none]},
        {erlang, error, [a, [1], [foo]]},
        {erlang, error, [a, [1], [{error_info, #{cause => x}}]]},
        {erlang, error, [a, none, [{error_info, #{module => x}}]]},
        {unicode, characters_to_list, [foo]},
        {maps, to_list, [foo]},
        {atomics, get, [foo, 1]}
    ].

apply_call({M, F, Args}) ->
    try
        apply(M, F, Args)
    catch
        Class:Reason:Stack -> {Class, Reason, Stack}
    end.

sum(N, A, B) ->
    try
        ?MODULE:sums(N, {A, B})
    catch
        Class:Reason:Stack -> {Class, Reason, Stack}
    end.

sums(1, {A, B}) -> A + B;
sums(2, {A, B}) -> A - B;
sums(3, {A, _}) -> A - 1;
sums(4, {A, _}) -> 1 - A;
sums(5, {A, _}) -> 1 + A;
sums(6, {A, _}) -> A + 100000000000000000000;
sums(7, {A, _}) -> A + 1000000;
sums(8, {A, _}) -> lists:sum([A]);
sums(9, {A, _}) -> A / 2.

top({Class, Reason, [{M, F, Args, Info} | _]}) when is_list(Args) ->
    {Class, Reason, M, F, length(Args), [shown(I) || I <- Info]};
top({Class, Reason, [{M, F, Arity, Info} | _]}) ->
    {Class, Reason, M, F, {Arity}, [shown(I) || I <- Info]};
top(Value) ->
    Value.

shown({line, _}) -> line;
shown({file, _}) -> file;
shown(Other) -> Other.
