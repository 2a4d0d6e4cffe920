%% Tail calls of every kind run in constant space: local, external, fun, apply, mutual, out of case and receive.
-module(tail_calls).
-export([start/0, ext/2, ping/2, pong/2, app/2]).

start() ->
    {loc(1000000, 0), ?MODULE:ext(300000, 0), fun_loop(300000), ping(500001, x), app(300000, 0), cased(300000, a), state(begin_, 300000, []), recv(100000), swap(300000, 1, 2, 3), acc_rev(lists:seq(1, 100000), []), collatz(27, 0), gcd(1071 * 1000003, 462 * 1000003), memory_flat()}.

loc(0, A) -> A;
loc(N, A) -> loc(N - 1, A + N).
ext(0, A) -> A;
ext(N, A) -> ?MODULE:ext(N - 1, A + 1).
fun_loop(N) -> F = fun F(0) -> done; F(K) -> F(K - 1) end, F(N).
ping(0, X) -> {ping, X};
ping(N, X) -> pong(N - 1, X).
pong(0, X) -> {pong, X};
pong(N, X) -> ping(N - 1, X).
app(0, A) -> A;
app(N, A) -> apply(?MODULE, app, [N - 1, A + 2]).
cased(0, S) -> S;
cased(N, S) -> case S of a -> cased(N - 1, b); b -> cased(N - 1, c); c -> cased(N - 1, a) end.
state(begin_, N, _) -> state(mid, N, 0);
state(mid, 0, A) -> state(finish, 0, A);
state(mid, N, A) -> state(mid, N - 1, A + (N band 1));
state(finish, _, A) -> A.
recv(0) -> ok;
recv(N) -> self() ! N, receive N -> recv(N - 1) end.
swap(0, A, B, C) -> [A, B, C];
swap(N, A, B, C) -> swap(N - 1, C, A, B).
acc_rev([], A) -> length(A);
acc_rev([H | T], A) -> acc_rev(T, [H | A]).
collatz(1, N) -> N;
collatz(X, N) when X rem 2 =:= 0 -> collatz(X div 2, N + 1);
collatz(X, N) -> collatz(3 * X + 1, N + 1).
gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

memory_flat() ->
    {_, R} = spawn_monitor(fun() -> loc(1000, 0), M1 = element(2, process_info(self(), stack_size)), loc(1000000, 0), M2 = element(2, process_info(self(), stack_size)), exit(M1 =:= M2) end),
    receive {'DOWN', R, _, _, W} -> W end.
