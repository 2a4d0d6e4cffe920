%% Every exception class and every reason that the language itself raises, caught in each way.
-module(exc_classes).
-export([start/0]).

start() ->
    Fs = [fun() -> throw(t) end, fun() -> exit(e) end, fun() -> error(r) end, fun() -> error(r, [a, b]) end,
          fun() -> case id(1) of 2 -> x end end, fun() -> if hd([1]) =:= hd([2]) -> x end end, fun() -> {ok, _} = id(err) end,
          fun() -> head(x) end, fun() -> 1 + id(a) end, fun() -> hd(id([])) end, fun() -> (id(q))() end, fun() -> a:b(c) end,
          fun() -> try id(1) of 2 -> ok catch _:_ -> never end end, fun() -> #{k := 1} = id(#{}) end, fun() -> (id(#{}))#{k := 1} end,
          fun() -> receive x -> y after id(a) -> z end end, fun() -> exit(normal) end, fun() -> exit({shutdown, x}) end,
          fun() -> throw({nested, [throw]}) end, fun() -> self() ! id(1), value end, fun() -> erlang:error(badarg) end,
          fun() -> nosuchname ! hello end, fun() -> id(5) andalso true end, fun() -> case id(5) of X when X > 6; X < 4 -> X end end,
          fun() -> maybe_else(id(z)) end, fun() -> [X || X <- id(a)] end, fun() -> not id(1) end, fun() -> id(1) and true end],
    {[try F() of V -> {value, V} catch C:R -> {C, R} end || F <- Fs],
     [classify(catch F()) || F <- Fs],
     [try F() catch throw:T -> {thrown, T}; error:badarith -> arith; error:{badmatch, M} -> {match, M}; _:_ -> other end || F <- Fs],
     catch throw(bare), (catch 1 + 2), (catch exit(x)), only_throw(fun() -> throw(yes) end), catch only_throw(fun() -> exit(no) end),
     try throw(a) catch b -> c; a -> caught_default_class end, nested(3)}.

classify({'EXIT', {R, S}}) when is_list(S) -> {error, R};
classify({'EXIT', R}) -> {exit, R};
classify(V) -> V.

only_throw(F) -> try F() catch throw:X -> {only, X} end.

nested(0) -> throw(bottom);
nested(N) ->
    try nested(N - 1)
    catch throw:X when N < 3 -> throw({N, X});
          throw:X -> {top, X}
    end.

maybe_else(X) -> if X =:= a -> b; X =:= b -> c end.
head([H | _]) -> H.
id(X) -> X.
