%% Files as OTP's loader sees them: those of the host, and those in packs, under the name of a pack.
-module(erl_prim_loader).
-export([get_file/1, read_file/1, list_dir/1, read_file_info/1, read_link_info/1, get_cwd/0, get_cwd/1, get_path/0, set_path/1]).

%% What OTP had before 28, and what it has since.
get_file(Name) when is_list(Name); is_atom(Name) ->
    Path = to_list(Name),
    case read_file(Path) of
        {ok, Binary} -> {ok, Binary, Path};
        error -> error
    end.

read_file(Name) when is_list(Name); is_atom(Name) -> or_error(prim_file:read_file(to_list(Name))).

list_dir(Name) -> or_error(prim_file:list_dir(Name)).

read_file_info(Name) -> or_error(prim_file:read_file_info(Name)).

read_link_info(Name) -> or_error(prim_file:read_link_info(Name)).

or_error({ok, _} = Found) -> Found;
or_error({error, _}) -> error.

get_cwd() -> or_error(prim_file:get_cwd()).

get_cwd(Drive) -> or_error(prim_file:get_cwd(Drive)).

get_path() -> {ok, code:get_path()}.

set_path(Folders) ->
    true = code:set_path(Folders),
    ok.

to_list(Name) when is_atom(Name) -> atom_to_list(Name);
to_list(Name) -> Name.
