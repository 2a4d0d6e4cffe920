%% Deflated bytes are those of zlib, at all levels, strategies, windows, in one piece and in many, and in
%% compressed terms.
-module(zlib_bytes).
-export([start/0]).
data(0) -> <<>>;
data(1) -> <<"hello">>;
data(2) -> list_to_binary([integer_to_list(N*N rem 977) || N <- lists:seq(1,20000)]);
data(3) -> binary:copy(<<"abcdefgh">>, 20000);
data(4) -> << <<(N*N*7919 rem 251)>> || N <- lists:seq(1,60000) >>;
data(5) -> {_, S} = lists:mapfoldl(fun(_, S) -> rand:uniform_s(256, S) end, rand:seed_s(exsss, 7), [1]), 
   {L, _} = lists:mapfoldl(fun(_, S1) -> {V,S2} = rand:uniform_s(256, S1), {V-1,S2} end, S, lists:seq(1,100000)), list_to_binary(L);
data(6) -> term_to_binary([{N, integer_to_list(N), list_to_atom("a"++integer_to_list(N rem 50)), N*1.5} || N <- lists:seq(1,5000)]).

sum(B) -> {byte_size(B), erlang:crc32(B)}.
t(F) -> try F() catch C:R -> {C,R} end.
start() ->
  Datas = [data(N) || N <- lists:seq(0,6)],
  [io:format("~w ~w ~w~n", [sum(zlib:compress(D)), sum(zlib:zip(D)), sum(zlib:gzip(D))]) || D <- Datas],
  [io:format("t2b ~w ~w~n", [L, sum(term_to_binary(D, [{compressed, L}]))]) || D <- Datas, L <- lists:seq(0,9)],
  [io:format("t2bt ~w~n", [sum(term_to_binary([D, {a,1.5}, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"], [{compressed, L}]))]) || D <- Datas, L <- [1,6,9]],
  [io:format("~w ~w ~w ~w ~w: ~w~n", [L, W, M, S, I, t(fun() -> whole(D, L, W, M, S) end)]) ||
    {I, D} <- lists:zip(lists:seq(0,6), Datas), L <- [none, best_speed, 2, 3, 4, 5, default, 7, 8, best_compression], {W, M} <- [{15,8},{-15,9},{9,1},{31,5},{8,8},{-8,3},{-9,1},{25,9},{24,8},{16,1}], S <- [default, filtered, huffman_only, rle], I > 1 orelse L =:= default],
  [io:format("chunks ~w ~w ~w ~w~n", [I, L, F, t(fun() -> chunks(D, L, F) end)]) || {I, D} <- lists:zip(lists:seq(0,6), Datas), L <- [0,1,4,6,9], F <- [none, sync, full]],
  Z = zlib:open(),
  ok = zlib:deflateInit(Z),
  A = zlib:deflateSetDictionary(Z, "hello abcdefgh 1234"),
  O = zlib:deflate(Z, "hello hello abcdefgh", finish),
  io:format("dict ~w ~w~n", [A, iolist_to_binary(O)]),
  io:format("~p~n", [t(fun() -> zlib:deflate(Z, "more") end)]),
  io:format("~p~n", [t(fun() -> zlib:deflate(Z, "more", finish) end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateSetDictionary(Z, "more") end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateReset(Z) end)]),
  X1 = zlib:deflate(Z, data(2)),
  io:format("p ~p~n", [t(fun() -> zlib:deflateParams(Z, 1, huffman_only) end)]),
  X2 = zlib:deflate(Z, data(4)),
  io:format("p ~p~n", [t(fun() -> zlib:deflateParams(Z, 9, rle) end)]),
  X3 = zlib:deflate(Z, data(3), sync),
  X4 = zlib:deflate(Z, data(5), finish),
  io:format("params ~w ~w~n", [[lens(X) || X <- [X1,X2,X3,X4]], sum(iolist_to_binary([X1,X2,X3,X4]))]),
  io:format("e ~p~n", [t(fun() -> zlib:deflateEnd(Z) end)]),
  ok = zlib:deflateInit(Z, 6, deflated, -15, 8, default),
  zlib:deflate(Z, data(2)),
  io:format("e ~p~n", [zlib:crc32(Z)]),
  io:format("e ~p~n", [t(fun() -> zlib:deflateEnd(Z) end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateInit(Z, 10) end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateInit(Z, 6, deflated, 7, 8, default) end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateInit(Z, 6, deflated, 47, 8, default) end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateInit(Z, 6, deflated, 15, 0, default) end)]),
  io:format("~p~n", [t(fun() -> zlib:deflateInit(Z, 6, deflated, 15, 8, fixed) end)]),
  ok.
lens(L) -> [byte_size(B) || B <- lists:flatten([L])].
whole(D, L, W, M, S) ->
  Z = zlib:open(),
  try zlib:deflateInit(Z, L, deflated, W, M, S),
   O = zlib:deflate(Z, D, finish), zlib:deflateEnd(Z), {lens(O), sum(iolist_to_binary(O))}
  after zlib:close(Z) end.
chunks(D, L, F) ->
  Z = zlib:open(),
  zlib:deflateInit(Z, L),
  O = parts(D, Z, F, 100),
  E = zlib:deflate(Z, [], finish),
  zlib:close(Z), {lens(O), lens(E), sum(iolist_to_binary([O,E]))}.
parts(D, Z, F, N) when byte_size(D) > N -> <<A:N/binary, R/binary>> = D, [zlib:deflate(Z, [A], F) | parts(R, Z, F, N * 3 div 2)];
parts(D, Z, F, _) -> [zlib:deflate(Z, D, F)].
