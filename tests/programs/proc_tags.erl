%% Monitors with tags and aliases, and what ends them.
-module(proc_tags).
-export([start/0]).
start() ->
    p(1, fun() -> {P, R} = sp(fun() -> exit(bye) end, [{tag, {t, [1,2]}}]), receive {{t, [1,2]}, R, process, P, X} -> X end end),
    p(2, fun() -> R = monitor(process, nobody_here, [{tag, x}]), receive {x, R, process, {N, Node}, X} -> {N, Node =:= node(), X} end end),
    p(3, fun() -> catch monitor(process, self(), [{tag}]) end),
    p(4, fun() -> catch monitor(process, self(), [tag]) end),
    p(5, fun() -> catch monitor(process, self(), [{alias, foo}]) end),
    p(6, fun() -> catch monitor(process, self(), foo) end),
    p(7, fun() -> catch monitor(process, self(), [{alias, demonitor} | x]) end),
    p(8, fun() -> P = spawn(fun L() -> receive {A, N} -> A ! {got, N}, L(); stop -> ok end end),
          R = monitor(process, P, [{alias, reply_demonitor}]), P ! {R, 1}, P ! {R, 2},
          A = receive {got, 1} -> 1 end, B = receive {got, 2} -> 2 after 150 -> none end,
          P ! stop, C = receive {'DOWN', R, _, _, _} -> down after 150 -> nodown end, {A, B, C, demonitor(R, [info]), unalias(R)} end),
    p(9, fun() -> P = spawn(fun L() -> receive {A, N} -> A ! {got, N}, L(); stop -> ok end end),
          R = monitor(process, P, [{alias, demonitor}]), P ! {R, 1}, P ! {R, 2},
          A = receive {got, 1} -> 1 end, B = receive {got, 2} -> 2 after 150 -> none end,
          demonitor(R), P ! {R, 3}, C = receive {got, 3} -> 3 after 150 -> none end, P ! stop, {A, B, C, unalias(R)} end),
    p(10, fun() -> P = spawn(fun L() -> receive {A, N} -> A ! {got, N}, L(); stop -> ok end end),
          R = monitor(process, P, [{alias, explicit_unalias}]), P ! {R, 1},
          A = receive {got, 1} -> 1 end, demonitor(R), P ! {R, 2}, B = receive {got, 2} -> 2 after 150 -> none end,
          U = unalias(R), P ! {R, 3}, C = receive {got, 3} -> 3 after 150 -> none end, P ! stop, {A, B, U, C, unalias(R)} end),
    p(11, fun() -> P = spawn(fun() -> receive stop -> ok end end),
          R = monitor(process, P), P ! stop, receive after 150 -> ok end,
          [demonitor(R, [info]), receive {'DOWN', R, _, _, _} -> there after 0 -> gone end] end),
    p(12, fun() -> P = spawn(fun() -> receive stop -> ok end end),
          R = monitor(process, P), P ! stop, receive after 150 -> ok end,
          [demonitor(R, [flush, info]), receive {'DOWN', R, _, _, _} -> there after 0 -> gone end] end),
    p(13, fun() -> P = spawn(fun() -> receive stop -> ok end end),
          R = monitor(process, P), [demonitor(R, [info]), demonitor(R, [info]), demonitor(R), demonitor(R, [flush])] end),
    p(14, fun() -> [catch demonitor(x), catch demonitor(make_ref(), [bad]), catch demonitor(make_ref(), [flush | info]), demonitor(make_ref(), [info])] end),
    p(15, fun() -> A = alias([reply]), A ! one, A ! two, [receive X -> X after 60 -> none end, receive Y -> Y after 60 -> none end, unalias(A)] end),
    p(16, fun() -> A = alias(), A ! one, A ! two, L = [receive X -> X after 60 -> none end, receive Y -> Y after 60 -> none end, unalias(A), unalias(A)], A ! three, L ++ [receive Z -> Z after 60 -> none end] end),
    p(17, fun() -> [catch alias(x), catch alias([foo]), catch unalias(x), unalias(make_ref())] end),
    p(18, fun() -> S = self(), {P, R} = spawn_opt(fun() -> receive {A, M} -> A ! {M, R0 = 5}, R0 end end, [{monitor, [{alias, reply_demonitor}, {tag, {a, b}}]}]),
           P ! {R, hello}, X = receive M -> M end, {X, receive {{a,b}, _, _, _, W} -> W after 150 -> none end, S =:= self()} end),
    p(19, fun() -> %% a monitor of a process that another kills: reasons
        [begin {P, R} = sp(fun() -> receive after infinity -> ok end end, []), exit(P, Re), receive {'DOWN', R, process, P, W} -> W after 60 -> exit(P, kill), receive {'DOWN', R, process, P, W} -> {after_all, W} end end end || Re <- [normal, kill, killed, shutdown, {shutdown, x}, 1, "s"]] end),
    p(20, fun() -> process_flag(trap_exit, true), P = spawn_link(fun() -> exit(normal) end), R = monitor(process, P), lists:sort([receive {'EXIT', P, W} -> {e, W} end, receive {'DOWN', R, process, P, W2} -> {d, case W2 of normal -> n; noproc -> n end} end]) end),
    p(21, fun() -> process_flag(trap_exit, true), exit(self(), normal), receive {'EXIT', Me, W} when Me =:= self() -> W after 60 -> none end end),
    p(22, fun() -> exit(self(), normal), receive X -> X after 60 -> alive end end),
    p(23, fun() -> exit(self(), foo), receive X -> X after 60 -> alive end end),
    p(24, fun() -> process_flag(trap_exit, true), exit(self(), kill), receive X -> X after 60 -> alive end end),
    p(25, fun() -> register(tags_x, spawn(fun() -> receive stop -> exit(done) end end)), R1 = monitor(process, tags_x), R2 = monitor(process, {tags_x, node()}), tags_x ! stop, [receive {'DOWN', R, process, {tags_x, N}, W} -> {N =:= node(), W} end || R <- [R1, R2]] end),
    p(26, fun() -> {P, R} = sp(fun() -> receive stop -> exit(done) end end, []), R2 = monitor(process, P), R3 = monitor(process, P), demonitor(R2), P ! stop,
            L = [receive {'DOWN', X, _, _, _} -> X end || _ <- [1,2]], {lists:sort(L) =:= lists:sort([R, R3]), receive {'DOWN', R2, _, _, _} -> bad after 60 -> ok end} end),
    p(27, fun() -> [catch monitor(port, self()), catch monitor(foo, self()), catch monitor(process, 1), catch monitor(process, {a, b, c}), catch monitor(process, {a, 1}), catch monitor(time_offset, x)] end),
    p(28, fun() -> R = monitor(port, tags_noport), receive {'DOWN', R, port, {N, _}, W} -> {N, W} end end),
    ok.
sp(F, O) -> spawn_opt(F, [{monitor, O}]).
p(N, F) ->
    {P, R} = spawn_monitor(fun() -> exit({result, F()}) end),
    receive {'DOWN', R, process, P, {result, X}} -> io:format("~p: ~p~n", [N, strip(X)]); {'DOWN', R, process, P, O} -> io:format("~p: died ~p~n", [N, strip(O)]) after 3000 -> io:format("~p: timeout~n", [N]) end.
strip({'EXIT', {R, [{M, F, A, I} | _]}}) -> {'EXIT', R, M, F, case is_list(A) of true -> length(A); _ -> A end, [K || {K, _} <- I]};
strip(L) when is_list(L) -> [strip(X) || X <- L];
strip(T) when is_tuple(T) -> list_to_tuple([strip(X) || X <- tuple_to_list(T)]);
strip(X) -> X.
