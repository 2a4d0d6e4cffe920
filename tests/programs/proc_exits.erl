%% Exit signals: each reason, sent to others and to oneself, along links, with exits trapped or not.
-module(proc_exits).
-export([start/0]).

start() ->
    process_flag(trap_exit, true),
    [
        io:format("~s ~0p, trapped ~p: ~0p~n", [Name, plain(Reason), Traps, plain(Test(Reason, Traps))])
     || {Name, Test} <- [{"sent", fun sent/2}, {"to itself", fun to_itself/2}, {"linked", fun linked/2}],
        Reason <- [normal, kill, killed, noproc, noconnection, shutdown, {shutdown, 1}, "text", 1.5, self()],
        Traps <- [true, false]
    ],
    [
        io:format("raised ~p, trapped ~p: ~0p~n", [Class, Traps, plain(raised(Class, Traps))])
     || Class <- [error, throw, exit], Traps <- [true, false]
    ],
    [io:format("along a chain ~p: ~0p~n", [Reason, plain(chain(Reason))]) || Reason <- [normal, kill, x]],
    io:format("~0p~n", [[plain(Test()) || Test <- others()]]),
    ok.

others() ->
    [
        fun() -> link_to_dead(true) end, fun() -> link_to_dead(false) end, fun unlinked/0,
        fun linked_twice/0, fun linked_to_itself/0, fun in_order/0, fun trapped_no_more/0,
        fun killed_link/0, fun reasons/0, fun raised_in_after/0, fun alive/0
    ].

plain(Pid) when is_pid(Pid), Pid =:= self() -> me;
plain(Pid) when is_pid(Pid) -> pid;
plain(Ref) when is_reference(Ref) -> reference;
plain([First | Rest]) -> [plain(First) | plain(Rest)];
plain(Tuple) when is_tuple(Tuple) -> list_to_tuple(plain(tuple_to_list(Tuple)));
plain(Term) -> Term.

down({Pid, Ref}) -> receive {'DOWN', Ref, process, Pid, Reason} -> Reason end.

messages() -> receive Message -> [Message | messages()] after 30 -> [] end.

sent(Reason, Traps) ->
    Me = self(),
    {Pid, _} = Started = spawn_monitor(fun() ->
        process_flag(trap_exit, Traps),
        Me ! {ready, self()},
        receive stop -> ok; Message -> exit({got, Message}) end
    end),
    receive {ready, Pid} -> ok end,
    Returned = exit(Pid, Reason),
    Pid ! stop,
    {Returned, down(Started)}.

to_itself(Reason, Traps) ->
    down(spawn_monitor(fun() ->
        process_flag(trap_exit, Traps),
        Returned = exit(self(), Reason),
        exit({returned, Returned, messages()})
    end)).

linked(Reason, Traps) ->
    down(spawn_monitor(fun() ->
        process_flag(trap_exit, Traps),
        spawn_link(fun() -> exit(Reason) end),
        exit({lives, messages()})
    end)).

raised(Class, Traps) ->
    down(spawn_monitor(fun() ->
        process_flag(trap_exit, Traps),
        spawn_link(fun() -> erlang:raise(Class, oops, []) end),
        exit({lives, messages()})
    end)).

chain(Reason) ->
    down(spawn_monitor(fun() ->
        First = self(),
        spawn_link(fun() ->
            spawn_link(fun() -> First ! {last, self()}, receive never -> ok end end),
            receive never -> ok end
        end),
        receive {last, Last} -> exit(Last, Reason) end,
        receive never -> ok after 50 -> exit(lives) end
    end)).

link_to_dead(Traps) ->
    down(spawn_monitor(fun() ->
        process_flag(trap_exit, Traps),
        {Dead, _} = Started = spawn_monitor(fun() -> ok end),
        down(Started),
        Returned = try link(Dead) catch Class:Why -> {Class, Why} end,
        exit({Returned, messages()})
    end)).

unlinked() ->
    Pid = spawn_link(fun() -> receive stop -> exit(now) end end),
    unlink(Pid),
    Pid ! stop,
    Before = messages(),
    %% Its exit signal is here already when it is unlinked.
    Other = spawn_link(fun() -> exit(now) end),
    receive after 20 -> unlink(Other) end,
    {Before, messages()}.

linked_twice() ->
    Pid = spawn_link(fun() -> receive stop -> exit(once) end end),
    link(Pid),
    {links, Links} = process_info(self(), links),
    Pid ! stop,
    {length([Link || Link <- Links, Link =:= Pid]), messages()}.

linked_to_itself() ->
    {link(self()), unlink(self()), lists:member(self(), element(2, process_info(self(), links)))}.

in_order() ->
    {Pid, _} = Started = spawn_monitor(fun() ->
        process_flag(trap_exit, true),
        receive ready -> ok end,
        receive go -> exit(messages()) end
    end),
    Pid ! ready,
    receive after 20 -> ok end,
    exit(Pid, a), Pid ! m1, exit(Pid, b), Pid ! m2, exit(Pid, normal), Pid ! go,
    down(Started).

trapped_no_more() ->
    down(spawn_monitor(fun() ->
        process_flag(trap_exit, true),
        Me = self(),
        down(spawn_monitor(fun() -> exit(Me, later) end)),
        process_flag(trap_exit, false),
        exit({lives, messages()})
    end)).

killed_link() ->
    Pid = spawn_link(fun() -> receive never -> ok end end),
    exit(Pid, kill),
    receive {'EXIT', Pid, Reason} -> Reason end.

reasons() ->
    [
        plain_reason(down(spawn_monitor(Fun)))
     || Fun <- [
            fun() -> ok end, fun() -> exit(a) end, fun() -> throw(a) end, fun() -> error(a) end,
            fun() -> exit(kill) end, fun() -> erlang:raise(exit, a, []) end
        ]
    ].

plain_reason({Reason, [{_, _, _, _} | _]}) -> {Reason, stack};
plain_reason(Reason) -> Reason.

raised_in_after() -> down(spawn_monitor(fun() -> try exit(one) after exit(two) end end)).

alive() ->
    Pid = spawn(fun() -> receive never -> ok end end),
    Before = is_process_alive(Pid),
    exit(Pid, kill),
    {Before, is_process_alive(Pid)}.
