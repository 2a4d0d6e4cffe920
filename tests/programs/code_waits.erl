%% Loading while an -on_load function runs, for it and for others; what such a function may return; sticky modules.
-module(code_waits).
-export([start/0]).

start() ->
    logger:set_primary_config(level, none),
    [own_calls(), another_version(), [outcome(Body) || Body <- bodies()], refused(), traced()].

%% The function calls its own module: before it is loaded, and when there is a version before.
own_calls() ->
    Code = compiled(["-module(waits_own).", "-export([ext/0]).", "-on_load(f/0).", "ext() -> good.",
                     "f() -> waits_own ! {catch waits_own:ext(), catch code:ensure_loaded(waits_own),"
                     " code:load_file(waits_own), code:is_loaded(waits_own)}, ok."]),
    register(waits_own, self()),
    Results = [begin
        Loaded = in_other(fun() -> code:load_binary(waits_own, "", Code) end),
        receive {Called, A, B, C} -> {Loaded, kind(Called), A, B, C} end
    end || _ <- [1, 2]],
    unregister(waits_own),
    Results.

kind({'EXIT', {undef, [Head | _]}}) -> Head;
kind(Value) -> Value.

%% Who loads another version meanwhile has loaded that one when it is done.
another_version() ->
    First = compiled(["-module(waits_two).", "-on_load(f/0).", "f() -> register(waits_two, self()), receive go -> ok end."]),
    Second = compiled(["-module(waits_two).", "-export([t/0]).", "t() -> second."]),
    Me = self(),
    spawn(fun() -> Me ! {first, code:load_binary(waits_two, "", First)} end),
    until(fun() -> whereis(waits_two) =/= undefined end),
    spawn(fun() -> Me ! {second, code:load_binary(waits_two, "", Second), waits_two:t()} end),
    receive {second, _, _} = Early -> Early
    after 50 ->
        waits_two ! go,
        [receive {first, A} -> A end, receive {second, B, C} -> {B, C} end]
    end.

bodies() ->
    ["ok", "error(failed)", "throw(t)", "exit(e)", "exit(normal)", "foo", "{error, x}", "exit(self(), kill), receive x -> ok end"].

outcome(Body) ->
    Code = compiled(["-module(waits_body).", "-export([x/0]).", "-on_load(f/0).", "x() -> here.", "f() -> " ++ Body ++ "."]),
    Result = {Body, code:load_binary(waits_body, "", Code), catch waits_body:x() =:= here, code:is_loaded(waits_body)},
    code:purge(waits_body), code:delete(waits_body), code:purge(waits_body),
    setelement(3, Result, element(3, Result) =:= true).

refused() ->
    Code = compiled(["-module(waits_stuck).", "-export([x/0]).", "x() -> error(where)."]),
    A = code:load_binary(waits_stuck, "", Code),
    {'EXIT', {where, [Head | _]}} = (catch waits_stuck:x()),
    code:stick_mod(waits_stuck),
    B = [code:is_sticky(waits_stuck), code:load_file(waits_stuck), code:load_binary(waits_stuck, "", Code), code:load_file(lists)],
    code:unstick_mod(waits_stuck),
    [A, Head, B, code:is_sticky(waits_stuck), code:load_binary(waits_stuck, "", Code), code:load_file(waits_none)].

%% Trace points for modules that will be loaded are set in those with such a function as well.
traced() ->
    Me = self(),
    Code = compiled(["-module(waits_traced).", "-export([x/1]).", "-on_load(f/0).", "x(A) -> A.", "f() -> ok."]),
    Tracer = spawn(fun Loop() -> receive {get, From} -> From ! done; Message -> Me ! Message, Loop() end end),
    erlang:trace(Me, true, [call, {tracer, Tracer}]),
    erlang:trace_pattern(on_load, true, []),
    Loaded = code:load_binary(waits_traced, "", Code),
    waits_traced:x(1),
    erlang:trace_pattern(on_load, false, []),
    erlang:trace(Me, false, [call]),
    Ref = erlang:trace_delivered(Me),
    receive {trace_delivered, Me, Ref} -> ok end,
    Tracer ! {get, Me},
    {Loaded, messages()}.

messages() ->
    receive done -> []; {trace, _, call, {waits_traced, _, _} = Call} -> [Call | messages()]; _ -> messages() end.

in_other(Fun) ->
    {_, Ref} = spawn_monitor(fun() -> exit({is, Fun()}) end),
    receive {'DOWN', Ref, _, _, {is, Value}} -> Value end.

until(Is) -> Is() orelse begin receive after 1 -> ok end, until(Is) end.

compiled(Lines) ->
    Form = fun(Line) -> {ok, Tokens, _} = erl_scan:string(Line), {ok, F} = erl_parse:parse_form(Tokens), F end,
    {ok, _, Code} = compile:forms([Form(L) || L <- Lines], []),
    Code.
