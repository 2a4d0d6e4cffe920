-module(long_natives).
-export([start/0, ticks/0]).

%% Native functions that take long. While one process is in such a function, another goes on.

%% What they return.
start() ->
    [{Name, Result} || {Name, Result, _} <- all()]
        ++ [{compare, deep(12) =:= deep(12), deep(12) == deep(12), deep(12) < deep(12),
             deep(11) < deep(12), lists:member(deep(12), [deep(11), deep(12)])}].

%% How often the other process had its turn meanwhile.
ticks() ->
    [{Name, Ticks} || {Name, _, Ticks} <- all()].

all() ->
    Numbers = fun() -> lists:seq(1, 500000) end,
    Binary = fun() -> binary:copy(<<"0123456789">>, 200000) end,
    Strings = fun() -> lists:duplicate(200000, "ab" ++ [<<"cde">>]) end,
    Shared = fun() -> shared(20) end,
    [goes_on(Name, Make, Do)
     || {Name, Make, Do} <-
            [{length, Numbers, fun erlang:length/1},
             {guard, Numbers, fun(L) when length(L) > 10 -> true end},
             {reverse, Numbers, fun(L) -> hd(lists:reverse(L)) end},
             {append, Numbers, fun(L) -> hd(L ++ [x]) end},
             {member, Numbers, fun(L) -> lists:member(x, L) end},
             {keyfind, Numbers, fun(L) -> lists:keyfind(x, 1, L) end},
             {subtract, Numbers, fun(L) -> L -- [a, 3 | L] end},
             {md5, Binary, fun(B) -> erlang:md5(B) end},
             {crc32, Binary, fun(B) -> erlang:crc32([B, $a, B]) end},
             {adler32, Binary, fun(B) -> erlang:adler32([B, $a, B]) end},
             {iolist_size, Strings, fun erlang:iolist_size/1},
             {iolist_to_binary, Strings, fun(S) -> byte_size(iolist_to_binary(S)) end},
             {iolist_to_iovec, Strings, fun(S) -> iolist_size(erlang:iolist_to_iovec(S)) end},
             {binary_to_list, Binary, fun(B) -> hd(binary_to_list(B)) end},
             {to_list, Binary, fun(B) -> hd(unicode:characters_to_list(B)) end},
             {to_binary, Strings, fun(S) -> byte_size(unicode:characters_to_binary(S)) end},
             {latin1, Binary, fun(B) -> length(unicode:characters_to_list(B, latin1)) end},
             {phash2, Numbers, fun erlang:phash2/1},
             {phash2_text, Binary, fun erlang:phash2/1},
             {phash2_shared, Shared, fun erlang:phash2/1},
             {phash, Shared, fun(T) -> erlang:phash(T, 1000) end},
             {flat_size, Shared, fun(T) -> erts_debug:flat_size(T) > 10000000 end},
             {external_size, Shared, fun erlang:external_size/1},
             {term_to_binary, Numbers, fun(L) -> byte_size(term_to_binary(L)) end},
             {compressed, Numbers,
              fun(L) -> byte_size(term_to_binary(L, [compressed])) > 1000 end},
             {binary_to_term, fun() -> term_to_binary(lists:seq(1, 500000)) end,
              fun(B) -> hd(binary_to_term(B)) end},
             {inflated, fun() -> term_to_binary(lists:seq(1, 500000), [compressed]) end,
              fun(B) -> hd(binary_to_term(B)) end}]].

%% A term that is as a tree twice as large as in memory, so often.
shared(0) -> [a, 1.5, <<"bits">>];
shared(N) -> X = shared(N - 1), {X, X}.

deep(0) -> [];
deep(N) -> X = deep(N - 1), [X, X | X].

goes_on(Name, Make, Do) ->
    Self = self(),
    Worker = spawn_link(fun() ->
                                Data = Make(),
                                Self ! {self(), ready},
                                receive go -> ok end,
                                Self ! {self(), Do(Data)}
                        end),
    receive {Worker, ready} -> ok end,
    Ticker = spawn_link(fun() -> tick(0) end),
    Worker ! go,
    Result = receive {Worker, Value} -> Value end,
    Ticker ! {self(), stop},
    Ticks = receive {Ticker, Count} -> Count end,
    {Name, Result, Ticks}.

tick(N) ->
    erlang:yield(),
    receive
        {From, stop} -> From ! {self(), N}
    after 0 -> tick(N + 1)
    end.
