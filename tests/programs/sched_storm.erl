%% What must hold however many schedulers there are: no message is lost or overtaken, no process
%% is forgotten, signals take effect in order. All that depends on who is faster is left out.
-module(sched_storm).
-export([start/0]).

start() ->
    [io:format("~p ~p~n", [Name, alone(Test)]) || {Name, Test} <- tests()],
    ok.

%% Whoever a test has linked to itself ends with it.
alone(Test) ->
    {Pid, Ref} = spawn_monitor(fun() -> exit({result, Test()}) end),
    receive {'DOWN', Ref, process, Pid, Result} -> Result end.

tests() ->
    [
        {ring, fun() -> ring(50, 200) end},
        {all_to_all, fun() -> all_to_all(12, 100) end},
        {in_order, fun() -> in_order(8, 500) end},
        {spawn_tree, fun() -> spawn_tree(10) end},
        {linked_chain, fun() -> linked_chain(100) end},
        {monitored, fun() -> monitored(300) end},
        {kills, fun() -> kills(100) end},
        {timers, fun() -> timers(200) end},
        {calls, fun() -> calls(8, 200) end},
        {big_messages, fun() -> big_messages(6, 30) end},
        {shared_binaries, fun() -> shared_binaries(6, 100) end},
        {names, fun() -> names(50) end},
        {infos, fun() -> infos(30) end},
        {atoms, fun() -> atoms(4, 50) end},
        {first_calls, fun() -> first_calls(6) end},
        {persistent, fun() -> persistent(4, 50) end},
        {counters, fun() -> counting(6, 1000) end}
    ].

ring(Size, Rounds) ->
    Last = lists:foldl(
        fun(_, Next) -> spawn_link(fun() -> forward(Next) end) end, self(), lists:seq(1, Size)
    ),
    [Last ! {round, N} || N <- lists:seq(1, Rounds)],
    Got = [receive {round, N} -> N end || _ <- lists:seq(1, Rounds)],
    Last ! stop,
    receive stop -> ok end,
    Got =:= lists:seq(1, Rounds).

forward(Next) ->
    receive
        stop -> Next ! stop;
        Message -> Next ! Message, forward(Next)
    end.

all_to_all(Count, Messages) ->
    Self = self(),
    Pids = [spawn_link(fun() -> member(Self, Count, Messages) end) || _ <- lists:seq(1, Count)],
    [Pid ! {others, Pids} || Pid <- Pids],
    lists:sum([receive {sum, Pid, Sum} -> Sum end || Pid <- Pids]).

member(Parent, Count, Messages) ->
    receive {others, Pids} -> ok end,
    [Pid ! N || N <- lists:seq(1, Messages), Pid <- Pids],
    Parent ! {sum, self(), add(Count * Messages, 0)}.

add(0, Sum) -> Sum;
add(Left, Sum) -> receive N -> add(Left - 1, Sum + N) end.

in_order(Senders, Count) ->
    Self = self(),
    Pids = [
        spawn_link(fun() -> [Self ! {self(), N} || N <- lists:seq(1, Count)] end)
     || _ <- lists:seq(1, Senders)
    ],
    [[receive {Pid, N} -> N end || _ <- lists:seq(1, Count)] =:= lists:seq(1, Count) || Pid <- Pids].

spawn_tree(0) ->
    1;
spawn_tree(Depth) ->
    Self = self(),
    Pids = [spawn_link(fun() -> Self ! {self(), spawn_tree(Depth - 1)} end) || _ <- [1, 2]],
    lists:sum([receive {Pid, Sum} -> Sum end || Pid <- Pids]).

linked_chain(Length) ->
    process_flag(trap_exit, true),
    Self = self(),
    First = spawn_link(fun() -> chain(Self, Length) end),
    Last = receive {last, Pid} -> Pid end,
    exit(Last, broken),
    receive {'EXIT', First, Reason} -> Reason end.

chain(Top, 0) ->
    Top ! {last, self()},
    receive never -> ok end;
chain(Top, Length) ->
    spawn_link(fun() -> chain(Top, Length - 1) end),
    receive never -> ok end.

monitored(Count) ->
    Pairs = [spawn_monitor(fun() -> exit({value, N}) end) || N <- lists:seq(1, Count)],
    Got = [receive {'DOWN', Ref, process, Pid, {value, N}} -> N end || {Pid, Ref} <- Pairs],
    Got =:= lists:seq(1, Count).

kills(Count) ->
    Pairs = [spawn_monitor(fun busy/0) || _ <- lists:seq(1, Count)],
    [exit(Pid, kill) || {Pid, _} <- Pairs],
    lists:usort([receive {'DOWN', Ref, process, _, Why} -> Why end || {_, Ref} <- Pairs]).

busy() -> busy().

timers(Count) ->
    Refs = [erlang:start_timer(N rem 7, self(), N) || N <- lists:seq(1, Count)],
    Cancelled = [erlang:start_timer(60000, self(), never) || _ <- lists:seq(1, Count)],
    [erlang:cancel_timer(Ref) || Ref <- Cancelled],
    Got = [receive {timeout, Ref, N} -> N end || Ref <- Refs],
    {Got =:= lists:seq(1, Count), receive Other -> Other after 0 -> none end}.

calls(Clients, Count) ->
    Server = spawn_link(fun() -> serve(0) end),
    Self = self(),
    Pids = [
        spawn_link(fun() -> [call(Server) || _ <- lists:seq(1, Count)], Self ! {done, self()} end)
     || _ <- lists:seq(1, Clients)
    ],
    [receive {done, Pid} -> ok end || Pid <- Pids],
    call(Server).

serve(N) ->
    receive {call, From, Ref} -> From ! {Ref, N}, serve(N + 1) end.

call(Server) ->
    Ref = monitor(process, Server),
    Server ! {call, self(), Ref},
    receive {Ref, Reply} -> demonitor(Ref, [flush]), Reply end.

big_messages(Count, Rounds) ->
    Term = [{N, integer_to_binary(N), #{N => [N, N + 1]}} || N <- lists:seq(1, 500)],
    Self = self(),
    Pids = [spawn_link(fun() -> echo(Self) end) || _ <- lists:seq(1, Count)],
    [Pid ! Term || _ <- lists:seq(1, Rounds), Pid <- Pids],
    lists:usort([receive {Pid, Back} -> Back =:= Term end || _ <- lists:seq(1, Rounds), Pid <- Pids]).

echo(To) -> receive Term -> To ! {self(), Term}, echo(To) end.

shared_binaries(Count, Rounds) ->
    Binary = binary:copy(<<"0123456789">>, 100),
    Self = self(),
    Pids = [
        spawn_link(fun() ->
            Parts = [binary:part(Binary, N rem 900, 100) || N <- lists:seq(1, Rounds)],
            Self ! {self(), erlang:crc32(Parts), Parts}
        end)
     || _ <- lists:seq(1, Count)
    ],
    Got = [receive {Pid, Crc, Parts} -> erlang:crc32(Parts) =:= Crc end || Pid <- Pids],
    lists:usort(Got).

names(Rounds) ->
    lists:usort([
        begin
            {Pid, Ref} = spawn_monitor(fun() -> receive stop -> ok end end),
            register(storm_name, Pid),
            storm_name ! stop,
            receive {'DOWN', Ref, _, _, Why} -> {Why, whereis(storm_name)} end
        end
     || _ <- lists:seq(1, Rounds)
    ]).

infos(Count) ->
    Pids = [spawn_link(fun work/0) || _ <- lists:seq(1, Count)],
    Infos = [process_info(Pid, [status, links, message_queue_len]) || Pid <- Pids, _ <- [1, 2, 3]],
    [Pid ! stop || Pid <- Pids],
    lists:usort([is_list(Info) orelse Info || Info <- Infos]).

work() ->
    receive stop -> ok after 0 -> lists:sum(lists:seq(1, 200)), work() end.

atoms(Count, Rounds) ->
    Self = self(),
    Make = fun() -> Self ! {self(), [atom(N) || N <- lists:seq(1, Rounds)]} end,
    Pids = [spawn_link(Make) || _ <- lists:seq(1, Count)],
    length(lists:usort([receive {Pid, Atoms} -> Atoms end || Pid <- Pids])).

atom(N) -> list_to_atom("storm_" ++ integer_to_list(N)).

%% Several processes call modules that are not loaded yet.
first_calls(Count) ->
    Self = self(),
    Call = fun() ->
        Set = sofs:set([3, 1, 2], [x]),
        Result = {sofs:to_external(Set), string:pad("x", 3), orddict:to_list(orddict:from_list([]))},
        Self ! {self(), Result}
    end,
    Pids = [spawn_link(Call) || _ <- lists:seq(1, Count)],
    lists:usort([receive {Pid, Result} -> Result end || Pid <- Pids]).

persistent(Count, Rounds) ->
    persistent_term:put(storm, {0, 0}),
    Self = self(),
    Read = fun() ->
        Seen = [persistent_term:get(storm) || _ <- lists:seq(1, Rounds)],
        Self ! {self(), lists:all(fun({N, M}) -> M =:= N * N end, Seen)}
    end,
    Pids = [spawn_link(Read) || _ <- lists:seq(1, Count)],
    [persistent_term:put(storm, {N, N * N}) || N <- lists:seq(1, 20)],
    Result = lists:usort([receive {Pid, Right} -> Right end || Pid <- Pids]),
    persistent_term:erase(storm),
    Result.

counting(Count, Rounds) ->
    Counter = counters:new(1, []),
    Atomic = atomics:new(1, []),
    Add = fun() ->
        [begin counters:add(Counter, 1, 1), atomics:add(Atomic, 1, 2) end || _ <- lists:seq(1, Rounds)]
    end,
    Refs = [element(2, spawn_monitor(Add)) || _ <- lists:seq(1, Count)],
    [receive {'DOWN', Ref, _, _, normal} -> ok end || Ref <- Refs],
    {counters:get(Counter, 1), atomics:get(Atomic, 1)}.
