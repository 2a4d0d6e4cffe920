%% Maps of a few keys, as programs use them for options and states: made, updated, matched, merged.
-module(smallmaps).
-export([start/0]).

start() -> {states(400000, #{count => 0, mode => idle, last => none, errors => 0}), options(40000, 0), words()}.

states(0, #{count := C, mode := M, errors := E}) -> {C, M, E};
states(N, #{mode := idle, count := C} = S) -> states(N - 1, S#{mode := busy, count := C + 1});
states(N, #{mode := busy, errors := E} = S) when N rem 10 =:= 1 -> states(N - 1, S#{mode := failed, errors := E + 1});
states(N, #{mode := busy} = S) -> states(N - 1, S#{mode := idle, last := N});
states(N, #{mode := failed} = S) -> states(N - 1, maps:merge(S, #{mode => idle, last => failed})).

options(0, Sum) -> Sum;
options(N, Sum) ->
    Given = maps:from_list([{timeout, N}, {retries, N rem 5}]),
    All = maps:merge(#{timeout => 5, retries => 1, name => <<"x">>}, Given),
    Fewer = maps:without([name], All#{extra => N}),
    options(N - 1, Sum + maps:size(Fewer) + maps:get(timeout, Fewer) + maps:get(missing, Fewer, 1)
                   + case maps:find(retries, All) of {ok, R} -> R; error -> 0 end).

words() ->
    Words = [lists:nth(1 + I * 7 rem 12, [the, a, an, in, to, so, is, it, on, by, at, as]) || I <- lists:seq(1, 10000)],
    Counts = lists:foldl(fun(W, M) -> maps:update_with(W, fun(C) -> C + 1 end, 1, M) end, #{}, Words),
    lists:sort([{C, W} || {W, C} <- maps:to_list(Counts)]).
