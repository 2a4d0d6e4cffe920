%% -*- coding: utf-8 -*-
%% UTF-8, UTF-16 and UTF-32 segments: build, match, skip, and what is not a character.
-module(bin_utf).
-export([start/0]).

start() ->
    Cs = [0, $a, 127, 128, 233, 2047, 2048, 8364, 55295, 57344, 65533, 65535, 65536, 128512, 1114111],
    {[<<C/utf8>> || C <- Cs], [<<C/utf16>> || C <- Cs], [<<C/utf16-little>> || C <- Cs], [<<C/utf32>> || C <- Cs], [<<C/utf32-little>> || C <- Cs],
     [begin <<X/utf8>> = <<C/utf8>>, X end || C <- Cs] =:= Cs, [begin <<X/utf16-little>> = <<C/utf16-little>>, X end || C <- Cs] =:= Cs,
     [begin <<X/utf32>> = <<C/utf32>>, X end || C <- Cs] =:= Cs,
     [u8(B) || B <- [<<"héé"/utf8>>, <<255, 1>>, <<16#C3>>, <<16#C0, 16#80>>, <<16#ED, 16#A0, 16#80>>, <<16#F4, 16#90, 16#80, 16#80>>,
                     <<16#E2, 16#82>>, <<16#E2, 16#82, 16#AC, $!>>, <<16#F0, 16#9F, 16#98, 16#80>>, <<>>, <<16#80>>]],
     [u16(B) || B <- [<<16#D8, 0>>, <<16#D8, 0, 16#DC, 0>>, <<16#DC, 0>>, <<0, $a>>, <<16#D8, 0, 0, $a>>]],
     [u32(B) || B <- [<<0, 0, 0, $a>>, <<0, 16#11, 0, 0>>, <<0, 0, 16#D8, 0>>]],
     skip(<<"aé€"/utf8>>), <<"grüße"/utf8>>, <<"ab"/utf16>>, <<"ab"/utf32-little>>, count(<<"日本語 text"/utf8>>, 0), odd(<<5:3, 233/utf8, 2:5>>),
     unicode:characters_to_list(<<"日本"/utf8>>), unicode:characters_to_binary([26085, <<"é"/utf8>>, "x"]),
     unicode:characters_to_binary("é", unicode, latin1), unicode:characters_to_binary([8364], unicode, latin1),
     unicode:characters_to_list(<<233>>, latin1), unicode:characters_to_list(<<233>>), unicode:characters_to_binary(<<16#E2, 16#82>>),
     unicode:characters_to_binary("aé€😀", unicode, {utf16, little}), unicode:characters_to_binary("aé", unicode, utf32),
     unicode:characters_to_list(<<0, $a, 216, 61, 222, 0>>, utf16), unicode:bom_to_encoding(<<16#EF, 16#BB, 16#BF>>), unicode:encoding_to_bom({utf16, big}),
     try unicode:characters_to_list(id(a)) catch C1:R1 -> {C1, R1} end}.

u8(<<C/utf8, R/binary>>) -> {C, R};
u8(R) -> {bad, R}.
u16(<<C/utf16, R/binary>>) -> {C, R};
u16(R) -> {bad, R}.
u32(<<C/utf32, R/binary>>) -> {C, R};
u32(R) -> {bad, R}.
skip(<<_/utf8, _/utf8, C/utf8>>) -> C.
count(<<_/utf8, R/binary>>, N) -> count(R, N + 1);
count(<<>>, N) -> N.
odd(<<_:3, C/utf8, X:5>>) -> {C, X}.
id(X) -> X.
