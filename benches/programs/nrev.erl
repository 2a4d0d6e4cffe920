%% Naive reverse: list cells built and dropped.
-module(nrev).
-export([start/0]).

start() -> loop(2000, lists:seq(1, 100), []).

loop(0, _, R) -> length(R);
loop(N, L, _) -> loop(N - 1, L, rev(L)).

rev([]) -> [];
rev([H | T]) -> app(rev(T), [H]).

app([], L) -> L;
app([H | T], L) -> [H | app(T, L)].
