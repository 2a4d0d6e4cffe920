%% Signals between two processes keep their order; copies are deep and independent.
-module(proc_order).
-export([start/0]).

start() ->
    {fifo(2000), echo(300), big_message(), shared(), many_to_one(20, 50), ping(500), pipeline([fun(X) -> X + 1 end, fun(X) -> X * 3 end, fun(X) -> {X} end], lists:seq(1, 20)),
     self_send(), exit_after_send(), barrier(10), bank()}.

fifo(N) ->
    Me = self(),
    spawn(fun() -> [Me ! {k, I} || I <- lists:seq(1, N)] end),
    [receive {k, I} -> I end || _ <- lists:seq(1, N)] =:= lists:seq(1, N).

echo(N) ->
    P = spawn(fun E() -> receive {F, X} -> F ! X, E(); stop -> ok end end),
    L = [begin P ! {self(), I}, receive I -> I end end || I <- lists:seq(1, N)],
    P ! stop,
    lists:sum(L).

big_message() ->
    T = {lists:seq(1, 5000), maps:from_list([{I, {I}} || I <- lists:seq(1, 200)]), binary:copy(<<"z">>, 5000), 1 bsl 500, 2.5, "text", fun(X) -> X end},
    P = spawn(fun() -> receive {F, X} -> F ! {back, X} end end),
    P ! {self(), T},
    receive {back, T2} -> T2 =:= T end.

shared() ->
    L = lists:seq(1, 10),
    T = {L, L, L},
    P = spawn(fun() -> receive {F, {A, B, C}} -> F ! {A =:= B, B =:= C, length(A)} end end),
    P ! {self(), T},
    receive X -> X end.

many_to_one(Procs, Each) ->
    Me = self(),
    [spawn(fun() -> [Me ! {Id, I} || I <- lists:seq(1, Each)] end) || Id <- lists:seq(1, Procs)],
    collect(Procs * Each, #{}).
collect(0, M) -> lists:all(fun(L) -> lists:reverse(L) =:= lists:seq(1, length(L)) end, maps:values(M));
collect(N, M) -> receive {Id, I} -> collect(N - 1, maps:update_with(Id, fun(L) -> [I | L] end, [I], M)) end.

ping(N) ->
    Me = self(),
    P = spawn(fun() -> pong(Me, N) end),
    loop(P, N, 0).
loop(_, 0, S) -> S;
loop(P, N, S) -> P ! ping, receive {pong, K} -> loop(P, N - 1, S + K) end.
pong(_, 0) -> ok;
pong(To, N) -> receive ping -> To ! {pong, N}, pong(To, N - 1) end.

pipeline(Fs, L) ->
    First = lists:foldr(fun(F, Next) -> spawn(fun() -> stage(F, Next) end) end, self(), Fs),
    [First ! {item, X} || X <- L],
    First ! done,
    drain().
stage(F, Next) -> receive {item, X} -> Next ! {item, F(X)}, stage(F, Next); done -> Next ! done end.
drain() -> receive {item, X} -> [X | drain()]; done -> [] end.

self_send() -> [self() ! X || X <- [a, b, c]], [receive X -> X end || _ <- [1, 2, 3]].

exit_after_send() ->
    process_flag(trap_exit, true),
    Me = self(),
    P = spawn_link(fun() -> Me ! last_words, exit(gone) end),
    R = [receive M -> case M of {'EXIT', P, W} -> W; _ -> M end end || _ <- [1, 2]],
    process_flag(trap_exit, false),
    R.

barrier(N) ->
    Me = self(),
    Ps = [spawn(fun() -> Me ! {at, self()}, receive go -> Me ! {done, I} end end) || I <- lists:seq(1, N)],
    [receive {at, P} -> ok end || P <- Ps],
    [P ! go || P <- lists:reverse(Ps)],
    lists:sort([receive {done, I} -> I end || _ <- Ps]).

bank() ->
    Acc = spawn(fun() -> account(0) end),
    Me = self(),
    [spawn(fun() -> [Acc ! {add, 1} || _ <- lists:seq(1, 100)], Me ! fin end) || _ <- lists:seq(1, 10)],
    [receive fin -> ok end || _ <- lists:seq(1, 10)],
    Acc ! {get, Me},
    receive {balance, B} -> B end.
account(N) -> receive {add, K} -> account(N + K); {get, P} -> P ! {balance, N} end.
