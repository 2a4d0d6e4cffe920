%% -*- coding: utf-8 -*-
%% Unicode: grapheme clusters, normal forms, case of other scripts, conversions with rests.
-module(str_unicode).
-export([start/0]).

start() ->
    E = [$e, 769],
    Family = [128104, 8205, 128105, 8205, 128103],
    Flag = [127480, 127466],
    {string:length(E), string:length(Family), string:length(Flag ++ Flag), string:to_graphemes("a" ++ E ++ Family), string:reverse("a" ++ E), string:slice("x" ++ E ++ "y", 1, 1),
     unicode:characters_to_nfc_list(E), unicode:characters_to_nfd_list([233]), unicode:characters_to_nfkc_list([64257]), unicode:characters_to_nfkd_list("½"), unicode:characters_to_nfc_binary(E),
     string:uppercase("straße"), string:lowercase("ΑΣ ΟΔΟΣ"), string:titlecase("ǆ"), string:casefold("ΣΑΣ"), string:uppercase(<<"éà"/utf8>>), string:equal(E, [233]), string:equal(E, [233], false, nfc),
     unicode:characters_to_list([<<"å"/utf8>>, 228, [[<<246/utf8>>]]]), unicode:characters_to_binary(["a", <<16#E2, 16#82>>]), unicode:characters_to_list([<<16#E2>>, <<16#82, 16#AC>>]),
     unicode:characters_to_binary([1114112]), unicode:characters_to_binary([$a, 16#D800]), unicode:characters_to_list(<<"ok", 255, "more">>), unicode:characters_to_binary(<<"latin", 233>>, latin1, utf8),
     unicode:characters_to_binary("€", utf8, {utf16, big}), unicode:characters_to_binary(<<0, 65>>, utf16, utf8), unicode:characters_to_binary([<<216>>, 1], latin1, utf32), unicode_util:gc("e" ++ [769, $x]), unicode_util:cp(<<"π"/utf8>>),
     unicode_util:is_whitespace($\s), unicode_util:whitespace() =/= [], string:trim([160, $a, 8195]), string:pad("日本", 4), [C || <<C/utf8>> <= <<"日本語"/utf8>>], lists:flatten(io_lib:format("~ts|~tp|~p", ["日", "日", "日"])),
     string:find("naïve café", "café"), string:split("α,β,γ", ",", all), string:lexemes("ä b\tc", " \t"), string:lexemes([$a, $\r, $\n, $b], [[$\r, $\n]]), string:replace("x→y", "→", "->"),
     lists:sort(["ä", "z", "a", "é"]), length("日本"), byte_size(<<"日本"/utf8>>), list_to_binary(io_lib:format("~ts", [<<"é">>])), try list_to_binary("日") catch C:R -> {C, R} end}.
