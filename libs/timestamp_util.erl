%% AtomVM's arithmetic on what `erlang:timestamp/0` returns.
-module(timestamp_util).
-export([delta/2, delta_ms/2]).

%% The time from the second to the first. Seconds and microseconds are never negative.
delta(To, From) -> timestamp(microseconds(To) - microseconds(From)).

%% The same in milliseconds.
delta_ms(To, From) ->
    {Mega, Seconds, Micro} = delta(To, From),
    (Mega * 1000000 + Seconds) * 1000 + Micro div 1000.

microseconds({Mega, Seconds, Micro}) -> (Mega * 1000000 + Seconds) * 1000000 + Micro.

timestamp(Microseconds) ->
    Micro = modulo(Microseconds, 1000000),
    Total = (Microseconds - Micro) div 1000000,
    Seconds = modulo(Total, 1000000),
    {(Total - Seconds) div 1000000, Seconds, Micro}.

modulo(X, Y) -> ((X rem Y) + Y) rem Y.
