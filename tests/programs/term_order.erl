%% The order of all terms: every pair of a list of values of every type, by every operator.
-module(term_order).
-export([start/0]).

start() ->
    F = fun lists:map/2,
    Vs = [-5, 0, 1, 1.0, 1.5, 1 bsl 60, 1 bsl 64, -(1 bsl 64), 1.0e30, a, b, 'A', ab, '', F, {}, {a}, {b}, {a, b}, {1}, {1.0}, #{}, #{a => 1}, #{b => 1}, #{a => 2}, #{a => 1, b => 1}, #{1 => a}, #{1.0 => a},
          [], [a], [b], [a, b], [a | b], [1], [1.0], "abc", "abd", <<>>, <<"a">>, <<"b">>, <<"ab">>, <<1:1>>, <<0:9>>, [[]], [{}], {[]}],
    {[case {A < B, A == B, A =:= B} of {true, false, false} -> l; {false, true, true} -> e; {false, true, false} -> n; {false, false, false} -> g end || A <- Vs, B <- Vs],
     [check(A, B) || A <- Vs, B <- Vs, not check(A, B)], lists:sort(Vs), lists:reverse(lists:sort(Vs)), lists:usort(Vs), lists:sort(fun(A, B) -> A >= B end, Vs), lists:min(Vs), lists:max(Vs),
     types(), chains(), exact()}.

check(A, B) ->
    (A < B) =:= (B > A) andalso (A =< B) =:= not (A > B) andalso (A >= B) =:= not (A < B) andalso (A == B) =:= (B == A) andalso (A /= B) =:= not (A == B) andalso (A =/= B) =:= not (A =:= B)
        andalso (not (A =:= B) orelse A == B) andalso max(A, B) >= min(A, B).

%% number < atom < reference < fun < port < pid < tuple < map < nil < list < bit string
types() ->
    L = [<<1>>, [x], [], #{}, {}, self(), fun() -> ok end, make_ref(), atom, 1],
    Sorted = lists:sort(L),
    [if is_number(X) -> number; is_atom(X) -> atom; is_reference(X) -> ref; is_function(X) -> 'fun'; is_pid(X) -> pid; is_tuple(X) -> tuple; is_map(X) -> map; X =:= [] -> nil; is_list(X) -> list; true -> bits end || X <- Sorted].

chains() -> [{X, Y, Z} || X <- [1, 1.0, 2], Y <- [1, 2.0], Z <- [1.0, 3], X =< Y, Y < Z].

exact() ->
    P = 1 bsl 53,
    [P == P + 0.0, P + 1 == P + 0.0, P + 1 > P + 0.0, P - 1 < P + 0.0, -P - 1 < -(P + 0.0), {P + 1} > {P + 0.0}, [1.0, 2] == [1, 2.0], lists:sort([3, 2.0, 2, 1.0, 1]), lists:usort([2, 2.0, 1.0, 1]), 0.0 =:= 0, 0 == -0.0].
