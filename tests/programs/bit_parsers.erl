%% -*- coding: utf-8 -*-
%% Formats at the level of bits: PNG chunks, MIDI numbers, CBOR, DNS names, Hamming and Golomb codes, LZ, checksums.
-module(bit_parsers).
-export([start/0]).

start() ->
    {png(<<137, "PNG", 13, 10, 26, 10, 13:32, "IHDR", 640:32, 480:32, 8, 2, 0, 0, 0, 0:32, 0:32, "IEND", 16#AE426082:32>>), [{N, vlq(N), unvlq(vlq(N))} || N <- [0, 127, 128, 16383, 16384, 1 bsl 28]], [uncbor(cbor(T)) =:= {T, <<>>} || T <- terms()],
     [cbor(T) || T <- terms()], dns(<<3, "www", 7, "example", 3, "org", 0, 192, 4, 0>>), [hamming(N) || N <- lists:seq(0, 15)], [fix(flip(hamming(N), I)) =:= N || N <- lists:seq(0, 15), I <- lists:seq(0, 6)], ungolomb(golomb([0, 1, 5, 17, 3], 3), 3),
     unlz(lz(<<"abcabcabcabcxyzabcabc">>)), crc16(<<"123456789">>), crc8(<<"123456789">>), fletcher(<<"abcdef">>), [gray(N) || N <- lists:seq(0, 8)], utf8(<<"aé€😀"/utf8>>), mac(<<16#DE, 16#AD, 16#BE, 16#EF, 0, 1>>), float_parts(6.25), bmp(), leb([0, 1, -1, 63, -64, 64, 624485, -123456]),
     [bcd(N) || N <- [0, 9, 1234, 987654321]], manchester(<<16#A5>>), tar(), rotl(<<16#80000001:32>>, 4)}.

png(<<137, "PNG\r\n", 26, 10, R/binary>>) -> chunks(R).
chunks(<<L:32, T:4/binary, D:L/binary, C:32, R/binary>>) -> [{T, chunk(T, D), C} | chunks(R)];
chunks(<<>>) -> [].
chunk(<<"IHDR">>, <<W:32, H:32, Depth, Colour, 0:24>>) -> {W, H, Depth, Colour};
chunk(_, D) -> D.

vlq(N) -> vlq(N bsr 7, <<0:1, N:7>>).
vlq(0, A) -> A;
vlq(N, A) -> vlq(N bsr 7, <<1:1, N:7, A/binary>>).
unvlq(B) -> unvlq(B, 0).
unvlq(<<1:1, X:7, R/binary>>, A) -> unvlq(R, A bsl 7 bor X);
unvlq(<<0:1, X:7>>, A) -> A bsl 7 bor X.

terms() -> [0, 23, 24, 255, 256, 65536, 1 bsl 40, -1, -500, <<"bytes">>, [], [1, [2, <<"x">>]], #{1 => 2}, true, false, null, 1.5, lists:seq(1, 30)].
cbor(N) when is_integer(N), N >= 0 -> head(0, N);
cbor(N) when is_integer(N) -> head(1, -1 - N);
cbor(B) when is_binary(B) -> <<(head(2, byte_size(B)))/binary, B/binary>>;
cbor(L) when is_list(L) -> iolist_to_binary([head(4, length(L)) | [cbor(X) || X <- L]]);
cbor(M) when is_map(M) -> iolist_to_binary([head(5, map_size(M)) | [[cbor(K), cbor(V)] || {K, V} <- lists:sort(maps:to_list(M))]]);
cbor(false) -> <<7:3, 20:5>>; cbor(true) -> <<7:3, 21:5>>; cbor(null) -> <<7:3, 22:5>>;
cbor(F) -> <<7:3, 27:5, F/float>>.
head(M, N) when N < 24 -> <<M:3, N:5>>;
head(M, N) when N < 256 -> <<M:3, 24:5, N>>;
head(M, N) when N < 65536 -> <<M:3, 25:5, N:16>>;
head(M, N) when N < 1 bsl 32 -> <<M:3, 26:5, N:32>>;
head(M, N) -> <<M:3, 27:5, N:64>>.
uncbor(<<7:3, 20:5, R/binary>>) -> {false, R};
uncbor(<<7:3, 21:5, R/binary>>) -> {true, R};
uncbor(<<7:3, 22:5, R/binary>>) -> {null, R};
uncbor(<<7:3, 27:5, F/float, R/binary>>) -> {F, R};
uncbor(<<M:3, A:5, R/binary>>) -> {N, R1} = arg(A, R), body(M, N, R1).
arg(A, R) when A < 24 -> {A, R};
arg(A, R) -> S = 8 bsl (A - 24), <<N:S, R1/binary>> = R, {N, R1}.
body(0, N, R) -> {N, R};
body(1, N, R) -> {-1 - N, R};
body(2, N, R) -> <<B:N/binary, R1/binary>> = R, {B, R1};
body(4, N, R) -> many(N, R, []);
body(5, N, R) -> {KVs, R1} = many(2 * N, R, []), {maps:from_list(pairs(KVs)), R1}.
many(0, R, A) -> {lists:reverse(A), R};
many(N, R, A) -> {V, R1} = uncbor(R), many(N - 1, R1, [V | A]).
pairs([K, V | T]) -> [{K, V} | pairs(T)];
pairs([]) -> [].

dns(B) -> {N1, R} = name(B, B), {N2, R2} = name(R, B), {N1, N2, R2}.
name(<<0, R/binary>>, _) -> {[], R};
name(<<3:2, O:14, R/binary>>, Whole) -> <<_:O/binary, P/binary>> = Whole, {N, _} = name(P, Whole), {N, R};
name(<<0:2, L:6, S:L/binary, R/binary>>, Whole) -> {N, R1} = name(R, Whole), {[S | N], R1}.

hamming(N) -> <<D1:1, D2:1, D3:1, D4:1>> = <<N:4>>, <<(D1 bxor D2 bxor D4):1, (D1 bxor D3 bxor D4):1, D1:1, (D2 bxor D3 bxor D4):1, D2:1, D3:1, D4:1>>.
flip(B, I) -> <<H:I/bits, X:1, T/bits>> = B, <<H/bits, (1 - X):1, T/bits>>.
fix(B) ->
    <<P1:1, P2:1, D1:1, P3:1, D2:1, D3:1, D4:1>> = B,
    case (P1 bxor D1 bxor D2 bxor D4) + 2 * (P2 bxor D1 bxor D3 bxor D4) + 4 * (P3 bxor D2 bxor D3 bxor D4) of
        0 -> <<N:4>> = <<D1:1, D2:1, D3:1, D4:1>>, N;
        S -> fix(flip(B, S - 1))
    end.
golomb(L, K) -> << <<(unary(N bsr K))/bits, N:K>> || N <- L >>.
unary(Q) -> << <<1:1>> || _ <- lists:seq(1, Q) >>.
ungolomb(B, K) -> ungolomb(prefix_zero(B), K, 0).
prefix_zero(B) -> B.
ungolomb(<<1:1, R/bits>>, K, Q) -> ungolomb(R, K, Q + 1);
ungolomb(B, K, Q) when bit_size(B) >= K -> <<N:K, R/bits>> = B, [Q bsl K bor N | ungolomb(R, K, 0)];
ungolomb(_, _, _) -> [].
lz(B) -> lz(B, 0, <<>>).
lz(B, P, Out) when P >= byte_size(B) -> Out;
lz(B, P, Out) ->
    case best(B, P, max(0, P - 255), {0, 0}) of
        {L, D} when L > 2 -> lz(B, P + L, <<Out/binary, 1, L, D>>);
        _ -> lz(B, P + 1, <<Out/binary, 0, (binary:at(B, P))>>)
    end.
best(_, P, P, Best) -> Best;
best(B, P, Q, {L, _} = Best) -> case same(B, P, Q, 0) of N when N > L -> best(B, P, Q + 1, {N, P - Q}); _ -> best(B, P, Q + 1, Best) end.
same(B, P, Q, N) when P + N < byte_size(B), N < 255 -> case binary:at(B, P + N) =:= binary:at(B, Q + N) of true -> same(B, P, Q, N + 1); false -> N end;
same(_, _, _, N) -> N.
unlz(B) -> unlz(B, <<>>).
unlz(<<>>, A) -> A;
unlz(<<0, C, R/binary>>, A) -> unlz(R, <<A/binary, C>>);
unlz(<<1, L, D, R/binary>>, A) -> unlz(R, copy(L, D, A)).
copy(0, _, A) -> A;
copy(L, D, A) -> copy(L - 1, D, <<A/binary, (binary:at(A, byte_size(A) - D))>>).
crc16(B) -> crc(B, 16#FFFF, 16#1021, 16).
crc8(B) -> crc(B, 0, 7, 8).
crc(<<>>, C, _, _) -> C;
crc(<<X, R/binary>>, C, P, W) -> crc(R, shift(8, C bxor (X bsl (W - 8)), P, W), P, W).
shift(0, C, _, _) -> C;
shift(N, C, P, W) -> M = (1 bsl W) - 1, shift(N - 1, case C bsr (W - 1) of 1 -> (C bsl 1) bxor P; 0 -> C bsl 1 end band M, P, W).
fletcher(B) -> fletcher(B, 0, 0).
fletcher(<<>>, A, C) -> C bsl 8 bor A;
fletcher(<<X, R/binary>>, A, C) -> A1 = (A + X) rem 255, fletcher(R, A1, (C + A1) rem 255).
gray(N) -> <<(N bxor (N bsr 1)):4>>.
utf8(<<0:1, C:7, R/binary>>) -> [C | utf8(R)];
utf8(<<2#110:3, A:5, 2:2, B:6, R/binary>>) -> <<C:11>> = <<A:5, B:6>>, [C | utf8(R)];
utf8(<<2#1110:4, A:4, 2:2, B:6, 2:2, C:6, R/binary>>) -> <<X:16>> = <<A:4, B:6, C:6>>, [X | utf8(R)];
utf8(<<2#11110:5, A:3, 2:2, B:6, 2:2, C:6, 2:2, D:6, R/binary>>) -> <<X:21>> = <<A:3, B:6, C:6, D:6>>, [X | utf8(R)];
utf8(<<>>) -> [].
mac(B) -> lists:flatten(lists:join(":", [io_lib:format("~2.16.0b", [X]) || <<X>> <= B])).
float_parts(F) -> <<S:1, E:11, M:52>> = <<F/float>>, {S, E - 1023, M}.
bmp() -> <<"BM", Size:32/little, _:32, Off:32/little, _/binary>> = <<"BM", 70:32/little, 0:32, 54:32/little, 0:128>>, {Size, Off}.
leb(L) -> [{N, leb1(N), unleb(leb1(N), 0, 0)} || N <- L].
leb1(N) when N >= -64, N < 64 -> <<0:1, N:7>>;
leb1(N) -> <<1:1, N:7, (leb1(N bsr 7))/binary>>.
unleb(<<0:1, X:7/signed>>, S, A) -> A + (X bsl S);
unleb(<<1:1, X:7, R/binary>>, S, A) -> unleb(R, S + 7, A + (X bsl S)).
bcd(N) -> << <<(D - $0):4>> || D <- integer_to_list(N) >>.
manchester(B) -> << <<(case X of 0 -> 1; 1 -> 2 end):2>> || <<X:1>> <= B >>.
tar() -> H = <<"file.txt", 0:(92 * 8), "0000644", 0, 0:128, "00000000017", 0>>, <<N:100/binary, _:24/binary, S:11/binary, _/binary>> = H, {hd(binary:split(N, <<0>>)), binary_to_integer(S, 8)}.
rotl(<<X:32>>, N) -> <<A:N, B/bits>> = <<X:32>>, <<R:32>> = <<B/bits, A:N>>, R.
