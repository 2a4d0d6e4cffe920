%% Stands for OTP's `logger` until something is logged or asked: then logging is started, and OTP's
%% module takes this one's place. Most programs never log, and so do not pay for it.
-module(logger).
-export([allow/2, '$handle_undefined_function'/2]).

%% Most events are not logged for their level, which can be found out without the rest.
allow(Level, Module) -> logger_config:allow(Level, Module).

%% The application controller is asked when logging starts: what it logs itself another process does
%% for it.
'$handle_undefined_function'(Function, Args) ->
    case whereis(application_controller) =:= self() of
        true -> spawn(fun() -> started(Function, Args) end), ok;
        false -> started(Function, Args)
    end.

started(Function, Args) ->
    ok = atomvm_services:ensure(?MODULE),
    apply(?MODULE, Function, Args).
