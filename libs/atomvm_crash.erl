%% The report of a process that ended by an error that nothing caught, as OTP words it.
-module(atomvm_crash).
-export([report/2]).

%% Logs that `Pid` ended with `Reason`; for an error, the reason with the stack trace.
report(Pid, Reason) ->
    Meta = #{pid => Pid, error_logger => #{emulator => true, tag => error}},
    logger:log(error, "Error in process ~p with exit value:~n~p~n", [Pid, Reason], Meta).
