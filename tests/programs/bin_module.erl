%% The binary module and the binary built-in functions: parts, search, split, replace, copies.
-module(bin_module).
-export([start/0]).

start() ->
    B = id(<<"the quick brown fox jumps over the lazy dog">>),
    {binary:at(B, 4), binary:part(B, 4, 5), binary:part(B, {byte_size(B), -3}), binary_part(B, 0, 3), binary:first(B), binary:last(B),
     binary:match(B, <<"fox">>), binary:match(B, [<<"dog">>, <<"quick">>]), binary:match(B, <<"cat">>), binary:matches(B, <<"the">>),
     binary:match(B, <<"the">>, [{scope, {1, 40}}]), binary:split(B, <<" ">>), binary:split(B, <<" ">>, [global]),
     binary:split(<<"a,b;c,,d">>, [<<",">>, <<";">>], [global]), binary:split(<<" a  b ">>, <<" ">>, [global, trim_all]),
     binary:split(<<"a,b,,">>, <<",">>, [global, trim]), binary:replace(B, <<"the">>, <<"a">>, [global]),
     binary:replace(<<"abc">>, <<"b">>, <<"[]">>, [{insert_replaced, 1}]), binary:copy(<<"ab">>, 3), binary:copy(<<"x">>),
     binary:longest_common_prefix([<<"erlang">>, <<"ergonomy">>]), binary:longest_common_suffix([<<"xing">>, <<"ing">>]),
     binary:list_to_bin([1, [2, <<3>>]]), binary:bin_to_list(<<"abcd">>, 1, 2), binary:encode_unsigned(1 bsl 40), binary:decode_unsigned(<<1, 0, 0>>),
     binary:encode_unsigned(513, little), binary:decode_unsigned(<<1, 2>>, little), binary:encode_hex(<<1, 171>>), binary:decode_hex(<<"01Ab">>),
     split_binary(B, 3), binary_to_list(<<"abc">>), binary_to_list(<<"abcdef">>, 2, 4), byte_size(B), size(B), bit_size(B),
     list_to_binary([B, [32], "!"]) =:= <<B/binary, " !">>, iolist_to_binary(["a", [<<"b">>], $c]), iolist_to_binary(<<"x">>),
     binary:compile_pattern(<<"x">>) =/= x, is_binary(B), is_bitstring(<<1:1>>), is_binary(<<1:1>>), part_of_part(B),
     <<"a">> < <<"b">>, <<"a">> < <<"aa">>, <<1:1>> > <<0:1>>, <<1:7>> < <<1:8>>, <<255>> > <<1, 1>>,
     erlang:crc32(B), erlang:crc32(1, B), erlang:adler32(B), erlang:adler32([B, B]), erlang:md5(B),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> binary:at(B, id(100)) end, fun() -> binary:part(B, id(40), 9) end, fun() -> split_binary(B, id(-1)) end,
               fun() -> binary_part(id(x), 0, 1) end, fun() -> binary:match(B, id(<<>>)) end, fun() -> binary:copy(B, id(-1)) end,
               fun() -> binary:first(id(<<>>)) end, fun() -> byte_size(id([])) end, fun() -> binary_to_list(id(<<1:1>>)) end,
               fun() -> binary:decode_hex(id(<<"0">>)) end, fun() -> binary:split(id(a), <<"x">>) end]]}.

part_of_part(B) ->
    P = binary:part(B, 4, 20),
    Q = binary:part(P, 6, 5),
    <<_, R/binary>> = Q,
    {P, Q, R, binary:referenced_byte_size(binary:copy(R))}.

id(X) -> X.
