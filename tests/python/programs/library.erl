%% A module without start/0.
-module(library).
-export([answer/0]).

answer() -> 42.
