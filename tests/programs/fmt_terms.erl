%% -*- coding: utf-8 -*-
%% ~p, ~w, ~P, ~W over every kind of term, with widths, depths and modifiers.
-module(fmt_terms).
-export([start/0]).

start() ->
    Ts = [a, 'B c', 12, -3.5, 1 bsl 80, "text", "tab\t\"q\"\\", [1, 2, 3], [$a, 1], [a | b], {}, {a, {b}}, <<>>, <<"bin">>, <<1, 2, 255>>, <<1:3>>, #{}, #{a => 1, "k" => [b]},
          [], [[]], "åäö", [960, 8364], <<"π"/utf8>>, [{k, v}, {k2, "v2"}], fun lists:map/2, true, {[{[{x}]}]}, [0], [27], [127], [128], [160], "\e\b\f\v\d\0"],
    {[f(F, [T]) || T <- Ts, F <- ["~p", "~w", "~tp", "~tw", "~lp", "~0p", "~30p", "~10w", "~-10w|"]],
     [f("~P", [T, D]) || T <- [lists:seq(1, 20), {a, {b, {c, {d}}}}, "a long string indeed", #{a => #{b => #{c => d}}}, <<"binary text">>, <<1, 2, 3, 4, 5, 6, 7, 8>>], D <- [1, 2, 3, 5, 8]],
     [f("~W", [T, D]) || T <- [lists:seq(1, 20), {a, {b, {c, {d}}}}, "abc", #{a => #{b => c}, d => e}], D <- [0, 1, 2, 4]],
     f("~p~n~p", [{lists:seq(1, 60)}, lists:duplicate(12, {key, "value"})]),
     [try f(F, A) catch C:R -> {C, R} end || {F, A} <- [{"~p", []}, {"~p", [1, 2]}, {"~q", [1]}, {"x", [y]}, {"~", []}, {"~p", notlist}, {bad, []}]],
     io_lib:print("str"), io_lib:print([1], 1, 80, -1), io_lib:write({a, "b"}), io_lib:write([1, 2, 3, 4], 3), io_lib:write_string("a\nb"), io_lib:write_atom('x y'),
     io_lib:write_char($\n), io_lib:write_latin1_string("å"), io_lib:printable_list("abc"), io_lib:printable_list([1]), io_lib:printable_unicode_list([960]), io_lib:char_list([256]),
     io_lib:latin1_char_list("å"), io_lib:deep_char_list(["a", [$b]]), io_lib:nl(), io_lib:indentation("abc\nde", 0)}.

f(F, A) -> try lists:flatten(io_lib:format(F, A)) catch C:R -> {F, C, R} end.
