%% erlang:raise/3, rethrowing with and without the trace, error/2 and error/3, nested stack traces.
-module(exc_raise).
-export([start/0]).

start() ->
    {[try erlang:raise(C, why, []) catch C1:R1 -> {C1, R1} end || C <- [throw, error, exit]],
     try erlang:raise(error, r, [{m, f, 3, []}, {m, g, [a], [{line, 5}]}]) catch error:r:S -> trim(S) end,
     try rethrow() catch error:original:S2 -> names(S2) end, try wrap() catch error:{wrapped, E}:S3 -> {E, names(S3)} end,
     try erlang:raise(id(bad_class), x, []) catch C4:R4 -> {C4, R4} end,
     try erlang:raise(error, x, id(not_a_stack)) catch C5:R5 -> {C5, R5} end,
     try error(badarg, [1, 2]) catch error:badarg:S8 -> [{M, F, A, _} | _] = S8, {M, F, A} end,
     try erlang:error(foo, none) catch C6:R6 -> {C6, R6} end,
     try error(foo, [a], [{error_info, #{cause => c}}]) catch error:foo:S7 -> [{_, F7, A7, I7} | _] = S7, {F7, A7, proplists:get_value(error_info, I7)} end,
     chain(5), inside_catch(), length_limit(), finally()}.

trim(S) -> lists:sublist(S, 2).
names(S) -> [F || {?MODULE, F, _, _} <- S, hd(atom_to_list(F)) =/= $-].

rethrow() ->
    X = try origin() catch C:R:S -> erlang:raise(C, R, S) end,
    {x, X}.
origin() -> id(error(original)).

wrap() ->
    X = try origin() catch error:R -> error({wrapped, R}) end,
    {x, X}.

chain(0) -> ok;
chain(N) ->
    try error(N) catch error:N:S -> [length(S) > 0 | [chain(N - 1)]] end.

inside_catch() ->
    try throw(first) catch throw:first ->
        try throw(second) catch throw:second:S -> {second, length(S) > 0} end
    end.

length_limit() ->
    try deep(100) catch error:bottom:S -> length(S) =< 8 andalso lists:usort([{F, A} || {?MODULE, F, A, _} <- S, F =:= deep]) end.
deep(0) -> error(bottom);
deep(N) -> 1 + deep(N - 1).

finally() ->
    put(seen, []),
    R = try
        try exit(one) after put(seen, [a | get(seen)]) end
    catch exit:one:S ->
        put(seen, [b | get(seen)]),
        try erlang:raise(throw, two, S) catch throw:two -> three end
    end,
    {R, erase(seen)}.

id(X) -> X.
