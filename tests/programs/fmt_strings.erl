%% -*- coding: utf-8 -*-
%% ~s ~ts with widths, precisions, pads; iodata, binaries, atoms; what latin1 refuses.
-module(fmt_strings).
-export([start/0]).

start() ->
    Ss = ["", "abc", <<"binary">>, atom, ["io", [$l, <<"ist">>]], "longer than ten"],
    {[f(F, [S]) || S <- Ss, F <- ["~s", "~10s|", "~-10s|", "~5s|", "~.2s|", "~10.3s|", "~-10.3s|", "~10.3.*s|", "~10..-s|", "~ts", "~-8.4.+s|"]],
     [f(F, [S]) || S <- ["åäö", <<"åäö"/utf8>>, [960, $x], 'πatom', <<"日本語"/utf8>>], F <- ["~ts", "~10ts|", "~-6.2ts|"]],
     [try f(F, A) catch C:R -> {C, R} end || {F, A} <- [{"~s", [[960]]}, {"~s", [1]}, {"~s", [{a}]}, {"~s", [[a]]}, {"~ts", [<<255>>]}, {"~s", [<<"π"/utf8>>]}, {"~s", [[$a | $b]]}]],
     f("~*s|~.*s|~*.*s", [6, "ab", 1, "xyz", 5, 2, "hello"]), f(<<"bin fmt ~p">>, [x]), f('atom fmt ~p', [x]), f("pré~ts", ["é"]), f("~s and ~s", ["one", two]),
     io_lib:format("a~sb", ["-"]), io_lib:fwrite("~w", [x]), lists:flatten(io_lib:format("~s~n~s~n", [<<"l1">>, "l2"])),
     io_lib:fread("~d ~s ~a", "42 word atom rest"), io_lib:fread("~f,~u", "3.5,7"), io_lib:fread("~c~3c", "xabc"), io_lib:fread("~d", "notnum"), io_lib:fread("~16u", "ff"), io_lib:fread("~#", "16#1A"),
     io_lib:scan_format("~5.2f~p", [1.0, a]), io_lib:unscan_format(io_lib:scan_format("x~10.3._sy", ["z"])), io_lib:build_text(io_lib:scan_format("~p", [q])),
     io_lib:format("~s", ["limited output here"], [{chars_limit, 8}]), lists:flatten(io_lib:format("~p", [lists:seq(1, 100)], [{chars_limit, 30}])),
     lists:flatten(io_lib:format("~0p ~ts", [#{list => lists:seq(1, 50)}, lists:duplicate(50, $x)], [{chars_limit, 60}]))}.

f(F, A) -> try lists:flatten(io_lib:format(F, A)) catch C:R -> {F, C, R} end.
