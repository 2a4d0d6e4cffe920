%% The last call of a fun gives up the frame; a frame that comes again and again is named once.
-module(fun_tail).
-export([start/0]).

start() ->
    {loop(fun step/2, 100000), closure(7), external(fun lists:reverse/1), bad(17), bad(fun() -> ok end),
     twice(0), quotient(#{}, [a, b]), quotient(1, [])}.

loop(Fun, N) -> Fun(Fun, N).

%% The stack is no larger than at the beginning.
step(_, 0) ->
    {stack_size, Size} = process_info(self(), stack_size),
    Size < 1000;
step(Fun, N) -> Fun(Fun, N - 1).

closure(N) -> (fun(X) -> Y = X * N, self() ! Y, Fun = fun(Z) -> {X, Y, Z} end, Fun(got()) end)(id(3)).

got() -> receive M -> M after 0 -> none end.

external(Fun) -> self() ! x, _ = got(), Fun(id([1, 2, 3])).

bad(Fun) ->
    try call(Fun) catch error:Reason:Trace -> {element(1, Reason), [F || {?MODULE, F, _, _} <- Trace]} end.

call(Fun) -> _ = id(1), Fun(id(2)).

id(X) -> X.

twice(_) ->
    try deep(20) catch error:_:Trace -> [{F, A} || {?MODULE, F, A, _} <- Trace] end.

deep(0) -> error(bottom);
deep(N) -> 1 + deep(N - 1).

quotient(X, L) ->
    try X / length(L) catch error:Reason:Trace -> {Reason, element(1, hd(Trace)), element(2, hd(Trace))} end.
