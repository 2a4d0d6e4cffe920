%% -*- coding: utf-8 -*-
%% Strings built by iolists: nesting, sizes, templates, HTML escape, hexdump, sharing.
-module(iolist_build).
-export([start/0]).

start() ->
    Deep = lists:foldl(fun(I, A) -> [A, integer_to_list(I), <<",">>] end, [], lists:seq(1, 2000)),
    Tree = tree(12),
    io:put_chars(table([["name", "n"], ["alpha", "1"], ["beta", "22"]])),
    {iolist_size(Deep), erlang:crc32(Deep), erlang:md5(Deep), iolist_size(Tree), byte_size(iolist_to_binary(Tree)), iolist_to_binary([1, [2, [<<3>> | <<4>>]]]), iolist_to_binary([]), iolist_to_binary([[], <<>>, ""]),
     html("<a href=\"x\">T&C</a>"), dump(<<0, 1, 2, "hello world, this is a dump", 255>>), template("Hello {{name}}, {{n}} new", #{"name" => "Joe", "n" => 3}), lists:flatten(["a", ["b", ["c"]]]),
     [try iolist_to_binary(X) catch C:R -> {C, R} end || X <- [a, [256], [-1], [<<1:1>>], [a | b], {}, [1 | 2]]], [try iolist_size(X) catch C:R -> {C, R} end || X <- [a, [1 | <<"x">>], [1 | 2], [300]]],
     erlang:iolist_to_iovec([<<"ab">>, "cd"]), url("a b&c=å"), unurl("a%20b%26c"), list_to_binary(lists:duplicate(3, ["ab", $c])), term_lines()}.

tree(0) -> <<"leaf">>;
tree(N) -> T = tree(N - 1), [T, $-, T].
html(S) -> iolist_to_binary([case C of $< -> "&lt;"; $> -> "&gt;"; $& -> "&amp;"; $" -> "&quot;"; _ -> C end || C <- S]).
dump(B) -> lists:flatten(lines(B, 0)).
lines(<<>>, _) -> [];
lines(<<L:16/binary, R/binary>>, O) -> [line(L, O) | lines(R, O + 16)];
lines(L, O) -> [line(L, O)].
line(L, O) -> io_lib:format("~8.16.0b  ~-48s|~s|~n", [O, lists:join(" ", [io_lib:format("~2.16.0b", [X]) || <<X>> <= L]), [if X >= 32, X < 127 -> X; true -> $. end || <<X>> <= L]]).
template([], _) -> [];
template("{{" ++ R, M) -> {K, "}}" ++ T} = lists:splitwith(fun(C) -> C =/= $} end, R), text(maps:get(K, M)) ++ template(T, M);
template([C | R], M) -> [C | template(R, M)].
text(I) when is_integer(I) -> integer_to_list(I);
text(S) -> S.
table(Rows) -> W = [lists:max([length(X) || X <- Col]) || Col <- cols(Rows)], [[lists:join(" | ", [string:pad(X, N) || {X, N} <- lists:zip(R, W)]), $\n] || R <- Rows].
cols([[] | _]) -> [];
cols(Rows) -> [[hd(R) || R <- Rows] | cols([tl(R) || R <- Rows])].
url(S) -> lists:flatten([if C >= $a, C =< $z; C >= $0, C =< $9 -> C; true -> io_lib:format("%~2.16.0B", [C]) end || <<C>> <= unicode:characters_to_binary(S)]).
unurl([$%, A, B | R]) -> [list_to_integer([A, B], 16) | unurl(R)];
unurl([C | R]) -> [C | unurl(R)];
unurl([]) -> [].
term_lines() -> [lists:flatten(io_lib:format("~p.", [T])) || T <- [{a, 1}, "s", [x | y]]].
