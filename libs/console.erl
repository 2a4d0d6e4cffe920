%% AtomVM's console: text for standard output. `print/1` is built in.
-module(console).
-export([start/0, puts/1, puts/2, flush/0, flush/1]).
-export([server/0]).

%% The process that writes; it has the name `console`.
start() ->
    Pid = spawn(?MODULE, server, []),
    case catch register(?MODULE, Pid) of
        true -> Pid;
        _AnotherWasFaster -> exit(Pid, kill), whereis(?MODULE)
    end.

%% Writes text, without an end of line.
puts(Text) -> puts(pid(), Text).

puts(Console, Text) -> port:call(Console, {puts, Text}).

flush() -> flush(pid()).

flush(Console) -> port:call(Console, flush).

pid() ->
    case whereis(?MODULE) of
        undefined -> start();
        Pid -> Pid
    end.

server() ->
    receive
        {'$call', {From, Tag}, Request} -> From ! {Tag, answer(Request)};
        _ -> ok
    end,
    ?MODULE:server().

answer({puts, Text}) ->
    try iolist_to_binary(Text) of
        Bytes -> atomvm_console:write(stdout, Bytes)
    catch
        error:badarg -> {error, badarg}
    end;
%% What is written is out.
answer(flush) -> ok;
answer(_) -> {error, badarg}.
