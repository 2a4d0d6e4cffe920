%% -*- coding: utf-8 -*-
%% Comprehensions over and into binaries, with filters, several generators and odd sizes.
-module(bin_compr).
-export([start/0]).

start() ->
    B = <<1, 2, 3, 4, 5, 6, 7, 8>>,
    {<< <<(X * 2)>> || <<X>> <= B >>, [X || <<X:16>> <= B], [X || <<X:4>> <= <<16#AB, 16#CD>>],
     << <<X:3>> || X <- lists:seq(0, 7) >>, [X || <<X:3>> <= <<5:3, 6:3, 1:1>>], << <<X, Y>> || X <- [1, 2], <<Y>> <= <<8, 9>> >>,
     << <<X>> || <<X>> <= B, X rem 2 =:= 0 >>, [{X, Y} || <<X, Y>> <= B, X > 2], << <<Y, X>> || <<X, Y>> <= B >>,
     [X || <<1:1, X:7>> <= <<16#81, 16#01, 16#82>>], hex(<<"Hello">>), unhex(<<"48656c6c6f">>), << <<C/utf8>> || C <- "åäö€" >>,
     [C || <<C/utf8>> <= <<"åä€"/utf8>>], rgb(<<255, 0, 128, 1, 2, 3, 9>>), xor_(B, 16#5A), << <<B:3/binary>> || _ <- [1, 2] >>,
     [F || <<F:32/float>> <= <<1.5:32/float, -2.0:32/float>>], transpose([<<"abc">>, <<"def">>]),
     bit_size(<< <<1:1>> || _ <- lists:seq(1, 1001) >>), erlang:crc32(<< <<(I rem 256)>> || I <- lists:seq(1, 10000) >>),
     [try Fn() catch Cl:R -> {Cl, R} end ||
         Fn <- [fun() -> [X || <<X>> <= id(abc)] end, fun() -> << <<X>> || X <- id([1, a]) >> end,
                fun() -> << X || X <- id([a]) >> end]]}.

hex(B) -> << <<(digit(N))>> || <<N:4>> <= B >>.
digit(N) when N < 10 -> $0 + N;
digit(N) -> $a + N - 10.

unhex(B) -> << <<(list_to_integer([X, Y], 16))>> || <<X, Y>> <= B >>.

rgb(B) -> [{R, G, Bl} || <<R, G, Bl>> <= B].
xor_(B, K) -> << <<(X bxor K)>> || <<X>> <= B >>.
transpose(Rows) -> [<< <<(binary:at(R, I))>> || R <- Rows >> || I <- [0, 1, 2]].
id(X) -> X.
