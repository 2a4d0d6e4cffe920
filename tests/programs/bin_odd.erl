%% Bit strings of odd lengths: unaligned copies, comparisons, signed little fields, printing.
-module(bin_odd).
-export([start/0]).

start() ->
    B = id(<<16#F0F1F2F3F4F5F6F7:64>>),
    Cuts = [begin <<_:O, X:L/bits, _/bits>> = B, {O, L, X} end || O <- [0, 1, 3, 7, 8, 9, 13], L <- [0, 1, 5, 8, 12, 17, 40]],
    {Cuts,
     [begin <<_:O, X:L/little-signed, _/bits>> = B, X end || O <- [0, 1, 3, 7], L <- [1, 5, 9, 15, 17, 33]],
     [begin <<_:O, X:L/binary, _/bits>> = B, X end || O <- [0, 1, 4, 7], L <- [0, 1, 3, 6]],
     <<1:1>> =:= <<1:1>>, <<1:2>> =:= <<1:1>>, <<1:1>> < <<1:2>>, <<2:2>> =:= <<1:1, 0:1>>, [<<5:3>>, <<5:4>>, <<0:1>>, <<>>] -- [<<5:3>>],
     lists:sort([<<5:3>>, <<5:4>>, <<0:1>>, <<>>, <<255>>, <<1, 1:1>>, <<1>>]), shift(B, 3), concat([<<1:1>>, <<2:7>>, <<3:9>>, <<"ab">>]),
     [bit_size(X) || {_, _, X} <- Cuts], [byte_size(X) || {_, _, X} <- Cuts], [is_binary(X) || {_, _, X} <- Cuts],
     erlang:phash2(<<5:3>>) =:= erlang:phash2(sub(<<1:2, 5:3, 1:2>>)), sub(<<1:2, 5:3, 1:2>>) =:= <<5:3>>,
     maps:get(<<5:3>>, #{sub(<<1:2, 5:3, 1:2>>) => yes}), parity(<<16#A7, 5:3>>), runs(<<2#1110011:7>>),
     io_lib:format("~p ~w ~p", [<<1, 2:3>>, <<"ab", 1:1>>, <<3:2>>]), rev(<<2#1011000:7>>), <<(id(<<1:1>>))/bits, (id(<<"z">>))/bits>>}.

shift(B, N) -> <<H:N/bits, T/bits>> = B, <<T/bits, H/bits>>.
concat(L) -> << <<X/bits>> || X <- L >>.
sub(<<_:2, X:3/bits, _/bits>>) -> X.
parity(B) -> lists:sum([X || <<X:1>> <= B]) rem 2.

runs(<<>>) -> [];
runs(<<X:1, R/bits>>) -> runs(R, X, 1).
runs(<<X:1, R/bits>>, X, N) -> runs(R, X, N + 1);
runs(<<X:1, R/bits>>, Y, N) -> [{Y, N} | runs(R, X, 1)];
runs(<<>>, Y, N) -> [{Y, N}].

rev(<<>>) -> <<>>;
rev(<<X:1, R/bits>>) -> <<(rev(R))/bits, X:1>>.
id(X) -> X.
