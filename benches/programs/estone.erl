%% The list of work of OTP's estone test, each part with work of its own: messages of three sizes,
%% matching, walking, data in a process's and in a large heap, built-in functions, binaries, ets,
%% a server, integers, floats, calls, timers, links.
-module(estone).
-export([start/0, loop/1]).

start() ->
    [lists(60), messages(2000, ok), messages(1000, lists:seq(1, 50)), messages(50, lists:seq(1, 5000)),
     matching(3000, 0), traverse(40), dataset(30), dictionary(3000), bifs(3000, 0), binaries(400),
     table(3000), server(1500), integers(20000, 7), floats(20000, 1.5), calls(20000), timers(20), links(150)].

lists(0) -> [];
lists(N) ->
    L = lists:seq(1, 200),
    [length(lists:reverse(L) ++ L) + lists:sum(lists:append([L, [N]]))| lists(N - 1)].

messages(N, Body) ->
    Echo = spawn_link(fun() -> echo() end),
    Sum = bounce(N, Echo, Body, 0),
    Echo ! stop,
    Sum.

echo() -> receive {From, Body} -> From ! {self(), Body}, echo(); stop -> ok end.

bounce(0, _, _, Sum) -> Sum;
bounce(N, Echo, Body, Sum) ->
    Echo ! {self(), Body},
    receive {Echo, B} -> bounce(N - 1, Echo, B, Sum + 1) end.

matching(0, Sum) -> Sum;
matching(N, Sum) ->
    matching(N - 1, Sum + lists:sum([kind(T) || T <- [a, b, {a, N}, {b, N, [N]}, [N, N], [], <<N>>, N, 1.0, {x, {y, {z, N}}}]])).

kind(a) -> 1;
kind(b) -> 2;
kind({a, _}) -> 3;
kind({b, N, [N | _]}) -> 4;
kind([X, X]) -> 5;
kind([]) -> 6;
kind(<<_>>) -> 7;
kind(N) when is_integer(N) -> 8;
kind(F) when is_float(F) -> 9;
kind({x, {y, {z, _}}}) -> 10.

traverse(0) -> 0;
traverse(N) -> walk([{I, [I, {I, I}], #{i => I}} || I <- lists:seq(1, 100)]) + traverse(N - 1).

walk(T) when is_tuple(T) -> walk(tuple_to_list(T));
walk([H | T]) -> walk(H) + walk(T);
walk(M) when is_map(M) -> walk(maps:values(M));
walk(I) when is_integer(I) -> I;
walk([]) -> 0.

dataset(N) ->
    Data = [{I, lists:seq(1, 20)} || I <- lists:seq(1, 300)],
    lists:sum([length(element(2, lists:keyfind(1 + I * 7 rem 300, 1, Data))) || I <- lists:seq(1, N * 10)]).

dictionary(N) ->
    [put({key, I rem 100}, I) || I <- lists:seq(1, N)],
    Sum = lists:sum([get({key, I rem 100}) || I <- lists:seq(1, N)]),
    [erase({key, I}) || I <- lists:seq(0, 99)],
    Sum.

bifs(0, Sum) -> Sum;
bifs(N, Sum) ->
    T = {N, N + 1, atom_to_list(abc)},
    bifs(N - 1, Sum + size(T) + element(1, setelement(1, T, 3)) + length(integer_to_list(N)) + byte_size(term_to_binary(T))
                  + case list_to_atom("abc") of abc -> 1 end + tuple_size(list_to_tuple([a, b])) + round(N / 2) + hd([N | []])).

binaries(0) -> [];
binaries(N) ->
    B = list_to_binary(lists:seq(0, 255)),
    {A, C} = split_binary(B, N rem 256),
    [byte_size(list_to_binary([C, A])) + length(binary_to_list(A)) | binaries(N - 1)].

table(N) ->
    T = ets:new(t, [set]),
    [ets:insert(T, {I, [I]}) || I <- lists:seq(1, N)],
    Sum = lists:sum([hd(ets:lookup_element(T, I, 2)) || I <- lists:seq(1, N)]),
    [ets:delete(T, I) || I <- lists:seq(1, N, 2)],
    Size = ets:info(T, size),
    ets:delete(T),
    {Sum, Size}.

server(N) ->
    P = spawn_link(?MODULE, loop, [0]),
    Sum = lists:sum([call(P, {add, I}) || I <- lists:seq(1, N)]),
    P ! stop,
    Sum.

call(P, Request) ->
    Ref = monitor(process, P),
    P ! {call, self(), Ref, Request},
    receive {Ref, Reply} -> demonitor(Ref, [flush]), Reply end.

loop(State) ->
    receive
        {call, From, Ref, {add, N}} -> From ! {Ref, State}, loop(State + N);
        stop -> ok
    end.

integers(0, X) -> X;
integers(N, X) -> integers(N - 1, ((X * 31 + N) div 3 rem 65537) bxor (N band 255)).

floats(0, X) -> X;
floats(N, X) -> floats(N - 1, (X * 1.01 + N / 7.0) / 1.5 - 0.25).

calls(0) -> 0;
calls(N) -> one(N) + calls(N - 1).

one(N) -> two(N, 1).
two(N, M) -> three(N, M, 2).
three(N, M, L) -> (N + M + L) band 1.

timers(N) ->
    [receive tick -> 1 end || _ <- lists:seq(1, N), is_reference(erlang:send_after(0, self(), tick))] =:= lists:duplicate(N, 1).

links(N) ->
    Old = process_flag(trap_exit, true),
    Pids = [spawn_link(fun() -> receive go -> exit({done, I}) end end) || I <- lists:seq(1, N)],
    [P ! go || P <- Pids],
    Sum = lists:sum([receive {'EXIT', P, {done, I}} -> I end || P <- Pids]),
    process_flag(trap_exit, Old),
    Sum.
