%% Functions that run when their module is loaded: in a process of their own, before any call.
-module(code_on_load).
-export([start/0]).
-compile({parse_transform, versions}).

-versions([
    {good,
        "-module(onl). -on_load(init/0). -export([value/0, fun_of/0]). "
        "init() -> register(onl_was_here, self()), persistent_term:put(onl, {loaded, helper(3)}), "
        "  F = fun(X) -> {X, helper(X)} end, persistent_term:put(onl_fun, F(4)), "
        "  receive after 30 -> ok end. "
        "helper(X) -> X * 2. value() -> persistent_term:get(onl). fun_of() -> fun(X) -> helper(X) end."},
    {other, "-module(onl). -on_load(init/0). -export([value/0]). init() -> nothing(), ok. nothing() -> 1. value() -> second."},
    {refuses, "-module(onl). -on_load(init/0). -export([value/0]). init() -> refused. value() -> never."},
    {fails, "-module(onl). -on_load(init/0). -export([value/0]). init() -> error(oops). value() -> never."},
    {slow,
        "-module(ons). -on_load(init/0). -export([value/0]). "
        "init() -> receive after 50 -> ok end, persistent_term:put(ons, done), ok. value() -> persistent_term:get(ons)."}
]).

start() ->
    logger:set_primary_config(level, none),
    Refused = [load(V) || V <- [refuses, fails]],
    Absent = [erlang:module_loaded(onl), code:is_loaded(onl), erlang:check_old_code(onl), catch_(fun() -> onl:value() end)],
    Good = [load(good), onl:value(), persistent_term:get(onl_fun), (onl:fun_of())(5), whereis(onl_was_here)],
    Kept = [[load(V), onl:value()] || V <- [refuses, fails]],
    Fun = onl:fun_of(),
    Other = [load(other), onl:value(), Fun(7), erlang:check_old_code(onl)],
    {Refused, Absent, Good, Kept, Other, together(), atomic()}.

load(Version) -> code:load_binary(onl, "onl.beam", beam(Version)).

%% Who calls it while its function runs, or wants it loaded, waits.
together() ->
    Self = self(),
    spawn_link(fun() -> Self ! {1, code:load_binary(ons, "ons.beam", beam(slow))} end),
    receive after 20 -> ok end,
    spawn_link(fun() -> Self ! {2, ons:value()} end),
    spawn_link(fun() -> Self ! {3, code:ensure_loaded(ons)} end),
    [receive {N, R} -> {N, R} end || N <- [1, 2, 3]].

atomic() -> [code:atomic_load([{ons, "ons.beam", beam(slow)}]), ons:value()].

catch_(F) ->
    try F() catch C:R:S -> {C, R, element(1, hd(S)), element(2, hd(S)), element(3, hd(S))} end.
