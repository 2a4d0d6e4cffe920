%% Native records of OTP 29: making, reading, changing, matching, guards, errors.
-module(native_records).
-export([start/0]).
-export_record([point, full]).

-record #point{y = 0.0, x = 0}.
-record #private{a, b = [1, 2], 'C c' = foo}.
-record #none{}.
-record #full{x, int = 1, list = [a], text = "abc", big = 123456789012345678901234567890,
              negative = -5, float = 1.5, without, binary = <<"ab">>, nil = [], tuple = {1, {2}},
              map = #{a => 1}}.
-record #two{later, sooner}.
-import_record(native_records_lib, [shape, hidden]).

start() ->
    native_records_lib:module_info(),
    [made(), read(), changed(), matched(), guarded(), external(), tested(), failures(), nested(),
     moved(), as_keys(), many_fields()].

made() ->
    X = id(7),
    [#point{}, #point{x = X}, #point{y = 1, x = 2}, #private{a = X}, #none{},
     #full{x = X, without = no}, #two{sooner = 1, later = 2}].

read() ->
    P = id(#point{x = 1, y = 2}),
    F = id(#full{x = self(), without = 1}),
    [P#point.x, P#point.y, P#_.x, F#full.big, F#full.text, F#full.map, F#full.nil, F#full.tuple,
     F#full.binary, F#full.negative, F#full.float].

changed() ->
    P = id(#point{x = 1, y = 2}),
    [P#point{x = 3}, P#point{x = 3, y = 4}, P#_{y = 5}, P, (id(#private{a = 1}))#private{b = P}].

matched() ->
    Terms = [#point{x = 1, y = 2}, #private{a = 3}, #none{}, #full{x = 1, without = 2},
             #two{later = 1, sooner = 2}, {point, 1, 2}, #{x => 1}, 1, [], foo,
             native_records_lib:hidden(5), native_records_lib:shape(6)],
    [match(T) || T <- Terms].

match(#point{x = X, y = Y}) -> {point, X, Y};
match(#private{'C c' = C, a = A}) -> {private, A, C};
match(#two{sooner = S, later = L}) -> {two, S, L};
match(#shape{sides = S}) -> {shape, S};
match(#hidden{sides = S}) -> {never, S};
match(#hidden{}) -> hidden;
match(#_{x = X}) -> {any, X};
match(#_{}) -> record;
match(_) -> other.

guarded() ->
    Terms = [#point{x = 1, y = 2}, #point{x = a}, #private{a = 3}, #none{}, {point, 1, 2}, 1,
             native_records_lib:hidden(5), native_records_lib:shape(6)],
    [guard(T) || T <- Terms].

guard(R) when R#point.x =:= 1 -> one;
guard(R) when R#shape.sides > 5 -> many_sides;
guard(R) when R#hidden.sides > 1 -> never;
guard(R) when R#_.a =:= 3 -> three;
guard(R) when is_record(R, point) -> point;
guard(R) when is_record(R, native_records_lib, hidden) -> hidden;
guard(R) when is_record(R) -> record;
guard(_) -> no.

external() ->
    S = #shape{sides = 4},
    [S, #shape{sides = 3, name = "triangle"}, S#shape.name, S#shape{name = square},
     #native_records_lib:shape{sides = 1}, S#_{sides = 9},
     try_it(fun() -> #hidden{sides = 1} end),
     try_it(fun() -> (id(native_records_lib:hidden(1)))#hidden.sides end),
     try_it(fun() -> (id(native_records_lib:hidden(1)))#hidden{sides = 2} end),
     try_it(fun() -> (id(native_records_lib:hidden(1)))#_.sides end),
     try_it(fun() -> (id(native_records_lib:hidden(1)))#_{sides = 2} end),
     try_it(fun() -> #shape{} end),
     try_it(fun() -> #shape{corners = 1} end),
     try_it(fun() -> #shape{sides = 1, corners = 1} end),
     try_it(fun() -> #no_such_module:shape{} end),
     try_it(fun() -> #native_records_lib:no_such_record{} end)].

tested() ->
    P = id(#point{}),
    T = id({point, 1}),
    E = erlang,
    [is_record(P), is_record(T), is_record(P, point), is_record(P, private),
     is_record(P, native_records, point), is_record(P, other, point), is_record(T, point, 2),
     [try_it(fun() -> apply(E, is_record, A) end)
      || A <- [[P], [T], [a], [P, point], [P, other], [T, point], [P, native_records, point],
               [P, point, 2], [P, point, 3], [T, point, 2], [T, point, 3], [P, 1], [P, 1, 2],
               [T, a, b], [1, 2, a]]],
     is_tuple(P), is_map(P), is_atom(P), is_list(P), is_binary(P), is_function(P), is_pid(P)].

failures() ->
    X = id(#none{}),
    [try_it(fun() -> X#point.x end),
     try_it(fun() -> (id(a))#point.x end),
     try_it(fun() -> X#_.x end),
     try_it(fun() -> (id(#point{}))#_.z end),
     try_it(fun() -> X#point{x = 1} end),
     try_it(fun() -> X#_{x = 1} end),
     try_it(fun() -> (id(5))#_{x = 1} end),
     try_it(fun() -> (id({point, 1, 2}))#point{x = 1} end),
     try_it(fun() -> element(1, X) end),
     try_it(fun() -> tuple_size(X) end),
     try_it(fun() -> map_size(X) end),
     try_it(fun() -> #point{x = 1} = X end),
     try_it(fun() -> case X of #point{} -> ok end end)].

nested() ->
    R = #two{later = #two{later = #point{x = 5}, sooner = [#none{}]}, sooner = #{k => #none{}}},
    V = R#two.later#two.later#point.x,
    N = R#two.later#two.later#point{x = 6},
    [R, V, N, R#two{later = N}].

%% Through messages, funs, the process dictionary, exceptions and collections.
moved() ->
    P = #point{x = [1, 2, 3], y = {a, "text"}},
    Self = self(),
    Pid = spawn(fun() -> receive {Q, From} -> From ! {self(), Q#point{y = Q}} end end),
    Pid ! {P, Self},
    Back = receive {Pid, B} -> B end,
    put(key, P),
    erlang:garbage_collect(),
    Kept = [#point{x = N, y = lists:seq(1, N rem 5)} || N <- lists:seq(1, 3000)],
    erlang:garbage_collect(),
    Caught = try throw({a, P}) catch throw:{a, C} -> C end,
    [Back, Back#point.y =:= P, get(key) =:= P, length(Kept),
     lists:sum([K#point.x || K <- Kept]),
     lists:sum([length(Y) || #point{y = Y} <- Kept]), Caught].

as_keys() ->
    Keys = [#point{x = N} || N <- lists:seq(1, 40)],
    M = maps:from_list([{K, K#point.x} || K <- Keys]),
    Small = #{#none{} => none, #point{} => point, {point} => tuple, #{} => map},
    [map_size(M), lists:sum([maps:get(K, M) || K <- Keys]), maps:get(#point{x = 41}, M, no),
     maps:get(#point{x = 1.0}, M, no), maps:to_list(Small), maps:get(id(#none{}), Small)].

many_fields() ->
    Names = [list_to_atom("field" ++ integer_to_list(N)) || N <- lists:seq(1, 300)],
    R = records:create(m, many, [{N, {N}} || N <- Names], #{is_exported => true}),
    U = records:update(R, m, many, #{N => changed || N <- Names, N =/= field7}),
    [records:get(field299, R), records:get_field_names(R) =:= Names, records:get(field7, U),
     length([1 || N <- Names, records:get(N, U) =:= changed]), R < U, R =:= id(R), U =:= R].

try_it(F) ->
    try F()
    catch
        C:R:S -> {M, N, A, _} = hd(S), {C, R, M, N, A}
    end.

id(X) -> X.
