%% Compression in the formats of zlib, gzip and plain deflate: OTP's interface over the streams
%% that are built in.
-module(zlib).

-export([open/0, close/1, set_controlling_process/2,
         deflateInit/1, deflateInit/2, deflateInit/6, deflateSetDictionary/2, deflateReset/1,
         deflateParams/3, deflate/2, deflate/3, deflateEnd/1,
         inflateInit/1, inflateInit/2, inflateInit/3, inflateSetDictionary/2,
         inflateGetDictionary/1, inflateReset/1, inflate/2, inflate/3, inflateChunk/1,
         inflateChunk/2, safeInflate/2, inflateEnd/1,
         setBufSize/2, getBufSize/1, crc32/1, crc32/2, crc32/3, crc32_combine/4,
         adler32/2, adler32/3, adler32_combine/4,
         compress/1, uncompress/1, zip/1, unzip/1, gzip/1, gunzip/1]).

%% Bytes of input and of output of one step.
-define(INPUT, 8192).
-define(DEFLATED, 8192).
-define(INFLATED, 16384).

open() -> zlib:open_nif().

close(Z) -> zlib:close_nif(Z).

set_controlling_process(Z, Pid) -> zlib:set_controller_nif(Z, Pid).

%% Deflating

deflateInit(Z) -> deflateInit(Z, default).

deflateInit(Z, Level) -> deflateInit(Z, Level, deflated, 15, 8, default).

deflateInit(Z, Level, Method, WindowBits, MemLevel, Strategy) ->
    zlib:deflateInit_nif(Z, level(Level), method(Method), window(WindowBits), memory(MemLevel),
                         strategy(Strategy)).

deflateSetDictionary(Z, Dictionary) -> zlib:deflateSetDictionary_nif(Z, Dictionary).

deflateReset(Z) -> zlib:deflateReset_nif(Z).

deflateParams(Z, Level0, Strategy0) ->
    {Level, Strategy} = {level(Level0), strategy(Strategy0)},
    %% What was deflated at the old level comes first in what the next call returns.
    Output = deflate(Z, <<>>, sync),
    ok = zlib:deflateParams_nif(Z, Level, Strategy),
    keep(Z, deflate, Output).

deflate(Z, Data) -> deflate(Z, Data, none).

deflate(Z, Data, Flush0) ->
    Kept = kept(Z, deflate),
    enqueue(Z, Data),
    Flush = flush(Flush0),
    join(Kept, deflate_all(Z, Flush, [])).

deflate_all(Z, Flush, Done) ->
    case zlib:deflate_nif(Z, ?INPUT, ?DEFLATED, Flush) of
        {continue, Output} -> deflate_all(Z, Flush, join(Done, Output));
        {finished, Output} -> join(Done, Output)
    end.

deflateEnd(Z) -> zlib:deflateEnd_nif(Z).

%% Inflating

inflateInit(Z) -> inflateInit(Z, 15).

inflateInit(Z, WindowBits) -> inflateInit(Z, WindowBits, cut).

inflateInit(Z, WindowBits, AtEnd) ->
    zlib:inflateInit_nif(Z, window(WindowBits), at_end(AtEnd)).

inflateSetDictionary(Z, Dictionary) -> zlib:inflateSetDictionary_nif(Z, Dictionary).

inflateGetDictionary(Z) -> zlib:inflateGetDictionary_nif(Z).

inflateReset(Z) -> zlib:inflateReset_nif(Z).

inflate(Z, Data) -> inflate(Z, Data, []).

inflate(Z, Data, Options) ->
    enqueue(Z, Data),
    Result = inflate_all(Z, []),
    case proplists:get_value(exception_on_need_dict, Options, true) of
        true -> raise_need(Z, Result);
        false -> Result
    end.

inflate_all(Z, Done) ->
    case inflate_some(Z, ?INFLATED) of
        {continue, Output} -> inflate_all(Z, join(Done, Output));
        {finished, Output} -> join(Done, Output);
        {need_dictionary, Sum, Output} -> {need_dictionary, Sum, join(Done, Output)}
    end.

inflate_some(Z, Size) -> zlib:inflate_nif(Z, ?INPUT, Size, 0).

%% Without its dictionary the stream goes on once that is there: what there was until then is kept.
raise_need(Z, {need_dictionary, Sum, Output}) ->
    keep(Z, inflate, join(kept(Z, inflate), Output)),
    error({need_dictionary, Sum});
raise_need(Z, {Tag, Output}) ->
    {Tag, join(kept(Z, inflate), Output)};
raise_need(Z, Output) ->
    join(kept(Z, inflate), Output).

inflateChunk(Z, Data) ->
    enqueue(Z, Data),
    inflateChunk(Z).

inflateChunk(Z) ->
    case raise_need(Z, inflate_some(Z, zlib:getBufSize_nif(Z))) of
        {continue, Output} -> {more, lists:flatten(Output)};
        {finished, Output} -> lists:flatten(Output)
    end.

safeInflate(Z, Data) ->
    enqueue(Z, Data),
    inflate_some(Z, ?INFLATED).

inflateEnd(Z) -> zlib:inflateEnd_nif(Z).

setBufSize(Z, Size) when is_integer(Size), Size > 16, Size < 1 bsl 24 ->
    zlib:setBufSize_nif(Z, Size);
setBufSize(_, _) ->
    error(badarg).

getBufSize(Z) -> zlib:getBufSize_nif(Z).

%% Checksums

crc32(Z) -> zlib:crc32_nif(Z).

crc32(Z, Data) when is_reference(Z) -> erlang:crc32(Data);
crc32(_, _) -> error(badarg).

crc32(Z, Sum, Data) when is_reference(Z) -> erlang:crc32(Sum, Data);
crc32(_, _, _) -> error(badarg).

crc32_combine(Z, First, Second, Size) when is_reference(Z) ->
    erlang:crc32_combine(First, Second, Size);
crc32_combine(_, _, _, _) ->
    error(badarg).

adler32(Z, Data) when is_reference(Z) -> erlang:adler32(Data);
adler32(_, _) -> error(badarg).

adler32(Z, Sum, Data) when is_reference(Z) -> erlang:adler32(Sum, Data);
adler32(_, _, _) -> error(badarg).

adler32_combine(Z, First, Second, Size) when is_reference(Z) ->
    erlang:adler32_combine(First, Second, Size);
adler32_combine(_, _, _, _) ->
    error(badarg).

%% Whole pieces of data

compress(Data) -> deflated(Data, 15).

zip(Data) -> deflated(Data, -15).

gzip(Data) -> deflated(Data, 31).

uncompress(Data) ->
    Size = try iolist_size(Data) catch error:_ -> error(badarg) end,
    case Size < 8 of
        true -> error(data_error);
        false -> inflated(Data, 15, cut)
    end.

unzip(Data) -> inflated(Data, -15, cut).

gunzip(Data) -> inflated(Data, 31, reset).

deflated(Data, WindowBits) ->
    Z = open(),
    try
        deflateInit(Z, default, deflated, WindowBits, 8, default),
        Output = deflate(Z, Data, finish),
        deflateEnd(Z),
        iolist_to_binary(Output)
    after
        close(Z)
    end.

inflated(Data, WindowBits, AtEnd) ->
    Z = open(),
    try
        inflateInit(Z, WindowBits, AtEnd),
        Output = inflate(Z, Data),
        inflateEnd(Z),
        iolist_to_binary(Output)
    after
        close(Z)
    end.

%% Helpers

enqueue(Z, Data) ->
    case erlang:iolist_to_iovec(Data) of
        [] -> ok;
        Binaries -> zlib:enqueue_nif(Z, Binaries)
    end.

keep(Z, Kind, Output) -> zlib:setStash_nif(Z, {Kind, Output}).

kept(Z, Kind) ->
    case zlib:getStash_nif(Z) of
        {ok, {Kind, Output}} ->
            ok = zlib:clearStash_nif(Z),
            Output;
        empty ->
            []
    end.

join([], Output) when is_list(Output) -> Output;
join([], Output) -> [Output];
join(Done, []) -> Done;
join(Done, [Output]) -> [Done, Output];
join(Done, Output) -> [Done, Output].

flush(none) -> 0;
flush(sync) -> 2;
flush(full) -> 3;
flush(finish) -> 4;
flush(_) -> error(bad_flush_mode).

level(none) -> 0;
level(best_speed) -> 1;
level(best_compression) -> 9;
level(default) -> -1;
level(Level) when is_integer(Level), Level >= 0, Level =< 9 -> Level;
level(_) -> error(bad_compression_level).

strategy(default) -> 0;
strategy(filtered) -> 1;
strategy(huffman_only) -> 2;
strategy(rle) -> 3;
strategy(_) -> error(bad_compression_strategy).

method(deflated) -> 8;
method(_) -> error(bad_compression_method).

at_end(error) -> 0;
at_end(reset) -> 1;
at_end(cut) -> 2;
at_end(_) -> error(bad_eos_behavior).

window(Bits) when is_integer(Bits), Bits >= 8, Bits < 48 -> Bits;
window(Bits) when is_integer(Bits), Bits >= -15, Bits =< -8 -> Bits;
window(_) -> error(bad_windowbits).

memory(Level) when is_integer(Level), Level >= 1, Level =< 9 -> Level;
memory(_) -> error(bad_memlevel).
