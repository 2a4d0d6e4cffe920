%% Matching binaries: integers of every size, sign and byte order, rests, sizes from earlier fields.
-module(bin_match).
-export([start/0]).

start() ->
    B = <<1, 2, 3, 254, 255, 0, 128, 127>>,
    <<A:8, C:16, D:8/signed, E:16/little, F:16/little-signed>> = B,
    {A, C, D, E, F,
     [int(N, B) || N <- [1, 3, 7, 8, 9, 16, 24, 31, 32, 33, 63, 64]],
     [lint(N, B) || N <- [1, 3, 7, 8, 9, 16, 24, 31, 32, 33, 63, 64]],
     packet(<<4, "abcdrest">>), packet(<<9, "short">>), packet(<<>>), tlv(<<1, 0, 2, "hi", 2, 0, 0, 3, 0, 1, "x">>),
     ip(<<4:4, 5:4, 0:8, 40:16, 7:16, 2:3, 100:13, 64:8, 6:8, 0:16, 10, 0, 0, 1, 192, 168, 1, 1, "payload!">>),
     [cls(X) || X <- [<<>>, <<0>>, <<1, 2>>, <<"abc">>, <<1:1>>, <<255, 255, 255, 255, 9>>, x]],
     skip(<<1, 2, 3, 4, 5>>), lit(<<"GET /index HTTP">>), lit(<<"PUT x">>), lit(<<"GE">>),
     unit(<<1, 2, 3, 4, 5, 6>>), last(<<"hello">>), sum(B, 0), rev(B, <<>>), bits(<<16#A5, 3:3>>),
     <<1:64/signed-little>> =:= <<1, 0:56>>, big(<<255:800>>), neg(<<-1:100>>),
     case B of <<_:4/binary, R/binary>> -> {byte_size(R), R} end,
     [try F2() catch Cl:Rs -> {Cl, Rs} end ||
         F2 <- [fun() -> <<_:9>> = id(<<1>>) end, fun() -> <<X:3/binary>> = id(<<"ab">>), X end,
                fun() -> f(id(<<3>>)) end, fun() -> <<"ab">> = id(<<"ac">>) end, fun() -> <<_/binary>> = id(a) end,
                fun() -> S = id(-1), <<_:S, _/binary>> = id(<<1>>) end, fun() -> S = id(a), <<_:S>> = id(<<1>>) end]]}.

int(N, B) -> <<U:N, _/bits>> = B, <<S:N/signed, _/bits>> = B, {U, S}.
lint(N, B) -> <<U:N/little, _/bits>> = B, <<S:N/little-signed, _/bits>> = B, {U, S}.

packet(<<Len, Body:Len/binary, Rest/binary>>) -> {Body, Rest};
packet(<<Len, Part/binary>>) -> {more, Len - byte_size(Part)};
packet(<<>>) -> empty.

tlv(<<T, L:16, V:L/bytes, R/binary>>) -> [{T, V} | tlv(R)];
tlv(<<>>) -> [].

ip(<<4:4, HL:4, _:8, Len:16, Id:16, Flags:3, Off:13, TTL, P, _Sum:16, Src:4/binary, Dst:32, Rest/binary>>) ->
    {HL, Len, Id, Flags, Off, TTL, P, Src, Dst, Rest}.

cls(<<>>) -> empty;
cls(<<0>>) -> zero;
cls(<<X:32, _>>) -> {wide, X};
cls(<<X, Y>>) -> {two, X, Y};
cls(<<"abc">>) -> abc;
cls(B) when is_binary(B) -> binary;
cls(B) when is_bitstring(B) -> bits;
cls(_) -> none.

skip(<<_:16, X, _:1/unit:8, Y>>) -> {X, Y}.

lit(<<"GET ", Path/binary>>) -> {get, Path};
lit(<<"PUT ", Path/binary>>) -> {put, Path};
lit(Other) -> {other, Other}.

unit(<<A:2/unit:8, B:1/binary-unit:16, C:2/binary>>) -> {A, B, C}.

last(<<X>>) -> X;
last(<<_, R/binary>>) -> last(R).

sum(<<X, R/binary>>, S) -> sum(R, S + X);
sum(<<>>, S) -> S.

rev(<<X, R/binary>>, Acc) -> rev(R, <<X, Acc/binary>>);
rev(<<>>, Acc) -> Acc.

bits(<<B:1, R/bits>>) -> [B | bits(R)];
bits(<<>>) -> [].

big(<<N:800>>) -> N.
neg(<<N:100/signed>>) -> N.
f(<<X:16>>) -> X.
id(X) -> X.
