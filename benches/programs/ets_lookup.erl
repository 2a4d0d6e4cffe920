%% Objects looked up and counted in tables of both kinds.
-module(ets_lookup).
-export([start/0]).

start() -> [look(Type) || Type <- [set, ordered_set]].

look(Type) ->
    Tab = ets:new(t, [Type, {read_concurrency, true}]),
    ets:insert(Tab, [{I, I * 2} || I <- lists:seq(1, 10000)]),
    ets:insert(Tab, [{{key, I}, <<"value">>, [I]} || I <- lists:seq(1, 10000)]),
    Result = {small(Tab, 60000, 1, 0), large(Tab, 60000, 1, 0), count(Tab, 60000)},
    ets:delete(Tab),
    Result.

small(_, 0, _, Sum) -> Sum;
small(Tab, N, K, Sum) ->
    [{_, Value}] = ets:lookup(Tab, K),
    small(Tab, N - 1, (K * 7621 + 1) rem 10000 + 1, Sum + Value).

large(_, 0, _, Sum) -> Sum;
large(Tab, N, K, Sum) ->
    [{_, _, [Value]}] = ets:lookup(Tab, {key, K}),
    large(Tab, N - 1, (K * 7621 + 1) rem 10000 + 1, Sum + Value).

count(Tab, 0) -> ets:lookup_element(Tab, 7, 2);
count(Tab, N) -> ets:update_counter(Tab, N rem 100 + 1, 1), count(Tab, N - 1).
