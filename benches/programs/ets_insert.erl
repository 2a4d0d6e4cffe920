%% Objects inserted into tables of both kinds, in rising and in mixed order, and deleted again.
-module(ets_insert).
-export([start/0]).

start() -> [{Type, fill(Type)} || Type <- [set, ordered_set]].

fill(Type) ->
    Tab = ets:new(t, [Type]),
    rising(Tab, 20000),
    mixed(Tab, 20000, 1),
    Size = ets:info(Tab, size),
    drop(Tab, 20000),
    {Size, ets:info(Tab, size), ets:delete(Tab)}.

rising(_, 0) -> ok;
rising(Tab, N) -> ets:insert(Tab, {20001 - N, N}), rising(Tab, N - 1).

mixed(_, 0, _) -> ok;
mixed(Tab, N, K) ->
    ets:insert(Tab, {K, N, {some, "text"}}),
    mixed(Tab, N - 1, (K * 7621 + 1) rem 32768).

drop(_, 0) -> ok;
drop(Tab, N) -> ets:delete(Tab, N), drop(Tab, N - 1).
