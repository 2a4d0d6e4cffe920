%% Records that native_records uses.
-module(native_records_lib).
-export([start/0, hidden/1, shape/1]).
-export_record([shape]).

-record #shape{name = unknown, sides}.
-record #hidden{sides, other = 1}.

start() -> [hidden(1), shape(2)].

hidden(N) -> #hidden{sides = N}.
shape(N) -> #shape{sides = N}.
