%% The spectral norm of an infinite matrix, by floats in lists.
-module(spectral).
-export([start/0]).

-define(N, 130).

start() ->
    U = lists:duplicate(?N, 1.0),
    {U1, V1} = power(5, U, U),
    float_to_list(math:sqrt(dot(U1, V1) / dot(V1, V1)), [{decimals, 9}]).

power(0, U, V) -> {U, V};
power(I, U, _) ->
    V = both(U),
    power(I - 1, both(V), V).

both(V) -> column(row(V)).

row(V) -> [row_sum(I, 0, V, 0.0) || I <- lists:seq(0, ?N - 1)].

row_sum(_, _, [], Sum) -> Sum;
row_sum(I, J, [X | V], Sum) -> row_sum(I, J + 1, V, Sum + X * a(I, J)).

column(V) -> [column_sum(I, 0, V, 0.0) || I <- lists:seq(0, ?N - 1)].

column_sum(_, _, [], Sum) -> Sum;
column_sum(I, J, [X | V], Sum) -> column_sum(I, J + 1, V, Sum + X * a(J, I)).

a(I, J) -> 1.0 / ((I + J) * (I + J + 1) / 2 + I + 1).

dot(A, B) -> lists:sum(lists:zipwith(fun(X, Y) -> X * Y end, A, B)).
