%% What a program does that takes memory, one function for each area. Needs no library.
-module(failing).
-export([processes/0, messages/0, tables/0, maps/0, binaries/0, numbers/0, timers/0, exceptions/0,
         dictionary/0, atoms/0, terms/0, persistent/0, funs/0, matches/0, code/1,
         unaligned/0, iterators/0, tracing/0, specs/0, updates/0, flags/0, texts/0, packets/0, external/0,
         child/1, fail/1, traced/1]).

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

code(Bytes) ->
    {module, ?MODULE} = atomvm_code:load(?MODULE, <<"failing.beam">>, Bytes),
    true = erlang:module_loaded(?MODULE),
    {length(?MODULE:module_info()), length(?MODULE:module_info(exports)), erlang:loaded(),
     erlang:function_exported(?MODULE, code, 1), erlang:check_old_code(?MODULE)}.

%% Binaries that do not begin at a byte are copied where bytes are needed.
unaligned() ->
    B = << <<N>> || N <- seq(65, 90) >>,
    Long = << <<N:16>> || N <- seq(1, 300) >>,
    <<_:3, A/binary>> = <<5:3, B/binary>>,
    <<_:1, L/binary>> = <<1:1, Long/binary>>,
    <<_:7, F/binary>> = <<1:7, "1.5">>,
    {binary_to_list(A), binary_to_atom(A, utf8), erlang:md5(L), erlang:crc32(L), erlang:phash2(L),
     binary:match(L, <<7>>), binary:matches(A, [<<"B">>, <<"CD">>]), binary:at(A, 3), binary:copy(A, 3),
     binary_to_float(F), term_to_binary(L), iolist_to_binary([L, A]), L < Long,
     unicode:characters_to_list(A, utf8), #{A => L}, byte_size(term_to_binary(#{L => A}))}.

iterators() ->
    M = fill(60, #{}),
    N = maps:from_list([{{K, [K]}, K} || K <- seq(1, 70)]),
    I = walk(erts_internal:map_next(0, M, iterator), 0),
    {I, M < N, N < M, M == M#{1 => 1.0}, M == N, lists:keymember(N, 1, [{M}]), erlang:phash2([M, N]), erlang:phash(N, 1000),
     map_size(maps:merge(M, N)), maps:values(N), erts_internal:map_next(0, N, iterator), maps:take(1, M), maps:keys(#{{a} => 1, [b] => 2}),
     map_size(maps:from_list([{K rem 20, K} || K <- seq(1, 30)]))}.

walk(none, N) -> N;
walk({_, _, [Path | M]}, N) -> walk(erts_internal:map_next(Path, M, iterator), N + 1);
walk({_, _, Next}, N) -> walk(Next, N + 1).

tracing() ->
    Self = self(),
    Tracer = spawn(fun() -> count_traces(0, Self) end),
    P = spawn(fun() -> receive go -> [?MODULE:traced(N) || N <- seq(1, 10)], Self ! done end end),
    erlang:trace(P, true, [call, 'receive', send, procs, {tracer, Tracer}]),
    erlang:trace_pattern({?MODULE, traced, 1}, [{['$1'], [{'>', '$1', 3}], [{return_trace}, {message, {{'$1', seen}}}]}], [global]),
    erlang:trace_pattern({?MODULE, seq, 2}, true, [local, call_count]),
    erlang:trace_info(P, flags),
    erlang:trace_info({?MODULE, traced, 1}, all),
    P ! go,
    receive done -> ok end,
    Tracer ! stop,
    receive {traces, N} -> N > 0 end.

traced(N) -> {N, seq(1, 3)}.

count_traces(N, To) ->
    receive
        stop -> To ! {traces, N};
        _ -> count_traces(N + 1, To)
    end.

specs() ->
    S = ets:match_spec_compile([{{'$1', '$2'}, [{'orelse', {'==', '$1', {const, {a, [b]}}}, {'>', '$2', 5}}], [#{k => '$1'}, ['$2'], '$_', '$$']}]),
    R = ets:match_spec_run_r([{{a, [b]}, 1}, {x, 9}, {y, 2}], S, []),
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N, {x, [N]}} || N <- seq(1, 60)]),
    C = chunks(ets:select(T, [{{'$1', '_', {x, '$2'}}, [], [{{'$1', '$2'}}]}], 7), 0),
    Some = [ets:select(T, [{{N, '_', '_'}, [], ['$_']} || N <- [3, 4, 5, {a}]]) || _ <- [1, 2]],
    {R, C, Some, ets:select_count(T, [{{'$1', '_', '_'}, [{'<', '$1', 10}], [true]}]),
     ets:select_replace(T, [{{'$1', '$2', '$3'}, [], [{{'$1', {'+', '$2', 1}, '$3'}}]}]),
     ets:match(T, {'$1', '$2', {x, [20]}}), catch ets:select(T, [{{'$1'}, [{foo, 1}], ['$1']}])}.

chunks('$end_of_table', N) -> N;
chunks({L, C}, N) -> chunks(ets:select(C), N + length(L)).

updates() ->
    T = ets:new(failing_updates, [bag, named_table, public]),
    S = ets:new(s, [{heir, self(), gift}, {keypos, 2}, {read_concurrency, true}]),
    ets:insert(T, [{N rem 5, seq(1, N)} || N <- seq(1, 30)]),
    ets:insert_new(S, [{a, N, 1, 2.5} || N <- seq(1, 30)]),
    ets:safe_fixtable(S, true),
    R = [ets:update_counter(S, 3, [{3, 5}, {3, 1, 6, 0}]), ets:update_element(S, 4, [{1, b}, {4, c}]),
         ets:update_element(S, 5, {1, d}), ets:take(S, 6), ets:delete(S, 7), ets:delete_object(T, {0, []}),
         ets:slot(S, 0), ets:info(S), ets:info(T, owner), ets:first(S), ets:next(S, ets:first(S)),
         ets:lookup_element(T, 2, 2), ets:member(S, 9), ets:setopts(S, {heir, none}),
         ets:rename(T, failing_renamed), ets:whereis(failing_renamed)],
    ets:safe_fixtable(S, false),
    P = spawn(fun() -> receive {'ETS-TRANSFER', S, _, _} -> ets:delete(S) end end),
    M = erlang:monitor(process, P),
    ets:give_away(S, P, gift),
    receive {'DOWN', M, process, P, _} -> length(R) end.

flags() ->
    P = spawn(fun() -> receive stop -> ok end end),
    true = erlang:suspend_process(P),
    [P ! {N, seq(1, N)} || N <- seq(1, 40)],
    Info = process_info(P, [messages, message_queue_len, status, suspending, monitored_by, dictionary, current_stacktrace]),
    true = erlang:resume_process(P),
    [process_flag(F, V) || {F, V} <- [{trap_exit, true}, {priority, high}, {min_heap_size, 500}, {fullsweep_after, 5},
                                      {max_heap_size, 1000000}, {message_queue_data, off_heap},
                                      {max_heap_size, #{size => 1000000, kill => true}}]],
    0 = process_flag(save_calls, 20),
    0 = erlang:process_flag(P, save_calls, 5),
    [erlang:phash2(N) || N <- seq(1, 30)],
    {last_calls, [_ | _]} = process_info(self(), last_calls),
    20 = process_flag(save_calls, 0),
    blocked = erlang:system_flag(multi_scheduling, block),
    enabled = erlang:system_flag(multi_scheduling, unblock),
    1 = erlang:system_flag(schedulers_online, 1),
    false = erlang:system_flag(scheduler_wall_time, true),
    [_] = erlang:statistics(scheduler_wall_time),
    true = erlang:system_flag(scheduler_wall_time, false),
    R = erlang:spawn_request(fun() -> ok end, [monitor, {reply_tag, here}, {priority, low}]),
    receive {here, R, ok, _} -> ok end,
    receive {'DOWN', R, process, _, _} -> ok end,
    Ps = [spawn_opt(fun() -> exit(N) end, [link, {max_heap_size, 100000}, {min_heap_size, 300}]) || N <- seq(1, 5)],
    [receive {'EXIT', Q, _} -> ok end || Q <- Ps],
    M = erlang:monitor(process, P, [{alias, reply_demonitor}, {tag, {down, here}}]),
    M ! reply,
    receive reply -> ok end,
    exit(P, kill),
    {Info, process_info(self()), process_info(self(), [monitors, links, binary, garbage_collection_info]), group_leader()}.

texts() ->
    {integer_to_list(123456789, 3), float_to_list(1.25, [{decimals, 3}]), float_to_binary(2.5e10), list_to_float("3.25"),
     pid_to_list(self()), list_to_pid(pid_to_list(self())), ref_to_list(make_ref()), erlang:fun_to_list(fun seq/2),
     list_to_integer("-77"), binary_to_integer(<<"1f">>, 16), atom_to_list('a b'), atom_to_binary(failing),
     catch list_to_existing_atom("failing_not_there_at_all"), [catch erlang:system_info(K) || K <- [system_version, otp_release,
         machine, process_count, schedulers, system_architecture, version, allocated_areas, scheduler_bindings, os_type]],
     erlang:memory(), [catch erlang:statistics(K) || K <- [reductions, garbage_collection, run_queue, run_queue_lengths, io]],
     erlang:localtime(), erlang:system_time(), erlang:unique_integer(), erlang:nodes(this), erlang:nodes(connected, #{node_type => true}),
     unicode:characters_to_binary([16#1f600, "abc", <<"d">>], utf8), unicode:characters_to_list(<<228, 246>>, latin1)}.

packets() ->
    [catch erlang:decode_packet(T, B, O) || {T, B, O} <- [
        {line, <<"one\ntwo">>, []}, {2, <<0, 3, "abcd">>, []}, {http_bin, <<"GET /a/b HTTP/1.1\r\n">>, []},
        {httph, <<"Content-Length: 10\r\nX">>, []}, {httph_bin, <<"A-Header-That-Is-Longer-Than-Any: é\r\nX"/utf8>>, []},
        {http, <<"HTTP/1.0 404 Not found\r\n">>, []}, {asn1, <<48, 3, 1, 2, 3, 4>>, []}]].

external() ->
    M = fill(50, #{}),
    T = {M, [a | b], fun seq/2, fun(X) -> {X, M} end, 1.5, -1, 1 bsl 70, <<1:3>>, "text", 'ä', make_ref(), self(), seq(1, 30)},
    B = term_to_binary(T),
    D = term_to_binary(T, [deterministic, {minor_version, 2}]),
    {tuple_size(binary_to_term(B)), element(2, binary_to_term(<<B/binary, 1, 2>>, [used])), byte_size(D),
     erlang:external_size(T), term_to_binary(1.5, [{minor_version, 0}]), catch binary_to_term(<<131, 99>>),
     catch binary_to_term(<<131, 100, 0, 3, "new">>, [safe]), length(term_to_iovec(T))}.

term_to_iovec(T) -> erlang:term_to_iovec(T).

seq(N, M) when N > M -> [];
seq(N, M) -> [N | seq(N + 1, M)].
