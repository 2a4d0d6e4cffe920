%% -*- coding: utf-8 -*-
%% Atoms: quoting, Unicode, length limits, conversions, comparison.
-module(atom_names).
-export([start/0]).

start() ->
    As = [a, 'A', 'hello world', '', 'with\'quote', 'new\nline', 'å', 'ö_1', 'Ω', '日本', 'end', 'fun', 'x@y', '_x',
          '1a', nonode@nohost, '\\', '\t', '[]', '{}', 'true', undefined, 'maybe', 'π', 'ß', 'naïve'],
    Long = lists:duplicate(255, $x),
    {As,
     [io_lib:format("~w ~p ~s", [A, A, "-"]) || A <- As],
     [lists:flatten(io_lib:format("~tw ~tp ~ts", [A, A, A])) || A <- As],
     [atom_to_list(A) || A <- As],
     [atom_to_binary(A) || A <- As],
     [atom_to_binary(A, utf8) || A <- As],
     [try atom_to_binary(A, latin1) catch C:R -> {C, R} end || A <- As],
     lists:sort(As),
     list_to_atom("abc"), list_to_atom([960]), binary_to_atom(<<"xyz">>), binary_to_atom(<<"é"/utf8>>, utf8),
     binary_to_existing_atom(<<"undefined">>, utf8), list_to_existing_atom("true"),
     length(atom_to_list(list_to_atom(Long))),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> list_to_atom([$x | Long]) end,
               fun() -> list_to_existing_atom("surely_never_seen_" ++ integer_to_list(erlang:phash2(Long))) end,
               fun() -> list_to_atom(id(abc)) end, fun() -> binary_to_atom(id(<<255>>), utf8) end,
               fun() -> atom_to_list(id("abc")) end, fun() -> list_to_atom([id(1114112)]) end,
               fun() -> binary_to_atom(id(<<"a">>), id(utf7)) end]],
     [is_atom(X) || X <- [a, true, [], "a", <<>>, 1]],
     [is_boolean(X) || X <- [true, false, undefined]],
     true and not false, (id(true) orelse exit(never)), (id(false) andalso exit(never)), id(true) xor id(true),
     a < b, 'Z' < a, aa < b, '' < a, 'é' > z}.

id(X) -> X.
