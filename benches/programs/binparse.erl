%% A binary read byte by byte and field by field, and one built by appending.
-module(binparse).
-export([start/0]).

start() ->
    B = build(20000, <<>>),
    {byte_size(B), sum(B, 0), lists:sum([field(B, 0) || _ <- lists:seq(1, 10)])}.

build(0, B) -> B;
build(N, B) -> build(N - 1, <<B/binary, (N band 255), N:24>>).

sum(<<X, R/binary>>, A) -> sum(R, A + X);
sum(<<>>, A) -> A.

field(<<Tag:4, _:4, V:24/little, R/binary>>, A) when Tag > 7 -> field(R, A + V);
field(<<_, V:24, R/binary>>, A) -> field(R, A bxor V);
field(<<>>, A) -> A.
