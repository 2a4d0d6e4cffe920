%% Timers that fire once or are cancelled; data that goes through many hands.
-module(soak_data).
-export([timers/0, run/0]).

timers() ->
    Started = [start(rand:uniform(3), N) || N <- lists:seq(1, 300)],
    Cancelled = [Timer || Timer <- Started, rand:uniform(2) =:= 1],
    Gone = lists:append([cancel(Timer) || Timer <- Cancelled]),
    Expected = lists:sort([N || {_, N} <- Started] -- Gone),
    Expected = lists:sort([receive {timer, N} -> N; {timeout, Ref, {timer, N, Ref}} -> N;
                                   {timeout, _, {timer, N}} -> N end || _ <- Expected]),
    receive Extra -> exit({extra, Extra}) after 60 -> ok end.

start(1, N) -> {erlang:send_after(rand:uniform(50), self(), {timer, N}), N};
start(2, N) -> {erlang:start_timer(rand:uniform(50), self(), {timer, N}), N};
start(3, N) ->
    At = erlang:monotonic_time(millisecond) + rand:uniform(50),
    {erlang:send_after(At, self(), {timer, N}, [{abs, true}]), N}.

%% The number of the timer, if it was stopped in time.
cancel({Ref, N}) ->
    case rand:uniform(2) of
        1 ->
            stopped(erlang:cancel_timer(Ref), N);
        2 ->
            erlang:cancel_timer(Ref, [{async, true}, {info, true}]),
            receive {cancel_timer, Ref, Result} -> stopped(Result, N) end
    end.

stopped(false, _) -> [];
stopped(Left, N) when is_integer(Left), Left >= 0 -> [N].

run() ->
    process_flag(trap_exit, true),
    Pids = [spawn_link(fun() -> rand:seed(exsss, Seed), relay() end)
            || Seed <- [rand:uniform(1 bsl 30) || _ <- lists:seq(1, 6)]],
    Terms = [term(rand:uniform(6)) || _ <- lists:seq(1, 40)],
    Ways = [begin
        [First | Rest] = shuffled(Pids),
        First ! {pass, Rest, self(), N, Term}
    end || {N, Term} <- lists:enumerate(Terms)],
    40 = length(Ways),
    [receive {back, N, Back} -> Back = Term end || {N, Term} <- lists:enumerate(Terms)],
    [begin exit(Pid, shutdown), receive {'EXIT', Pid, shutdown} -> ok end end || Pid <- Pids],
    counting(),
    persistent().

relay() ->
    receive
        {pass, [], To, N, Term} -> To ! {back, N, Term};
        {pass, [Next | Rest], To, N, Term} -> Next ! {pass, Rest, To, N, Term}
    end,
    case rand:uniform(5) of
        1 -> garbage_collect();
        2 -> erlang:hibernate(erlang, apply, [fun relay/0, []]);
        3 -> put(key, lists:seq(1, rand:uniform(100)));
        _ -> erase()
    end,
    relay().

term(1) -> lists:seq(1, rand:uniform(2000));
term(2) -> binary:copy(<<"text">>, rand:uniform(5000));
term(3) -> maps:from_list([{N, {N, integer_to_list(N)}} || N <- lists:seq(1, rand:uniform(200))]);
term(4) ->
    Binary = binary:copy(<<0, 1, 2, 3>>, 1000),
    [binary:part(Binary, N, 100) || N <- lists:seq(1, 30)];
term(5) -> {make_ref(), self(), 1 bsl rand:uniform(2000), 1.5, fun() -> ok end};
term(6) -> << <<N:3>> || N <- lists:seq(1, rand:uniform(3000)) >>.

shuffled(List) -> [X || {_, X} <- lists:sort([{rand:uniform(), X} || X <- List])].

counting() ->
    Counters = counters:new(2, [write_concurrency]),
    Atomics = atomics:new(1, []),
    Count = fun() -> [begin counters:add(Counters, 2, 3), atomics:add(Atomics, 1, -1) end || _ <- lists:seq(1, 500)] end,
    Pids = [spawn_monitor(Count) || _ <- lists:seq(1, 4)],
    [receive {'DOWN', Ref, process, Pid, normal} -> ok end || {Pid, Ref} <- Pids],
    6000 = counters:get(Counters, 2),
    -2000 = atomics:get(Atomics, 1).

persistent() ->
    Read = fun() -> [{N, N} = persistent_term:get(soak, {0, 0}) || _ <- lists:seq(1, 100), N <- [element(1, persistent_term:get(soak_fixed))]] end,
    persistent_term:put(soak_fixed, {1}),
    persistent_term:put(soak, {1, 1}),
    Pids = [spawn_monitor(Read) || _ <- lists:seq(1, 3)],
    [receive {'DOWN', Ref, process, Pid, normal} -> ok end || {Pid, Ref} <- Pids],
    persistent_term:erase(soak),
    persistent_term:erase(soak_fixed),
    held().

%% What processes hold stays as it is when there is another value, or none.
held() ->
    N = rand:uniform(300),
    persistent_term:put(soak_held, {N, lists:seq(1, N), binary:copy(<<1>>, N)}),
    Me = self(),
    Pids = [spawn_monitor(fun() -> holder(Me) end) || _ <- lists:seq(1, 4)],
    [receive {Pid, has_it} -> ok end || {Pid, _} <- Pids],
    [begin persistent_term:put(soak_held, {X, lists:seq(X, X + N)}), erlang:yield() end || X <- lists:seq(1, 20)],
    persistent_term:erase(soak_held),
    [receive after rand:uniform(5) -> ok end || rand:uniform(2) =:= 1],
    [Pid ! go_on || {Pid, _} <- Pids],
    [receive {'DOWN', Ref, process, Pid, normal} -> ok end || {Pid, Ref} <- Pids].

holder(For) ->
    {_, _, Part} = Value = persistent_term:get(soak_held),
    For ! {self(), has_it},
    receive go_on -> ok end,
    {N, List, Binary} = Value,
    N = length(List),
    N = lists:last(List),
    Part = Binary,
    N = byte_size(Binary).
