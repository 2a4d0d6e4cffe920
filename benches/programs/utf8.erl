%% Text as UTF-8 and UTF-16, parsed and written one character at a time.
-module(utf8).
-export([start/0]).

start() ->
    Text = unicode:characters_to_binary([line(I) || I <- lists:seq(1, 3000)]),
    Upper = upper(Text, <<>>),
    Wide = << <<C/utf16>> || <<C/utf8>> <= Text >>,
    {byte_size(Text), erlang:crc32(Upper), erlang:crc32(Wide), count(Text, 0, 0, 0),
     length(unicode:characters_to_list(Wide, utf16)), words(Text)}.

line(I) -> ["Zeile ", integer_to_list(I), ": \x{e4}\x{f6}\x{fc} \x{2192} \x{1F600} \x{416}\x{438}\x{437}\x{43d}\x{44c}\n"].

upper(<<C, Rest/binary>>, Acc) when C >= $a, C =< $z -> upper(Rest, <<Acc/binary, (C - 32)>>);
upper(<<C/utf8, Rest/binary>>, Acc) when C >= 16#430, C =< 16#44F -> upper(Rest, <<Acc/binary, (C - 32)/utf8>>);
upper(<<C/utf8, Rest/binary>>, Acc) -> upper(Rest, <<Acc/binary, C/utf8>>);
upper(<<>>, Acc) -> Acc.

count(<<C/utf8, Rest/binary>>, One, Two, More) when C < 16#80 -> count(Rest, One + 1, Two, More);
count(<<C/utf8, Rest/binary>>, One, Two, More) when C < 16#800 -> count(Rest, One, Two + 1, More);
count(<<_/utf8, Rest/binary>>, One, Two, More) -> count(Rest, One, Two, More + 1);
count(<<>>, One, Two, More) -> {One, Two, More}.

words(Text) -> length(binary:split(Text, [<<" ">>, <<"\n">>], [global, trim_all])).
