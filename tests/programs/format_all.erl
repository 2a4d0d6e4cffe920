%% -*- coding: utf-8 -*-
%% Atoms and texts as `io_lib` writes them.
-module(format_all).
-export([start/0]).

start() ->
    Atoms = ['', a, aB, a_1, 'a@b', 'A', '1a', 'a b', 'ß', 'é', 'É', 'aÿ', 'after', 'maybe', 'else', 'cond', 'let',
             '\n', 'it\'s', '\\', 'ā', 'a日', '日本', 'a\x{7f}', 'a\x{80}', '\x{a0}', 'x-y', nil, [], 'fun', 'query',
             'xor', 'µ', 'a÷', 'a×', 'when', '...', '_a', '@a', 'a.b'],
    [io:format("~w ~w ~w~n", [catch io_lib:write_atom(A), catch io_lib:write_atom_as_latin1(A),
                              erl_scan:reserved_word(A)]) || A <- Atoms, is_atom(A)],
    [io:format("~w ~w~n", [catch_of(fun() -> io_lib:write_atom(X) end),
                           catch erl_scan:reserved_word(X)]) || X <- [1, "a", <<"a">>, {}, self()]],
    [io:format("~w ~tw ~p ~tp~n", [A, A, A, A]) || A <- Atoms],
    done.

catch_of(F) -> try F() catch C:R -> {C, R} end.
