%% Decides whether to heat; the host has the sensor.
-module(thermostat).
-export([start/0, advice/2]).

start() ->
    Celsius = board:temperature(kitchen),
    io:format("kitchen: ~.1f degrees~n", [Celsius]),
    advice(Celsius, 20).

advice(Celsius, Wanted) when Celsius < Wanted -> {heat, round(Wanted - Celsius)};
advice(_, _) -> rest.
