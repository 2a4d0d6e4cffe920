%% OTP's dbg, which is part of runtime_tools.
-module(trace_dbg).
-export([start/0, f/1, g/1]).

f(0) -> 0;
f(N) -> 1 + g(N - 1).

g(N) -> f(N).

start() ->
    S = self(),
    {ok, _} = dbg:tracer(process, {fun(M, N) -> S ! {t, M}, N + 1 end, 0}),
    {ok, [_]} = dbg:p(S, [c]),
    {ok, L} = dbg:tpl(?MODULE, f, 1, x),
    {ok, _} = dbg:tpl(?MODULE, g, 1, []),
    f(2),
    dbg:ctpl(),
    dbg:stop_clear(),
    {L, messages()}.

messages() ->
    receive
        {t, {trace, _, A, B}} -> [{A, B} | messages()];
        {t, {trace, _, A, B, C}} -> [{A, B, C} | messages()]
    after 50 -> []
    end.
