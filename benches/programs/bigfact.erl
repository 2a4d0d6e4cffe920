%% Factorials: integers of thousands of digits, multiplied and printed.
-module(bigfact).
-export([start/0]).

start() -> {length(integer_to_list(fact(1500))), fact(2000) rem 1000003, fact(1200) div fact(1195)}.

fact(0) -> 1;
fact(N) -> N * fact(N - 1).
