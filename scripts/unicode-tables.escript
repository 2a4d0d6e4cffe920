#!/usr/bin/env escript
%% Writes atomvm-core/src/unicode/tables.rs: what the installed OTP knows of Unicode.
%%
%%   escript scripts/unicode-tables.escript >atomvm-core/src/unicode/tables.rs
%%
%% The facts are asked of OTP's `unicode_util`, compiled once more with all its functions exported.
%% Where its tables did not have the shape that the VM relies on, this stops.
-mode(compile).

main([]) ->
    load(),
    ok = io:setopts([{encoding, utf8}]),
    {Major, Minor} = tables:spec_version(),
    io:format("//! Tables of Unicode ~w.~w, made by `scripts/unicode-tables.escript`: do not edit.~n~n"
              "#![cfg_attr(rustfmt, rustfmt_skip)]~n", [Major, Minor]),
    graphemes(),
    combining(),
    cases(),
    decompositions(),
    compositions().

load() ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} =
        beam_lib:chunks(code:which(unicode_util), [abstract_code]),
    Renamed = [rename(F) || F <- Forms],
    {ok, tables, Binary} = compile:forms(Renamed, [export_all, nowarn_export_all]),
    {module, tables} = code:load_binary(tables, "tables", Binary).

rename({attribute, L, module, unicode_util}) -> {attribute, L, module, tables};
rename(Form) -> Form.

chars() -> lists:seq(0, 16#10FFFF).

%% ---- Graphemes ----

graphemes() ->
    io:format("~n/// Where a class of graphemes begins: the character in the upper 24 bits, the class below.~n"
              "pub static GRAPHEME: &[u32] = &[~n"),
    words([(From bsl 8) bor number(Class) || {From, Class} <- ranges(fun class/1)]),
    io:format("];~n").

number(Class) ->
    #{other := N} = #{other => maps:get(Class, #{other => 0, control => 1, extend => 2, zwj => 3,
        prepend => 4, l => 5, v => 6, t => 7, regional => 8, ext_pict => 9})},
    N.

%% Syllables of Hangul are other: their class is computed.
class(C) ->
    Found = [Class || {Class, true} <- [{control, tables:is_control(C)},
                                        {extend, tables:is_extend(C) =:= true},
                                        {zwj, tables:is_extend(C) =:= zwj},
                                        {prepend, is_prepend(C)},
                                        {ext_pict, tables:is_ext_pict(C)},
                                        {regional, C >= 127462 andalso C =< 127487},
                                        {l, is_l(C)}, {v, is_v(C)}, {t, is_t(C)}]],
    case Found of
        [] -> other;
        [Class] -> Class
    end.

is_prepend(C) ->
    not tables:is_control(C) andalso C > 255 andalso tables:gc([C, $a]) =:= [[C, $a]].

is_l(C) -> (C >= 4352 andalso C =< 4447) orelse (C >= 43360 andalso C =< 43388).
is_v(C) -> (C >= 4448 andalso C =< 4519) orelse (C >= 55216 andalso C =< 55238).
is_t(C) -> (C >= 4520 andalso C =< 4607) orelse (C >= 55243 andalso C =< 55291).

ranges(F) -> ranges(chars(), F, none, []).

ranges([C | Cs], F, Last, Acc) ->
    case F(C) of
        Last -> ranges(Cs, F, Last, Acc);
        New -> ranges(Cs, F, New, [{C, New} | Acc])
    end;
ranges([], _, _, Acc) -> lists:reverse(Acc).

%% ---- Combining classes ----

combining() ->
    io:format("~n/// Where a canonical combining class begins: the character in the upper 24 bits, the class below.~n"
              "pub static COMBINING: &[u32] = &[~n"),
    words([(From bsl 8) bor Class || {From, Class} <- ranges(fun tables:class/1)]),
    io:format("];~n").

%% ---- Cases ----

cases() ->
    All = [{C, maps:get(upper, M), maps:get(lower, M), maps:get(title, M), maps:get(fold, M)}
           || C <- chars(), M <- [tables:get_case(C)], tables:case_table(C) =/= {C, C}],
    {Plain, Special} = lists:partition(fun is_plain/1, All),
    io:format("~n/// Runs of letters: the first, how many, the step from one to the next, and what to add for~n"
              "/// upper and for lower case. Title case is upper case there, folded is lower case.~n"
              "pub static CASE_RUNS: &[(u32, u16, u8, i32, i32)] = &[~n"),
    [io:format("    (~w, ~w, ~w, ~w, ~w),~n", [C, N, Step, U, L])
     || {C, N, Step, U, L} <- runs([{C, U - C, L - C} || {C, U, L, _, _} <- Plain])],
    io:format("];~n"),
    pool("SPECIAL_CASE", "Letters that are not so simple: upper, lower, title case and folded, parted by a space",
         [{C, lists:join($\s, [U, L, T, F])} || {C, U, L, T, F} <- Special]).

is_plain({_, U, L, T, F}) -> is_integer(U) andalso is_integer(L) andalso T =:= U andalso F =:= L.

%% Greedy: with a step of one or two, whatever goes further. At most two runs lie in one another:
%% those of capital and small letters that alternate.
runs([]) -> [];
runs([{C, U, L} | Rest]) ->
    {N1, Rest1} = run(C, 1, U, L, Rest, 1),
    {N2, Rest2} = run(C, 2, U, L, Rest, 1),
    case N2 > N1 of
        true -> [{C, N2, 2, U, L} | runs(Rest2)];
        false -> [{C, N1, 1, U, L} | runs(Rest1)]
    end.

run(C, Step, U, L, [{Next, U, L} | Rest], N) when Next =:= C + Step ->
    run(Next, Step, U, L, Rest, N + 1);
run(C, 2, U, L, [{Odd, U1, L1} = Other, {Next, U, L} | Rest], N)
  when Odd =:= C + 1, Next =:= C + 2, {U1, L1} =/= {U, L} ->
    {M, Rest1} = run(Next, 2, U, L, Rest, N + 1),
    {M, [Other | Rest1]};
run(_, _, _, _, Rest, N) -> {N, Rest}.

%% ---- Decompositions ----

decompositions() ->
    All = [{C, tables:unicode_table(C)} || C <- chars()],
    Canonical = [{C, plain(L)} || {C, {_, L, _}} <- All, L =/= []],
    pool("CANONICAL", "Canonical decompositions, whole", Canonical).

plain(List) ->
    [begin CCC = tables:class(C), C end || {CCC, C} <- List].

pool(Name, Doc, Entries) ->
    {Pool, Index, _} = lists:foldl(fun({C, Deep}, {Pool, Index, At}) ->
        Cs = lists:flatten([Deep]),
        Bytes = unicode:characters_to_binary(Cs),
        true = byte_size(Bytes) < 256 andalso At < 65536,
        {[Pool, Cs], [{C, At, byte_size(Bytes)} | Index], At + byte_size(Bytes)}
    end, {[], [], 0}, Entries),
    io:format("~n/// ~s: the character, and where its text is in the pool.~n"
              "pub static ~s: &[(u32, u16, u8)] = &[~n", [Doc, Name]),
    lines([io_lib:format("(~w, ~w, ~w), ", tuple_to_list(E)) || E <- lists:reverse(Index)], 8),
    io:format("];~n~npub static ~s_POOL: &str = \"\\~n", [Name]),
    lines([io_lib:format("\\u{~.16b}", [C]) || C <- lists:flatten(Pool)], 12),
    io:format("\";~n").

%% ---- Compositions ----

compositions() ->
    Pairs = lists:sort([{A, B, Whole} || {A, B} <- pairs(), Whole <- [tables:compose_pair(A, B)], Whole =/= false]),
    io:format("~n/// Two characters and the one that they make.~n"
              "pub static PAIRS: &[(u32, u32, u32)] = &[~n"),
    lines([io_lib:format("(~w, ~w, ~w), ", tuple_to_list(P)) || P <- Pairs], 5),
    io:format("];~n").

pairs() ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} =
        beam_lib:chunks(code:which(unicode_util), [abstract_code]),
    [Clauses] = [Cs || {function, _, compose_pair, 2, Cs} <- Forms],
    [{A, B} || {clause, _, [{integer, _, A}, {integer, _, B}], [], _} <- Clauses].

%% ---- Output ----

words(Words) -> lines([io_lib:format("~w, ", [W]) || W <- Words], 10).

lines([], _) -> ok;
lines(Items, N) ->
    {Line, Rest} = lists:split(min(N, length(Items)), Items),
    Text = string:trim(lists:flatten(Line), trailing, " "),
    case hd(hd(Items)) of
        $\\ -> io:format("    ~s\\~n", [Text]);
        _ -> io:format("    ~s~n", [Text])
    end,
    lines(Rest, N).
