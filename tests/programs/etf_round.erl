%% -*- coding: utf-8 -*-
%% The external term format: exact bytes, round trips, options, and damaged input.
-module(etf_round).
-export([start/0]).

start() ->
    Ts = [0, 255, 256, -1, 1 bsl 31, -(1 bsl 31), 1 bsl 40, 1 bsl 2100, -(1 bsl 64), 1.5, -0.0, a, 'åπ', [], "str", [1, 2, 300], [a | b], {}, {a, "b"}, list_to_tuple(lists:seq(1, 300)), <<>>, <<"bin">>, <<5:3>>, #{}, #{a => 1, "b" => {2}},
          lists:duplicate(70000, $x), [lists:seq(1, 10), [[]]], fun lists:map/2, true, {[{[<<1>>]}]}],
    {[if_short(term_to_binary(T)) || T <- Ts], [binary_to_term(term_to_binary(T)) =:= T || T <- Ts], [binary_to_term(term_to_binary(T, [compressed])) =:= T || T <- Ts], [erlang:external_size(T) || T <- Ts, not is_function(T)],
     [begin {_, N} = binary_to_term(<<(term_to_binary(T))/binary, "rest">>, [used]), N =:= byte_size(term_to_binary(T)) end || T <- Ts],
     term_to_binary({a, 1.0}, [{minor_version, 0}]), term_to_binary([é, 1.0], [{minor_version, 1}]), iolist_to_binary(term_to_iovec({a, [1]})), byte_size(term_to_binary(lists:duplicate(10000, 0), [compressed])) < 200,
     binary_to_term(<<131, 100, 0, 1, $a>>), binary_to_term(<<131, 99, "1.50000000000000000000e+00", 0, 0, 0, 0, 0>>), binary_to_term(<<131, 115, 1, $z>>), binary_to_term(<<131, 110, 1, 0, 5>>), binary_to_term(<<131, 107, 0, 1, 9>>),
     [try binary_to_term(B) catch C:R -> {C, R} end || B <- [<<>>, <<131>>, <<130, 97, 1>>, <<131, 97>>, <<131, 98, 0, 0, 0>>, <<131, 108, 0, 0, 0, 2, 97, 1>>, <<131, 108, 255, 255, 255, 255>>, <<131, 104, 3, 97, 1>>, <<131, 109, 0, 0, 0, 9, 1>>,
        <<131, 255, 0>>, <<131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 2>>, <<131, 77, 0, 0, 0, 1, 9, 1>>, <<131, 119, 1, 255>>, <<131, 80, 0, 0, 0, 5, 1, 2>>, <<131, 111, 255, 255, 255, 255, 0>>, <<131, 97, 1, 2>>]],
     try binary_to_term(<<131, 119, 14, "never_seen_xyz">>, [safe]) catch C2:R2 -> {C2, R2} end, try binary_to_term(id(x)) catch C3:R3 -> {C3, R3} end, pid_round(), deep(100000)}.

if_short(B) when byte_size(B) < 400 -> B;
if_short(B) -> {byte_size(B), erlang:crc32(B)}.

pid_round() ->
    F = fun(X) -> X + 1 end,
    {P, R, G} = binary_to_term(term_to_binary({self(), make_ref(), F})),
    {P =:= self(), is_reference(R), G =:= F, G(1)}.

deep(N) ->
    L = lists:foldl(fun(_, A) -> [A] end, [], lists:seq(1, N)),
    B = term_to_binary(L),
    {byte_size(B), binary_to_term(B) =:= L}.

id(X) -> X.
