%% Runs the measured programs on whatever VM it is started on and prints, for each, the shortest
%% of several times in microseconds.
-module(measure).
-export([start/0]).

start() ->
    lists:foreach(fun one/1, [fib, tak, nrev, tailloop, mapfold, binparse, ring, spawner, nbody, bigfact, gctree, servercall,
                                ets_insert, ets_lookup, ets_range]).

one(Module) ->
    try lists:min([time(Module) || _ <- lists:seq(1, 5)]) of
        Microseconds -> io:format("~s ~b~n", [Module, Microseconds])
    catch
        Class:Reason -> io:format("~s failed: ~0p~n", [Module, {Class, Reason}])
    end.

time(Module) ->
    Start = erlang:monotonic_time(microsecond),
    Module:start(),
    erlang:monotonic_time(microsecond) - Start.
