%% A case of many atoms, of many integers, of many binaries and strings, and a large nested decision.
-module(select_cases).
-export([start/0]).

start() ->
    As = [list_to_atom(K ++ "_" ++ integer_to_list(I)) || I <- lists:seq(0, 15), K <- ["get", "put", "del", "list"]],
    Is = lists:seq(-3, 70) ++ [1000, 1001, 5000, 1 bsl 40, (1 bsl 40) + 1, 1 bsl 70, -(1 bsl 70), 3.0, a],
    {[atoms(A) || A <- As ++ [none, 1, "x"]], [ints(I) || I <- Is], [dense(I) || I <- Is], [chars(C) || C <- lists:seq($\s, $~)], [bins(B) || B <- [<<"alpha">>, <<"beta">>, <<"betb">>, <<>>, <<"al">>, <<"alphabet">>]],
     [strs(S) || S <- ["one", "two", "three", "thre", "", a]], [tuples(T) || T <- [{a}, {a, b}, {a, b, c}, {b, c}, {c}, {}, [], {1, 2}, {1.0, 2}]], [floats(F) || F <- [1.0, 2.5, 1, -0.0, 0.0, 3.5]], [mixed(X) || X <- [1, a, 1.0, [], [a], {a}, <<"a">>, #{}, fun atoms/1, true, 200]],
     [arity(T) || T <- [{}, {1}, {1, 2}, {1, 2, 3}, {1, 2, 3, 4}]], lists:foldl(fun(I, A) -> state(A, I) end, idle, [start, pause, resume, stop, start, bogus, stop]), [flags(A, B, C) || A <- [true, false], B <- [true, false], C <- [true, false]]}.

atoms(get_0) -> 0;
atoms(put_0) -> 1;
atoms(del_0) -> 2;
atoms(list_0) -> 3;
atoms(get_1) -> 4;
atoms(put_1) -> 5;
atoms(del_1) -> 6;
atoms(list_1) -> 7;
atoms(get_2) -> 8;
atoms(put_2) -> 9;
atoms(del_2) -> 10;
atoms(list_2) -> 11;
atoms(get_3) -> 12;
atoms(put_3) -> 13;
atoms(del_3) -> 14;
atoms(list_3) -> 15;
atoms(get_4) -> 16;
atoms(put_4) -> 17;
atoms(del_4) -> 18;
atoms(list_4) -> 19;
atoms(get_5) -> 20;
atoms(put_5) -> 21;
atoms(del_5) -> 22;
atoms(list_5) -> 23;
atoms(get_6) -> 24;
atoms(put_6) -> 25;
atoms(del_6) -> 26;
atoms(list_6) -> 27;
atoms(get_7) -> 28;
atoms(put_7) -> 29;
atoms(del_7) -> 30;
atoms(list_7) -> 31;
atoms(get_8) -> 32;
atoms(put_8) -> 33;
atoms(del_8) -> 34;
atoms(list_8) -> 35;
atoms(get_9) -> 36;
atoms(put_9) -> 37;
atoms(del_9) -> 38;
atoms(list_9) -> 39;
atoms(get_10) -> 40;
atoms(put_10) -> 41;
atoms(del_10) -> 42;
atoms(list_10) -> 43;
atoms(get_11) -> 44;
atoms(put_11) -> 45;
atoms(del_11) -> 46;
atoms(list_11) -> 47;
atoms(get_12) -> 48;
atoms(put_12) -> 49;
atoms(del_12) -> 50;
atoms(list_12) -> 51;
atoms(get_13) -> 52;
atoms(put_13) -> 53;
atoms(del_13) -> 54;
atoms(list_13) -> 55;
atoms(get_14) -> 56;
atoms(put_14) -> 57;
atoms(del_14) -> 58;
atoms(list_14) -> 59;
atoms(_) -> other.

ints(29) -> {i, 0};
ints(42) -> {i, 1};
ints(64) -> {i, 2};
ints(0) -> {i, 3};
ints(56) -> {i, 4};
ints(28) -> {i, 5};
ints(3) -> {i, 6};
ints(17) -> {i, 7};
ints(11) -> {i, 8};
ints(44) -> {i, 9};
ints(27) -> {i, 10};
ints(52) -> {i, 11};
ints(12) -> {i, 12};
ints(21) -> {i, 13};
ints(31) -> {i, 14};
ints(63) -> {i, 15};
ints(33) -> {i, 16};
ints(57) -> {i, 17};
ints(-3) -> {i, 18};
ints(43) -> {i, 19};
ints(10) -> {i, 20};
ints(23) -> {i, 21};
ints(14) -> {i, 22};
ints(8) -> {i, 23};
ints(65) -> {i, 24};
ints(1000) -> {i, 25};
ints(5000) -> {i, 26};
ints(X) when X =:= 1 bsl 40 -> big;
ints(1180591620717411303424) -> bigger;
ints(-1180591620717411303424) -> least;
ints(_) -> other.

dense(0) -> d0;
dense(1) -> d1;
dense(2) -> d4;
dense(3) -> d2;
dense(4) -> d2;
dense(5) -> d4;
dense(6) -> d1;
dense(7) -> d0;
dense(8) -> d1;
dense(9) -> d4;
dense(10) -> d2;
dense(11) -> d2;
dense(12) -> d4;
dense(13) -> d1;
dense(14) -> d0;
dense(15) -> d1;
dense(16) -> d4;
dense(17) -> d2;
dense(18) -> d2;
dense(19) -> d4;
dense(20) -> d1;
dense(21) -> d0;
dense(22) -> d1;
dense(23) -> d4;
dense(24) -> d2;
dense(25) -> d2;
dense(26) -> d4;
dense(27) -> d1;
dense(28) -> d0;
dense(29) -> d1;
dense(30) -> d4;
dense(31) -> d2;
dense(32) -> d2;
dense(33) -> d4;
dense(34) -> d1;
dense(35) -> d0;
dense(36) -> d1;
dense(37) -> d4;
dense(38) -> d2;
dense(39) -> d2;
dense(X) when X > 40 -> above;
dense(X) when X < 0 -> below;
dense(_) -> gap.

chars(C) when C >= $a, C =< $f; C >= $A, C =< $F -> hex;
chars(C) when C >= $0, C =< $9 -> digit;
chars($_) -> under;
chars(C) when C =:= $+; C =:= $-; C =:= $*; C =:= $/ -> op;
chars($() -> open;
chars($)) -> close;
chars($\s) -> space;
chars(C) when C < $A -> punct;
chars(C) -> {letter, C}.

bins(<<"alpha">>) -> 1;
bins(<<"alphabet">>) -> 2;
bins(<<"beta">>) -> 3;
bins(<<"al", _/binary>>) -> 4;
bins(<<>>) -> 5;
bins(_) -> 6.

strs("one") -> 1;
strs("two") -> 2;
strs("three") -> 3;
strs("th" ++ R) -> R;
strs([]) -> empty;
strs(_) -> none.

tuples({a}) -> 1;
tuples({a, b}) -> 2;
tuples({a, X, c}) -> X;
tuples({b, _}) -> 4;
tuples({1, X}) -> {int, X};
tuples({1.0, X}) -> {float, X};
tuples(T) when is_tuple(T) -> tuple_size(T);
tuples(_) -> no.

floats(1.0) -> one;
floats(2.5) -> two_and_a_half;
floats(1) -> int_one;
floats(F) when F == 0 -> zero;
floats(_) -> other.

mixed(1) -> int;
mixed(200) -> int200;
mixed(1.0) -> float;
mixed(a) -> atom;
mixed(true) -> bool;
mixed([]) -> nil;
mixed([_ | _]) -> cons;
mixed({a}) -> tuple;
mixed(<<"a">>) -> bin;
mixed(M) when is_map(M) -> map;
mixed(F) when is_function(F, 1) -> f1.

arity({}) -> 0;
arity({_}) -> 1;
arity({_, _}) -> 2;
arity({A, _, C}) -> {A, C};
arity({_, _, _, D}) -> D.

state(idle, start) -> running;
state(running, pause) -> paused;
state(paused, resume) -> running;
state(paused, stop) -> idle;
state(running, stop) -> idle;
state(S, _) when S =:= idle; S =:= running -> S;
state(_, _) -> broken.

flags(true, true, true) -> all;
flags(true, B, _) when B -> two;
flags(A, B, C) when A or B, C -> mix;
flags(false, false, false) -> nothing;
flags(A, B, C) -> {A, B, C}.
