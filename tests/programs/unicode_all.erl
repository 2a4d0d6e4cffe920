%% unicode_util over all characters, and over random texts of every shape: lists in lists, binaries,
%% texts that are wrong.
-module(unicode_all).
-export([start/0]).

start() ->
    [io:format("~w ~w~n", [From, sums(From)]) || From <- lists:seq(0, 16#10FFFF, 16#1000)],
    Sum = lists:foldl(fun(N, Sum) ->
        rand:seed(exsss, {N, 25, 4}),
        erlang:phash2({Sum, all(text(3))})
    end, 0, lists:seq(1, 6000)),
    io:format("~w~n", [Sum]),
    [io:format("~w~n", [all(T)]) || T <- odd()],
    [begin rand:seed(exsss, {N, 1, 2}), T = text(2), io:format("~w~n", [all(T)]) end || N <- lists:seq(1, 40)],
    done.

%% One number for each function, over 4096 characters.
sums(From) ->
    Chars = lists:seq(From, From + 16#FFF),
    [erlang:phash2([catch F(C) || C <- Chars]) || F <- [
        fun(C) -> unicode_util:uppercase([C]) end,
        fun(C) -> unicode_util:lowercase([C, C]) end,
        fun(C) -> {unicode_util:titlecase([C]), unicode_util:casefold([C])} end,
        fun(C) -> unicode_util:gc([C, $a]) end,
        fun(C) -> unicode_util:gc([$a, C, $b]) end,
        fun(C) -> unicode_util:gc([16#1F600, 8205, C, 16#301]) end,
        fun(C) -> unicode_util:gc([16#1100, C, 16#1161, 16#11A8]) end,
        fun(C) -> unicode_util:gc([16#600, C]) end,
        fun(C) -> unicode_util:nfd([C]) end,
        fun(C) -> unicode_util:nfc([C, 16#301]) end,
        fun(C) -> unicode_util:nfkc([C, 16#327, 16#301]) end]].

all(Text) ->
    {[try M:F(Text) catch E:R -> {E, R} end || {M, F} <- [
        {unicode_util, cp}, {unicode_util, gc}, {unicode_util, nfd}, {unicode_util, nfc},
        {unicode_util, nfkc}, {unicode_util, uppercase}, {unicode_util, lowercase},
        {unicode_util, titlecase}, {unicode_util, casefold}]],
     graphemes(Text, 50)}.

graphemes(_, 0) -> long;
graphemes(Text, N) ->
    case catch unicode_util:gc(Text) of
        [G | Rest] -> [G | graphemes(Rest, N - 1)];
        Other -> erase_where(Other)
    end.

%% Where it failed differs: OTP's is a function inside.
erase_where({'EXIT', {Reason, _}}) -> {'EXIT', Reason};
erase_where(Other) -> Other.

text(0) -> leaf();
text(Depth) ->
    case rand:uniform(5) of
        1 -> leaf();
        2 -> binary();
        _ -> [element_of(Depth) || _ <- lists:seq(1, rand:uniform(5) - 1)]
    end.

element_of(Depth) ->
    case rand:uniform(3) of
        1 -> text(Depth - 1);
        _ -> char()
    end.

leaf() -> [char() || _ <- lists:seq(1, rand:uniform(6) - 1)].

binary() ->
    case rand:uniform(6) of
        1 -> <<(unicode:characters_to_binary(leaf()))/binary, 16#FF, "x">>;
        2 -> <<(unicode:characters_to_binary(leaf()))/binary, 16#E2, 16#82>>;
        _ -> unicode:characters_to_binary(leaf())
    end.

char() ->
    Kinds = {[$a, $b, $\s], [13, 10], [13], [0, 127, 173], [233, 223, 255], [769, 776, 803, 16#327],
             [8205, 8204], [16#1F468, 16#1F469, 169, 16#2764], [16#1F1E6, 16#1F1FA], [16#1100, 16#1112],
             [16#1161, 16#1175], [16#11A8, 16#11C2], [16#AC00, 16#AC01, 16#D7A3], [16#600, 16#6DD],
             [16#1F3FB], [16#345, 16#130, 16#1C4, 16#3A3, 16#FB01], [16#A960, 16#D7B0, 16#D7CB],
             [16#903, 16#93E], [65535, 16#10FFFF], [$z]},
    Kind = element(rand:uniform(tuple_size(Kinds)), Kinds),
    lists:nth(rand:uniform(length(Kind)), Kind).

odd() ->
    [[], <<>>, [[]], [[[]], <<>>], foo, [foo], [$a | foo], [$a, foo], [$a | <<"b">>], [1.5, $a], [1.5],
     [-1, 769], [1 bsl 80, 769], [-(1 bsl 80), $a], [16#110000, 769], [16#D800, 769], <<1:3>>, [$a, <<1:3>>],
     [[$a], [$b], [$c], [$d], [$e]], [[[[$a, $b, $c, $d, $e]]], $f], [[$a | $b], $c], [[$a, [$b | <<"c">>]], $d],
     [<<"a">>, [<<"b">>]], [[<<"a">>, $b], <<"c">>], [13 | <<10>>], [13, <<10>>], [[13], [10]], <<13, 10, "a">>,
     <<13>>, [13], [13, foo], [13 | foo], [16#600 | foo], [16#600, <<255>>], [169 | <<255>>], [169, <<255>>],
     [169, 769 | <<255>>], [$a, 769, <<255>>], [$a | <<255>>], <<"a", 255>>, <<255>>, [<<255>>, $a],
     [[<<255>>, $a], $b], [16#1F1E6 | <<255>>], [16#1100, <<255>>], [16#1100, 16#1161, <<255>>],
     [16#600, 16#600, 16#600, $a, 769], [16#600, 16#600, 13, 10], [16#600, 13, 10], [16#600],
     [16#1100, 16#1100, 16#1161, 16#11A8, 769], [16#1100, 16#1100, 769], [$e, 803, 770], [$e, 770, 803],
     [233, 803, 769], [16#1E0B, 16#323], <<"e", 204, 129, "x">>, [$a, 0, 769], [<<>>, <<>>, [], $a]].
