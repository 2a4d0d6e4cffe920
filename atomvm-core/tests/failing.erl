%% What a program does that takes memory, one function for each area. Needs no library.
-module(failing).
-export([processes/0, messages/0, tables/0, maps/0, binaries/0, numbers/0, timers/0, exceptions/0,
         dictionary/0, atoms/0, terms/0, persistent/0, funs/0, matches/0, child/1, fail/1]).

processes() ->
    process_flag(trap_exit, true),
    Ps = [spawn_link(fun() -> receive stop -> exit(N) end end) || N <- seq(1, 30)],
    Qs = [spawn_opt(?MODULE, child, [self()], [monitor]) || _ <- seq(1, 10)],
    Refs = [erlang:monitor(process, P) || P <- Ps],
    register(failing_name, hd(Ps)),
    registered(),
    erlang:processes(),
    [process_info(P) || P <- [self() | Ps]],
    [process_info(P, [memory, links, monitors, messages]) || P <- Ps],
    [P ! stop || P <- Ps],
    [receive {'EXIT', P, _} -> ok end || P <- Ps],
    [receive {'DOWN', R, process, _, _} -> ok end || R <- Refs],
    [receive {child, P} -> receive {'DOWN', R, process, P, _} -> ok end end || {P, R} <- Qs],
    A = alias(),
    A ! through_alias,
    receive through_alias -> unalias(A) end,
    {length(Ps), length(Qs)}.

child(To) -> put(a, b), To ! {child, self()}.

messages() ->
    Self = self(),
    P = spawn(fun() -> Self ! {ready, self()}, collect(50, []) end),
    receive {ready, P} -> ok end,
    [P ! {message, N, seq(1, N), <<N:256>>} || N <- seq(1, 50)],
    P ! {done, self()},
    receive {all, N} -> N end.

collect(0, Seen) -> receive {done, To} -> To ! {all, length(Seen)} end;
collect(N, Seen) -> receive {message, N, List, B} -> collect(N - 1, [{List, B} | Seen]) end.

tables() ->
    [begin
         T = ets:new(Type, [Type, public, named_table, {keypos, 1}]),
         [ets:insert(T, {N, seq(1, N rem 7), {x, N}}) || N <- seq(1, 100)],
         [ets:lookup(T, N) || N <- seq(1, 100)],
         ets:select(T, [{{'$1', '_', {x, '$2'}}, [{'<', '$1', 50}], [{{'$1', '$2'}}]}]),
         ets:match_object(T, {'_', [1], '_'}),
         ets:match_object(T, '_'),
         ets:select_count(T, [{{'$1', '_', '_'}, [{'>', '$1', 50}], [true]}]),
         Type =:= set andalso ets:update_counter(T, counter, 1, {counter, 0}),
         ets:info(T, size),
         ets:delete(T)
     end || Type <- [set, ordered_set, bag, duplicate_bag]],
    ok.

maps() ->
    M = fill(200, #{}),
    L = [{N, N} || N <- maps:keys(M)],
    maps:from_list(L),
    Small = #{a => 1, {b} => 2},
    {map_size(maps:merge(M, Small)), map_size(drop(150, M)), maps:keys(Small), M =:= M#{1 := 1}}.

fill(0, M) -> M;
fill(N, M) -> fill(N - 1, M#{N => N, {N} => [N]}).
drop(0, M) -> M;
drop(N, M) -> drop(N - 1, maps:remove({N}, M)).

binaries() ->
    B = build(300, <<>>),
    [C | _] = [binary:copy(B, N) || N <- seq(1, 5)],
    Parts = [binary:part(C, N, 100) || N <- seq(1, 5)],
    S = << <<(X bxor 1)>> || <<X>> <= B >>,
    M = binary:matches(B, [<<1>>, <<2, 3>>]),
    Text = list_to_binary([104, [<<"x">>]]),
    T = term_to_binary({B, Parts, 1.5, Text, self()}, []),
    {B2, _, _, Text, _} = binary_to_term(T),
    I = iolist_to_binary([B, [S | Text], 7]),
    {byte_size(B2), length(M), byte_size(I), binary:part(B, 1, 2), erlang:md5(B),
     list_to_binary(binary_to_list(B)), crypto(B)}.

crypto(B) -> {erlang:crc32(B), erlang:phash2(B)}.

build(0, B) -> B;
build(N, B) -> build(N - 1, <<B/binary, N>>).

numbers() ->
    F = fact(150),
    %% The library for large integers cannot be refused memory, so these are none that it handles.
    12345 = list_to_integer(integer_to_list(12345)),
    {F rem 1000000007, is_integer(F div 1000000007), is_integer((F bsl 100) bsr 90), float_to_list(1.5), list_to_float("2.5"),
     is_integer(F band (F - 1)), is_integer(-F bxor 5)}.

fact(0) -> 1;
fact(N) -> N * fact(N - 1).

timers() ->
    Ts = [erlang:send_after(100000 + N * 1000, self(), {late, N}) || N <- seq(1, 100)],
    [erlang:start_timer(0, self(), N) || N <- seq(1, 20)],
    [receive {timeout, _, N} -> ok end || N <- seq(1, 20)],
    receive after 1 -> ok end,
    [erlang:cancel_timer(T) || T <- Ts],
    ok.

exceptions() ->
    [try fail(N) catch C:R:S -> {C, R, length(S)} end || N <- seq(1, 12)].

fail(1) -> erlang:error({a, [b]});
fail(2) -> throw(seq(1, 20));
fail(3) -> exit(self());
fail(4) -> binary_to_integer(<<"x">>);
fail(5) -> element(5, {a});
fail(6) -> ets:lookup(no_table, 1);
fail(7) -> not_there:at_all(1, 2);
fail(8) -> (fun(a) -> ok end)(b);
fail(9) -> #{} = seq(1, 3);
fail(10) -> maps:get(a, #{});
fail(11) -> erlang:raise(error, again, []);
fail(N) when N > 11 -> case N of 0 -> ok end.

dictionary() ->
    [put({key, N}, {N}) || N <- seq(1, 100)],
    L = length(get()),
    [erase({key, N}) || N <- seq(1, 100)],
    {L, get()}.

atoms() ->
    [list_to_atom("failing_atom_" ++ integer_to_list(N)) || N <- seq(1, 50)].

terms() ->
    L = [{N rem 7, N * 1.5, [N], <<N>>, make_ref()} || N <- seq(1, 100)],
    S = lists:reverse(L, []),
    {length(L ++ S), length(L -- S), tuple_size(list_to_tuple(L)), lists:keyfind(5, 1, L),
     L < S, erlang:phash2(S), setelement(1, hd(L), x),
     erlang:make_tuple(100, a)}.

persistent() ->
    [persistent_term:put({failing, N}, {N, seq(1, N)}) || N <- seq(1, 20)],
    {20, _} = persistent_term:get({failing, 20}),
    [persistent_term:put({failing, N}, new) || N <- seq(1, 10)],
    [persistent_term:erase({failing, N}) || N <- seq(1, 20)].

funs() ->
    Fs = [fun(X) -> X + N end || N <- seq(1, 20)],
    {[F(1) || F <- Fs], erlang:fun_info(hd(Fs)), fun ?MODULE:fail/1}.



matches() ->
    erlang:trace_pattern({?MODULE, child, 1}, true, []),
    erlang:trace(all, false, [call]),
    erlang:match_spec_test({1, 2}, [{{'$1', '_'}, [], ['$1']}], table).

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].
