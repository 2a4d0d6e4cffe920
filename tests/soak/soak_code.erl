%% A module is loaded anew while processes run in it, and old versions are purged.
-module(soak_code).
-export([versions/1, run/1]).

%% The object code of soak_version's versions: VERSION/soak_version.beam.
versions(Folder) ->
    [begin
        {ok, Code} = file:read_file(filename:join([Folder, integer_to_list(N), "soak_version.beam"])),
        {N, Code}
    end || N <- [1, 2, 3]].

run(Versions) ->
    process_flag(trap_exit, true),
    load(hd(Versions)),
    Movers = [spawn_link(soak_version, mover, []) || _ <- [1, 2, 3]],
    [episode(lists:nth(rand:uniform(3), Versions), Movers) || _ <- lists:seq(1, 12)],
    [begin exit(Pid, kill), receive {'EXIT', Pid, killed} -> ok end end || Pid <- Movers],
    code:purge(soak_version),
    true = code:delete(soak_version),
    code:purge(soak_version),
    false = code:is_loaded(soak_version).

load({N, Code}) ->
    code:purge(soak_version),
    {module, soak_version} = code:load_binary(soak_version, "soak_version.beam", Code),
    N = soak_version:version().

%% Those who loop by full names move to the new version, those who loop by local ones stay.
episode({New, _} = Version, Movers) ->
    Old = soak_version:version(),
    Stayer = spawn_link(soak_version, stayer, []),
    Fun = soak_version:function(),
    Old = ask(Stayer),
    load(Version),
    Old = ask(Stayer),
    Old = Fun(),
    [ask(Pid) || Pid <- Movers],
    [New = ask(Pid) || Pid <- Movers],
    true = erlang:check_process_code(Stayer, soak_version),
    [false = erlang:check_process_code(Pid, soak_version) || Pid <- Movers],
    case rand:uniform(3) of
        1 ->
            false = code:soft_purge(soak_version),
            exit(Stayer, kill),
            receive {'EXIT', Stayer, killed} -> ok end,
            true = code:soft_purge(soak_version);
        _ ->
            true = code:purge(soak_version),
            receive {'EXIT', Stayer, killed} -> ok end
    end,
    %% This process still holds a fun of the old version. It does not run in it, so it lives; the
    %% fun can be called if the same version was loaded again.
    try Fun() of
        New -> Old = New
    catch
        error:{badfun, Fun} when Old =/= New -> ok
    end.

ask(Pid) ->
    Pid ! {version, self(), Ref = make_ref()},
    receive {Ref, Version} -> Version end.
