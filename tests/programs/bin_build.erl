%% -*- coding: utf-8 -*-
%% Building binaries: truncation, signs, byte orders, sizes at run time, nested parts, and errors.
-module(bin_build).
-export([start/0]).

start() ->
    N = id(16#123456789ABCDEF),
    B = id(<<"bin">>),
    {<<1, 2, 3>>, <<N>>, <<N:16>>, <<N:16/little>>, <<N:64>>, <<N:64/little>>, <<-1:24>>, <<(-N):64/signed>>, <<N:20, 5:4>>,
     <<"text", 0, "é"/utf8>>, <<B/binary, B/binary>>, <<B:2/binary>>, <<(list_to_binary("x"))/binary, 1>>,
     [<<N:S>> || S <- [0, 1, 4, 7, 8, 9, 13, 31, 32, 33, 60, 65]],
     [<<N:S/little>> || S <- [0, 1, 4, 7, 8, 9, 13, 31, 32, 33, 60, 65]],
     [<<1.5:S/float>> || S <- [16, 32, 64]], <<1:32/float>>, <<2.5:64/float-little>>, <<(id(3)):64/float>>,
     <<1:1, 0:2, 5:5>>, <<1:1, B/binary, 0:7>>, <<5:3, B/bits>>, << <<7:3>>/bits, <<1:5>>/bits>>,
     <<(1 bsl 100):128>>, <<(-(1 bsl 100)):104/little>>, <<(id(1 bsl 64)):8>>, <<"abc":16>>, <<"ab":16/little>>,
     begin <<X:4/integer-unit:8>> = <<N:4/integer-unit:8>>, X end,
     header(udp, 1, <<"hello">>), byte_size(<<0:8000>>), bit_size(<<0:7, 1:6>>), <<>>, <<"">>,
     list_to_bitstring([<<1:3>>, 2, [<<5:5>>]]), bitstring_to_list(<<1, 2, 3:3>>),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> <<(id(a))>> end, fun() -> <<(id(1.5)):8>> end, fun() -> <<(id(1)):8/float>> end,
               fun() -> <<(id(a))/binary>> end, fun() -> <<(id(<<1:1>>))/binary>> end, fun() -> <<1:(id(-1))>> end,
               fun() -> <<(id(<<"ab">>)):3/binary>> end, fun() -> <<(id(16#D800))/utf8>> end, fun() -> <<1:(id(x))>> end,
               fun() -> <<(id(1.0e300)):32/float>> end, fun() -> <<(id(x)):64/float>> end, fun() -> <<(id(-1))/utf16>> end]]}.

header(Kind, Seq, Body) ->
    Code = case Kind of udp -> 17; tcp -> 6 end,
    Len = byte_size(Body) + 4,
    <<Code, Seq, Len:16, Body/binary>>.

id(X) -> X.
