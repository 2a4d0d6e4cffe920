%% Exceptions of all classes, thrown from deep inside and through many frames.
-module(exceptions).
-export([start/0]).

start() -> {flat(90000, 0), deep(2000, 0), cleanup(60000, 0)}.

flat(0, Sum) -> Sum;
flat(N, Sum) ->
    flat(N - 1, Sum + try raise(N rem 4, N) of V -> V
                      catch throw:{t, X} -> X; error:badarith -> 2; exit:X -> X end).

raise(0, N) -> N;
raise(1, N) -> throw({t, N});
raise(2, N) -> N div (N - N);
raise(3, N) -> exit(N).

deep(0, Sum) -> Sum;
deep(N, Sum) -> deep(N - 1, Sum + try down(100, N) catch throw:V:Stack -> V + own(Stack) end).

own(Stack) -> length([F || {?MODULE, F, _, _} <- Stack]).

down(0, N) -> throw(N);
down(D, N) -> 1 + down(D - 1, N).

cleanup(0, Sum) -> Sum;
cleanup(N, Sum) ->
    R = try
            try list_to_integer(number(N)) after put(last, N) end
        catch
            error:badarg -> erase(last)
        end,
    cleanup(N - 1, Sum + R).

number(N) when N rem 3 =:= 0 -> "no number";
number(N) -> integer_to_list(N).
