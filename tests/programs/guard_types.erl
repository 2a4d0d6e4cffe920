%% Every built-in function that a guard may use, over values of every type.
-module(guard_types).
-export([start/0]).
-record(rec, {x}).

start() ->
    Vs = [0, -3, 1 bsl 70, 2.5, -0.0, a, true, [], [1], [1 | 2], {}, {a, b}, <<>>, <<"ab">>, <<1:3>>, #{}, #{a => 1}, "text", {rec, 1}],
    {[types(V) || V <- Vs], [pid_types(X) || X <- [self(), make_ref(), fun() -> 1 end, fun lists:map/2]],
     [values(V) || V <- Vs], [cmp(V) || V <- Vs], [combo(V) || V <- Vs], [arith(V) || V <- Vs], [seqs(V) || V <- Vs],
     [range(N) || N <- [-1, 0, 5, 10, 11, 5.5, a]]}.

types(X) ->
    [T || {T, true} <- [{atom, t(X, a)}, {bin, t(X, b)}, {bits, t(X, c)}, {bool, t(X, d)}, {float, t(X, e)}, {fn, t(X, f)}, {int, t(X, g)},
                        {list, t(X, h)}, {map, t(X, i)}, {num, t(X, j)}, {tuple, t(X, k)}, {rec, t(X, l)}, {f1, t(X, m)}, {rec2, t(X, n)}]].

t(X, a) when is_atom(X) -> true;
t(X, b) when is_binary(X) -> true;
t(X, c) when is_bitstring(X) -> true;
t(X, d) when is_boolean(X) -> true;
t(X, e) when is_float(X) -> true;
t(X, f) when is_function(X) -> true;
t(X, g) when is_integer(X) -> true;
t(X, h) when is_list(X) -> true;
t(X, i) when is_map(X) -> true;
t(X, j) when is_number(X) -> true;
t(X, k) when is_tuple(X) -> true;
t(X, l) when is_record(X, rec) -> true;
t(X, m) when is_function(X, 1) -> true;
t(X, n) when is_record(X, rec, 2) -> true;
t(_, _) -> false.

pid_types(X) when is_pid(X) -> pid;
pid_types(X) when is_reference(X) -> ref;
pid_types(X) when is_function(X, 0) -> fun0;
pid_types(X) when is_function(X) -> function;
pid_types(X) when is_port(X) -> port.

values(X) when abs(X) > 1 bsl 60 -> huge;
values(X) when hd(X) =:= 1 -> one_first;
values(X) when length(X) > 3 -> longer;
values(X) when tuple_size(X) =:= 2, element(1, X) =:= a -> pair_a;
values(X) when byte_size(X) =:= 2 -> two_bytes;
values(X) when bit_size(X) rem 8 =/= 0 -> odd_bits;
values(X) when map_size(X) =:= 1, map_get(a, X) =:= 1 -> map_a;
values(X) when is_map_key(a, X) -> unreachable;
values(X) when round(X) =:= 3; trunc(X) =:= -3 -> about_three;
values(X) when size(X) =:= 0 -> empty;
values(X) when float(X) == 0.0 -> zero;
values(X) when tl(X) =:= [] -> single;
values(X) when node(X) =:= node() -> here;
values(_) -> other.

cmp(X) -> {if X < a -> lt; X == a -> eq; true -> gt end, if X =< 0 -> le; true -> no end, if X =:= [] -> nil; X =/= {} -> ne; true -> tup end,
           if X >= {} -> ge; X /= 0 -> nz; true -> z end}.

combo(X) when is_integer(X), X > 0; is_float(X), X > 0 -> positive;
combo(X) when (is_atom(X) orelse is_tuple(X)) andalso X =/= true -> symbol;
combo(X) when not is_list(X) and not is_bitstring(X) -> {other, is_map(X)};
combo(X) when is_list(X) xor is_atom(X) -> list;
combo(_) -> rest.

arith(X) when X + 1 > 2, X * 2 < 10 -> small;
arith(X) when X div 2 =:= -1 -> minus;
arith(X) when X rem 2 =:= 0, X band 1 =:= 0 -> even;
arith(X) when -X > 0 -> negative;
arith(X) when X bsl 1 > 0; X bsr 1 > 0; X bxor 1 > 0; X bor 1 > 0; bnot X > 0 -> bits;
arith(X) when X / 2 < 1 -> half;
arith(_) -> none.

seqs(X) when element(2, X) =:= b; hd(X) =:= $t; X =:= a -> hit;
seqs(_) -> miss.

range(N) when N >= 0, N =< 10, is_integer(N) -> in;
range(N) when is_number(N) -> out;
range(_) -> nan.
