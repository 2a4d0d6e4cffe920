%% Stands for OTP's module of this name until a global name or lock is first asked for: then the
%% process is started, and OTP's module takes this one's place.
-module(global).
-export(['$handle_undefined_function'/2]).

'$handle_undefined_function'(Function, Args) ->
    ok = atomvm_services:ensure(?MODULE),
    apply(?MODULE, Function, Args).
