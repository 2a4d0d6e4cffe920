%% Takeuchi's function: calls with three arguments and comparisons.
-module(tak).
-export([start/0]).

start() -> tak(18, 12, 6).

tak(X, Y, Z) when Y < X -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y));
tak(_, _, Z) -> Z.
