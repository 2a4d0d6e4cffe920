%% AtomVM's timer_manager and timestamp_util.
-module(api_timers).
-export([start/0]).

start() ->
    timers(),
    stamps(),
    io:format("timers and time stamps~n"),
    ok.

timers() ->
    [] = timer_manager:get_timer_refs(),
    true = is_pid(whereis(timer_manager)),
    {error, {already_started, _}} = timer_manager:start(),
    Timer = timer_manager:start_timer(30, self(), hello),
    [Timer] = timer_manager:get_timer_refs(),
    receive {timeout, Timer, hello} -> ok end,
    [] = timer_manager:get_timer_refs(),
    Long = timer_manager:start_timer(60000, self(), never),
    Other = timer_manager:start_timer(50000, self(), never),
    [Long, Other] = lists:sort(fun(A, B) -> A =< B end, timer_manager:get_timer_refs()) -- ([Long, Other] -- [Long, Other]),
    Left = timer_manager:cancel_timer(Long),
    true = is_integer(Left) andalso Left > 50000 andalso Left =< 60000,
    [Other] = timer_manager:get_timer_refs(),
    false = timer_manager:cancel_timer(Long),
    true = is_integer(timer_manager:cancel_timer(Other)),
    [] = timer_manager:get_timer_refs(),
    true = is_reference(timer_manager:send_after(20, self(), sent)),
    receive sent -> ok end,
    register(api_timers, self()),
    _ = timer_manager:send_after(1, api_timers, named),
    receive named -> ok end,
    receive {timeout, _, _} = Late -> error(Late) after 0 -> ok end.

stamps() ->
    {0, 0, 0} = timestamp_util:delta({1, 2, 3}, {1, 2, 3}),
    {0, 0, 1} = timestamp_util:delta({1, 2, 3}, {1, 2, 2}),
    {0, 1, 0} = timestamp_util:delta({1, 2, 3}, {1, 1, 3}),
    {1, 0, 0} = timestamp_util:delta({2, 2, 3}, {1, 2, 3}),
    %% Borrowed from the next larger part.
    {0, 0, 999999} = timestamp_util:delta({1, 3, 0}, {1, 2, 1}),
    {0, 999999, 0} = timestamp_util:delta({2, 0, 5}, {1, 1, 5}),
    {-1, 999999, 0} = timestamp_util:delta({1, 1, 0}, {1, 2, 0}),
    0 = timestamp_util:delta_ms({1, 2, 3}, {1, 2, 3}),
    1 = timestamp_util:delta_ms({0, 0, 2999}, {0, 0, 1000}),
    1500 = timestamp_util:delta_ms({0, 3, 250000}, {0, 1, 750000}),
    1000000000 = timestamp_util:delta_ms({1, 0, 0}, {0, 0, 0}),
    -1000 = timestamp_util:delta_ms({0, 1, 0}, {0, 2, 0}).
