%% The Mandelbrot set: tight loops over floats, a bitmap as a bit string.
-module(mandelbrot).
-export([start/0]).

-define(N, 200).

start() -> erlang:md5(<< <<(row(Y))/bitstring>> || Y <- lists:seq(0, ?N - 1) >>).

row(Y) ->
    Ci = 2.0 * Y / ?N - 1.0,
    << <<(pixel(2.0 * X / ?N - 1.5, Ci)):1>> || X <- lists:seq(0, ?N - 1) >>.

pixel(Cr, Ci) -> pixel(0.0, 0.0, Cr, Ci, 50).

pixel(_, _, _, _, 0) -> 1;
pixel(Zr, Zi, Cr, Ci, N) ->
    R2 = Zr * Zr,
    I2 = Zi * Zi,
    if
        R2 + I2 > 4.0 -> 0;
        true -> pixel(R2 - I2 + Cr, 2.0 * Zr * Zi + Ci, Cr, Ci, N - 1)
    end.
