%% Appending to binaries: many small steps, shared ancestors, large results, sub-binaries that live on.
-module(bin_append).
-export([start/0]).

start() ->
    Long = grow(20000, <<>>),
    Base = <<"base">>,
    Left = <<Base/binary, "-left">>,
    Right = <<Base/binary, "-right">>,
    Left2 = <<Left/binary, "-more">>,
    <<Head:10/binary, Tail/binary>> = Long,
    {byte_size(Long), erlang:crc32(Long), Base, Left, Right, Left2, Head, byte_size(Tail),
     byte_size(bits(1000, <<>>)), bit_size(bits(1001, <<>>)), fork(Long), chunks(Head), erlang:md5(bits(800, <<>>)),
     join([<<"a">>, <<"b">>, <<"c">>], <<", ">>), pad(<<"x">>, 5), repeat(<<"ab">>, 100) =:= binary:copy(<<"ab">>, 100),
     fifo(), sent(Long)}.

grow(0, B) -> B;
grow(N, B) -> grow(N - 1, <<B/binary, (N rem 251), (N bsr 8)>>).

bits(0, B) -> B;
bits(N, B) -> bits(N - 1, <<B/bits, (N band 7):3>>).

%% Two continuations of one binary must not see each other.
fork(B) ->
    X = <<B/binary, "one">>,
    Y = <<B/binary, "two">>,
    Z = <<X/binary, "three">>,
    [binary:part(P, byte_size(P), -5) || P <- [X, Y, Z]].

chunks(<<A:3/binary, R/binary>>) -> [A | chunks(R)];
chunks(R) -> [R].

join([H], _) -> H;
join([H | T], S) -> <<H/binary, S/binary, (join(T, S))/binary>>.

pad(B, N) when byte_size(B) < N -> pad(<<B/binary, " ">>, N);
pad(B, _) -> B.

repeat(B, N) -> lists:foldl(fun(_, A) -> <<A/binary, B/binary>> end, <<>>, lists:seq(1, N)).

fifo() ->
    lists:foldl(fun(I, B) ->
        B1 = <<B/binary, I:32>>,
        case B1 of
            <<_:4/binary, R:40/binary>> -> R;
            _ -> B1
        end
    end, <<>>, lists:seq(1, 200)).

sent(B) ->
    Self = self(),
    <<_:100/binary, Part:300/binary, _/binary>> = B,
    P = spawn(fun() -> receive {From, X} -> From ! {self(), erlang:crc32(X), byte_size(X)} end end),
    P ! {Self, Part},
    receive {P, Crc, Size} -> {Crc =:= erlang:crc32(Part), Size} end.
