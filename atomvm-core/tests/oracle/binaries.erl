%% Writes binaries.etf: calls of built-in functions on binaries and text, with OTP's results.
%% Usage: erlc binaries.erl && erl -noshell -run binaries main -s init stop
-module(binaries).
-export([main/0]).

main() ->
    rand:seed(exsss, {1, 2, 3}),
    Calls = fixed() ++ lists:append([random(N) || N <- lists:seq(1, 250)]),
    Cases = [{M, F, A, result(M, F, A)} || {M, F, A} <- lists:usort(Calls)],
    ok = file:write_file("binaries.etf", term_to_binary(Cases, [{compressed, 9}])).

result(M, F, A) ->
    try {ok, apply(M, F, A)} catch error:Reason -> {error, Reason} end.

%% Calls at the borders of what is allowed.
fixed() ->
    Sizes = [{erlang, F, [B]} || F <- [byte_size, bit_size, bitstring_to_list, binary_to_list],
                                 B <- [<<>>, <<1>>, <<1:4>>, <<1, 2:4>>, <<0:900>>, a, []]],
    Parts = [{M, F, [B, P, L]}
             || {M, F} <- [{erlang, binary_part}, {binary, part}, {binary, bin_to_list}],
                B <- [<<>>, <<1, 2, 3>>, <<1, 2, 3:4>>, a],
                P <- [0, 1, 3, 4, -1, 1 bsl 70, a], L <- [0, 1, 3, -1, -3, 4, -(1 bsl 70), a]],
    Pairs = [{M, F, [<<1, 2, 3>>, P]}
             || {M, F} <- [{erlang, binary_part}, {binary, part}, {binary, bin_to_list}],
                P <- [{0, 3}, {3, -2}, {1, 3}, {1, a}, {1}, a]],
    Lists = [{erlang, binary_to_list, [B, P, L]}
             || B <- [<<>>, <<1, 2, 3>>, <<1, 2, 3:4>>], P <- [0, 1, 3], L <- [0, 1, 3, 4]],
    Splits = [{erlang, split_binary, [B, P]}
              || B <- [<<>>, <<1:4>>, <<1, 2, 3:4>>, a], P <- [0, 1, 2, 3, -1, a]],
    Flat = [{M, F, [L]}
            || {M, F} <- [{erlang, list_to_binary}, {erlang, iolist_to_binary},
                          {erlang, iolist_size}, {erlang, list_to_bitstring},
                          {binary, list_to_bin}],
               L <- [<<1>>, <<1:4>>, [], [1 | <<2>>], [1 | 2], [256], [-1], [<<1:4>>], a, 5,
                     [[[] | <<5>>] | <<3>>], [1, <<1:4>>, 2 | <<1:1>>], [1 bsl 70], [1.0]]],
    Atoms = [{erlang, F, A}
             || F <- [atom_to_list, atom_to_binary, list_to_atom, binary_to_atom,
                      binary_to_existing_atom, list_to_existing_atom],
                A <- [[X | E] || X <- [a, '', ok, 'å', 'б', 1, "ok", "å", [1073], [16#d800],
                                       [-1], [$a | b], <<"ok">>, <<"б"/utf8>>, <<255>>, <<1:4>>,
                                       <<237, 160, 128>>, <<>>, "no such atom at all"],
                                 E <- [[], [latin1], [utf8], [unicode], [foo]]],
                erlang:function_exported(erlang, F, length(A))],
    Bytes = [{binary, F, A}
             || {F, As} <- [{at, [[<<1, 2>>, P] || P <- [0, 1, 2, -1, 1 bsl 80, a]]},
                            {at, [[<<1, 2:4>>, 0]]},
                            {first, [[<<>>], [<<5>>], [<<5, 1:4>>], [a]]},
                            {last, [[<<>>], [<<5, 6>>], [<<5, 1:4>>], [a]]},
                            {bin_to_list, [[<<1, 2>>], [<<1:4>>], [a]]},
                            {copy, [[<<1, 2>>], [<<1:4>>], [a]]},
                            {copy, [[B, N] || B <- [<<1, 2>>, <<>>, <<1:4>>, a],
                                              N <- [0, 1, 3, 100, -1, 1 bsl 70, a]]}],
                A <- As],
    Numbers = [{binary, decode_unsigned, [B | E]}
               || B <- [<<>>, <<0, 1, 2>>, <<200, 1, 2, 3, 4, 5, 6, 7>>, <<1:4>>, a,
                        <<1, 2, 3, 4, 5, 6, 7, 8, 9, 10>>],
                  E <- [[], [big], [little], [a]]] ++
              [{binary, encode_unsigned, [V | E]}
               || V <- [0, 1, 255, 256, 1 bsl 59, 1 bsl 60 - 1, 1 bsl 64, 1 bsl 100, -1,
                        -1 bsl 100, a, 1.0],
                  E <- [[], [big], [little], [a]]],
    Common = [{binary, F, [L]}
              || F <- [longest_common_prefix, longest_common_suffix],
                 L <- [[<<"abc">>, <<"abd">>], [<<"abc">>, <<"xbc">>, <<"c">>], [<<>>], [],
                       [<<"a">>], [a], a, [<<"a">> | b], [<<1:4>>], [<<"a">>, <<1:4>>]]],
    Search = [{binary, F, [S, P | O]}
              || F <- [match, matches, split],
                 S <- [<<"abcabc">>, <<>>, <<1:4>>, a],
                 P <- [<<"a">>, <<"bc">>, <<>>, [], [<<>>], [<<"c">>, <<"bc">>], [<<"a">> | b],
                       [a], <<1:4>>, a, {bm, a}, {ac, []}],
                 O <- [[], [[]], [[{scope, {1, 5}}]], [[{scope, {1, 6}}]], [[{scope, {6, -6}}]],
                       [[foo]], [a], [[{scope, {1, 5}} | b]], [[{scope, {a, 5}}]],
                       [[{scope, {0, 1}}, {scope, {3, 3}}]], [[global]], [[global, trim]]]],
    Seven = [{unicode, bin_is_7bit, [B]} || B <- [<<>>, <<"a">>, <<128>>, <<1:4>>, a]],
    Text = [{unicode, F, [T, E]}
            || F <- [characters_to_binary, characters_to_list], E <- [utf8, latin1],
               T <- [[], <<>>, a, 1, [a], [$a | $b], <<1:4>>, [<<1:4>>], [1 bsl 70, a], [-1, a],
                     [16#d800], [16#ffff], [16#110000], [300 | <<255>>], [$a | 1 bsl 70],
                     [[[[-1], []], []], []], [<<$a, 255>>], [<<228>>, <<65>>], <<97, 237, 160>>, <<240, 128>>,
                     <<247, 191, 191>>, <<247, 191, 191, 191>>, <<192>>, <<191>>, <<248>>]],
    Sizes ++ Parts ++ Pairs ++ Lists ++ Splits ++ Flat ++ Atoms ++ Bytes ++ Numbers ++ Common ++
        Search ++ Seven ++ Text.

random(_) ->
    Io = nested(3, fun iopiece/0),
    Chars = nested(3, fun charpiece/0),
    Letters = letters(30),
    Pattern = case rand:uniform(3) of
                  1 -> letters(4);
                  _ -> [letters(4) || _ <- lists:seq(1, rand:uniform(4))]
              end,
    Size = byte_size(Letters),
    Start = rand:uniform(Size + 1) - 1,
    Scope = {scope, {Start, rand:uniform(Size - Start + 1) - 1}},
    Options = [O || O <- [Scope, global, trim, trim_all], rand:uniform(3) =:= 1],
    Plain = [O || {_, _} = O <- Options],
    [{erlang, list_to_bitstring, [Io]}, {erlang, iolist_to_binary, [Io]},
     {erlang, iolist_size, [Io]},
     {unicode, characters_to_binary, [Chars, utf8]}, {unicode, characters_to_list, [Chars, utf8]},
     {unicode, characters_to_binary, [Chars, latin1]},
     {unicode, characters_to_list, [Chars, latin1]},
     {binary, match, [Letters, Pattern, Plain]}, {binary, matches, [Letters, Pattern, Plain]},
     {binary, split, [Letters, Pattern, Options]}].

letters(Max) ->
    << <<(rand:uniform(3) + $a)>> || _ <- lists:seq(1, rand:uniform(Max)) >>.

%% A list of random shape.
nested(0, Piece) ->
    Piece();
nested(Depth, Piece) ->
    Elements = [case rand:uniform(4) of
                    1 -> nested(Depth - 1, Piece);
                    _ -> Piece()
                end || _ <- lists:seq(1, rand:uniform(4))],
    case rand:uniform(5) of
        1 -> Elements ++ rand:bytes(rand:uniform(3));
        2 -> Elements ++ unicode:characters_to_binary([16#20ac + rand:uniform(100)]);
        _ -> Elements
    end.

iopiece() ->
    case rand:uniform(30) of
        1 -> <<(rand:uniform(64)):7>>;
        2 -> binary:copy(<<"x">>, 300);
        3 -> [];
        4 -> <<>>;
        N when N < 12 -> rand:bytes(rand:uniform(5));
        _ -> rand:uniform(256) - 1
    end.

charpiece() ->
    Char = lists:nth(rand:uniform(6), [$a, $b, 16#e4, 16#430, 16#20ac, 16#10000]),
    Bytes = <<Char/utf8>>,
    Cut = rand:uniform(byte_size(Bytes)),
    <<First:Cut/binary, Last/binary>> = Bytes,
    case rand:uniform(12) of
        1 -> [First, Last];
        2 -> [<<"x", First/binary>>, [Last], <<"y">>];
        3 -> [[First | Last], <<>>];
        4 -> First;
        5 -> <<(rand:bytes(1))/binary, Bytes/binary>>;
        6 -> [[], <<>>];
        7 -> rand:uniform(16#1200) * 16#100;
        8 -> Bytes;
        9 -> <<Bytes/binary, First/binary>>;
        _ -> Char
    end.
