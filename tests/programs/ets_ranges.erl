%% Ordered tables with many objects: ranges by keys that are known in part, chunks both ways, and
%% operations that take longer than a turn.
-module(ets_ranges).
-export([start/0]).

start() ->
    Tab = ets:new(x, [ordered_set]),
    [ets:insert(Tab, {{A, B, C}, A * B + C})
     || A <- lists:seq(1, 20), B <- lists:seq(1, 20), C <- lists:seq(1, 20)],
    show([ets:select(Tab, [{{{3, 4, '$1'}, '$2'}, [], [{{'$1', '$2'}}]}]),
          ets:select_reverse(Tab, [{{{3, 4, '$1'}, '_'}, [], ['$1']}]),
          length(ets:select(Tab, [{{{3, '_', '_'}, '$2'}, [{'<', '$2', 30}], ['$2']}])),
          ets:select_count(Tab, [{{{'_', 4, '_'}, '_'}, [], [true]}]),
          ets:select(Tab, [{{{20, 20, '$1'}, '_'}, [{'>', '$1', 17}], ['$_']}]),
          ets:select(Tab, [{{{21, '_', '_'}, '_'}, [], ['$_']}]),
          ets:select(Tab, [{{{3, 4}, '_'}, [], ['$_']}]),
          ets:select(Tab, [{{{3.0, 4, '$1'}, '_'}, [], ['$1']}]),
          ets:select(Tab, [{{{1, 1, 1}, '_'}, [], ['$_']}, {{{2, 2, 2}, '_'}, [], ['$_']},
                           {{{1, 1, 1}, '_'}, [], [twice]}]),
          ets:select(Tab, [{{{2, 2, 2}, '_'}, [], ['$_']}, {{{1, 1, '$1'}, '_'}, [{'<', '$1', 3}], ['$_']}])]),
    Spec = [{{{'$1', 7, '$2'}, '_'}, [{'<', '$2', 4}], [{{'$1', '$2'}}]}],
    show([length(ets:select(Tab, Spec)), chunks(ets:select(Tab, Spec, 7)),
          back(ets:select_reverse(Tab, Spec, 11))]),
    Keys = [{{{1, 1, 1}, '_'}, [], ['$_']}, {{{2, 2, 2}, '_'}, [], ['$_']}, {{{9, 9, 9}, '_'}, [], ['$_']}],
    show([chunks(ets:select(Tab, Keys, 1)), chunks(ets:select(Tab, Keys, 2)),
          back(ets:select_reverse(Tab, Keys, 2)), back(ets:select_reverse(Tab, Keys, 3))]),
    long(Tab),
    lists(),
    mixed(),
    [many(Type) || Type <- [set, ordered_set, bag, duplicate_bag]],
    ok.

long(Tab) ->
    show([length(ets:tab2list(Tab)), ets:select_count(Tab, [{'_', [], [true]}]),
          ets:select_delete(Tab, [{{{'_', '$1', '_'}, '_'}, [{'=:=', {'rem', '$1', 3}, 0}], [true]}]),
          ets:info(Tab, size),
          ets:select_replace(Tab, [{{'$1', '$2'}, [{'<', '$2', 50}], [{{'$1', {'-', '$2'}}}]}]),
          lists:sum([V || {_, V} <- ets:tab2list(Tab)]),
          ets:first(Tab), ets:last(Tab),
          ets:next(Tab, {3, 5, 20}), ets:prev(Tab, {3, 7, 1}), ets:next(Tab, {3, 6, 6}),
          ets:next(Tab, {20, 20, 20}), ets:prev(Tab, {1, 1, 1}), ets:prev(Tab, a), ets:next(Tab, a),
          ets:foldl(fun({_, V}, S) -> S + V end, 0, Tab)]).

%% Keys that are lists.
lists() ->
    Tab = ets:new(x, [ordered_set]),
    ets:insert(Tab, [{atom_to_list(A) ++ integer_to_list(I), I} || A <- [ab, abc, b, ba], I <- lists:seq(1, 30)]),
    show([ets:select(Tab, [{{"ab1" ++ '_', '$1'}, [], ['$1']}]),
          ets:select(Tab, [{{"ab" ++ '$2', '$1'}, [{'>', '$1', 27}], [{{'$1', '$2'}}]}]),
          ets:match(Tab, {[$b, '$1' | '_'], 5}),
          ets:match_object(Tab, {"b" ++ '_', 7}),
          ets:match_object(Tab, {[$a | $b], '_'})]).

%% One key for equal numbers, and the order of all kinds of terms.
mixed() ->
    Tab = ets:new(x, [ordered_set]),
    Terms = [1, 1.0, 2.0, 2, -1, a, b, <<>>, <<"x">>, [], [1], {}, {1}, {1.0}, #{}, #{a => 1}, #{a => 1.0},
             1 bsl 70, float(1 bsl 70), "text", {a, b}, [1.0]],
    [ets:insert(Tab, {T, N}) || {T, N} <- lists:zip(Terms, lists:seq(1, length(Terms)))],
    show([ets:tab2list(Tab), ets:lookup(Tab, 1), ets:lookup(Tab, 2.0), ets:member(Tab, {1}),
          ets:select(Tab, [{{1, '$1'}, [], ['$1']}]), ets:select(Tab, [{{1.0, '$1'}, [], ['$1']}]),
          ets:match(Tab, {{'$1'}, '$2'}), ets:match(Tab, {#{a => '$1'}, '$2'}), ets:match(Tab, {#{}, '$2'}),
          ets:delete(Tab, 1), ets:member(Tab, 1.0), ets:info(Tab, size)]).

%% Operations on many objects.
many(Type) ->
    Tab = ets:new(x, [Type, public]),
    N = 9000,
    ets:insert(Tab, [{I, I rem 7, "text"} || I <- lists:seq(1, N)]),
    Count = ets:select_count(Tab, [{{'_', 3, '_'}, [], [true]}]),
    Selected = lists:sort(ets:select(Tab, [{{'$1', 3, '_'}, [], ['$1']}])),
    true = Selected =:= [I || I <- lists:seq(1, N), I rem 7 =:= 3],
    true = length(Selected) =:= Count,
    Chunked = lists:sort(lists:append(all(ets:select(Tab, [{{'$1', 4, '_'}, [], ['$1']}], 100)))),
    true = Chunked =:= [I || I <- lists:seq(1, N), I rem 7 =:= 4],
    Others = [spawn_monitor(fun() -> exit(length(ets:match(Tab, {'$1', J, '_'}))) end) || J <- lists:seq(0, 6)],
    Found = [receive {'DOWN', Ref, _, _, Length} -> Length end || {_, Ref} <- Others],
    {Killed, Monitor} = spawn_monitor(fun() -> ets:tab2list(Tab), ets:tab2list(Tab) end),
    erlang:yield(),
    exit(Killed, kill),
    %% Until it has ended the table may be fixed for it.
    receive {'DOWN', Monitor, process, Killed, _} -> ok end,
    Deleted = ets:select_delete(Tab, [{{'_', '$1', '_'}, [{'>', '$1', 1}], [true]}]),
    io:format("~p ~p ~p ~p ~p~n", [Type, Count, Found, Deleted, ets:info(Tab, size)]),
    {Keys, []} = walk(Tab, ets:first(Tab), []),
    io:format("~p ~p~n", [length(Keys), erlang:phash2(lists:sort(Keys))]),
    fixed(Tab),
    ets:delete_all_objects(Tab),
    io:format("~p ~p~n", [ets:info(Tab, size), ets:first(Tab)]),
    ets:insert(Tab, [{I, x, y} || I <- lists:seq(1, N)]),
    true = ets:delete(Tab),
    undefined = ets:info(Tab).

%% Each key is met once, though all objects are deleted on the way.
fixed(Tab) ->
    ets:safe_fixtable(Tab, true),
    Size = ets:info(Tab, size),
    {Keys, []} = walk(Tab, ets:first(Tab), []),
    Size = length(Keys),
    {Met, []} = delete(Tab, ets:first(Tab), []),
    true = lists:sort(Met) =:= lists:sort(Keys),
    io:format("~p ~p ~p~n", [ets:info(Tab, size), ets:info(Tab, fixed), length(lists:usort(Met))]),
    ets:insert(Tab, {new, 1, 2}),
    ets:safe_fixtable(Tab, false),
    io:format("~p ~p~n", [ets:info(Tab, fixed), ets:tab2list(Tab)]).

walk(_, '$end_of_table', Keys) -> {Keys, []};
walk(Tab, Key, Keys) -> walk(Tab, ets:next(Tab, Key), [Key | Keys]).

delete(_, '$end_of_table', Keys) -> {Keys, []};
delete(Tab, Key, Keys) ->
    ets:delete(Tab, Key),
    %% One behind it as well, that is not met any more or has been met before.
    delete(Tab, ets:next(Tab, Key), [Key | Keys]).

all('$end_of_table') -> [];
all({List, Next}) -> [List | all(ets:select(Next))].

chunks('$end_of_table') -> ['end'];
chunks({List, '$end_of_table'}) -> [List, no_more];
chunks({List, Next}) -> [List | chunks(ets:select(Next))].

back('$end_of_table') -> ['end'];
back({List, '$end_of_table'}) -> [List, no_more];
back({List, Next}) -> [List | back(ets:select_reverse(Next))].

show(Values) -> [io:format("~0p~n", [V]) || V <- Values].
