%% The plain files in packs, as files under one folder, for what looks for the files of an application:
%% `code:priv_dir/1`, `application:load/1`, `file:read_file/1`.
-module(atomvm_packs).
-export([lib_dir/1, where_is_file/1, read_file/1, list_dir/1, kind/1]).

%% The folder. It is not there for the host.
-define(ROOT, "/avm:/").

%% The folder of an application that is in a pack, or in the library.
lib_dir(App) ->
    Folder = App ++ "/",
    case description(App) =/= undefined orelse lists:any(fun(F) -> lists:prefix(Folder, F) end, atomvm_code:files()) of
        true -> {ok, ?ROOT ++ App};
        false -> error
    end.

%% The place of a file that is meant by its name alone, such as the description of an application.
where_is_file(File) ->
    case [F || F <- atomvm_code:files(), filename:basename(F) =:= File] of
        [Found | _] -> ?ROOT ++ Found;
        [] ->
            App = filename:basename(File, ".app"),
            case filename:extension(File) =:= ".app" andalso description(App) of
                Bytes when is_binary(Bytes) -> ?ROOT ++ App ++ "/ebin/" ++ File;
                _ -> non_existing
            end
    end.

read_file(Path) ->
    case inside(Path) of
        error -> error;
        Name ->
            case atomvm_code:file_contents(unicode:characters_to_binary(Name)) of
                undefined -> described(Name);
                Bytes -> {ok, Bytes}
            end
    end.

%% AtomVM's tools put the description of an application into a pack as a term.
described(Name) ->
    case filename:split(Name) of
        [App, "ebin", File] ->
            case File =:= App ++ ".app" andalso description(App) of
                Bytes when is_binary(Bytes) ->
                    Text = io_lib:format("~tp.~n", [binary_to_term(Bytes)]),
                    {ok, unicode:characters_to_binary(["%% coding: utf-8\n", Text])};
                _ ->
                    error
            end;
        _ ->
            error
    end.

description(App) ->
    atomvm_code:file_contents(unicode:characters_to_binary(App ++ "/priv/application.bin")).

list_dir(Path) ->
    case inside(Path) of
        error -> error;
        Name ->
            Folder = case Name of [] -> []; _ -> Name ++ "/" end,
            Below = [lists:nthtail(length(Folder), F) || F <- atomvm_code:files(), lists:prefix(Folder, F)],
            case lists:usort([hd(filename:split(F)) || F <- Below, F =/= []]) of
                [] -> error;
                Names -> {ok, Names}
            end
    end.

%% What is at a path: `{regular, Size}`, `directory` or `error`.
kind(Path) ->
    case read_file(Path) of
        {ok, Bytes} -> {regular, byte_size(Bytes)};
        error ->
            case list_dir(Path) of
                {ok, _} -> directory;
                error -> error
            end
    end.

%% The name that a path has in a pack.
inside(Path) ->
    case text(Path) of
        ?ROOT ++ Name -> string:trim(Name, trailing, "/");
        _ -> error
    end.

text(Path) when is_binary(Path) -> unicode:characters_to_list(Path);
text(Path) -> Path.
