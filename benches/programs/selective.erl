%% Receiving by pattern from a mailbox that holds other messages, and by reference.
-module(selective).
-export([start/0]).

start() ->
    Self = self(),
    Noise = 300,
    [Self ! {noise, I} || I <- lists:seq(1, Noise)],
    Server = spawn_link(fun server/0),
    Calls = calls(10000, Server, 0),
    Picked = pick(Noise, 0),
    Server ! stop,
    {Calls, Picked, priorities(2000)}.

server() ->
    receive
        {call, From, Ref, N} -> From ! {Ref, N * 2}, server();
        stop -> ok
    end.

calls(0, _, Sum) -> Sum;
calls(N, Server, Sum) ->
    Ref = make_ref(),
    Server ! {call, self(), Ref, N},
    receive {Ref, V} -> calls(N - 1, Server, Sum + V) end.

%% From the last to the first: each goes through all that are before it.
pick(0, Sum) -> Sum;
pick(N, Sum) -> receive {noise, N} -> pick(N - 1, Sum * 3 rem 1000003 + N) end.

priorities(N) ->
    [self() ! {case I rem 5 of 0 -> high; _ -> low end, I} || I <- lists:seq(1, N)],
    drain(0).

drain(Sum) ->
    receive {high, I} -> drain(Sum + I)
    after 0 ->
        receive {low, I} -> drain((Sum + I) * 2 rem 1000003)
        after 0 -> Sum
        end
    end.
