%% What the programmer's guide says of ETS tables, of mathematical functions, and of code that is loaded.
-module(guide_tables).
-export([start/0]).

start() ->
    tables(),
    access(),
    math(),
    io:format("all as the guide says~n"),
    ok.

tables() ->
    Table = ets:new(my_table, []),
    true = is_reference(Table),
    true = ets:insert(Table, {foo, bar}),
    [{foo, bar}] = ets:lookup(Table, foo),
    true = ets:insert(Table, {foo, [tapas]}),
    [{foo, [tapas]}] = ets:lookup(Table, foo),
    [] = ets:lookup(Table, none),
    true = ets:insert(Table, {{"any", term}, #{}}),
    [{_, #{}}] = ets:lookup(Table, {"any", term}),
    true = ets:delete(Table, foo),
    true = ets:delete(Table, foo),
    [] = ets:lookup(Table, foo),
    named = ets:new(named, [named_table, {keypos, 2}, public]),
    true = ets:insert(named, {value, key}),
    [{value, key}] = ets:lookup(named, key),
    badarg = raises(fun() -> ets:insert(named, {short}) end),
    badarg = raises(fun() -> ets:new(named, [named_table]) end).

%% Private, protected and public, and the end of the owner.
access() ->
    Self = self(),
    Private = owned([private]),
    Protected = owned([]),
    Public = owned([public]),
    badarg = raises(fun() -> ets:lookup(table(Private), a) end),
    [{a, 1}] = ets:lookup(table(Protected), a),
    badarg = raises(fun() -> ets:insert(table(Protected), {a, 2}) end),
    badarg = raises(fun() -> ets:delete(table(Protected), a) end),
    true = ets:insert(table(Public), {a, 2}),
    [begin
         Monitor = monitor(process, Owner),
         Owner ! {stop, Self},
         receive {'DOWN', Monitor, _, _, _} -> ok end,
         badarg = raises(fun() -> ets:lookup(Table, a) end)
     end || {Owner, Table} <- [Private, Protected, Public]].

owned(Options) ->
    Self = self(),
    Owner = spawn(fun() ->
        Table = ets:new(owned, Options),
        ets:insert(Table, {a, 1}),
        Self ! {table, self(), Table},
        receive {stop, Self} -> ok end
    end),
    receive {table, Owner, Table} -> {Owner, Table} end.

table({_, Table}) -> Table.

math() ->
    [begin
         Value = apply(math, Function, Arguments),
         true = is_float(Value) andalso abs(Value - Wanted) < 1.0e-9
     end || {Function, Arguments, Wanted} <- [
        {cos, [0], 1.0}, {acos, [1], 0.0}, {acosh, [1], 0.0}, {asin, [1], 1.5707963267948966}, {asinh, [0], 0.0},
        {atan, [1.0], 0.7853981633974483}, {atan2, [1, -1], 2.356194490192345}, {atanh, [0.5], 0.5493061443340549},
        {ceil, [1.2], 2.0}, {cosh, [0], 1.0}, {exp, [1], 2.718281828459045}, {floor, [-1.2], -2.0},
        {fmod, [7, 4], 3.0}, {log, [2.718281828459045], 1.0}, {log10, [1000], 3.0}, {log2, [8], 3.0},
        {pow, [2, 10], 1024.0}, {sin, [0], 0.0}, {sinh, [0], 0.0}, {sqrt, [2], 1.4142135623730951}, {tan, [0], 0.0},
        {tanh, [0], 0.0}, {pi, [], 3.141592653589793}]],
    Zero = list_to_integer("0"),
    [badarith = raises(fun() -> math:Function(Argument) end)
     || {Function, Argument} <- [{log, Zero}, {log2, Zero}, {log10, -1 + Zero}, {sqrt, -1 + Zero}, {acos, 2 + Zero},
                                 {acosh, Zero}, {atanh, 1 + Zero}, {exp, 1000 + Zero}]],
    badarith = raises(fun() -> math:fmod(1, Zero) end),
    badarg = raises(fun() -> math:cos(list_to_atom("a")) end).

raises(Do) ->
    try Do() of
        Value -> {returned, Value}
    catch
        error:Reason -> Reason
    end.
