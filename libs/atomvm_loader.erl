%% What of loading and purging takes processes of its own.
-module(atomvm_loader).
-export([load/3, load_found/1, ensure/1, purge/1, soft_purge/1, purge_module/1, take_away/2]).

load(Module, File, Binary) ->
    Name = unicode:characters_to_binary(File),
    settled(Module, fun() -> atomvm_code:load(Module, Name, Binary) end).

%% A module that is found by its name, loaded again if it is loaded.
load_found(Module) ->
    settled(Module, fun() -> atomvm_code:load_found(Module) end).

%% A module that is found by its name, unless it is loaded.
ensure(Module) ->
    settled(Module, fun() -> atomvm_code:ensure(Module) end).

%% Waits for the end of an -on_load function, of this load or of one before.
settled(Module, Load) ->
    case Load() of
        {pending, Pid} when Pid =:= self() ->
            {error, deadlock};
        {pending, Pid} ->
            Monitor = monitor(process, Pid),
            receive
                {'DOWN', Monitor, process, _, _} -> ok
            after 100 ->
                % It may have been the loader, which has left the function to another process since.
                demonitor(Monitor, [flush])
            end,
            settled(Module, Load);
        {error, on_load} ->
            on_load(Module);
        Result ->
            Result
    end.

%% The function runs in a process of its own. What it returns in place of `ok` is told, unless it is an atom.
on_load(Module) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit(call_on_load(Module)) end),
    receive
        {'DOWN', Monitor, process, Pid, {?MODULE, Result}} ->
            Result;
        {'DOWN', Monitor, process, Pid, Reason} ->
            _ = is_atom(Reason) orelse
                error_logger:warning_msg("The on_load function for module ~s returned:~n~P\n", [Module, Reason, 10]),
            on_load_failed(Module)
    end.

call_on_load(Module) ->
    case erlang:call_on_load_function(Module) of
        ok -> {?MODULE, keep(Module)};
        Other -> Other
    end.

keep(Module) ->
    case erlang:finish_after_on_load(Module, true) of
        true -> {module, Module};
        false -> _ = purge(Module), keep(Module)
    end.

on_load_failed(Module) ->
    _ = catch erlang:finish_after_on_load(Module, false),
    _ = purge(Module),
    {error, on_load_failure}.

%% Whether a process was killed for it.
purge(Module) -> take_away(Module, false) =:= {done, true}.

soft_purge(Module) -> take_away(Module, true) =/= in_use.

purge_module(Module) ->
    _ = take_away(Module, false),
    true.

%% Not in the caller's process, which may run in the module itself.
take_away(Module, Soft) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({?MODULE, atomvm_code:purge(Module, Soft)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {?MODULE, Result}} -> Result
    end.
