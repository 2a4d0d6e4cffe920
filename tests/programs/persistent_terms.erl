%% persistent_term: what was replaced or erased stays with those that hold it, and is given back when nobody does.
-module(persistent_terms).
-export([start/0]).

-define(MANY, 2000).

start() ->
    R = [answers(), holders(), kept(), native(), grows(), many(), large_binary(), shared_parts(), graph()],
    R.

answers() ->
    persistent_term:put(k, [1, 2, 3]),
    A = [persistent_term:get(k), persistent_term:put(k, [1, 2, 3]), persistent_term:get(k), persistent_term:put(k, [4]), persistent_term:get(k, none)],
    B = [persistent_term:erase(k), persistent_term:erase(k), persistent_term:get(k, none), catch_(fun() -> persistent_term:get(k) end)],
    [persistent_term:put(K, {K}) || K <- [1, 1.0, <<1>>, [], {}, #{}]],
    C = [persistent_term:get(K, none) || K <- [1, 1.0, <<1>>, <<1:1>>, [], {}, #{}, "no"]],
    Listed = persistent_term:get(),
    D = [[P || {Key, _} = P <- Listed, Key =:= K] || K <- [1, 1.0, <<1>>, [], {}, #{}]],
    E = [persistent_term:erase(K) || K <- [1, 1.0, <<1>>, [], {}, #{}]],
    [A, B, C, D, E].

%% Every way in which a process can hold a value when it is erased.
holders() ->
    Ways = [register, stack, dictionary, inside, message, caught, fun_, sub_binary, map, hibernating, old],
    [{Way, hold(Way)} || Way <- Ways].

hold(Way) ->
    Value = value(Way),
    persistent_term:put(held, Value),
    Me = self(),
    {P, M} = spawn_monitor(fun() -> holder(Way, Me) end),
    receive {P, ready} -> ok end,
    persistent_term:erase(held),
    churn(),
    P ! {tell, self()},
    Told = receive {P, told, T} -> T; {'DOWN', M, _, _, R} -> R end,
    demonitor(M, [flush]),
    Told =:= Value orelse Told.

value(sub_binary) -> {binary:copy(<<"0123456789">>, 100)};
value(_) -> {lists:seq(1, 200), <<"small">>, binary:copy(<<"large">>, 100), #{a => [b, {c}]}, 1 bsl 100, 1.5, fun lists:map/2}.

holder(register, Me) -> V = persistent_term:get(held), ready(Me), tell(V);
holder(stack, Me) -> V = persistent_term:get(held), deep(20, V, Me);
holder(dictionary, Me) -> put(v, persistent_term:get(held)), ready(Me), receive {tell, To} -> To ! {self(), told, get(v)} end;
holder(inside, Me) -> V = [{x, element(N, persistent_term:get(held))} || N <- lists:seq(1, 7)], ready(Me), tell(list_to_tuple([E || {x, E} <- V]));
holder(message, Me) -> self() ! {own, persistent_term:get(held)}, ready(Me), receive {tell, To} -> receive {own, V} -> To ! {self(), told, V} end end;
holder(caught, Me) -> try throw(persistent_term:get(held)) catch V -> ready(Me), tell(V) end;
holder(fun_, Me) -> V = persistent_term:get(held), F = fun(To) -> To ! {self(), told, V} end, ready(Me), receive {tell, To} -> F(To) end;
holder(sub_binary, Me) -> {B} = persistent_term:get(held), <<A:300/binary, C/binary>> = B, ready(Me), receive {tell, To} -> To ! {self(), told, {<<A/binary, C/binary>>}} end;
holder(map, Me) -> V = persistent_term:get(held), M = maps:from_list([{N, V} || N <- lists:seq(1, 100)]), ready(Me), tell(map_get(77, M));
holder(hibernating, Me) -> V = persistent_term:get(held), ready(Me), erlang:hibernate(erlang, apply, [fun tell/1, [V]]);
holder(old, Me) -> V = persistent_term:get(held), L = lists:duplicate(500, V), [garbage_collect() || _ <- [1, 2, 3]], ready(Me), tell(lists:last(L)).

ready(Me) -> Me ! {self(), ready}.
tell(V) -> receive {tell, To} -> To ! {self(), told, V} end.
deep(0, V, Me) -> ready(Me), tell(V);
deep(N, V, Me) -> deep(N - 1, V, Me), element(1, V).

%% Gives the collector of former terms time, and puts others in their place.
churn() ->
    [begin persistent_term:put({churn, N}, lists:seq(N, N + 300)), erlang:yield() end || N <- lists:seq(1, 50)],
    [persistent_term:erase({churn, N}) || N <- lists:seq(1, 50)],
    [garbage() || _ <- lists:seq(1, 20)],
    timer:sleep(5).
garbage() -> length([{N, [N]} || N <- lists:seq(1, 500)]).

%% One process keeps one value after the other.
kept() ->
    L = [begin persistent_term:put(kept, {N, lists:seq(1, N)}), erlang:yield(), persistent_term:get(kept) end || N <- lists:seq(1, 100)],
    persistent_term:erase(kept),
    churn(),
    [length(S) =:= N || {N, S} <- L] =:= lists:duplicate(100, true).

%% A native function that works through a value while it is erased.
native() ->
    persistent_term:put(big, lists:seq(1, 300000)),
    Me = self(),
    Ps = [spawn(fun() -> V = persistent_term:get(big), Me ! {self(), ready}, Me ! {self(), F(V)} end) || F <- [fun lists:sum/1, fun(V) -> length(lists:reverse(V)) end, fun(V) -> byte_size(term_to_binary(V)) end, fun erlang:phash2/1, fun(V) -> lists:last(V ++ [x]) end]],
    [receive {P, ready} -> ok end || P <- Ps],
    persistent_term:erase(big),
    churn(),
    [receive {P, R} -> R end || P <- Ps].

%% Putting ever other values does not make the VM larger.
grows() ->
    Put = fun() -> [begin persistent_term:put(grows, lists:seq(N, N + 10000)), erlang:yield() end || N <- lists:seq(1, 300)], persistent_term:erase(grows), settle() end,
    Put(),
    Before = erlang:memory(total),
    Put(),
    falls_below(Before + 4000000, 200).

%% What was erased may be given back some time later.
falls_below(_, 0) -> false;
falls_below(Most, Times) ->
    garbage_collect(),
    erlang:memory(total) < Most orelse begin timer:sleep(20), falls_below(Most, Times - 1) end.

settle() -> [begin erlang:yield(), timer:sleep(1) end || _ <- lists:seq(1, 50)].

%% Many keys at once, which many processes hold.
many() ->
    [persistent_term:put({many, N}, {N, [N]}) || N <- lists:seq(1, ?MANY)],
    Me = self(),
    Ps = [spawn(fun() -> L = [persistent_term:get({many, N}) || N <- lists:seq(K, ?MANY, 50)], Me ! {self(), ready}, receive {tell, To} -> To ! {self(), lists:sum([N || {N, [N]} <- L])} end end) || K <- lists:seq(1, 50)],
    [receive {P, ready} -> ok end || P <- Ps],
    [persistent_term:erase({many, N}) || N <- lists:seq(1, ?MANY)],
    churn(),
    [P ! {tell, self()} || P <- Ps],
    lists:sum([receive {P, S} -> S end || P <- Ps]).

%% The memory of a large binary is given back as well.
large_binary() ->
    Before = erlang:memory(binary),
    persistent_term:put(bin, binary:copy(<<"x">>, 10000000)),
    With = erlang:memory(binary),
    persistent_term:erase(bin),
    garbage_collect(),
    {With - Before > 9000000, until(fun() -> erlang:memory(binary) - Before < 1000000 end, 1000)}.

until(_, 0) -> false;
until(Test, Tries) -> Test() orelse begin timer:sleep(10), until(Test, Tries - 1) end.

shared_parts() ->
    persistent_term:put(one, {a, "text"}),
    persistent_term:put(two, {persistent_term:get(one), persistent_term:get(one)}),
    ets:new(pt_table, [named_table]),
    ets:insert(pt_table, {x, persistent_term:get(two)}),
    Timer = erlang:start_timer(100, self(), persistent_term:get(two)),
    persistent_term:erase(one),
    churn(),
    A = persistent_term:get(two),
    persistent_term:erase(two),
    churn(),
    B = receive {timeout, Timer, V} -> V end,
    C = ets:lookup(pt_table, x),
    ets:delete(pt_table),
    [A, B, C].

%% What is shared inside a value stays so: as a tree this one would be larger than any memory.
graph() ->
    Value = lists:foldl(fun(_, Part) -> {Part, [Part]} end, {leaf, self()}, lists:seq(1, 60)),
    persistent_term:put(graph, Value),
    Got = persistent_term:get(graph),
    A = {erts_debug:size(Got), erts_debug:same(element(1, Got), hd(element(2, Got)))},
    persistent_term:erase(graph),
    churn(),
    {A, erts_debug:size(Got), erts_debug:same(element(1, Got), hd(element(2, Got)))}.

catch_(Do) -> try Do() catch C:R -> {C, R} end.
