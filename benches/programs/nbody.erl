%% Planets under gravity: float arithmetic on tuples.
-module(nbody).
-export([start/0]).

start() ->
    Bodies = [{0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.47}, {4.84, -1.16, -0.10, 0.606, 2.81, -0.02, 0.037}, {8.34, 4.12, -0.4, -1.01, 1.82, 0.008, 0.011}, {12.89, -15.11, -0.22, 1.08, 0.868, -0.01, 0.0017}],
    End = run(2000, Bodies),
    round(energy(End) * 1.0e6).

run(0, Bs) -> Bs;
run(N, Bs) -> run(N - 1, [move(pull(B, Bs)) || B <- Bs]).

pull(B, Others) -> lists:foldl(fun attract/2, B, Others).

attract({X, Y, Z, _, _, _, _}, {X, Y, Z, _, _, _, _} = Self) -> Self;
attract({X2, Y2, Z2, _, _, _, M2}, {X, Y, Z, Vx, Vy, Vz, M}) ->
    Dx = X - X2, Dy = Y - Y2, Dz = Z - Z2,
    D2 = Dx * Dx + Dy * Dy + Dz * Dz,
    Mag = 0.01 / (D2 * math:sqrt(D2)) * M2,
    {X, Y, Z, Vx - Dx * Mag, Vy - Dy * Mag, Vz - Dz * Mag, M}.

move({X, Y, Z, Vx, Vy, Vz, M}) -> {X + 0.01 * Vx, Y + 0.01 * Vy, Z + 0.01 * Vz, Vx, Vy, Vz, M}.

energy(Bs) -> lists:sum([0.5 * M * (Vx * Vx + Vy * Vy + Vz * Vz) || {_, _, _, Vx, Vy, Vz, M} <- Bs]).
