%% AtomVM's calls of a driver: a process, or a port, that answers messages of the form
%% `{'$call', {Caller, Tag}, Request}` with `{Tag, Reply}`.
-module(port).
-export([call/2, call/3]).

call(Port, Request) -> call(Port, Request, infinity).

%% The driver's answer, `{error, noproc}` if there is none, or `{error, timeout}`.
call(Port, Request, Timeout) ->
    Monitor = monitor(kind(Port), Port),
    Port ! {'$call', {self(), Monitor}, Request},
    Reply =
        receive
            {Monitor, Answer} -> Answer;
            {'DOWN', Monitor, _, _, normal} -> {error, noproc};
            {'DOWN', Monitor, _, _, Reason} -> {error, Reason}
        after Timeout -> {error, timeout}
        end,
    demonitor(Monitor, [flush]),
    Reply.

kind(Port) when is_port(Port) -> port;
kind(_) -> process.
