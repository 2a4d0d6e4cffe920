-module(zlib_streams).
-export([start/0]).

%% Streams of zlib: order of calls, ends, dictionaries, formats, levels, errors. What deflated
%% bytes are is compared in zlib_bytes, here what they inflate to.

start() ->
    lists:flatten([uninitialised(), deflating(), dictionaries(), ends(), pieces(), owners(),
                   formats(), levels(), whole()]).

e(F) -> try F() catch Class:Reason -> {Class, Reason} end.

%% <<"data data data">>, as zlib deflates it.
data() -> <<120,156,75,73,44,73,84,72,129,17,0,37,232,5,15>>.

%% <<"hello world hello">> with the dictionary <<"hello world">>.
with_dictionary() -> <<120,249,26,11,4,93,203,64,48,21,192,108,0,59,32,6,145>>.

uninitialised() ->
    Z = zlib:open(),
    Calls = [fun() -> zlib:deflate(Z, <<"a">>) end, fun() -> zlib:inflate(Z, <<"a">>) end,
             fun() -> zlib:deflateEnd(Z) end, fun() -> zlib:inflateEnd(Z) end,
             fun() -> zlib:deflateReset(Z) end, fun() -> zlib:inflateReset(Z) end,
             fun() -> zlib:crc32(Z) end, fun() -> zlib:deflateInit(Z) end,
             fun() -> zlib:deflateInit(Z) end, fun() -> zlib:inflateInit(Z) end,
             fun() -> zlib:inflate(Z, <<"a">>) end, fun() -> zlib:deflateEnd(Z) end,
             fun() -> zlib:deflateEnd(Z) end, fun() -> zlib:close(Z) end,
             fun() -> zlib:close(Z) end, fun() -> zlib:deflateInit(Z) end,
             fun() -> zlib:deflate(Z, <<"a">>) end, fun() -> zlib:close(make_ref()) end,
             fun() -> zlib:deflateInit(foo) end, fun() -> zlib:crc32(foo, <<"a">>) end],
    [e(Call) || Call <- Calls].

deflating() ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z),
    First = zlib:deflate(Z, <<"abc">>),
    Busy = e(fun() -> zlib:deflateEnd(Z) end),
    ok = zlib:deflateInit(Z, best_compression),
    Bad = [e(fun() -> zlib:deflate(Z, [foo]) end), e(fun() -> zlib:deflate(Z, <<>>, foo) end),
           e(fun() -> zlib:deflateParams(Z, 1, foo) end)],
    ok = zlib:deflateReset(Z),
    Text = [integer_to_binary(N) || N <- lists:seq(1, 5000)],
    A = zlib:deflate(Z, Text, sync),
    ok = zlib:deflateParams(Z, 1, default),
    B = zlib:deflate(Z, Text, full),
    C = zlib:deflate(Z, [Text, <<>>], finish),
    ok = zlib:deflateEnd(Z),
    Same = zlib:uncompress(iolist_to_binary([A, B, C])) =:= iolist_to_binary([Text, Text, Text]),
    ok = zlib:deflateInit(Z),
    _ = zlib:deflate(Z, <<"abc">>, finish),
    Late = [e(fun() -> zlib:deflate(Z, <<"x">>) end), e(fun() -> zlib:deflateEnd(Z) end)],
    %% What was synchronised can be read.
    ok = zlib:deflateInit(Z),
    Some = zlib:deflate(Z, <<"some text">>, sync),
    Y = zlib:open(),
    ok = zlib:inflateInit(Y),
    Read = iolist_to_binary(zlib:inflate(Y, Some)),
    [First, Busy, Bad, Same, Late, Read, e(fun() -> zlib:inflateEnd(Y) end)].

dictionaries() ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z),
    Sum = zlib:deflateSetDictionary(Z, [<<"hello">>, $\s, "world"]),
    B = iolist_to_binary(zlib:deflate(Z, <<"hello world hello">>, finish)),
    ok = zlib:deflateEnd(Z),
    <<Header:6/binary, _/binary>> = B,
    Small = byte_size(B) < 24,
    Both = [dictionary(Z, Deflated) || Deflated <- [B, with_dictionary()]],
    ok = zlib:inflateInit(Z),
    Need = e(fun() -> zlib:inflate(Z, B, [{exception_on_need_dict, false}]) end),
    Again = e(fun() -> zlib:inflate(Z, <<>>, [{exception_on_need_dict, false}]) end),
    End = e(fun() -> zlib:inflateEnd(Z) end),
    %% Raw streams say nothing of theirs.
    ok = zlib:deflateInit(Z, default, deflated, -15, 8, default),
    zlib:deflateSetDictionary(Z, <<"a dictionary">>),
    Raw = zlib:deflate(Z, <<"of a dictionary">>, finish),
    ok = zlib:deflateEnd(Z),
    ok = zlib:inflateInit(Z, -15),
    ok = zlib:inflateSetDictionary(Z, <<"a dictionary">>),
    Back = iolist_to_binary(zlib:inflate(Z, Raw)),
    ok = zlib:inflateEnd(Z),
    ok = zlib:deflateInit(Z),
    _ = zlib:deflate(Z, <<"abc">>),
    Late = e(fun() -> zlib:deflateSetDictionary(Z, <<"abc">>) end),
    [Sum, Header, Small, Both, Need, Again, End, Back, Late].

dictionary(Z, Deflated) ->
    ok = zlib:inflateInit(Z),
    [e(fun() -> zlib:inflate(Z, Deflated) end),
     e(fun() -> zlib:inflateSetDictionary(Z, <<"hello">>) end),
     e(fun() -> zlib:inflateSetDictionary(Z, <<"hello world">>) end),
     e(fun() -> iolist_to_binary(zlib:inflate(Z, <<>>)) end),
     e(fun() -> zlib:inflateSetDictionary(Z, <<"hello">>) end),
     e(fun() -> zlib:inflateEnd(Z) end)].

ends() ->
    Z = zlib:open(),
    C = data(),
    Text = fun(Bytes) -> e(fun() -> iolist_to_binary(zlib:inflate(Z, Bytes)) end) end,
    End = fun() -> e(fun() -> zlib:inflateEnd(Z) end) end,
    Run = fun(Init, Pieces) ->
                  ok = apply(zlib, inflateInit, [Z | Init]),
                  {Init, [Text(Piece) || Piece <- Pieces], End()}
          end,
    [Run([], [<<"garbage">>, <<"x">>]), Run([], [<<C/binary, "trail">>, <<"x">>]),
     Run([15, error], [<<C/binary, "trail">>]), Run([15, error], [C, <<"x">>]),
     Run([15, error], [C]), Run([15, cut], [C, C]),
     Run([15, reset], [<<C/binary, C/binary>>, C]), Run([15, reset], [C, <<"trail">>]),
     Run([15, reset], [<<>>]), Run([15], [binary:part(C, 0, 10)]),
     Run([15], [<<(binary:part(C, 0, 13))/binary, 0>>])].

pieces() ->
    Z = zlib:open(),
    ok = zlib:inflateInit(Z),
    Bytes = [iolist_to_binary(zlib:inflate(Z, <<B>>)) || <<B>> <= data()],
    ok = zlib:inflateReset(Z),
    Safe = [zlib:safeInflate(Z, data()), zlib:safeInflate(Z, <<>>)],
    ok = zlib:inflateReset(Z),
    Big = zlib:compress(binary:copy(<<"x">>, 40000)),
    Sizes = safe(Z, Big, []),
    ok = zlib:inflateReset(Z),
    {more, Chunk} = zlib:inflateChunk(Z, Big),
    Size = zlib:getBufSize(Z),
    ok = zlib:setBufSize(Z, 30000),
    {more, Chunk2} = zlib:inflateChunk(Z),
    Last = zlib:inflateChunk(Z),
    ok = zlib:inflateEnd(Z),
    [iolist_to_binary(Bytes), Safe, Sizes, iolist_size(Chunk), Size, iolist_size(Chunk2),
     iolist_size(Last), e(fun() -> zlib:setBufSize(Z, 3) end)].

safe(Z, Data, Sizes) ->
    case zlib:safeInflate(Z, Data) of
        {continue, Out} -> safe(Z, <<>>, [iolist_size(Out) | Sizes]);
        {finished, Out} -> [finished, iolist_size(Out) | Sizes]
    end.

owners() ->
    Z = zlib:open(),
    Self = self(),
    {_, Monitor} = spawn_monitor(fun() ->
                                         Self ! {answers, e(fun() -> zlib:deflateInit(Z) end),
                                                 e(fun() -> zlib:close(Z) end)}
                                 end),
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    Answers = receive {answers, A, B} -> [A, B] end,
    Other = spawn(fun() ->
                          receive go -> ok end,
                          Self ! {now, e(fun() -> zlib:deflateInit(Z) end)}
                  end),
    Given = e(fun() -> zlib:set_controlling_process(Z, Other) end),
    Mine = e(fun() -> zlib:deflateInit(Z) end),
    Other ! go,
    Now = receive {now, Answer} -> Answer end,
    [Answers, Given, Mine, Now,
     e(fun() -> zlib:set_controlling_process(zlib:open(), foo) end)].

formats() ->
    Outputs = [begin
                   Z = zlib:open(),
                   e(fun() ->
                             ok = zlib:deflateInit(Z, 9, deflated, Bits, 8, default),
                             D = iolist_to_binary(zlib:deflate(Z, <<"aaaaaaaaaa">>, finish)),
                             <<Header:2/binary, _/binary>> = D,
                             {Bits, [Header || Bits > 0], zlib:deflateEnd(Z)}
                     end)
               end || Bits <- [8, 9, 15, -8, -9, -15, 24, 25, 31, 7, 16, 32, 40, 47, 48, -16]],
    Gzip = zlib:gzip(<<"q">>),
    Zlib = zlib:compress(<<"q">>),
    Inputs = [begin
                  Z = zlib:open(),
                  {Bits, e(fun() ->
                                   zlib:inflateInit(Z, Bits),
                                   iolist_to_binary(zlib:inflate(Z, D))
                           end)}
              end || {Bits, D} <- [{15, Gzip}, {31, Gzip}, {47, Gzip}, {47, Zlib}, {31, Zlib},
                                   {-15, zlib:zip(<<"q">>)}, {-15, Zlib}, {8, Zlib}, {40, Zlib},
                                   {32, <<>>}, {16, <<>>}, {15, <<120>>}, {15, <<121, 1>>}]],
    %% A header with everything: extra field, name, comment, checksum.
    <<31,139,8,0, Fixed:6/binary, Rest/binary>> = Gzip,
    Head = <<31,139,8,30, Fixed/binary, 3:16/little, "abc", "name", 0, "comment", 0>>,
    Sum = erlang:crc32(Head) band 16#ffff,
    Full = <<Head/binary, Sum:16/little, Rest/binary>>,
    Wrong = <<Head/binary, (Sum + 1):16/little, Rest/binary>>,
    [Outputs, Inputs, zlib:gunzip(Full), e(fun() -> zlib:gunzip(Wrong) end), zlib:gunzip(<<Gzip/binary, Full/binary>>),
     binary:part(Gzip, 0, 10)].

levels() ->
    [begin
         Z = zlib:open(),
         {Level, e(fun() ->
                           ok = zlib:deflateInit(Z, Level),
                           D = iolist_to_binary(zlib:deflate(Z, <<"aaaaaaaaaa">>, finish)),
                           <<Header:2/binary, _/binary>> = D,
                           {Header, zlib:deflateEnd(Z), zlib:uncompress(D)}
                   end)}
     end || Level <- [0, 1, 2, 5, 6, 7, 9, none, default, best_speed, best_compression, 10, foo]]
        ++ [e(fun() -> zlib:deflateInit(zlib:open(), 1, A, 15, M, S) end)
            || {A, M, S} <- [{foo, 8, default}, {deflated, 10, default}, {deflated, 8, foo},
                             {deflated, 1, huffman_only}, {deflated, 9, rle}]].

whole() ->
    Text = iolist_to_binary([integer_to_binary(N * N) || N <- lists:seq(1, 20000)]),
    [Out(In(Text)) =:= Text || {In, Out} <- [{fun zlib:compress/1, fun zlib:uncompress/1},
                                             {fun zlib:zip/1, fun zlib:unzip/1},
                                             {fun zlib:gzip/1, fun zlib:gunzip/1}]]
        ++ [e(fun() -> F(Data) end)
            || F <- [fun zlib:uncompress/1, fun zlib:unzip/1, fun zlib:gunzip/1],
               Data <- [<<>>, <<"1234567">>, <<"12345678">>, foo, [data()],
                        [data() | <<"x">>]]].
