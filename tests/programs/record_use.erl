%% Records: defaults, updates of one and many fields, nested, matching, record BIFs in guards.
-module(record_use).
-export([start/0]).
-record(pt, {x = 0, y = 0}).
-record(line, {from = #pt{}, to, colour = red, tags = []}).
-record(empty, {}).

start() ->
    P = #pt{x = 3, y = 4},
    L = #line{to = P},
    L2 = L#line{colour = blue, tags = [a | L#line.tags]},
    L3 = L2#line{from = (L2#line.from)#pt{x = 10}},
    {P, L, L2, L3, #empty{}, #pt.x, #line.tags, record_info(fields, line), record_info(size, line),
     len(P), [kind(X) || X <- [P, L, #empty{}, {pt, 1}, {pt, 1, 2}, pt, 5]],
     is_record(P, pt), is_record(id(P), pt, 3), is_record(id({pt, 1}), pt), is_record(id(x), pt),
     [Px || #pt{x = Px} <- [P, L, #pt{x = 9}, nothing]], #pt{_ = 7}, setter(P),
     lists:keysort(#pt.y, [#pt{y = 2}, #pt{y = 1}]),
     [try F() catch C:R -> {C, R} end ||
         F <- [fun() -> (id(L))#pt.x end, fun() -> (id(x))#pt{x = 1} end, fun() -> len(id({pt, a, 1})) end,
               fun() -> #pt{x = 1} = id(P) end]]}.

len(#pt{x = X, y = Y}) -> math:sqrt(X * X + Y * Y).

kind(R) when is_record(R, pt) -> pt;
kind(R) when is_record(R, line), R#line.colour =:= red -> red_line;
kind(#empty{}) -> empty;
kind(_) -> other.

setter(P) -> lists:foldl(fun(I, A) -> A#pt{x = A#pt.x + I, y = I} end, P, [1, 2, 3]).

id(X) -> X.
