%% A gen_server goes on in a new version of its module, with its state converted.
-module(code_change).
-export([start/0]).
-compile({parse_transform, versions}).

-versions([
    {v1,
        "-module(kv). -behaviour(gen_server). -vsn(1). -export([start_link/0, init/1, handle_call/3, handle_cast/2, code_change/3]). "
        "start_link() -> gen_server:start_link({local, kv}, kv, [], []). "
        "init([]) -> {ok, []}. "
        "handle_call({put, K, V}, _, S) -> {reply, ok, [{K, V} | S]}; "
        "handle_call({get, K}, _, S) -> {reply, proplists:get_value(K, S), S}; "
        "handle_call(state, _, S) -> {reply, {list, lists:sort(S)}, S}. "
        "handle_cast(_, S) -> {noreply, S}. "
        "code_change({down, _}, S, _) -> {ok, maps:to_list(S)}; code_change(_, S, _) -> {ok, S}."},
    {v2,
        "-module(kv). -behaviour(gen_server). -vsn(2). -export([start_link/0, init/1, handle_call/3, handle_cast/2, code_change/3]). "
        "start_link() -> gen_server:start_link({local, kv}, kv, [], []). "
        "init([]) -> {ok, #{}}. "
        "handle_call({put, K, V}, _, S) -> {reply, ok, S#{K => V}}; "
        "handle_call({get, K}, _, S) -> {reply, maps:find(K, S), S}; "
        "handle_call(state, _, S) -> {reply, S, S}. "
        "handle_cast(_, S) -> {noreply, S}. "
        "code_change(_, _, fail) -> {error, no}; code_change(_, S, Extra) -> {ok, maps:put(extra, Extra, maps:from_list(S))}."}
]).

start() ->
    {module, kv} = load(v1),
    {ok, Pid} = kv:start_link(),
    Stored = [gen_server:call(kv, {put, K, V}) || {K, V} <- [{a, 1}, {b, [2]}]],
    Before = [gen_server:call(kv, {get, a}), gen_server:call(kv, state), vsn()],
    ok = sys:suspend(kv),
    {module, kv} = load(v2),
    Changed = [sys:change_code(kv, kv, 1, fail), sys:change_code(kv, kv, 1, more), sys:resume(kv)],
    After = [gen_server:call(kv, {get, a}), gen_server:call(kv, {put, c, 3}), gen_server:call(kv, state), vsn()],
    Purged = [code:soft_purge(kv), is_process_alive(Pid)],
    ok = sys:suspend(kv),
    {module, kv} = load(v1),
    Down = [sys:change_code(kv, kv, {down, 2}, []), sys:resume(kv), gen_server:call(kv, state), code:purge(kv), is_process_alive(Pid)],
    ok = gen_server:stop(kv),
    {Stored, Before, Changed, After, Purged, Down}.

load(Version) -> code:load_binary(kv, "kv.beam", beam(Version)).

vsn() -> proplists:get_value(vsn, kv:module_info(attributes)).
