%% A Huffman code: bit strings of any length, written and read bit by bit.
-module(huffman).
-export([start/0]).

start() ->
    Text = list_to_binary([lists:duplicate(1 + I * I rem 7, $a + I * 5 rem 26) || I <- lists:seq(1, 12000)]),
    Tree = tree(Text),
    Codes = maps:from_list(codes(Tree, <<>>)),
    Packed = << <<(maps:get(C, Codes))/bitstring>> || <<C>> <= Text >>,
    Text = decode(Packed, Tree, Tree, <<>>),
    {byte_size(Text), bit_size(Packed), erlang:md5(<<Packed/bitstring, 0:(-bit_size(Packed) band 7)>>)}.

tree(Text) ->
    Counts = lists:foldl(fun(C, M) -> maps:update_with(C, fun(N) -> N + 1 end, 1, M) end, #{}, binary_to_list(Text)),
    grow(lists:sort([{N, C} || {C, N} <- maps:to_list(Counts)])).

grow([{_, Tree}]) -> Tree;
grow([{N, A}, {M, B} | Rest]) -> grow(lists:merge([{N + M, {A, B}}], Rest)).

codes({A, B}, Bits) -> codes(A, <<Bits/bitstring, 0:1>>) ++ codes(B, <<Bits/bitstring, 1:1>>);
codes(C, Bits) -> [{C, Bits}].

decode(<<>>, Tree, Tree, Acc) -> Acc;
decode(<<0:1, Bits/bitstring>>, {A, _}, Tree, Acc) -> found(Bits, A, Tree, Acc);
decode(<<1:1, Bits/bitstring>>, {_, B}, Tree, Acc) -> found(Bits, B, Tree, Acc).

found(Bits, {_, _} = Node, Tree, Acc) -> decode(Bits, Node, Tree, Acc);
found(Bits, C, Tree, Acc) -> decode(Bits, Tree, Tree, <<Acc/binary, C>>).
