%% Floats as text: the shortest form that reads back, fixed decimals, exponents, and parsing.
-module(float_print).
-export([start/0]).

start() ->
    Fs = [0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.1 + 0.2, 1.0e22, 1.0e21, 123456789.123, 1.0e-5, 0.0001,
          0.00001234, 5.0e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 1 / 3, 2 / 3,
          100.0, 1000000.0, 123456.0, 1.0e15, 1.0e16, 1.0e17, 9007199254740992.0, 9007199254740993.0,
          4.35, 0.5, 1.5e300, 3.0e-7, 299792458.0, 6.02214076e23],
    {Fs,
     [float_to_list(F) || F <- Fs],
     [float_to_list(F, [{decimals, 4}]) || F <- Fs, abs(F) < 1.0e16],
     [float_to_list(F, [{decimals, 6}, compact]) || F <- Fs, abs(F) < 1.0e16],
     [float_to_list(F, [{scientific, 3}]) || F <- Fs],
     [float_to_binary(F, [short]) || F <- Fs],
     [float_to_binary(F, [{decimals, 0}]) || F <- [0.5, 1.5, 2.5, 2.4999]],
     [list_to_float(float_to_list(F)) =:= F || F <- Fs],
     [list_to_float(S) || S <- ["1.0", "-1.5e3", "+2.5E-2", "0.1e1", "00.50"]],
     [try list_to_float(S) catch C:R -> {C, R} end || S <- ["1", "", "1.", ".5", "1.0e", "1e5", "1.0x", "1.0e400"]],
     [binary_to_float(<<"3.25">>), try binary_to_float(<<"3">>) catch C:R -> {C, R} end],
     [io_lib:format("~w ~p ~f ~.2f ~e ~.3e ~g ~.4g", [F, F, F, F, F, F, F, F]) || F <- Fs, abs(F) < 1.0e16],
     string:to_float("1.5abc"), string:to_float("x")}.
