%% The math module, and the errors of arguments out of its functions' domains.
-module(math_funs).
-export([start/0]).

start() ->
    Xs = [0.0, 0.25, 0.5, 1.0],
    {[round6(math:F(X)) || F <- [sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, atanh_safe(), exp, sqrt, erf, erfc], X <- Xs],
     [round6(math:F(X)) || F <- [log, log2, log10, acosh], X <- [1.0, 2.0, 10, 100.5]],
     [round6(math:atan2(Y, X)) || X <- [1, -1, 0.0], Y <- [1, -1, 0.5]],
     [math:pow(X, Y) || X <- [2, 3.0, 0.5], Y <- [0, 1, 2, 10]],
     [math:fmod(X, 3) || X <- [7, -7, 7.5]],
     [{math:floor(X), math:ceil(X)} || X <- [1.5, -1.5, 2, 0.0]],
     round6(math:pi()),
     [try math:F(X) catch C:R -> {F, C, R} end || {F, X} <- [{sqrt, -1}, {log, 0}, {log, -1.0}, {acos, 2}, {sin, a}, {exp, 1000}, {log2, 0}]],
     try math:pow(0, -1) catch C1:R1 -> {C1, R1} end,
     try math:no_such(1) catch C2:R2 -> {C2, R2} end,
     math:sqrt(16), math:sqrt(2.25), math:sqrt(1 bsl 100)}.

%% A name chosen at run time is called as any other.
atanh_safe() -> list_to_atom("atan").

%% The last bit of a transcendental function is the platform's own.
round6(X) -> round(X * 1.0e6) / 1.0e6.
