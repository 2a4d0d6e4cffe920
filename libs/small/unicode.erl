%% OTP's conversions of text, for packs that hold only what is used: what the VM has not built in, in
%% little code.
%%
%% Results are OTP's, but for what is left of a text that could not be converted to or from UTF-16,
%% UTF-32 or Latin-1: that is a flat list here.
-module(unicode).
-export([characters_to_list/1, characters_to_list/2, characters_to_list_int/2,
         characters_to_binary/1, characters_to_binary/2, characters_to_binary/3,
         characters_to_binary_int/2, bin_is_7bit/1, bom_to_encoding/1, encoding_to_bom/1]).
-export([characters_to_nfd_list/1, characters_to_nfd_binary/1,
         characters_to_nfc_list/1, characters_to_nfc_binary/1,
         characters_to_nfkd_list/1, characters_to_nfkd_binary/1,
         characters_to_nfkc_list/1, characters_to_nfkc_binary/1]).

characters_to_list(Text) -> unicode:characters_to_list(Text, unicode).
characters_to_list(_, _) -> erlang:nif_error(undef).

characters_to_binary(Text) -> unicode:characters_to_binary(Text, unicode).
characters_to_binary(_, _) -> erlang:nif_error(undef).

bin_is_7bit(_) -> erlang:nif_error(undef).

characters_to_binary(Text, In, Out) when Out =:= unicode; Out =:= utf8 ->
    unicode:characters_to_binary(Text, In);
characters_to_binary(Text, latin1, latin1) when is_binary(Text) -> Text;
characters_to_binary(Text, In, Out) ->
    case unicode:characters_to_list(Text, In) of
        {Tag, Good, Rest} ->
            case encode(Good, Out) of
                Binary when is_binary(Binary) -> {Tag, Binary, Rest};
                Error -> Error
            end;
        Chars -> encode(Chars, Out)
    end.

encode(Chars, latin1) -> latin1(Chars, []);
encode(Chars, utf16) -> << <<C/utf16>> || C <- Chars >>;
encode(Chars, {utf16, big}) -> << <<C/utf16>> || C <- Chars >>;
encode(Chars, {utf16, little}) -> << <<C/utf16-little>> || C <- Chars >>;
encode(Chars, utf32) -> << <<C/utf32>> || C <- Chars >>;
encode(Chars, {utf32, big}) -> << <<C/utf32>> || C <- Chars >>;
encode(Chars, {utf32, little}) -> << <<C/utf32-little>> || C <- Chars >>;
encode(_, _) -> error(badarg).

latin1([C | Chars], Good) when C < 256 -> latin1(Chars, [C | Good]);
latin1([], Good) -> list_to_binary(lists:reverse(Good));
latin1([C | Rest], Good) -> {error, list_to_binary(lists:reverse(Good)), [[C] | Rest]}.

%% The VM calls these for the encodings that it does not convert itself.
characters_to_binary_int(Text, In) ->
    case characters_to_list_int(Text, In) of
        {Tag, Good, Rest} -> {Tag, unicode:characters_to_binary(Good, unicode), Rest};
        Chars -> unicode:characters_to_binary(Chars, unicode)
    end.

characters_to_list_int(Text, In) ->
    is_encoding(In) orelse error(badarg),
    decode(Text, In, [], []).

is_encoding(utf16) -> true;
is_encoding(utf32) -> true;
is_encoding({utf16, E}) -> E =:= big orelse E =:= little;
is_encoding({utf32, E}) -> E =:= big orelse E =:= little;
is_encoding(_) -> false.

%% What follows the text at hand is a list of texts.
decode([C | T], In, After, Good) when is_integer(C) ->
    case C >= 0 andalso C =< 16#10FFFF andalso (C < 16#D800 orelse C > 16#DFFF) of
        true -> decode(T, In, After, [C | Good]);
        false -> {error, lists:reverse(Good), [[C | T] | After]}
    end;
decode([H | T], In, After, Good) -> decode(H, In, [T | After], Good);
decode([], _, [], Good) -> lists:reverse(Good);
decode([], In, [Next | After], Good) -> decode(Next, In, After, Good);
decode(<<>>, In, After, Good) -> decode([], In, After, Good);
decode(Binary, In, After, Good) when is_binary(Binary) ->
    case first(Binary, In) of
        {C, Rest} -> decode(Rest, In, After, [C | Good]);
        incomplete when After =:= [] -> {incomplete, lists:reverse(Good), Binary};
        _ -> {error, lists:reverse(Good), [Binary | After]}
    end;
decode(_, _, _, _) -> error(badarg).

first(<<C/utf16, Rest/binary>>, In) when In =:= utf16; In =:= {utf16, big} -> {C, Rest};
first(<<C/utf16-little, Rest/binary>>, {utf16, little}) -> {C, Rest};
first(<<C/utf32, Rest/binary>>, In) when In =:= utf32; In =:= {utf32, big} -> {C, Rest};
first(<<C/utf32-little, Rest/binary>>, {utf32, little}) -> {C, Rest};
first(Binary, In) when byte_size(Binary) < 2; byte_size(Binary) < 4, In =/= utf16 -> incomplete;
first(_, _) -> error.

bom_to_encoding(<<16#EF, 16#BB, 16#BF, _/binary>>) -> {utf8, 3};
bom_to_encoding(<<0, 0, 16#FE, 16#FF, _/binary>>) -> {{utf32, big}, 4};
bom_to_encoding(<<16#FF, 16#FE, 0, 0, _/binary>>) -> {{utf32, little}, 4};
bom_to_encoding(<<16#FE, 16#FF, _/binary>>) -> {{utf16, big}, 2};
bom_to_encoding(<<16#FF, 16#FE, _/binary>>) -> {{utf16, little}, 2};
bom_to_encoding(Binary) when is_binary(Binary) -> {latin1, 0}.

encoding_to_bom(unicode) -> encoding_to_bom(utf8);
encoding_to_bom(utf8) -> <<16#FEFF/utf8>>;
encoding_to_bom(latin1) -> <<>>;
encoding_to_bom(Encoding) -> encode([16#FEFF], Encoding).

characters_to_nfd_list(Text) -> normal(fun nfd/1, Text, []).
characters_to_nfd_binary(Text) -> binary(characters_to_nfd_list(Text)).
characters_to_nfc_list(Text) -> normal(fun nfc/1, Text, []).
characters_to_nfc_binary(Text) -> binary(characters_to_nfc_list(Text)).
characters_to_nfkd_list(Text) -> normal(fun nfkd/1, Text, []).
characters_to_nfkd_binary(Text) -> binary(characters_to_nfkd_list(Text)).
characters_to_nfkc_list(Text) -> normal(fun nfkc/1, Text, []).
characters_to_nfkc_binary(Text) -> binary(characters_to_nfkc_list(Text)).

binary({error, Good, Rest}) -> {error, unicode:characters_to_binary(Good, unicode), Rest};
binary(Chars) -> unicode:characters_to_binary(Chars, unicode).

normal(Form, Text, Good) ->
    case try Form(Text) catch error:_ -> badarg end of
        [Chars | Rest] when is_list(Chars) -> normal(Form, Rest, lists:reverse(Chars, Good));
        [C | Rest] -> normal(Form, Rest, [C | Good]);
        [] -> lists:reverse(Good);
        {error, Rest} -> {error, lists:reverse(Good), Rest};
        badarg -> error(badarg)
    end.

nfd(Text) -> unicode_util:nfd(Text).
nfc(Text) -> unicode_util:nfc(Text).
nfkd(Text) -> unicode_util:nfkd(Text).
nfkc(Text) -> unicode_util:nfkc(Text).
