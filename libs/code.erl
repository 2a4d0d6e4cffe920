%% OTP's `code` in a VM that loads each module when it is first called: from the built-in library,
%% then from packs, then from the folders of the code path.
%%
%% The modules of the library are sticky. Their folder is the library's name.
-module(code).
-export([load_file/1, load_abs/1, load_abs/2, load_binary/3, ensure_loaded/1, ensure_modules_loaded/1,
         atomic_load/1, prepare_loading/1, finish_loading/1, delete/1, purge/1, soft_purge/1]).
-export([is_loaded/1, all_loaded/0, all_available/0, which/1, where_is_file/1, where_is_file/2, get_object_code/1,
         module_md5/1, module_status/0, module_status/1, modified_modules/0, get_mode/0, objfile_extension/0,
         is_module_native/1, get_chunk/2, get_doc/1, clash/0]).
-export([get_path/0, set_path/1, add_path/1, add_pathz/1, add_patha/1, add_paths/1, add_pathsz/1, add_pathsa/1,
         del_path/1, replace_path/2, rehash/0, root_dir/0, lib_dir/0, lib_dir/1, lib_dir/2, priv_dir/1,
         compiler_dir/0]).
-export([is_sticky/1, stick_mod/1, unstick_mod/1, stick_dir/1, unstick_dir/1]).

%% Loading

load_file(Module) when is_atom(Module) ->
    Load = fun() -> atomvm_loader:load_found(Module) end,
    case atomvm_code:find(Module) of
        error -> Load();
        {_, File} -> reported(file(File), unless_sticky(Module, Load))
    end.

load_abs(File) -> load_abs(File, list_to_atom(filename:basename(File))).

load_abs(File, Module) when (is_list(File) orelse is_atom(File)), is_atom(Module) ->
    Path = to_list(File) ++ ".beam",
    case atomvm_code:read(unicode:characters_to_binary(Path)) of
        error -> {error, nofile};
        Binary -> load_replacing(Module, filename:absname(Path), Binary)
    end.

load_binary(Module, File, Binary) when is_atom(Module), (is_list(File) orelse is_atom(File)), is_binary(Binary) ->
    load_replacing(Module, to_list(File), Binary).

%% Who runs in an old version is killed for it.
load_replacing(Module, File, Binary) ->
    Load = fun() -> atomvm_loader:load(Module, File, Binary) end,
    case unless_sticky(Module, Load) of
        {error, not_purged} ->
            _ = purge(Module),
            reported(File, Load());
        Result ->
            reported(File, Result)
    end.

unless_sticky(Module, Load) ->
    case is_sticky(Module) of
        true ->
            error_logger:error_msg("Can't load module '~w' that resides in sticky dir\n", [Module]),
            {error, sticky_directory};
        false ->
            Load()
    end.

reported(File, {error, Reason} = Error) ->
    case lists:member(Reason, [on_load_failure, deadlock, sticky_directory]) of
        true -> ok;
        false -> error_logger:error_msg("Loading of ~ts failed: ~p\n", [File, Reason])
    end,
    Error;
reported(_File, Result) ->
    Result.

ensure_loaded(Module) when is_atom(Module) ->
    case erlang:module_loaded(Module) of
        true -> {module, Module};
        false -> atomvm_loader:ensure(Module)
    end.

ensure_modules_loaded(Modules) when is_list(Modules) ->
    _ = [error(function_clause) || M <- Modules, not is_atom(M)],
    case not_loaded(Modules, []) of
        [] -> ok;
        Errors -> {error, Errors}
    end.

%% (Without sorting them: this is in every pack that formats anything.)
not_loaded([Module | Modules], Errors) ->
    case lists:keymember(Module, 1, Errors) orelse ensure_loaded(Module) of
        {error, Reason} -> not_loaded(Modules, [{Module, Reason} | Errors]);
        _ -> not_loaded(Modules, Errors)
    end;
not_loaded([], Errors) -> Errors.

atomic_load(Modules) ->
    case are_loadable(Modules) andalso prepare_loading(Modules) of
        {ok, Prepared} -> finish(Prepared);
        false -> error(function_clause, [Modules]);
        Error -> Error
    end.

%% All are read and checked; none is loaded.
prepare_loading(Modules) ->
    case are_loadable(Modules) of
        true -> prepare_all(Modules);
        false -> error(function_clause, [Modules])
    end.

are_loadable(Modules) -> is_list(Modules) andalso lists:all(fun is_loadable/1, Modules).

is_loadable({Module, File, Binary}) -> is_atom(Module) andalso is_list(File) andalso is_binary(Binary);
is_loadable(Module) -> is_atom(Module).

prepare_all(Named) ->
    Names = [name(M) || M <- Named],
    case Names -- lists:usort(Names) of
        [] -> prepared([prepare(M) || M <- Named]);
        Twice -> {error, [{M, duplicated} || M <- lists:usort(Twice)]}
    end.

prepared(Results) ->
    case [{M, Reason} || {error, M, Reason} <- Results] of
        [] -> {ok, {?MODULE, Results}};
        Errors -> {error, Errors}
    end.

name({Module, _, _}) -> Module;
name(Module) -> Module.

prepare({Module, _File, Binary}) ->
    prepare(Module, Binary);
prepare(Module) ->
    case get_object_code(Module) of
        {Module, Binary, File} -> prepare({Module, File, Binary});
        error -> {error, Module, nofile}
    end.

prepare(Module, Binary) ->
    case erlang:prepare_loading(Module, Binary) of
        {error, Reason} ->
            {error, Module, Reason};
        Code ->
            case erlang:has_prepared_code_on_load(Code) of
                true -> {error, Module, on_load_not_allowed};
                false -> {Module, Code}
            end
    end.

finish_loading({?MODULE, _} = Prepared) -> finish(Prepared).

%% Who runs in old versions is killed for it.
finish({?MODULE, Prepared}) ->
    case [{M, sticky_directory} || {M, _} <- Prepared, is_sticky(M)] of
        [] ->
            _ = [purge(M) || {M, _} <- Prepared],
            publish(Prepared);
        Errors ->
            {error, Errors}
    end.

publish(Prepared) ->
    case erlang:finish_loading([Code || {_, Code} <- Prepared]) of
        ok -> ok;
        {Reason, Modules} -> {error, [{M, Reason} || M <- Modules]}
    end.

%% Unloading

delete(Module) when is_atom(Module) ->
    try
        erlang:delete_module(Module) =:= true
    catch
        error:badarg ->
            error_logger:error_msg("Module ~w must be purged before deleting\n", [Module]),
            false
    end.

%% Whether a process was killed for it.
purge(Module) when is_atom(Module) -> atomvm_loader:purge(Module).

soft_purge(Module) when is_atom(Module) -> atomvm_loader:soft_purge(Module).

%% What is loaded, and from where

is_loaded(Module) when is_atom(Module) ->
    case atomvm_code:file(Module) of
        false -> false;
        File -> {file, file_of(Module, File)}
    end.

%% What the emulator of OTP has from the start has no file there.
file_of(Module, File) ->
    case is_preloaded(Module) of
        true -> preloaded;
        false -> file(File)
    end.

is_preloaded(Module) ->
    lists:member(Module, [atomics, counters, erlang, erl_prim_loader, erts_internal, init, persistent_term, prim_buffer,
                          prim_eval, prim_file, zlib]).

all_loaded() -> [{M, file_of(M, atomvm_code:file(M))} || M <- erlang:loaded()].

file(Binary) when is_binary(Binary) -> unicode:characters_to_list(Binary);
file(Preloaded) -> Preloaded.

%% The modules in packs, and those that are loaded. (Folders are not searched.)
all_available() ->
    Packed = [{Name, File} || {Name, File} <- atomvm_code:packed()],
    Loaded = [{atom_to_list(M), File} || {M, File} <- all_loaded()],
    Files = maps:merge(maps:from_list(Packed), maps:from_list(Loaded)),
    [{Name, File, erlang:module_loaded(list_to_atom(Name))} || {Name, File} <- lists:sort(maps:to_list(Files))].

which(Module) when is_atom(Module) ->
    case is_loaded(Module) of
        {file, File} ->
            File;
        false ->
            case atomvm_code:find(Module) of
                {_, File} -> file_of(Module, File);
                error when Module =:= erts_internal -> preloaded;
                error -> non_existing
            end
    end.

%% Of the files in packs, those are found that have the name.
where_is_file(File) when is_list(File) ->
    case where_is_file(get_path(), File) of
        non_existing -> atomvm_packs:where_is_file(File);
        Path -> Path
    end.

where_is_file([], _File) ->
    non_existing;
where_is_file([Folder | Folders], File) ->
    Path = filename:append(Folder, File),
    case atomvm_code:read(unicode:characters_to_binary(Path)) of
        error -> where_is_file(Folders, File);
        _ -> Path
    end.

get_object_code(Module) when is_atom(Module) ->
    case atomvm_code:find(Module) of
        {Binary, File} -> {Module, Binary, file(File)};
        error -> error
    end.

module_md5(Binary) when is_binary(Binary) -> atomvm_code:md5(Binary);
module_md5(Other) -> erlang:error(badarg, [Other]).

module_status() -> module_status([M || {M, _} <- all_loaded()]).

module_status(Modules) when is_list(Modules) ->
    [{M, module_status(M)} || M <- Modules];
module_status(Module) when is_atom(Module) ->
    case is_loaded(Module) of
        false -> not_loaded;
        {file, preloaded} -> loaded;
        {file, []} -> loaded;
        {file, _} -> status_of(Module, atomvm_code:find(Module))
    end.

status_of(_Module, error) ->
    removed;
status_of(Module, {Binary, _}) ->
    case module_md5(Binary) =:= erlang:get_module_info(Module, md5) of
        true -> loaded;
        false -> modified
    end.

modified_modules() -> [M || {M, modified} <- module_status()].

get_mode() -> interactive.

objfile_extension() -> ".beam".

is_module_native(Module) when is_atom(Module) ->
    case erlang:module_loaded(Module) of
        true -> false;
        false -> undefined
    end.

get_chunk(Binary, Chunk) ->
    try
        erts_internal:beamfile_chunk(Binary, Chunk)
    catch
        error:badarg -> erlang:error(badarg, [Binary, Chunk])
    end.

get_doc(Module) when is_atom(Module) ->
    case get_object_code(Module) of
        error -> {error, non_existing};
        {_, Binary, _} ->
            case get_chunk(Binary, "Docs") of
                undefined -> {error, missing};
                Docs -> {ok, binary_to_term(Docs)}
            end
    end.

%% Modules that are found twice; of the library all come first.
clash() -> ok.

%% Sticky modules

is_sticky(Module) when is_atom(Module) -> atomvm_code:is_sticky(Module).

stick_mod(Module) when is_atom(Module) -> atomvm_code:stick(Module, true), true.

unstick_mod(Module) when is_atom(Module) -> atomvm_code:stick(Module, false), true.

stick_dir(Folder) -> stick_all(Folder, true).

unstick_dir(Folder) -> stick_all(Folder, false).

stick_all(Folder, Sticks) ->
    Name = to_list(Folder),
    case [M || {M, File} <- all_loaded(), is_list(File), filename:dirname(File) =:= Name] of
        [] -> error;
        Modules ->
            _ = [atomvm_code:stick(M, Sticks) || M <- Modules],
            ok
    end.

%% The code path

get_path() -> atomvm_code:path().

set_path(Folders) when is_list(Folders) ->
    try [to_list(F) || F <- Folders] of
        Names ->
            case lists:all(fun is_folder/1, Names) of
                true -> put_path(Names);
                false -> {error, bad_directory}
            end
    catch
        error:_ -> {error, bad_directory}
    end.

add_path(Folder) -> add_pathz(Folder).

%% A folder that is there already stays where it is.
add_pathz(Folder) ->
    Last = fun(Name, Path) ->
        case lists:member(Name, Path) of
            true -> Path;
            false -> Path ++ [Name]
        end
    end,
    add(Folder, Last).

add_patha(Folder) -> add(Folder, fun(Name, Path) -> [Name | Path -- [Name]] end).

add(Folder, Where) when is_list(Folder); is_atom(Folder) ->
    Name = to_list(Folder),
    case is_folder(Name) of
        true -> put_path(Where(Name, get_path()));
        false -> {error, bad_directory}
    end.

add_paths(Folders) -> add_pathsz(Folders).

%% What is no folder is left out.
add_pathsz(Folders) when is_list(Folders) -> each(fun add_pathz/1, Folders).

add_pathsa(Folders) when is_list(Folders) -> each(fun add_patha/1, Folders).

each(Add, Folders) -> lists:foreach(fun(Folder) -> catch Add(Folder) end, Folders).

del_path(Name) when is_list(Name); is_atom(Name) ->
    Text = to_list(Name),
    Path = get_path(),
    Is = fun(Folder) -> Folder =:= Text orelse application_of(Folder) =:= Text end,
    case lists:splitwith(fun(Folder) -> not Is(Folder) end, Path) of
        {_, []} -> false;
        {Before, [_ | After]} -> put_path(Before ++ After)
    end.

%% The new folder stands where the old one did.
replace_path(Name, Folder) when is_list(Name) orelse is_atom(Name), is_list(Folder) orelse is_atom(Folder) ->
    Text = to_list(Name),
    New = to_list(Folder),
    case {application_of(New) =:= Text, is_folder(New)} of
        {false, _} -> {error, bad_name};
        {true, false} -> {error, bad_directory};
        {true, true} ->
            Is = fun(F) -> application_of(F) =:= Text end,
            case lists:splitwith(fun(F) -> not Is(F) end, get_path()) of
                {Others, []} -> put_path([New | Others]);
                {Before, [_ | After]} -> put_path(Before ++ [New | [F || F <- After, not Is(F)]])
            end
    end.

rehash() -> ok.

put_path(Names) ->
    atomvm_code:set_path([unicode:characters_to_binary(N) || N <- Names]),
    true.

is_folder(Name) -> atomvm_code:is_folder(unicode:characters_to_binary(Name)).

to_list(Name) when is_atom(Name) -> atom_to_list(Name);
to_list(Name) when is_list(Name) -> Name.

%% The name of the application whose modules are in a folder: that of its parent, without version.
application_of(Folder) ->
    Name = case lists:reverse(filename:split(Folder)) of
        ["ebin", Parent | _] -> Parent;
        [Last | _] -> Last;
        [] -> []
    end,
    case lists:splitwith(fun(C) -> C =/= $- end, Name) of
        {Base, [$- | _]} -> Base;
        _ -> Name
    end.

%% Installed applications: those in folders of the code path, and those in packs.

%% The folder under which the files in packs can be read.
root_dir() -> "/avm:".

lib_dir() -> "/avm:".

lib_dir(App) when is_atom(App); is_list(App) ->
    Name = to_list(App),
    case [F || F <- get_path(), filename:basename(F) =:= "ebin", application_of(F) =:= Name] of
        [Folder | _] -> filename:dirname(Folder);
        [] ->
            case atomvm_packs:lib_dir(Name) of
                {ok, Folder} -> Folder;
                error -> {error, bad_name}
            end
    end.

lib_dir(App, Folder) when is_atom(Folder) ->
    case lib_dir(App) of
        {error, _} = Error -> Error;
        Path -> filename:join(Path, Folder)
    end.

priv_dir(App) when is_atom(App); is_list(App) ->
    case lib_dir(App) of
        {error, _} = Error -> Error;
        Path -> filename:append(Path, "priv")
    end.

compiler_dir() -> {error, bad_name}.
