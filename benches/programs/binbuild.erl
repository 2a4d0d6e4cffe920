%% Binaries that are built: packets, appending byte by byte, comprehensions.
-module(binbuild).
-export([start/0]).

start() ->
    Packets = [packet(I) || I <- lists:seq(1, 8000)],
    Joined = lists:foldl(fun(P, Acc) -> <<Acc/binary, P/binary>> end, <<>>, Packets),
    {byte_size(Joined), erlang:crc32(Joined), bytes(100000, <<>>), scaled(Joined), floats(8000)}.

packet(I) ->
    Body = <<I:32/little, (I * 3):16, (I band 7):3, 1:1, (I band 15):4, "data">>,
    <<16#7E, (byte_size(Body)):16, Body/binary, (checksum(Body, 0)):8>>.

checksum(<<>>, Sum) -> Sum band 255;
checksum(<<B, Rest/binary>>, Sum) -> checksum(Rest, Sum + B).

bytes(0, Acc) -> erlang:adler32(Acc);
bytes(N, Acc) -> bytes(N - 1, <<Acc/binary, (N band 255)>>).

scaled(Bin) -> erlang:crc32(<< <<(B bsr 1), (255 - B)>> || <<B>> <= Bin >>).

floats(N) ->
    Bin = << <<(I / 7):64/float, (I * 0.5):32/float-little>> || I <- lists:seq(1, N) >>,
    lists:sum([A + B || <<A:64/float, B:32/float-little>> <= Bin]).
