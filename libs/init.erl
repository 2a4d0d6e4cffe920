%% The end of the program. There are no flags of a command line: those belong to the host.
-module(init).
-export([stop/0, stop/1, get_argument/1, get_arguments/0, get_status/0, ensure_loaded/1]).

stop() -> stop(0).

stop(Status) -> erlang:halt(Status).

get_argument(Flag) when is_atom(Flag) -> error.

get_arguments() -> [].

get_status() -> {started, started}.

%% For OTP's `error_handler`.
ensure_loaded(Module) -> code:ensure_loaded(Module).
