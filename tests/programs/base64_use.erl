%% base64 of the library and one of our own agree; hex; checksums; md5 in pieces.
-module(base64_use).
-export([start/0]).

start() ->
    Bs = [binary:copy(<<"ab", 255, 0>>, N div 4 + 1) || N <- [0, 1, 5, 64, 1000]] ++ [<<>>, <<"f">>, <<"fo">>, <<"foo">>, <<"foob">>, <<"fooba">>, <<"foobar">>],
    {[begin E = base64:encode(B), E = own(B), B = base64:decode(E), byte_size(E) end || B <- Bs], [base64:encode(B) || B <- Bs, byte_size(B) < 10], base64:encode_to_string("list in"), base64:decode_to_string("aGk="), base64:mime_decode(<<"a G\nk=">>),
     [try base64:decode(B) catch error:_ -> error end || B <- [<<"a">>, <<"ab">>, <<"abc">>, <<"ab=c">>, <<"!!!!">>, "YWJj", <<"YWJj\n">>]], [erlang:md5(B) || B <- Bs], [erlang:crc32(B) || B <- Bs], [erlang:adler32(B) || B <- Bs],
     erlang:md5_final(erlang:md5_update(erlang:md5_update(erlang:md5_init(), <<"foo">>), "bar")) =:= erlang:md5(<<"foobar">>), erlang:crc32_combine(erlang:crc32(<<"ab">>), erlang:crc32(<<"cd">>), 2) =:= erlang:crc32(<<"abcd">>), erlang:adler32_combine(erlang:adler32(<<"ab">>), erlang:adler32(<<"cd">>), 2) =:= erlang:adler32(<<"abcd">>)}.

own(B) ->
    Bits = case bit_size(B) rem 6 of 0 -> B; N -> <<B/bits, 0:(6 - N)>> end,
    Text = << <<(code(X))>> || <<X:6>> <= Bits >>,
    Equals = binary:copy(<<"=">>, (3 - byte_size(B) rem 3) rem 3),
    <<Text/binary, Equals/binary>>.

code(X) when X < 26 -> X + $A;
code(X) when X < 52 -> X - 26 + $a;
code(X) when X < 62 -> X - 52 + $0;
code(62) -> $+;
code(63) -> $/.
