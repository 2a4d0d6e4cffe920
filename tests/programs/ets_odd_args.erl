%% Functions on tables, called with all kinds of arguments: for each how many calls there were, and
%% a hash of what they returned or raised and of what stood in the tables then.
-module(ets_odd_args).
-export([start/0]).

start() ->
    [io:format("~p/~b: ~p~n", [F, A, tried(F, A)]) || {F, Arities} <- functions(), A <- Arities],
    ok.

functions() ->
    [
        {delete, [1, 2]}, {delete_all_objects, [1]}, {delete_object, [2]}, {first, [1]},
        {from_dets, [2]}, {give_away, [3]}, {info, [1, 2]}, {insert, [2]}, {insert_new, [2]},
        {is_compiled_ms, [1]}, {last, [1]}, {lookup, [2]}, {lookup_element, [3]}, {match, [2, 3]},
        {match_delete, [2]}, {match_object, [2, 3]}, {match_spec_compile, [1]}, {member, [2]},
        {next, [2]}, {prev, [2]}, {rename, [2]}, {safe_fixtable, [2]}, {select, [2, 3]},
        {select_count, [2]}, {select_delete, [2]}, {select_replace, [2]}, {select_reverse, [2, 3]},
        {setopts, [2]}, {tab2list, [1]}, {table, [1]}, {take, [2]}, {test_ms, [2]},
        {update_counter, [3]}, {update_element, [3]}, {whereis, [1]}
    ].

tried(F, A) ->
    Results = [outcome(F, Arguments) || Arguments <- arguments(A)],
    {length(Results), erlang:phash2(Results)}.

arguments(1) -> [[A] || A <- terms()];
arguments(2) -> [[A, B] || A <- terms(), B <- terms()];
arguments(3) -> [[A, B, C] || A <- few(), B <- few(), C <- few()].

terms() ->
    [
        set, ordered, bag, named, private, gone, nobody, [], [x], [{a, 1}], [{a, 1}, b], [a | b], {},
        {a, 1}, {1, x}, 0, 1, 1 bsl 64, 1.0, a, '_', '$end_of_table', [{{'$1', '_'}, [], ['$1']}],
        [{{'$1', '_'}, [], [{bad}]}], [{'$1', [{'>', {element, 1, '$1'}, 0}], ['$_']}],
        {'_', '$1'}, {2, 1}, {2, 1, 1, 0}, [{2, 1}], [{2, x}], true, owner, [{heir, none}], self
    ].

few() ->
    [
        set, ordered, bag, gone, [], [x], {a, 1}, 1, 0, a, [{{'$1', '_'}, [], ['$1']}], {'_', '$1'},
        {2, 1}, [{2, 1}, {2, 3}], owner, '$end_of_table'
    ].

%% Each call in a process of its own, with tables of its own.
outcome(F, Arguments) ->
    Me = self(),
    {Pid, Ref} = spawn_monitor(fun() ->
        Tables = tables(),
        Given = [given(A, Tables, Me) || A <- Arguments],
        Outcome = try plain(F, apply(ets, F, Given)) catch C:E:S -> {C, E, place(S)} end,
        exit({Outcome, [contents(map_get(Name, Tables)) || Name <- [bag, gone, named, ordered, set]]})
    end),
    receive {'DOWN', Ref, process, Pid, Why} -> Why end.

tables() ->
    Gone = ets:new(gone, [public]),
    ets:delete(Gone),
    Tables = #{
        set => ets:new(t, [public]),
        ordered => ets:new(t, [ordered_set, public]),
        bag => ets:new(t, [bag, public]),
        named => ets:new(odd_named, [named_table, public])
    },
    [ets:insert(T, [{a, 1}, {1, x}, {b, 2, 3}, {2.0, y}, {c, 1}]) || T <- maps:values(Tables)],
    Tables#{gone => Gone, private => private()}.

%% A table of somebody else.
private() ->
    Me = self(),
    Owner = spawn_link(fun() -> Me ! {table, ets:new(t, [private])}, receive stop -> ok end end),
    receive {table, Table} -> Owner, Table end.

given(owner, _, Me) -> Me;
given(self, _, _) -> self();
given(Name, Tables, _) when is_map_key(Name, Tables) -> map_get(Name, Tables);
given(Term, _, _) -> Term.

contents(Table) -> {try lists:sort(ets:tab2list(Table)) catch error:badarg -> none end, ets:info(Table, fixed)}.

place([{M, F, A, Info} | _]) when is_list(A) -> {M, F, length(A), lists:keymember(error_info, 1, Info)};
place([{M, F, A, _} | _]) -> {M, F, A}.

%% Neither the order of objects nor the shape of a continuation is promised.
plain(F, _) when F =:= first; F =:= last; F =:= next; F =:= prev; F =:= table; F =:= whereis -> something;
plain(info, Value) when is_list(Value) -> length(Value);
plain(info, Value) when is_pid(Value) -> pid;
plain(info, Value) when is_reference(Value) -> reference;
plain(info, Value) when is_integer(Value) -> integer;
plain(match_spec_compile, _) -> compiled;
plain(_, Value) when is_list(Value) -> lists:sort(Value);
plain(_, {Values, Rest}) when is_list(Values) -> {length(Values), Rest =:= '$end_of_table'};
plain(_, Value) when is_reference(Value) -> reference;
plain(_, Value) -> Value.
