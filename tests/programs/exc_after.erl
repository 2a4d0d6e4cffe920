%% try with of, catch and after in every combination, and the order in which they run.
-module(exc_after).
-export([start/0]).

start() ->
    Cases = [fun() -> value end, fun() -> throw(t) end, fun() -> error(e) end, fun() -> exit(x) end],
    {[{trace(fun() -> plain(F) end), trace(fun() -> full(F) end), trace(fun() -> of_fails(F) end), trace(fun() -> after_fails(F) end),
       trace(fun() -> catch_fails(F) end), trace(fun() -> nested(F) end)} || F <- Cases],
     values(), loop(5, []), cleanup(), tail(1000), expr(), stacked(4)}.

trace(F) ->
    put(log, []),
    R = try F() catch C:E -> {escaped, C, E} end,
    {R, lists:reverse(erase(log))}.

log(X) -> put(log, [X | get(log)]), X.

plain(F) ->
    try log(body), F() after log(cleanup) end.

full(F) ->
    try F() of
        V -> log({of_branch, V})
    catch
        throw:T -> log({caught, T});
        error:E -> log({error, E})
    after
        log(cleanup)
    end.

of_fails(F) ->
    try F() of V -> throw({from_of, V}) catch throw:T -> log({wrong, T}), T after log(cleanup) end.

after_fails(F) ->
    try F() catch throw:T -> T after log(cleanup), error(in_after) end.

catch_fails(F) ->
    try F() catch _:R -> log(handler), exit({again, R}) after log(cleanup) end.

nested(F) ->
    try
        try log(inner), F() after log(inner_after) end
    catch
        C:R -> log({outer, C, R})
    after
        log(outer_after)
    end.

values() ->
    A = try 1 after 2 end,
    B = try throw(3) catch X -> X + A after 100 end,
    C = (catch try exit(B) after ok end),
    {A, B, C}.

loop(0, Acc) -> Acc;
loop(N, Acc) ->
    R = try if N rem 2 =:= 0 -> throw(even); true -> odd end catch throw:T -> {N, T} after put(last, N) end,
    loop(N - 1, [R | Acc]).

cleanup() ->
    put(open, 0),
    L = [try open(), case I of 2 -> throw(I); _ -> I end catch _ -> failed after close() end || I <- [1, 2, 3]],
    {L, erase(open), erase(last)}.
open() -> put(open, get(open) + 1).
close() -> put(open, get(open) - 1).

tail(0) -> done;
tail(N) -> try throw(N) catch M -> ok = id(case M of N -> ok end) end, tail(N - 1).

expr() -> [try X / Y catch error:badarith -> inf end || X <- [1, 2], Y <- [0, 4]].

stacked(0) -> throw(deep);
stacked(N) ->
    A = N * 2, B = {N, A}, C = [B],
    try stacked(N - 1) of _ -> no catch T -> {A, B, C, T} after put(x, erase(x)) end.

id(X) -> X.
