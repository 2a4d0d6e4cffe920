%% Tables of all types against models of them; shared tables, of which each process changes a part
%% and looks through all; tables that change their owners.
-module(soak_tables).
-export([run/0, shared/0, owners/0]).

-define(TYPES, [set, ordered_set, bag, duplicate_bag]).

%% Each type, alone: after every operation that changes it the table must equal the model.
run() ->
    Seeds = [{Type, rand:uniform(1 bsl 30)} || Type <- ?TYPES],
    Pids = [spawn_monitor(fun() -> modelled(Type, Seed) end) || {Type, Seed} <- Seeds],
    [receive {'DOWN', Ref, process, Pid, Why} -> normal = Why end || {Pid, Ref} <- Pids].

modelled(Type, Seed) ->
    rand:seed(exsss, Seed),
    Tab = ets:new(soak_modelled, [Type | options()]),
    Model = lists:foldl(fun(_, Model) -> change(rand:uniform(14), Tab, Type, Model) end, [], lists:seq(1, 400)),
    same(Tab, Type, Model),
    ets:delete(Tab).

options() ->
    [lists:nth(rand:uniform(3), [public, protected, private]) |
        case rand:uniform(4) of
            1 -> [compressed];
            2 -> [{read_concurrency, true}, {write_concurrency, true}];
            _ -> []
        end].

%% The model is the list of the objects in the order in which they came.
change(N, Tab, Type, Model) when N < 5 ->
    Object = object(),
    true = ets:insert(Tab, Object),
    put_in(Type, Object, Model);
change(5, Tab, Type, Model) ->
    Objects = [object() || _ <- lists:seq(1, rand:uniform(20))],
    true = ets:insert(Tab, Objects),
    lists:foldl(fun(Object, Old) -> put_in(Type, Object, Old) end, Model, Objects);
change(6, Tab, _, Model) ->
    Key = key(),
    true = ets:delete(Tab, Key),
    without(Key, Model);
change(7, Tab, _, Model) ->
    Key = key(),
    Taken = ets:take(Tab, Key),
    equal(Taken, with(Key, Model)),
    without(Key, Model);
change(8, Tab, Type, Model) ->
    Object = object(),
    New = with(element(1, Object), Model) =:= [],
    New = ets:insert_new(Tab, Object),
    case New of
        true -> put_in(Type, Object, Model);
        false -> Model
    end;
change(9, Tab, _, Model) ->
    Number = rand:uniform(5),
    Count = ets:select_delete(Tab, [{{'_', Number}, [], [true]}]),
    Left = [Object || {_, N} = Object <- Model, N =/= Number],
    Count = length(Model) - length(Left),
    Left;
change(10, Tab, _, Model) when length(Model) > 150 ->
    true = ets:delete_all_objects(Tab),
    [];
change(11, Tab, Type, Model) ->
    same(Tab, Type, Model),
    Model;
change(12, Tab, Type, Model) when Type =:= set; Type =:= ordered_set ->
    Key = key(),
    case with(Key, Model) of
        [{_, N} = Old] ->
            New = N + 10,
            New = ets:update_counter(Tab, Key, 10),
            replace(Old, {element(1, Old), New}, Model);
        [] ->
            ok = try ets:update_counter(Tab, Key, 10) catch error:badarg -> ok end,
            Model
    end;
change(13, Tab, _, Model) ->
    Object = object(),
    true = ets:delete_object(Tab, Object),
    [Each || Each <- Model, Each =/= Object];
change(_, Tab, _, Model) ->
    Key = key(),
    equal(ets:lookup(Tab, Key), with(Key, Model)),
    Model.

key() ->
    N = rand:uniform(60),
    element(1 + N rem 4, {N, {N, "key"}, <<"a key that stands outside of the heap, as it is long: "
        "more than sixty-four bytes", N>>, [N | N]}).

object() -> {key(), rand:uniform(5)}.

put_in(bag, Object, Model) -> case lists:member(Object, Model) of true -> Model; false -> Model ++ [Object] end;
put_in(duplicate_bag, Object, Model) -> Model ++ [Object];
put_in(_, Object, Model) -> without(element(1, Object), Model) ++ [Object].

with(Key, Model) -> [Object || Object <- Model, element(1, Object) =:= Key].
without(Key, Model) -> [Object || Object <- Model, element(1, Object) =/= Key].
replace(Old, New, Model) -> [case Each of Old -> New; _ -> Each end || Each <- Model].

equal(A, B) -> lists:sort(A) =:= lists:sort(B) orelse exit({differ, A, B}).

same(Tab, Type, Model) ->
    Size = length(Model),
    Size = ets:info(Tab, size),
    equal(ets:tab2list(Tab), Model),
    equal(ets:foldl(fun(Object, All) -> [Object | All] end, [], Tab), Model),
    equal(in_parts(ets:select(Tab, [{'$1', [], ['$1']}], 7)), Model),
    Keys = keys(Tab, ets:first(Tab)),
    Expected = lists:usort([Key || {Key, _} <- Model]),
    case Type of
        ordered_set -> Keys = Expected;
        _ -> Expected = lists:sort(Keys)
    end.

in_parts('$end_of_table') -> [];
in_parts({Part, Rest}) -> Part ++ in_parts(ets:select(Rest)).

keys(_, '$end_of_table') -> [];
keys(Tab, Key) -> [Key | keys(Tab, ets:next(Tab, Key))].

%% Several writers, each with keys of its own, and readers that see each object whole.
shared() ->
    process_flag(trap_exit, true),
    Type = lists:nth(rand:uniform(4), ?TYPES),
    Tab = ets:new(soak_shared, [Type, public, {write_concurrency, rand:uniform(2) =:= 1}]),
    Writers = [spawn_link(fun() -> writer(Tab, Type, N, Seed) end) || {N, Seed} <- seeds(4)],
    Readers = [spawn_link(fun() -> reader(Tab, Seed) end) || {_, Seed} <- seeds(3)],
    Sizes = [receive {Pid, Size} -> Size end || Pid <- Writers],
    [receive {'EXIT', Pid, Why} -> normal = Why end || Pid <- Writers],
    [Pid ! stop || Pid <- Readers],
    [receive {'EXIT', Pid, Why} -> normal = Why end || Pid <- Readers],
    Size = lists:sum(Sizes),
    Size = ets:info(Tab, size),
    Size = length(ets:tab2list(Tab)),
    false = ets:info(Tab, fixed),
    true = ets:delete(Tab).

seeds(Count) -> [{N, rand:uniform(1 bsl 30)} || N <- lists:seq(1, Count)].

writer(Tab, Type, Me, Seed) ->
    rand:seed(exsss, Seed),
    Model = lists:foldl(fun(_, Model) -> write(Tab, Type, Me, Model) end, #{}, lists:seq(1, 400)),
    Mine = lists:sort(ets:select(Tab, [{{{Me, '_'}, '_', '_'}, [], ['$_']}])),
    Mine = lists:sort(maps:values(Model)),
    %% Whoever made `Tab` is linked to this process.
    {links, [Parent | _]} = process_info(self(), links),
    Parent ! {self(), map_size(Model)}.

write(Tab, Type, Me, Model) ->
    Key = {Me, rand:uniform(100)},
    case rand:uniform(4) of
        1 ->
            true = ets:delete(Tab, Key),
            maps:remove(Key, Model);
        _ ->
            Value = lists:duplicate(rand:uniform(10), rand:uniform(1000)),
            Object = {Key, Value, erlang:phash2(Value)},
            %% In a bag the new object would stand beside the old one.
            Type =:= set orelse Type =:= ordered_set orelse ets:delete(Tab, Key),
            true = ets:insert(Tab, Object),
            Model#{Key => Object}
    end.

reader(Tab, Seed) ->
    rand:seed(exsss, Seed),
    reader(Tab).

reader(Tab) ->
    receive
        stop -> ok
    after 0 ->
        read(rand:uniform(5), Tab),
        reader(Tab)
    end.

read(1, Tab) ->
    [whole(Object) || Object <- ets:tab2list(Tab)];
read(2, Tab) ->
    ets:safe_fixtable(Tab, true),
    Keys = keys(Tab, ets:first(Tab)),
    %% Whoever was there before may have gone, but none is seen twice.
    Keys = Keys -- (Keys -- lists:usort(Keys)),
    ets:safe_fixtable(Tab, false);
read(3, Tab) ->
    [whole(Object) || Object <- in_parts(ets:select(Tab, [{'$1', [], ['$1']}], 11))];
read(4, Tab) ->
    ets:foldl(fun(Object, _) -> whole(Object) end, ok, Tab);
read(5, Tab) ->
    [whole(Object) || N <- lists:seq(1, 50), Object <- ets:lookup(Tab, {1 + N rem 4, N})].

whole({_, Value, Hash}) -> Hash = erlang:phash2(Value).

%% A table goes from hand to hand, by gift and by inheritance, and ends with its last owner.
owners() ->
    process_flag(trap_exit, true),
    Me = self(),
    [pass(Me, rand:uniform(2), N) || N <- lists:seq(1, 30)],
    Tabs = [orphan(rand:uniform(30)) || _ <- lists:seq(1, 20)],
    [undefined = ets:info(Tab) || Tab <- Tabs].

pass(Me, 1, N) ->
    Pid = spawn_link(fun() ->
        Tab = ets:new(soak_given, [lists:nth(1 + N rem 4, ?TYPES)]),
        ets:insert(Tab, [{K, N} || K <- lists:seq(1, N)]),
        ets:give_away(Tab, Me, {gift, N})
    end),
    receive {'ETS-TRANSFER', Tab, Pid, {gift, N}} -> keep(Tab, N) end,
    receive {'EXIT', Pid, normal} -> ok end;
pass(Me, 2, N) ->
    Pid = spawn_link(fun() ->
        Tab = ets:new(soak_left, [lists:nth(1 + N rem 4, ?TYPES), {heir, Me, {left, N}}]),
        ets:insert(Tab, [{K, N} || K <- lists:seq(1, N)]),
        ets:safe_fixtable(Tab, true),
        exit(element(1 + N rem 2, {normal, kill}))
    end),
    receive {'ETS-TRANSFER', Tab, Pid, {left, N}} -> keep(Tab, N) end,
    receive {'EXIT', Pid, _} -> ok end.

keep(Tab, N) ->
    N = ets:info(Tab, size),
    Me = self(),
    Me = ets:info(Tab, owner),
    N = length(ets:match_object(Tab, {'_', N})),
    true = ets:delete(Tab).

%% A table whose owner is killed.
orphan(Size) ->
    Me = self(),
    Pid = spawn_link(fun() ->
        Tab = ets:new(soak_orphan, [lists:nth(1 + Size rem 4, ?TYPES)]),
        ets:insert(Tab, [{K, lists:seq(1, 10)} || K <- lists:seq(1, 100 * Size)]),
        Me ! {self(), Tab},
        receive never -> ok end
    end),
    Tab = receive {Pid, Made} -> Made end,
    exit(Pid, kill),
    receive {'EXIT', Pid, killed} -> Tab end.
