%% -*- coding: utf-8 -*-
%% Pretty printing of wide and deep terms to the console: line breaks, indentation, records of data.
-module(fmt_pretty).
-export([start/0]).

start() ->
    io:format("~p~n", [lists:seq(1, 100)]),
    io:format("~p~n", [[{name, "A rather long name"}, {address, <<"a binary that is long enough to be broken">>}, {tags, [one, two, three, four, five, six]}, {nested, {a, {b, {c, [d, e, f]}}}}]]),
    io:format("~p~n", [#{config => #{host => "localhost", port => 8080, options => [{reuse, true}, {backlog, 1024}, {timeout, infinity}]}, users => [alice, bob, carol, dave, erin, frank, grace, heidi]}]),
    io:format("Prefix: ~p and after~n", [{tuple_with_a_long_name, lists:duplicate(20, abcdef), "string"}]),
    io:format("~40p~n", [{a, lists:seq(1, 30), "some text in here"}]),
    io:format("~20p~n", [lists:duplicate(5, {x, y})]),
    io:format("~p~n", [lists:duplicate(30, "string in list")]),
    io:format("~p~n", [list_to_tuple(lists:seq(1000, 1060))]),
    io:format("~p~n", [lists:flatten(lists:duplicate(20, "a long string of words "))]),
    io:format("~p~n", [binary:copy(<<"0123456789">>, 20)]),
    io:format("~p~n", [binary:copy(<<1, 2, 3, 4, 5, 250>>, 20)]),
    io:format("~p~n", [nest(25)]),
    io:format("~w~n", [lists:seq(1, 100)]),
    io:format("~0p~n", [lists:seq(1, 100)]),
    io:format("~P~n", [lists:seq(1, 100), 12]),
    io:format("~80.5p|~n", [{a, [b, c]}]),
    io:format("~p ~p~n", [{error, {badarg, [{m, f, [1, 2], [{file, "a.erl"}, {line, 10}]}, {module, function_name, 3, [{file, "some/file.erl"}, {line, 200}]}]}}, x]),
    io:format("~p~n", [[{K, V} || K <- [alpha, beta, gamma], V <- ["first", <<"second">>, 3.0]]]),
    io:format("~tp~n", [[[960, 961], <<"π"/utf8>>, 'ατομ']]),
    io:format("~p~n", [#{1 => [], "two" => {}, <<"three">> => #{}, {four} => <<4:4>>, [5] => fun lists:map/2}]),
    lists:flatten(io_lib:format("~p", [{pretty, lists:seq(1, 40), [{a, b} || _ <- lists:seq(1, 12)]}])).

nest(0) -> leaf;
nest(N) when N rem 3 =:= 0 -> [N, nest(N - 1)];
nest(N) when N rem 3 =:= 1 -> {N, nest(N - 1)};
nest(N) -> #{N => nest(N - 1)}.
