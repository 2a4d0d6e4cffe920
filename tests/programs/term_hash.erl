%% -*- coding: utf-8 -*-
%% phash2 gives the same numbers on every BEAM; phash agrees too.
-module(term_hash).
-export([start/0]).

start() ->
    Ts = [0, 1, -1, 255, 1 bsl 27, 1 bsl 31, 1 bsl 59, 1 bsl 60, 1 bsl 64, -(1 bsl 64), 1 bsl 200, 0.0, 1.0, -1.5, 1.0e100, a, b, hello, '', 'åπ', [], {}, #{}, <<>>, "abc", "a longer string than a few bytes", [1, 2, 3], [a | b], [[[]]],
          {a}, {a, b, {c}}, {1, [2, <<3>>]}, <<1>>, <<"hello world">>, <<1:1>>, <<5:3>>, <<255, 7:5>>, binary:copy(<<"x">>, 100), #{a => 1}, #{a => 1, b => [2]}, #{1 => x, 2.0 => y}, [256, 257], [255, 256], [1000000], lists:seq(1, 300),
          {lists:seq(250, 260), "x"}, maps:from_list([{I, I} || I <- lists:seq(1, 100)]), fun lists:map/2, [a, 1, "b", <<"c">>]],
    {[erlang:phash2(T) || T <- Ts], [erlang:phash2(T, R) || T <- Ts, R <- [1, 2, 100, 1 bsl 32]], [erlang:phash(T, 1000) || T <- Ts, not is_map(T), not is_function(T)],
     [try F() catch C:R -> {C, R} end || F <- [fun() -> erlang:phash2(a, id(0)) end, fun() -> erlang:phash2(a, id((1 bsl 32) + 1)) end, fun() -> erlang:phash2(a, id(x)) end]]}.

id(X) -> X.
