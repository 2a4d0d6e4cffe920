%% Tracing goes on and off while the traced processes run; what is told of is what happened.
-module(soak_trace).
-export([run/0, traced/1]).

run() ->
    process_flag(trap_exit, true),
    Workers = [spawn_link(fun worker/0) || _ <- lists:seq(1, 4)],
    [episode(lists:nth(rand:uniform(4), Workers), rand:uniform(60)) || _ <- lists:seq(1, 25)],
    erlang:trace_pattern({?MODULE, traced, 1}, false, [local]),
    [begin exit(Pid, kill), receive {'EXIT', Pid, killed} -> ok end end || Pid <- Workers].

%% Each episode has a tracer of its own, which is told of the calls of one worker.
episode(Worker, Calls) ->
    Me = self(),
    Tracer = spawn_link(fun() -> tracer(Me, 0, 0) end),
    Spec = lists:nth(rand:uniform(3), [true, [{'_', [], [{return_trace}]}], [{['$1'], [{'>', '$1', 0}], []}]]),
    erlang:trace_pattern({?MODULE, traced, 1}, Spec, [local]),
    1 = erlang:trace(Worker, true, [call, {tracer, Tracer} | flags(rand:uniform(4))]),
    Worker ! {work, Me, Calls},
    receive {Worker, done} -> ok end,
    case rand:uniform(3) of
        1 ->
            %% The tracer goes first: its worker is then not traced any more.
            exit(Tracer, kill),
            receive {'EXIT', Tracer, killed} -> ok end,
            erlang:trace(Worker, false, [all]);
        _ ->
            erlang:trace(Worker, false, [all]),
            Ref = erlang:trace_delivered(Worker),
            receive {trace_delivered, Worker, Ref} -> ok end,
            Tracer ! {count, Me},
            receive {Tracer, Calls, Returns} -> ok end,
            case Spec of
                [{'_', _, _}] -> Calls = Returns;
                _ -> 0 = Returns
            end,
            receive {'EXIT', Tracer, normal} -> ok end
    end.

flags(1) -> [send, 'receive'];
flags(2) -> [procs, running];
flags(3) -> [garbage_collection];
flags(4) -> [].

tracer(Me, Calls, Returns) ->
    receive
        {trace, _, call, {?MODULE, traced, [_]}} -> tracer(Me, Calls + 1, Returns);
        {trace, _, return_from, {?MODULE, traced, 1}, _} -> tracer(Me, Calls, Returns + 1);
        {count, Me} -> Me ! {self(), Calls, Returns};
        _ -> tracer(Me, Calls, Returns)
    end.

worker() ->
    receive
        {work, From, Calls} ->
            [traced(N) || N <- lists:seq(1, Calls)],
            From ! {self(), done},
            worker()
    end.

traced(N) -> length(lists:seq(1, N)).
