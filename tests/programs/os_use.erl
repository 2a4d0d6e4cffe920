%% The environment and what is known of the host.
-module(os_use).
-export([start/0]).

start() ->
    show(os:getenv("SURELY_NOT_SET_X")),
    show(os:getenv("SURELY_NOT_SET_X", "default")),
    show(os:putenv("SURELY_NOT_SET_X", "value åα")),
    show(os:getenv("SURELY_NOT_SET_X")),
    show([E || "SURELY" ++ _ = E <- os:getenv()]),
    show([E || {"SURELY" ++ _, _} = E <- os:env()]),
    show(os:unsetenv("SURELY_NOT_SET_X")),
    show(os:getenv("SURELY_NOT_SET_X")),
    [show(try Do() catch C:R -> {C, R} end) || Do <- [
        fun() -> os:putenv("A=B", "x") end, fun() -> os:putenv("", "x") end, fun() -> os:putenv("A", x) end,
        fun() -> os:getenv(x) end, fun() -> os:unsetenv("A=") end, fun() -> os:putenv([$a, 0], "") end]],
    show(lists:sort(os:getenv()) =:= lists:sort([K ++ "=" ++ V || {K, V} <- os:env()])),
    show(is_integer(list_to_integer(os:getpid()))),
    show(os:type()),
    show(tuple_size(os:version())),
    show(os:find_executable("sh") =/= false),
    show(os:find_executable("surely-no-such-program")),
    show(os:find_executable("sh", "/bin:/usr/bin")),
    show(abs(os:system_time(second) - erlang:system_time(second)) < 2),
    {A, B, C} = os:timestamp(),
    show(lists:all(fun is_integer/1, [A, B, C])),
    ok.

show(Value) -> io:format("~tp~n", [Value]).
