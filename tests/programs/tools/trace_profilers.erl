%% OTP's cprof and eprof, which are parts of its application tools.
-module(trace_profilers).
-export([start/0, fib/1, work/0]).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

work() -> lists:sum([fib(X) || X <- lists:seq(1, 15)]).

start() ->
    true = code:is_loaded(?MODULE) =/= false,
    cprof:start(?MODULE),
    R = work(),
    cprof:pause(),
    {?MODULE, Calls, Functions} = cprof:analyse(?MODULE),
    io:format("~p ~p ~p~n", [R, Calls, lists:sort(Functions)]),
    cprof:stop(),
    %% It prints times as well.
    Console = group_leader(),
    group_leader(spawn_link(fun silent/0), self()),
    {ok, R} = eprof:profile([], fun() -> work() end, {?MODULE, '_', '_'}),
    eprof:log("trace_profilers.log"),
    eprof:analyze(total, [{filter, [{calls, 1}]}]),
    group_leader(Console, self()),
    eprof:stop(),
    {ok, Text} = file:read_file("trace_profilers.log"),
    file:delete("trace_profilers.log"),
    %% The functions and how often they were called.
    Lines = [string:lexemes(L, " ") || L <- string:lexemes(binary_to_list(Text), "\n")],
    io:format("~p~n", [lists:sort([{F, N} || [F, N | _] <- Lines, lists:prefix("trace_profilers:", F)])]),
    ok.

silent() -> receive {io_request, From, Tag, _} -> From ! {io_reply, Tag, ok}, silent() end.
