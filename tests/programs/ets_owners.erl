%% Who owns a table, who inherits it, who may use it, and what it tells about itself.
-module(ets_owners).
-export([start/0]).
-include_lib("stdlib/include/ms_transform.hrl").

start() ->
    heirs(),
    gifts(),
    rights(),
    names(),
    infos(),
    fixes(),
    compiled(),
    continuations(),
    lists:sort(ets:all()) =:= lists:sort(ets:all()).

spawned(Fun) ->
    {Pid, Ref} = spawn_monitor(Fun),
    receive {'DOWN', Ref, process, Pid, Reason} -> {Pid, Reason} end.

heirs() ->
    Self = self(),
    {Pid, normal} = spawned(fun() ->
                                    T = ets:new(left, [{heir, Self, {data, [1, 2]}}]),
                                    ets:insert(T, {a, 1}),
                                    Self ! {table, T}
                            end),
    T = receive {table, Tab} -> Tab end,
    receive
        {'ETS-TRANSFER', T, Pid, Data} ->
            io:format("~p ~p ~p ~p~n", [Data, ets:info(T, owner) =:= Self, ets:info(T, heir) =:= Self,
                                        ets:tab2list(T)])
    end,
    ets:delete(T),
    {_, normal} = spawned(fun() ->
                                  ets:new(left, [named_table, {heir, Self, x}]),
                                  ets:new(gone, [named_table]),
                                  ets:new(none, [named_table, {heir, none}])
                          end),
    receive {'ETS-TRANSFER', left, _, x} -> ok end,
    io:format("~p~n", [[ets:info(N, name) || N <- [left, gone, none]]]),
    ets:delete(left),
    {Dead, _} = spawned(fun() -> ok end),
    spawned(fun() -> ets:new(left, [named_table, {heir, Dead, x}]) end),
    io:format("~p~n", [ets:whereis(left)]).

gifts() ->
    Self = self(),
    T = ets:new(gift, [named_table, private]),
    ets:insert(T, {a, 1}),
    {Pid, Ref} = spawn_monitor(fun() ->
                                       receive
                                           {'ETS-TRANSFER', gift, From, Data} ->
                                               exit({From =:= Self, Data, ets:tab2list(gift)})
                                       end
                               end),
    true = ets:give_away(T, Pid, "for you"),
    io:format("~p~n", [try ets:lookup_element(T, a, 2) catch error:badarg -> badarg end]),
    receive {'DOWN', Ref, _, _, Reason} -> io:format("~p~n", [Reason]) end,
    io:format("~p~n", [ets:info(T)]),
    {Heir, Mon} = spawn_monitor(fun() ->
                                        receive {'ETS-TRANSFER', T2, P, D} -> ets:insert(T2, {P =:= Self, D}) end,
                                        exit({ets:tab2list(T2), ets:info(T2, heir) =:= self()})
                                end),
    spawned(fun() -> ets:new(last, [{heir, Heir, "heir"}]) end),
    receive {'DOWN', Mon, _, _, End} -> io:format("~p~n", [End]) end.

rights() ->
    Try = fun(F) -> try F() catch C:R -> {C, R} end end,
    [begin
         T = ets:new(x, [P]),
         ets:insert(T, {a, 1}),
         {_, R} = spawned(fun() ->
                                  exit([Try(fun() -> ets:lookup(T, a) end),
                                        Try(fun() -> ets:insert(T, {b, 1}) end),
                                        Try(fun() -> ets:select(T, [{'_', [], [x]}]) end),
                                        Try(fun() -> ets:select_delete(T, [{'_', [], [true]}]) end),
                                        Try(fun() -> ets:update_counter(T, c, 1, {c, 2}) end),
                                        Try(fun() -> ets:info(T, protection) end),
                                        Try(fun() -> ets:setopts(T, {protection, private}) end),
                                        Try(fun() -> ets:rename(T, y) =:= T end)])
                          end),
         io:format("~p ~p~n", [P, R])
     end || P <- [public, protected, private]].

names() ->
    t = ets:new(t, [named_table]),
    Id = ets:whereis(t),
    ets:insert(Id, {a, 1}),
    io:format("~p~n", [{ets:lookup(t, a), ets:rename(t, u), ets:whereis(t), ets:whereis(u) =:= Id,
                        ets:lookup(u, a), ets:info(Id, name), ets:info(u, id) =:= Id, lists:member(u, ets:all())}]),
    ets:delete(Id),
    io:format("~p~n", [{ets:info(u), try ets:insert(u, {a, 1}) catch error:badarg -> badarg end}]).

infos() ->
    [begin
         T = ets:new(tab, Options),
         Info = [I || {K, _} = I <- ets:info(T), not lists:member(K, [id, memory, owner])],
         io:format("~0p~n    ~0p~n", [Options, Info]),
         true = is_integer(ets:info(T, memory)),
         ets:delete(T)
     end || Options <- [[], [ordered_set, public, {keypos, 3}], [bag, compressed, private],
                        [duplicate_bag, {read_concurrency, true}, {write_concurrency, true}],
                        [ordered_set, {write_concurrency, true}], [{write_concurrency, auto}],
                        [{write_concurrency, true}, {decentralized_counters, true}],
                        [{decentralized_counters, true}],
                        [ordered_set, {write_concurrency, true}, {decentralized_counters, false}],
                        [set, bag, ordered_set, set], [bag, set]]].

fixes() ->
    T = ets:new(x, [public]),
    ets:safe_fixtable(T, true),
    ets:safe_fixtable(T, true),
    {Time, Fixers} = ets:info(T, safe_fixed_monotonic_time),
    {{_, _, _}, Fixers} = ets:info(T, safe_fixed),
    io:format("~p ~p ~p~n", [is_integer(Time), [N || {P, N} <- Fixers, P =:= self()], ets:info(T, fixed)]),
    ets:safe_fixtable(T, false),
    io:format("~p~n", [ets:info(T, fixed)]),
    spawned(fun() -> ets:safe_fixtable(T, true) end),
    ets:safe_fixtable(T, false),
    io:format("~p ~p~n", [ets:info(T, fixed), ets:info(T, safe_fixed)]).

compiled() ->
    Spec = ets:match_spec_compile([{{'$1', '$2'}, [{'>', '$2', 1}], [{{'$2', '$1'}}]}]),
    io:format("~p~n", [{ets:is_compiled_ms(Spec), ets:is_compiled_ms(make_ref()),
                        ets:match_spec_run([{a, 1}, {b, 2}, {c, 3}, d], Spec),
                        ets:match_spec_run([], Spec),
                        length(ets:match_spec_run([{I, I} || I <- lists:seq(1, 20000)], Spec)),
                        ets:is_compiled_ms(binary_to_term(term_to_binary(Spec))),
                        [ets:match_spec_run([{x, I}], ets:match_spec_compile([{{'$1', I}, [], ['$1']}]))
                         || I <- lists:seq(1, 300)] =:= [[x] || _ <- lists:seq(1, 300)]}]),
    Test = ets:fun2ms(fun({A, B}) when A < B -> [A | B] end),
    io:format("~p ~p~n", [Test, ets:test_ms({1, 2}, Test)]).

continuations() ->
    [begin
         T = ets:new(x, [Type]),
         ets:insert(T, [{I, I} || I <- lists:seq(1, 20)]),
         Spec = [{{'$1', '_'}, [], ['$1']}],
         {First, Next} = ets:select(T, Spec, 5),
         false = ets:is_compiled_ms(binary_to_term(term_to_binary(Next))),
         Again = ets:repair_continuation(binary_to_term(term_to_binary(Next)), Spec),
         io:format("~p ~p~n", [Type, lists:sort(First ++ rest(ets:select(Again)))]),
         io:format("~p~n", [lists:sort(matches(ets:match(T, {'$1', '_'}, 3)))]),
         io:format("~p~n", [lists:sort(objects(ets:match_object(T, {'_', '_'}, 3)))])
     end || Type <- [set, ordered_set, bag, duplicate_bag]].

rest('$end_of_table') -> [];
rest({List, Next}) -> List ++ rest(ets:select(Next)).

matches('$end_of_table') -> [];
matches({List, Next}) -> List ++ matches(ets:match(Next)).

objects('$end_of_table') -> [];
objects({List, Next}) -> List ++ objects(ets:match_object(Next)).
