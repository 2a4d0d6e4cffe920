%% A call of a server costs the same whether messages wait or not: the answer to a request is
%% looked for only among the messages that came after it.
-module(recv_marker).
-behaviour(gen_server).
-export([start/0, init/1, handle_call/3, handle_cast/2]).

init([]) -> {ok, 0}.
handle_call(X, _, S) -> {reply, X, S + 1}.
handle_cast(_, S) -> {noreply, S}.

calls(_, 0) -> ok;
calls(P, N) -> N = gen_server:call(P, N), calls(P, N - 1).

%% The same without a server, with a reference of a monitor and one of make_ref.
monitored(P, N) ->
    R = monitor(process, P),
    P ! {self(), R, N},
    receive {R, N} -> demonitor(R, [flush]) end.

made(P, N) ->
    R = make_ref(),
    P ! {self(), R, N},
    receive {R, N} -> ok end.

echo() -> receive {From, R, N} -> From ! {R, N}, echo() end.

time(F) ->
    garbage_collect(),
    T = erlang:monotonic_time(microsecond),
    [F(I) || I <- lists:seq(1, 1000)],
    erlang:monotonic_time(microsecond) - T.

start() ->
    {ok, P} = gen_server:start_link(?MODULE, [], []),
    E = spawn_link(fun echo/0),
    Fs = [fun(I) -> I = gen_server:call(P, I) end,
          fun(I) -> monitored(E, I) end,
          fun(I) -> made(E, I) end],
    calls(P, 100),
    Empty = [time(F) || F <- Fs],
    [self() ! {junk, I} || I <- lists:seq(1, 100000)],
    calls(P, 100),
    Full = [time(F) || F <- Fs],
    %% To look at all messages takes a hundred times as long.
    Cheap = [B < 20 * A + 50000 || {A, B} <- lists:zip(Empty, Full)],
    {message_queue_len, Len} = process_info(self(), message_queue_len),
    First = receive M -> M end,
    Last = receive {junk, 100000} = L -> L end,
    unlink(E), exit(E, kill),
    {Cheap, Len, First, Last}.
