%% Floats in binaries: 16, 32 and 64 bits, both byte orders, unaligned, not-a-number refused.
-module(bin_float).
-export([start/0]).

start() ->
    Fs = [0.0, -0.0, 1.0, -1.5, 0.1, 65504.0, 1.0e-7, 3.0e38, 1.0e300],
    {[<<F:64/float>> || F <- Fs], [<<F:64/float-little>> || F <- Fs],
     [<<F:32/float>> || F <- Fs, abs(F) < 3.5e38], [<<F:16/float>> || F <- Fs, abs(F) < 65505.0],
     [begin <<X:64/float>> = <<F:64/float>>, X =:= F end || F <- Fs],
     [begin <<X:32/float>> = <<F:32/float>>, X end || F <- Fs, abs(F) < 3.5e38],
     [begin <<X:16/float-little>> = <<F:16/float-little>>, X end || F <- Fs, abs(F) < 65505.0],
     [read(B) || B <- [<<16#7FF0000000000000:64>>, <<16#FFF0000000000000:64>>, <<16#7FF8000000000001:64>>, <<16#3FF0000000000000:64>>, <<1:63>>, <<1:64>>]],
     [read32(B) || B <- [<<16#7F800000:32>>, <<16#7FC00000:32>>, <<16#3F800000:32>>, <<1:32>>]],
     unaligned(<<5:3, 2.75:64/float, 1:5>>), <<(id(7)):32/float>>, sizes([16, 32, 64]), sum(<<1.5:32/float, 2.25:32/float>>, 0.0)}.

read(<<F:64/float>>) -> {float, F};
read(<<I:64>>) -> {int, I};
read(_) -> none.
read32(<<F:32/float>>) -> {float, F};
read32(<<I:32>>) -> {int, I}.
unaligned(<<_:3, F/float, _:5>>) -> F.
sizes(Ss) -> [bit_size(<<1.0:S/float>>) || S <- Ss].
sum(<<F:32/float, R/binary>>, A) -> sum(R, A + F);
sum(<<>>, A) -> A.
id(X) -> X.
