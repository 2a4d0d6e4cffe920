%% Starts Elixir's own library and its tools, whose modules are on the code path.
-module(atomvm_elixir).
-export([start/0, exunit/2]).

%% What the command `elixir` starts before a program.
start() ->
    {ok, _} = application:ensure_all_started(elixir),
    case code:ensure_loaded('Elixir.Logger') of
        {module, _} -> _ = application:ensure_all_started(logger);
        {error, _} -> ok
    end,
    ok.

%% Runs tests, as `elixir -r FILE...` does with scripts that start ExUnit; ends the VM with its
%% exit code. Files are binaries.
exunit(Files, Options) ->
    ok = start(),
    {ok, _} = application:ensure_all_started(ex_unit),
    {Paths, Places} = lists:unzip([place(File) || File <- Files]),
    {Scripts, Compiled} = lists:partition(fun(Path) -> filename:extension(Path) =/= <<".beam">> end, Paths),
    Modules = [load(Path) || Path <- Compiled],
    ok = prepare(Modules, lists:append(Places) ++ options(Options)),
    'Elixir.Kernel.CLI':main(lists:append([["-r", unicode:characters_to_list(Script)] || Script <- Scripts])).

%% ExUnit runs at the end, when all files have been read. It knows by itself of the modules that
%% are compiled then.
prepare([], Options) ->
    'Elixir.ExUnit':start(Options);
prepare(Modules, Options) ->
    ok = 'Elixir.ExUnit':start([{autorun, false} | Options]),
    'Elixir.System':at_exit(fun
        (0) ->
            #{failures := Failures} = 'Elixir.ExUnit':run(Modules),
            Failures =:= 0 orelse exit({shutdown, application:get_env(ex_unit, exit_status, 2)});
        (_) ->
            ok
    end).

load(Path) ->
    case code:load_abs(unicode:characters_to_list(filename:rootname(Path))) of
        {module, Module} -> Module;
        {error, Reason} -> failed(io_lib:format("~ts: ~tp", [Path, Reason]))
    end.

%% `FILE:LINE` is a file, and the choice of what is at that line.
place(File) ->
    case filelib:is_file(File) of
        true -> {File, []};
        false ->
            case 'Elixir.ExUnit.Filters':parse_path(File) of
                {File, _} -> failed(io_lib:format("~ts: no such file", [File]));
                {Path, Place} -> {Path, Place}
            end
    end.

failed(Message) ->
    io:format(standard_error, "atomvm: ~ts~n", [Message]),
    halt(1).

%% Options of the command as those of ExUnit.
options([{_, []} | Options]) -> options(Options);
options([{only, Tags} | Options]) -> [{include, filters(Tags)}, {exclude, [test]} | options(Options)];
options([{Name, Tags} | Options]) when Name =:= include; Name =:= exclude ->
    [{Name, filters(Tags)} | options(Options)];
options([{color, true} | Options]) -> [{colors, [{enabled, true}]} | options(Options)];
options([Option | Options]) -> [Option | options(Options)];
options([]) -> [].

filters(Tags) -> 'Elixir.ExUnit.Filters':parse(Tags).
