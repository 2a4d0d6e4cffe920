%% Guards that fail rather than raise; andalso and orelse; errors outside that look the same.
-module(guard_fail).
-export([start/0]).

start() ->
    Vs = [1, 0, a, [], [1], {}, {1}, "abc", <<1>>, #{}, 1.5],
    {[{f(V), g(V), h(V), i(V), j(V), k(V)} || V <- Vs], [case V of X when hd(X) > 0 -> hd; X when X > 0 -> pos; _ -> none end || V <- Vs],
     [if element(1, V) =:= 1 -> t; length(V) =:= 3 -> l; true -> o end || V <- Vs], [X || X <- Vs, X > 0, X < 2], [X || X <- Vs, is_list(X) andalso length(X) > 0],
     [try (fun(X) when 1 div X > 0 -> ok end)(V) catch error:function_clause -> fc end || V <- Vs],
     [(fun(X) when X =:= 1 orelse hd(X) =:= 1 -> y; (_) -> n end)(V) || V <- Vs], [outside(V) || V <- Vs], strict(), recv(),
     [case {V, W} of {A, A} -> same; {A, B} when A == B -> equal; _ -> differ end || V <- [1, a, 1.5], W <- [1, 1.0, a]]}.

f(X) when 1 / X > 0 -> ok;
f(_) -> no.
g(X) when hd(X) =:= 1; X =:= a -> ok;
g(_) -> no.
h(X) when not (tuple_size(X) =:= 1) -> not_one;
h(_) -> no.
i(X) when is_tuple(X), element(1, X) =:= 1 -> ok;
i(_) -> no.
j(X) when (X =:= 0) or (1 div X =:= 1) -> ok;
j(_) -> no.
k(X) when (X =:= 0) orelse (1 div X =:= 1) -> ok;
k(_) -> no.

outside(X) -> try true = (hd(X) =:= 1) catch error:R -> R end.

strict() -> [try id(F) andalso id(5) catch error:E -> E end || F <- [true, false, x]] ++ [try id(F) orelse id(5) catch error:E -> E end || F <- [true, false, x]].

recv() ->
    [self() ! M || M <- [1, {a}, {x, 2}, [3]]],
    A = receive X when element(2, X) =:= 2 -> X end,
    B = receive Y when hd(Y) =:= 3 -> Y end,
    C = receive Z when is_tuple(Z) -> Z end,
    D = receive W -> W end,
    {A, B, C, D}.

id(X) -> X.
