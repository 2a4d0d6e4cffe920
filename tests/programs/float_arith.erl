%% Float arithmetic: errors instead of infinities, comparison with integers, negative zero.
-module(float_arith).
-export([start/0]).

start() ->
    Xs = [id(0.0), id(1.5), id(-2.25), id(1.0e10), id(1.0e-10), id(3)],
    {[{X + Y, X - Y, X * Y} || X <- Xs, Y <- Xs],
     [X / Y || X <- Xs, Y <- Xs, Y /= 0],
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> id(1.0) / id(0.0) end, fun() -> id(1) / id(0) end,
               fun() -> id(1.0e308) * id(10) end, fun() -> id(1.0e308) + id(1.0e308) end,
               fun() -> id(-1.0e308) - id(1.0e308) end, fun() -> float(id(a)) end,
               fun() -> id(1 bsl 2000) * 1.0 end, fun() -> float(id(1 bsl 1100)) end]],
     [1 == 1.0, 1 =:= 1.0, 1 /= 1.0, 1 =/= 1.0, 0.0 == -0.0, 2 > 1.999, 1 < 1.0, 1 =< 1.0],
     [(1 bsl 53) + 1 == id(9007199254740992.0), (1 bsl 53) + 1 > id(9007199254740992.0),
      (1 bsl 70) == id(1180591620717411303424.0), (1 bsl 70) + 1 > id(1180591620717411303424.0),
      (1 bsl 1100) > id(1.0e308), -(1 bsl 1100) < id(-1.0e308)],
     sum(1000, 0.0), horner([1.0, -2.0, 3.5], 1.25), newton(2.0), pi(200),
     [fpr(X, 2.0) || X <- [1.0, 2.0, 3]], lists:sum([0.1, 0.2, 0.3]), loop(10, 1.0)}.

sum(0, A) -> A;
sum(N, A) -> sum(N - 1, A + 1 / N).

horner(Cs, X) -> lists:foldl(fun(C, A) -> A * X + C end, 0.0, Cs).

newton(X) -> newton(X, 1.0, 20).
newton(_, G, 0) -> G;
newton(X, G, N) -> newton(X, (G + X / G) / 2.0, N - 1).

pi(N) -> 4.0 * lists:sum([sign(K) / (2 * K + 1) || K <- lists:seq(0, N)]).
sign(K) when K rem 2 =:= 0 -> 1.0;
sign(_) -> -1.0.

fpr(X, Y) when is_float(X) -> X * Y + X / Y - Y * Y;
fpr(X, Y) -> float(X) + Y.

loop(0, X) -> X;
loop(N, X) -> loop(N - 1, X * 1.1 - 0.05).

id(X) -> X.
