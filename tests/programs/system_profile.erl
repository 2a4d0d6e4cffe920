%% Who is told of what becomes able to run.
-module(system_profile).
-export([start/0]).

start() ->
    Self = self(),
    io:format("~p~n", [[outcome(F) || F <- [
        fun() -> erlang:system_profile() end,
        fun() -> erlang:system_profile(Self, [runnable_procs, scheduler, exclusive, runnable_ports]) end,
        fun() -> erlang:system_profile() end,
        fun() -> erlang:system_profile(Self, [runnable_procs]) end,
        fun() -> erlang:system_profile(undefined, []) end,
        fun() -> erlang:system_profile(undefined, []) end,
        fun() -> erlang:system_profile(x, [runnable_procs]) end,
        fun() -> erlang:system_profile(Self, [x]) end,
        fun() -> erlang:system_profile(Self, runnable_procs) end,
        fun() -> erlang:system_profile(Self, [monotonic_timestamp, runnable_procs]) end,
        fun() -> erlang:system_profile(Self, []) end,
        fun() -> erlang:system_profile() end]]]),
    flush(),
    [watched(Stamp) || Stamp <- [[], [timestamp], [monotonic_timestamp], [strict_monotonic_timestamp]]].

outcome(F) -> try nameless(F()) catch C:E -> {C, E} end.

nameless({P, Options}) when is_pid(P) -> {pid, Options};
nameless(Other) -> Other.

watched(Stamp) ->
    Self = self(),
    erlang:system_profile(Self, [runnable_procs | Stamp]),
    P = spawn(fun() -> receive {Self, go} -> ok end, Self ! {self(), here}, receive {Self, stop} -> ok end end),
    timer:sleep(20),
    P ! {Self, go},
    receive {P, here} -> ok end,
    timer:sleep(20),
    P ! {Self, stop},
    timer:sleep(20),
    erlang:system_profile(undefined, []),
    Events = events(P),
    %% How often it gives way depends on what else runs.
    io:format("~p~n", [lists:usort([{State, time(Time)} || {profile, _, State, _, Time} <- Events])]),
    io:format("~p~n", [lists:all(fun({profile, _, _, Place, _}) -> Place =:= 0 orelse tuple_size(Place) =:= 3 end, Events)]).

events(P) -> receive {profile, P, _, _, _} = E -> [E | events(P)]; {profile, _, _, _, _} -> events(P) after 50 -> [] end.

time({A, B, C}) when is_integer(A), is_integer(B), is_integer(C) -> timestamp;
time({A, B}) when is_integer(A), is_integer(B) -> strict;
time(A) when is_integer(A) -> monotonic.

flush() -> receive _ -> flush() after 0 -> ok end.
