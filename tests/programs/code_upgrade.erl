%% Two versions of a module side by side: local calls stay, calls by name move to the new one.
-module(code_upgrade).
-export([start/0]).
-compile({parse_transform, versions}).

-versions([
    {v1,
        "-module(upg). -export([version/0, only1/0, loop/1, fun_of/1, table/0]). "
        "version() -> 1. only1() -> yes. table() -> {one, [\"first\", <<\"version\">>], #{v => 1.5}}. "
        "fun_of(X) -> fun(Y) -> {version(), upg:version(), X, Y, table()} end. "
        "loop(S) -> receive "
        "  {P, local} -> P ! {version(), upg:version(), S}, loop(S + 1); "
        "  {P, table} -> P ! table(), loop(S); "
        "  {P, move} -> P ! moving, upg:loop(S); "
        "  stop -> S end."},
    {v2,
        "-module(upg). -export([version/0, only2/0, loop/1, fun_of/1]). "
        "version() -> 2. only2() -> yes. "
        "fun_of(X) -> fun(Y) -> {new, version(), X, Y} end. "
        "loop(S) -> receive {P, local} -> P ! {v2, version(), S}, loop(S + 1); stop -> S end."},
    {v3, "-module(upg). -export([version/0]). version() -> 3."}
]).

start() ->
    logger:set_primary_config(level, none),
    Loaded = load(v1),
    First = [upg:version(), upg:only1(), catch_(fun() -> upg:only2() end)],
    Pid = spawn(fun() -> upg:loop(0) end),
    Fun1 = upg:fun_of(a),
    External = fun upg:version/0,
    Before = [ask(Pid, local), Fun1(x), External()],
    Second = load(v2),
    Moved = [upg:version(), upg:only2(), catch_(fun() -> upg:only1() end), External()],
    Side = [ask(Pid, local), ask(Pid, table), Fun1(y), (upg:fun_of(b))(z)],
    Checks = [erlang:check_old_code(upg), erlang:check_process_code(Pid, upg),
        erlang:check_process_code(self(), upg), code:soft_purge(upg), is_process_alive(Pid)],
    Refused = [erlang:load_module(upg, beam(v3)), code:delete(upg), catch_(fun() -> erlang:delete_module(upg) end)],
    Going = [ask(Pid, move), ask(Pid, local), erlang:check_process_code(Pid, upg)],
    Purged = [code:soft_purge(upg), erlang:check_old_code(upg), catch_(fun() -> Fun1(z) end), ask(Pid, local)],
    Third = [load(v3), upg:version(), ask(Pid, local), code:purge(upg), is_process_alive(Pid), External()],
    Deleted = [code:delete(upg), erlang:module_loaded(upg), catch_(fun() -> upg:version() end), code:delete(upg),
        catch_(fun() -> erlang:delete_module(upg) end), code:purge(upg), code:purge(upg)],
    {Loaded, First, Before, Second, Moved, Side, Checks, Refused, Going, Purged, Third, Deleted, unused_versions()}.

load(Version) -> code:load_binary(upg, "upg.beam", beam(Version)).

ask(Pid, What) ->
    Pid ! {self(), What},
    receive
        Answer -> Answer
    after 2000 -> timeout
    end.

%% A module that is loaded again and again, by different ways.
unused_versions() ->
    [begin
        true = code:soft_purge(upg),
        {module, upg} = erlang:load_module(upg, beam(V)),
        upg:version()
    end || V <- [v1, v2, v3, v1, v1, v2]] ++ [code:purge(upg), code:delete(upg), code:purge(upg)].

catch_(F) ->
    try F() of
        V -> {value, V}
    catch
        C:R:S -> {C, reason(R), first(S)}
    end.

first([{M, F, A, _} | _]) -> {M, F, A};
first([{F, A, []} | _]) -> {erlang:fun_info(F, module), A}.

reason({badfun, F}) -> {badfun, erlang:fun_info(F, module), erlang:fun_info(F, name)};
reason(R) -> R.
