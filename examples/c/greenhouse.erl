%% Airs a greenhouse: asks the host for the temperature until it is mild, opening the window a
%% little more each time.
-module(greenhouse).
-export([start/0]).

start() ->
    air(0, []).

air(Window, Seen) ->
    case host:temperature(Window) of
        Degrees when Degrees > 24.0, Window < 100 ->
            io:format("~p degrees, window at ~b%~n", [Degrees, Window]),
            air(Window + 20, [Degrees | Seen]);
        Degrees ->
            {mild, #{degrees => Degrees, window => Window, seen => lists:reverse(Seen)}}
    end.
