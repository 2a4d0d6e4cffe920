%% Runs a measured program on whatever VM it is started on, each time in a process of its own, and
%% prints how many microseconds each run took.
%%
%%   measure PROGRAM TIMES
-module(measure).
-export([start/0]).

start() ->
    [Program, Times] = init:get_plain_arguments(),
    run(list_to_atom(Program), list_to_integer(Times)).

run(_, 0) -> ok;
run(Module, Times) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({took, time(Module)}) end),
    receive
        {'DOWN', Ref, process, Pid, {took, Microseconds}} ->
            %% What io:format/2 takes to be loaded is not the program's.
            io:put_chars([integer_to_list(Microseconds), $\n]),
            run(Module, Times - 1);
        {'DOWN', Ref, process, Pid, Reason} ->
            io:format("failed: ~0p~n", [Reason])
    end.

time(Module) ->
    Start = erlang:monotonic_time(microsecond),
    Module:start(),
    erlang:monotonic_time(microsecond) - Start.
