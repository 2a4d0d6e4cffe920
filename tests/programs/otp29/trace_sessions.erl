%% Sessions of tracing do not see each other: functions, processes, messages, and what is known of them.
-module(trace_sessions).
-export([start/0, double/1, twice/1, fails/0, caught/0, spawned/0, measured/1]).

start() ->
    Tester = self(),
    Collector = fun(Name) -> spawn_link(fun() -> collect(Tester, Name, []) end) end,
    [One, Two, Three] = [Collector(Name) || Name <- [one, two, three]],
    First = trace:session_create(first, One, []),
    Second = trace:session_create(second, Two, []),
    Worker = spawn_link(fun worker/0),
    functions(First, Second, Worker, [One, Two]),
    apart(First, Second, Worker, [One, Two]),
    legacy(First, Worker, Three, [One, Three]),
    returns(First, Second, Worker, [One, Two]),
    messages(First, Second, Worker, [One, Two]),
    inherited(First, Second, Worker, [One, Two]),
    counted(First, Second, Worker),
    known(First, Second, Worker),
    ended(First, Second, Worker, [One, Two]),
    wrong(Second),
    ok.

functions(First, Second, Worker, All) ->
    1 = trace:process(First, Worker, true, [call]),
    1 = trace:process(Second, Worker, true, [call, arity]),
    1 = trace:function(First, {?MODULE, double, 1}, true, [local]),
    1 = trace:function(Second, {?MODULE, twice, 1}, true, [local]),
    8 = call(Worker, twice, [2]),
    say(functions, All).

apart(First, Second, Worker, All) ->
    1 = trace:function(First, {?MODULE, twice, 1}, [{['$1'], [{'>', '$1', 2}], [{message, '$1'}]}], []),
    12 = call(Worker, twice, [3]),
    4 = call(Worker, twice, [1]),
    say(both, All),
    _ = trace:function(Second, {?MODULE, '_', '_'}, false, [local]),
    1 = trace:function(First, {?MODULE, twice, 1}, false, []),
    4 = call(Worker, twice, [1]),
    say(one_is_left, All).

legacy(First, Worker, Three, All) ->
    1 = erlang:trace(Worker, true, [call, {tracer, Three}]),
    1 = erlang:trace_pattern({?MODULE, double, 1}, [{'_', [], [{return_trace}]}], [local]),
    12 = call(Worker, twice, [3]),
    say(legacy, All),
    1 = erlang:trace(Worker, false, [all]),
    1 = erlang:trace_pattern({?MODULE, double, 1}, false, [local]),
    12 = call(Worker, twice, [3]),
    say(without_legacy, All),
    1 = trace:function(First, {?MODULE, double, 1}, false, [local]).

returns(First, Second, Worker, All) ->
    1 = trace:process(First, Worker, true, [return_to]),
    1 = trace:process(Second, Worker, true, [return_to]),
    1 = trace:function(First, {?MODULE, fails, 0}, [{'_', [], [{exception_trace}]}], [local]),
    1 = trace:function(Second, {?MODULE, fails, 0}, true, [local]),
    1 = trace:function(Second, {?MODULE, double, 1}, [{'_', [], [{return_trace}]}], [local]),
    oops = call(Worker, caught, []),
    12 = call(Worker, twice, [3]),
    say(returns, All),
    [trace:function(Session, {?MODULE, '_', '_'}, false, [local]) || Session <- [First, Second]],
    [trace:process(Session, Worker, false, [return_to, call, arity]) || Session <- [First, Second]].

messages(First, Second, Worker, All) ->
    1 = trace:process(First, Worker, true, ['receive']),
    1 = trace:process(Second, Worker, true, ['receive', send]),
    _ = trace:recv(First, [{['_', '_', {'_', '_', double, '_'}], [], []}], []),
    _ = trace:send(Second, [{['_', {'_', 4}], [], []}], []),
    4 = call(Worker, double, [2]),
    4 = call(Worker, twice, [1]),
    6 = call(Worker, double, [3]),
    say(messages, All),
    [trace:process(Session, Worker, false, [all]) || Session <- [First, Second]].

inherited(First, Second, Worker, All) ->
    1 = trace:process(First, Worker, true, [procs, set_on_spawn]),
    1 = trace:process(Second, Worker, true, [procs]),
    done = call(Worker, spawned, []),
    say(inherited, All),
    [trace:process(Session, Worker, false, [all]) || Session <- [First, Second]].

counted(First, Second, Worker) ->
    1 = trace:function(First, {?MODULE, double, 1}, true, [call_count]),
    4 = call(Worker, twice, [1]),
    1 = trace:function(Second, {?MODULE, double, 1}, true, [call_count]),
    4 = call(Worker, twice, [1]),
    io:format("~p~n", [[trace:info(Session, {?MODULE, double, 1}, call_count) || Session <- [First, Second]]]),
    1 = trace:function(First, {?MODULE, double, 1}, false, [call_count]),
    io:format("~p~n", [[trace:info(Session, {?MODULE, double, 1}, call_count) || Session <- [First, Second]]]),
    1 = trace:function(Second, {?MODULE, double, 1}, false, [call_count]).

known(First, Second, Worker) ->
    1 = trace:process(First, Worker, true, [call]),
    1 = trace:function(Second, {?MODULE, twice, 1}, true, [local]),
    {_, Seen} = First,
    {_, Other} = Second,
    io:format("~p~n", [[trace:info(Session, Worker, flags) || Session <- [First, Second]]]),
    io:format("~p~n", [[trace:info(Session, {?MODULE, twice, 1}, traced) || Session <- [First, Seen, Second]]]),
    io:format("~p~n", [[Session =:= Seen || Session <- trace:session_info(Worker)]]),
    io:format("~p~n", [[Session =:= Other || Session <- trace:session_info({?MODULE, twice, 1})]]),
    io:format("~p~n", [[lists:member(Session, trace:session_info(all)) || Session <- [Seen, Other]]]).

ended(First, Second, Worker, All) ->
    1 = trace:function(First, {?MODULE, twice, 1}, true, [local]),
    1 = trace:process(Second, Worker, true, [call]),
    4 = call(Worker, twice, [1]),
    say(before_end, All),
    io:format("~p~n", [trace:session_destroy(First)]),
    io:format("~p~n", [trace:session_destroy(First)]),
    4 = call(Worker, twice, [1]),
    say(after_end, All).

wrong(Session) ->
    Tries = [
        fun() -> trace:session_create("name", self(), []) end,
        fun() -> trace:session_create(name, nobody, []) end,
        fun() -> trace:session_create(name, self(), [option]) end,
        fun() -> trace:session_destroy(nothing) end,
        fun() -> trace:process(nothing, self(), true, [call]) end,
        fun() -> trace:process(Session, self(), true, [nothing]) end,
        fun() -> trace:process(Session, self(), maybe_so, [call]) end,
        fun() -> trace:function(Session, {a, b}, true, [local]) end,
        fun() -> trace:function(Session, {?MODULE, double, 1}, wrong, [local]) end,
        fun() -> trace:info(Session, self(), nothing) end
    ],
    [io:format("~p~n", [try F() catch Class:Reason -> {Class, Reason} end]) || F <- Tries].

%% What the tracers have got, once all that is traced has been told.
say(Title, All) ->
    Told = [begin All1 ! {say, self()}, receive {Name, Messages} -> {Name, Messages} end end || All1 <- All],
    io:format("~p~n", [{Title, Told}]).

collect(Tester, Name, Messages) ->
    receive
        {say, From} ->
            timer:sleep(50),
            Rest = rest(),
            From ! {Name, [without_pids(M) || M <- lists:reverse(Messages, Rest)]},
            collect(Tester, Name, []);
        Message ->
            collect(Tester, Name, [Message | Messages])
    end.

rest() ->
    receive
        Message when element(1, Message) =:= trace -> [Message | rest()]
    after 0 -> []
    end.

without_pids(Pid) when is_pid(Pid) -> pid;
without_pids(Ref) when is_reference(Ref) -> ref;
without_pids(Fun) when is_function(Fun) -> function;
without_pids(Tuple) when is_tuple(Tuple) -> list_to_tuple(without_pids(tuple_to_list(Tuple)));
without_pids([Head | Tail]) -> [without_pids(Head) | without_pids(Tail)];
without_pids(Other) -> Other.

call(Worker, Function, Arguments) ->
    Ref = make_ref(),
    Worker ! {self(), Ref, Function, Arguments},
    receive
        {Ref, Answer} -> Answer
    end.

worker() ->
    receive
        {From, Ref, Function, Arguments} ->
            From ! {Ref, apply(?MODULE, Function, Arguments)},
            worker()
    end.

double(X) -> X * 2.

twice(X) ->
    Once = double(X),
    double(Once).

caught() ->
    try
        fails(),
        no
    catch
        throw:oops -> oops
    end.

fails() ->
    _ = double(1),
    throw(oops).

spawned() ->
    {Pid, Ref} = spawn_monitor(fun() -> register(trace_sessions_child, self()) end),
    receive
        {'DOWN', Ref, process, Pid, normal} -> done
    end.

measured(X) -> X.
