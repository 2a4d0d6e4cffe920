%% -*- coding: utf-8 -*-
%% A JSON reader and writer over binaries, with escapes, surrogates, numbers and errors with positions.
-module(alg_json).
-export([start/0]).

start() ->
    Docs = [<<"null">>, <<" [1, 2.5, -3e2, true , false]">>, <<"{\"a\": {\"b\": []}, \"c\": \"d\\n\\\"\\u00e9\\ud83d\\ude00\"}">>, <<"\"å日\""/utf8>>, <<"[[[[[]]]]]">>, <<"{}">>, <<"123456789012345678901234567890">>],
    Bad = [<<"">>, <<"[1,">>, <<"{\"a\" 1}">>, <<"nul">>, <<"\"abc">>, <<"[1] x">>, <<"\"\\ud800\"">>, <<"01">>, <<"-">>],
    Gen = maps:from_list([{list_to_binary(["k", integer_to_list(I)]), [I, I * 1.5, #{<<"n">> => I}]} || I <- lists:seq(1, 60)]),
    {[decode(D) || D <- Docs], [decode(encode(element(2, decode(D)))) =:= decode(D) || D <- Docs], [decode(B) || B <- Bad], element(2, decode(encode(Gen))) =:= Gen, [encode(X) || X <- [#{<<"x">> => [1, null, <<"q\"\t">>]}, 1.0, -7, <<1, 31>>]], pretty(#{<<"a">> => [1, #{<<"b">> => []}]}), depth(20000)}.

decode(B) -> try {V, R} = value(ws(B)), case ws(R) of <<>> -> {ok, V}; X -> throw({trailing, byte_size(X)}) end catch throw:E -> {error, E} end.

ws(<<C, R/binary>>) when C =:= $\s; C =:= $\n; C =:= $\t; C =:= $\r -> ws(R);
ws(B) -> B.

value(<<"null", R/binary>>) -> {null, R};
value(<<"true", R/binary>>) -> {true, R};
value(<<"false", R/binary>>) -> {false, R};
value(<<$", R/binary>>) -> string(R, <<>>);
value(<<$[, R/binary>>) -> case ws(R) of <<$], R1/binary>> -> {[], R1}; R1 -> array(R1, []) end;
value(<<${, R/binary>>) -> case ws(R) of <<$}, R1/binary>> -> {#{}, R1}; R1 -> object(R1, #{}) end;
value(<<C, _/binary>> = B) when C =:= $-; C >= $0, C =< $9 -> number(B);
value(B) -> throw({unexpected, byte_size(B)}).

array(B, Acc) ->
    {V, R} = value(ws(B)),
    case ws(R) of
        <<$,, R1/binary>> -> array(R1, [V | Acc]);
        <<$], R1/binary>> -> {lists:reverse([V | Acc]), R1};
        X -> throw({array, byte_size(X)})
    end.

object(B, M) ->
    case ws(B) of <<$", R/binary>> ->
        {K, R1} = string(R, <<>>),
        case ws(R1) of <<$:, R2/binary>> ->
            {V, R3} = value(ws(R2)),
            case ws(R3) of
                <<$,, R4/binary>> -> object(R4, M#{K => V});
                <<$}, R4/binary>> -> {M#{K => V}, R4};
                X -> throw({object, byte_size(X)})
            end;
        X -> throw({colon, byte_size(X)}) end;
    X -> throw({key, byte_size(X)}) end.

string(<<$", R/binary>>, A) -> {A, R};
string(<<"\\u", H:4/binary, R/binary>>, A) -> hex(list_to_integer(binary_to_list(H), 16), R, A);
string(<<$\\, C, R/binary>>, A) -> string(R, <<A/binary, (esc(C))>>);
string(<<C/utf8, R/binary>>, A) -> string(R, <<A/binary, C/utf8>>);
string(B, _) -> throw({string, byte_size(B)}).

hex(H, <<"\\u", L:4/binary, R/binary>>, A) when H >= 16#D800, H < 16#DC00 -> Lo = list_to_integer(binary_to_list(L), 16), string(R, <<A/binary, (16#10000 + ((H band 16#3FF) bsl 10) + (Lo band 16#3FF))/utf8>>);
hex(H, _, _) when H >= 16#D800, H < 16#E000 -> throw(surrogate);
hex(H, R, A) -> string(R, <<A/binary, H/utf8>>).
esc($n) -> $\n; esc($t) -> $\t; esc($r) -> $\r; esc($b) -> $\b; esc($f) -> $\f; esc(C) -> C.

number(B) ->
    {S, R} = take(B, fun(C) -> lists:member(C, "+-.eE0123456789") end),
    {num(S), R}.
num([$0, D | _]) when D >= $0, D =< $9 -> throw(leading_zero);
num(S) -> try list_to_integer(S) catch error:badarg -> try list_to_float(fix(S)) catch error:badarg -> throw({number, S}) end end.
fix(S) -> case lists:member($., S) of true -> S; false -> {A, E} = lists:splitwith(fun(C) -> C =/= $e andalso C =/= $E end, S), A ++ ".0" ++ E end.
take(B, P) -> take(B, P, []).
take(<<C, R/binary>> = B, P, A) -> case P(C) of true -> take(R, P, [C | A]); false -> {lists:reverse(A), B} end;
take(<<>>, _, A) -> {lists:reverse(A), <<>>}.

encode(T) -> iolist_to_binary(enc(T)).
enc(null) -> "null"; enc(true) -> "true"; enc(false) -> "false";
enc(I) when is_integer(I) -> integer_to_list(I);
enc(F) when is_float(F) -> float_to_binary(F, [short]);
enc(B) when is_binary(B) -> [$", [quote(C) || <<C/utf8>> <= B], $"];
enc(L) when is_list(L) -> [$[, lists:join($,, [enc(X) || X <- L]), $]];
enc(M) when is_map(M) -> [${, lists:join($,, [[enc(K), $:, enc(V)] || {K, V} <- lists:sort(maps:to_list(M))]), $}].
quote($") -> "\\\""; quote($\\) -> "\\\\"; quote($\n) -> "\\n"; quote(C) when C < 32 -> io_lib:format("\\u~4.16.0b", [C]); quote(C) -> <<C/utf8>>.

pretty(T) -> iolist_to_binary(pretty(T, 0)).
pretty(M, I) when is_map(M), map_size(M) > 0 -> ["{\n", lists:join(",\n", [[pad(I + 2), enc(K), ": ", pretty(V, I + 2)] || {K, V} <- lists:sort(maps:to_list(M))]), "\n", pad(I), "}"];
pretty(L, I) when is_list(L), L =/= [] -> ["[\n", lists:join(",\n", [[pad(I + 2), pretty(V, I + 2)] || V <- L]), "\n", pad(I), "]"];
pretty(X, _) -> enc(X).
pad(N) -> lists:duplicate(N, $\s).

depth(N) -> B = <<(binary:copy(<<"[">>, N))/binary, (binary:copy(<<"]">>, N))/binary>>, {ok, V} = decode(B), encode(V) =:= B.
