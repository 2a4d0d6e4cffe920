%% Compiled several times, each with another VERSION.
-module(soak_version).
-export([version/0, mover/0, stayer/0, function/0]).

version() -> ?VERSION.

mover() ->
    receive
        {version, From, Ref} -> From ! {Ref, ?VERSION}, ?MODULE:mover()
    end.

stayer() ->
    receive
        {version, From, Ref} -> From ! {Ref, ?VERSION}, stayer()
    end.

function() ->
    Version = {?VERSION, "a literal"},
    fun() -> element(1, Version) end.
