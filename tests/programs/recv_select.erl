%% Selective receive: out of order, nested, with refs, priorities, a long mailbox, message_queue_len.
-module(recv_select).
-export([start/0]).

start() ->
    {reverse_order(200), priority(), nested(), by_ref(), leftovers(), guards(), long_queue(3000), drop(), in_fun(), stash(), complex(), recv_in_try()}.

reverse_order(N) ->
    [self() ! {n, I} || I <- lists:seq(1, N)],
    [receive {n, I} -> I end || I <- lists:seq(N, 1, -1)] =:= lists:seq(N, 1, -1).

priority() ->
    [self() ! M || M <- [{low, 1}, {high, 1}, {low, 2}, {high, 2}, {mid, 1}]],
    [next() || _ <- lists:seq(1, 5)].
next() ->
    receive {high, X} -> {high, X}
    after 0 -> receive {mid, X} -> {mid, X} after 0 -> receive Any -> Any end end
    end.

nested() ->
    [self() ! M || M <- [c, b, a]],
    receive a -> receive b -> receive c -> all end end end.

by_ref() ->
    R1 = make_ref(), R2 = make_ref(),
    self() ! {R2, two}, self() ! {R1, one}, self() ! {make_ref(), other},
    A = receive {R1, X} -> X end,
    B = receive {R2, Y} -> Y end,
    C = receive {R, Z} when R =/= R1, R =/= R2 -> Z end,
    {A, B, C}.

leftovers() ->
    [self() ! {keep, I} || I <- [1, 2, 3]],
    self() ! take,
    receive take -> ok end,
    {message_queue_len, L} = process_info(self(), message_queue_len),
    {messages, Ms} = process_info(self(), messages),
    {L, Ms, [receive M -> M end || _ <- Ms]}.

guards() ->
    [self() ! X || X <- [1, 20, a, 3, 40, "s"]],
    A = [receive X when is_integer(X), X > 10 -> X end || _ <- [1, 2]],
    B = [receive X when not is_integer(X) -> X end || _ <- [1, 2]],
    {A, B, [receive X -> X end || _ <- [1, 2]]}.

long_queue(N) ->
    [self() ! {noise, I} || I <- lists:seq(1, N)],
    P = spawn(fun() -> receive {From, Ref, X} -> From ! {Ref, X + 1} end end),
    Ref = make_ref(),
    P ! {self(), Ref, 41},
    R = receive {Ref, V} -> V end,
    {R, length([receive {noise, I} -> I end || _ <- lists:seq(1, N)])}.

drop() ->
    [self() ! {junk, I} || I <- lists:seq(1, 10)],
    flush(0).
flush(N) -> receive _ -> flush(N + 1) after 0 -> N end.

in_fun() ->
    Get = fun(Tag) -> receive {Tag, V} -> V end end,
    self() ! {b, 2}, self() ! {a, 1},
    {Get(a), Get(b)}.

stash() ->
    P = spawn(fun() -> closed([]) end),
    [P ! {self(), M} || M <- [one, two, open, three]],
    [receive {P, X} -> X end || _ <- [1, 2, 3]].
closed(Q) -> receive {_, open} -> [F ! {self(), M} || {F, M} <- lists:reverse(Q)], opened(); {F, M} -> closed([{F, M} | Q]) end.
opened() -> receive {F, M} -> F ! {self(), M}, opened() after 50 -> ok end.

complex() ->
    [self() ! M || M <- [#{t => a, v => 1}, [x, y | z], <<1, 2, 3>>, {a, {b, [c]}}, 1.0]],
    {receive {a, {b, [X]}} -> X end, receive <<_, R/binary>> -> R end, receive #{v := V} -> V end, receive [_ | [_ | T]] -> T end, receive F when F == 1 -> F end}.

recv_in_try() ->
    self() ! bad, self() ! good,
    A = try receive good -> throw(got_good) end catch throw:T -> T end,
    B = try receive X -> error({unexpected, X}) end catch error:{unexpected, Y} -> Y end,
    {A, B}.
