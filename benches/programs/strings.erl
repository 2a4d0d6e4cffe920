%% The modules string and unicode on text with letters of all sizes.
-module(strings).
-export([start/0]).

start() ->
    Text = lists:flatten(lists:duplicate(500, "The quick brown f\x{f6}x j\x{fc}mps over the l\x{e4}zy dog; na\x{ef}ve caf\x{e9}, \x{416}\x{443}\x{43a} e\x{301}. ")),
    Bin = unicode:characters_to_binary(Text),
    Words = string:lexemes(Text, " ,.;"),
    {string:length(Bin), length(Words), erlang:phash2(string:uppercase(Text)), erlang:phash2(string:casefold(Bin)),
     erlang:phash2([string:titlecase(W) || W <- Words]), erlang:phash2(string:reverse(Text)),
     erlang:phash2(unicode:characters_to_nfd_list(Text)), erlang:phash2([string:pad(W, 12, both, $*) || W <- Words]),
     erlang:phash2(string:replace(Bin, "o", "0", all)), length(string:split(Text, "the", all)),
     [string:find(Text, "dog") =/= nomatch, string:equal(Text, Bin), string:trim("  x  ")]}.
