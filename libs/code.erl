%% What can be said of modules in a VM that loads each when it is first called.
-module(code).
-export([ensure_loaded/1, ensure_modules_loaded/1, is_loaded/1, get_mode/0]).

%% Loads the module if it is not loaded.
ensure_loaded(Module) when is_atom(Module) ->
    try Module:module_info(module) of
        Module -> {module, Module}
    catch
        error:undef -> {error, nofile}
    end.

ensure_modules_loaded(Modules) when is_list(Modules) ->
    case [{M, Why} || M <- Modules, {error, Why} <- [ensure_loaded(M)]] of
        [] -> ok;
        Errors -> {error, Errors}
    end.

%% Whether the module is loaded, with the name that it has in a pack.
is_loaded(Module) when is_atom(Module) ->
    case erlang:module_loaded(Module) of
        true -> {file, atom_to_list(Module) ++ ".beam"};
        false -> false
    end.

get_mode() -> interactive.
