%% zlib on whole pieces of data: there and back, and what is refused. How small the result is
%% depends on the deflater, so only what it inflates to is compared.
-module(zlib_use).
-export([start/0]).

start() ->
    Texts = [<<>>, <<"a">>, ["iolist ", [<<"of ">>, "parts"]], lists:duplicate(100000, $x), noise(50000)],
    [[round(Name, Text) || Name <- [zlib, raw, gzip]] || Text <- Texts] ++
        [members(), tails(), headers(), from_elsewhere(), refused()].

round(Name, Text) ->
    {In, Out} = functions(Name),
    Packed = In(Text),
    {Name, Out(Packed) =:= iolist_to_binary(Text), byte_size(Packed) < 60000}.

functions(zlib) -> {fun zlib:compress/1, fun zlib:uncompress/1};
functions(raw) -> {fun zlib:zip/1, fun zlib:unzip/1};
functions(gzip) -> {fun zlib:gzip/1, fun zlib:gunzip/1}.

noise(N) -> noise(N, 1).

noise(0, _) -> [];
noise(N, X) -> [X band 255 | noise(N - 1, (X * 69069 + 1) rem 16777213)].

members() ->
    zlib:gunzip([zlib:gzip("abc"), [zlib:gzip(<<"def">>) | zlib:gzip("")]]).

tails() ->
    [zlib:uncompress([zlib:compress("abc"), "tail"]), zlib:unzip([zlib:zip("abc"), "tail"])].

headers() ->
    <<First:3/binary, _Flags, Rest:6/binary, Data/binary>> = zlib:gzip("abc"),
    Fields = [{4, <<3:16/little, "xyz">>}, {8, <<"name", 0>>}, {16, <<"comment", 0>>}],
    [zlib:gunzip([First, Flag, Rest, Field, Data]) || {Flag, Field} <- Fields].

from_elsewhere() ->
    [
        zlib:uncompress(<<120, 156, 3, 0, 0, 0, 0, 1>>),
        zlib:unzip(<<75, 76, 68, 3, 0>>),
        zlib:gunzip(<<31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 75, 76, 74, 6, 0, 194, 65, 36, 53, 3, 0, 0, 0>>)
    ].

refused() ->
    Good = zlib:compress("hello"),
    Gzip = zlib:gzip("hello"),
    Bad = [
        {fun zlib:compress/1, foo},
        {fun zlib:compress/1, [256]},
        {fun zlib:uncompress/1, <<1, 2, 3>>},
        {fun zlib:uncompress/1, <<>>},
        {fun zlib:uncompress/1, binary:part(Good, 0, byte_size(Good) - 1)},
        {fun zlib:uncompress/1, flip(Good)},
        {fun zlib:unzip/1, <<>>},
        {fun zlib:unzip/1, <<255, 255>>},
        {fun zlib:gunzip/1, <<31, 139, 8>>},
        {fun zlib:gunzip/1, flip(Gzip)},
        {fun zlib:gunzip/1, {}}
    ],
    [
        try F(Data)
        catch Class:Reason -> {Class, Reason}
        end
     || {F, Data} <- Bad
    ].

%% Damages the last byte, which is part of a checksum or size.
flip(Binary) ->
    Size = byte_size(Binary) - 1,
    <<Front:Size/binary, Last>> = Binary,
    <<Front/binary, (Last bxor 1)>>.
