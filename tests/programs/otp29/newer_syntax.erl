%% What the language got in OTP 26 to 29: comprehensions over maps, strict and zipped generators,
%% `maybe`, sigils and long strings, documentation, nominal types; and what its compiler writes
%% for text that becomes an atom.
-module(newer_syntax).
-moduledoc "A module with documentation.".
-export([start/0, long/0]).

-nominal meters() :: integer().
-export_type([meters/0]).

start() ->
    Small = #{1 => one, 2 => two, 3 => three},
    Large = #{I => I * I || I <- lists:seq(1, 100)},
    {maps(Small, Large), strict(), zipped(Small), steps(), texts(), atoms(), numbers(), waiting(),
     [try_(fun() -> error(X) end) || X <- [plain, {bad, generator}]]}.

try_(F) ->
    try F()
    catch Class:Reason -> {Class, Reason}
    end.

maps(Small, Large) ->
    {[{K, V} || K := V <- Small],
     lists:sum([V || _ := V <- Large]),
     lists:sort([K || K := V <- Large, V > 9000]),
     #{V => K || K := V <- Small, K =/= 2},
     << <<K>> || K := _ <- Small >>,
     [{K, X} || K := _ <- Small, X <- lists:seq(1, K)],
     [K || K := one <- Small],
     [K || K := _ <- maps:iterator(Small)],
     length([K || K := _ <- maps:iterator(Large)]),
     [K || K := _ <- #{}],
     #{K => 1 || <<K>> <= <<"abc">>},
     [try_(fun() -> [K || K := _ <- X] end) || X <- [id(foo), id([]), id({a, b, c}), id([1 | 2])]],
     [try_(fun() -> #{X => X || X := _ <- Bad} end) || Bad <- [id(1), id("ab")]]}.

strict() ->
    [try_(F) || F <- [
        fun() -> [X || {ok, X} <:- id([{ok, 1}, {ok, 2}])] end,
        fun() -> [X || {ok, X} <:- id([{ok, 1}, error])] end,
        fun() -> [X || {ok, X} <- id([{ok, 1}, error])] end,
        fun() -> [X || X <:- id([1 | 2])] end,
        fun() -> [K || K := {v, _} <:- id(#{a => {v, 1}})] end,
        fun() -> [K || K := {v, _} <:- id(#{a => {w, 1}})] end,
        fun() -> << <<X>> || <<0, X>> <:= id(<<0, 1, 0, 2>>) >> end,
        fun() -> << <<X>> || <<0, X>> <:= id(<<0, 1, 1, 2>>) >> end,
        fun() -> << <<X>> || <<0, X>> <:= id(<<0, 1, 0>>) >> end]].

zipped(Small) ->
    [try_(F) || F <- [
        fun() -> [{X, Y} || X <- id([1, 2, 3]) && Y <- id([a, b, c])] end,
        fun() -> [{X, Y} || X <- id([1, 2]) && Y <- id([a, b, c])] end,
        fun() -> [{X, Y} || X <- id([1, 2]) && <<Y>> <= id(<<7, 8>>)] end,
        fun() -> [{X, K} || X <- id([x, y, z]) && K := _ <- Small] end,
        fun() -> [X + Y || X <- id([1, 2, 3]) && Y <- id([4, 5, 6]), Y > 4] end,
        fun() -> #{X => Y || X <- id([4, 5]) && Y <- id([1, 2])} end,
        fun() -> [{X, Y} || {ok, X} <- id([{ok, 1}, no, {ok, 3}]) && Y <- id([a, b, c])] end,
        fun() -> [{X, Y} || X <- id([1 | 2]) && Y <- id([a | b])] end]].

steps() ->
    [step(X) || X <- [{ok, {ok, 1}}, {ok, no}, never, {ok, {ok, big}}]].

step(X) ->
    maybe
        {ok, Y} ?= id(X),
        {ok, Z} ?= Y,
        true ?= is_integer(Z),
        {done, Z + 1}
    else
        false -> no_integer;
        Other -> {stopped, Other}
    end.

texts() ->
    {~"binary π", ~s"list\t1", ~S"no \escape", ~b[x"y], long()}.

-doc "A string of several lines.".
long() ->
    """
    first "line"
      second \n
    """.

atoms() ->
    [{atom(X), old(X)} || X <- [id("newer_syntax"), id([a]), id(foo), id(lists:duplicate(256, $x))]] ++
    [{named(X), known(X)} || X <- [id(<<"start">>), id(<<255>>), id(<<1:3>>), id(1)]].

atom(X) -> try list_to_atom(X) catch _:_ -> bad end.
old(X) -> try list_to_existing_atom(X) catch _:_ -> bad end.
named(X) -> try binary_to_atom(X) catch _:_ -> bad end.
known(X) -> try binary_to_existing_atom(X, utf8) catch _:_ -> bad end.

numbers() ->
    [{X, is_integer(X, 0, 10), in_range(X)} || X <- [id(0), id(10), id(11), id(-1), id(1.0), id(a), id(1 bsl 70)]].

in_range(X) when is_integer(X, -5, 1 bsl 65) -> yes;
in_range(_) -> no.

%% A process that has gone to sleep goes on where it was.
waiting() ->
    Self = self(),
    Sleeper = spawn(fun() -> Self ! {slept, erlang:hibernate(), receive X -> X end} end),
    receive after 20 -> ok end,
    Sleeper ! wake,
    Slept = receive {slept, A, B} -> {A, B} end,
    Victim = spawn(fun() -> receive after infinity -> ok end end),
    Ref = monitor(process, Victim),
    true = exit(Victim, because, [priority]),
    {Slept, receive {'DOWN', Ref, process, _, Why} -> Why end,
     try_(fun() -> exit(Victim, x, [other]) end), try_(fun() -> exit(foo, x, []) end)}.

id(X) -> X.
