%% A process over its max_heap_size ends, and nobody else does.
-module(proc_heap_limit).
-export([start/0]).

grow(L) -> grow([L | lists:seq(1, 100)]).

quiet(Size) -> #{size => Size, error_logger => false}.

start() ->
    Other = spawn(fun() -> receive stop -> ok end end),
    %% The limit of spawn_opt, as a map.
    {P, M} = spawn_opt(fun() -> grow([]) end, [monitor, {max_heap_size, quiet(20000)}]),
    A = receive {'DOWN', M, process, P, R} -> R end,
    %% Set by the process itself, which traps exits and catches all.
    {Q, N} = spawn_monitor(fun() ->
        process_flag(trap_exit, true),
        process_flag(max_heap_size, quiet(20000)),
        try grow([]) catch _:_ -> caught end
    end),
    B = receive {'DOWN', N, process, Q, S} -> S end,
    %% A limit that does not kill.
    {T, O} = spawn_opt(fun() -> exit(length(lists:seq(1, 100000))) end,
                       [monitor, {max_heap_size, #{size => 5000, kill => false, error_logger => false}}]),
    C = receive {'DOWN', O, process, T, U} -> U end,
    %% By messages.
    {V, W} = spawn_opt(fun() -> take([]) end, [monitor, {max_heap_size, quiet(20000)}]),
    [V ! lists:seq(1, 100) || _ <- lists:seq(1, 1000)],
    D = receive {'DOWN', W, process, V, X} -> X end,
    {A, B, C, D, is_process_alive(Other)}.

take(L) -> receive M -> take([M | L]) end.
