%% What OTP's emulator has a process for: taking old code away.
-module(erts_code_purger).
-export([purge/1, soft_purge/1, pending_purge_lambda/3, finish_after_on_load/2]).

%% Whether there was old code, and whether a process was killed for it.
purge(Module) when is_atom(Module) ->
    case atomvm_loader:take_away(Module, false) of
        none -> {false, false};
        {done, Killed} -> {true, Killed}
    end.

soft_purge(Module) when is_atom(Module) -> atomvm_loader:soft_purge(Module).

%% A fun whose code is being taken away is called when that is over.
pending_purge_lambda(_Module, Fun, Arguments) -> apply(Fun, Arguments).

finish_after_on_load(Module, Keep) when is_atom(Module), is_boolean(Keep) ->
    _ = erlang:finish_after_on_load(Module, Keep),
    ok.
