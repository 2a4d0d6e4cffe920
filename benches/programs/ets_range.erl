%% Ranges of an ordered table, by match specifications and from key to key.
-module(ets_range).
-export([start/0]).

start() ->
    Tab = ets:new(t, [ordered_set]),
    ets:insert(Tab, [{{A, B}, A + B} || A <- lists:seq(1, 200), B <- lists:seq(1, 200)]),
    Result = {prefixes(Tab, 200, 0), ranges(Tab, 20, 0), steps(Tab, ets:first(Tab), 0)},
    ets:delete(Tab),
    Result.

prefixes(_, 0, Sum) -> Sum;
prefixes(Tab, A, Sum) ->
    Found = ets:select(Tab, [{{{A, '$1'}, '$2'}, [{'>', '$1', 50}], [{{'$1', '$2'}}]}]),
    prefixes(Tab, A - 1, Sum + length(Found)).

ranges(_, 0, Sum) -> Sum;
ranges(Tab, N, Sum) ->
    Count = ets:select_count(Tab, [{{'$1', '_'}, [{'>=', '$1', {{N, 1}}}, {'<', '$1', {{N + 10, 1}}}], [true]}]),
    ranges(Tab, N - 1, Sum + Count).

steps(_, '$end_of_table', Count) -> Count;
steps(Tab, Key, Count) -> steps(Tab, ets:next(Tab, Key), Count + 1).
