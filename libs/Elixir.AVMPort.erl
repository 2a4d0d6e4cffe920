%% AtomVM's calls of drivers for Elixir. In Erlang, so that the VM is built without Elixir.
-module('Elixir.AVMPort').
-export([open/2, call/2, call/3, '__info__'/1]).

%% The driver `console` is a process; what else there is to open is the host's.
open({spawn, Name}, _Options) when Name =:= "console"; Name =:= <<"console">> -> spawn(console, server, []);
open(Name, Options) -> erlang:open_port(Name, Options).

call(Port, Request) -> port:call(Port, Request).

call(Port, Request, Timeout) -> port:call(Port, Request, Timeout).

'__info__'(module) -> ?MODULE;
'__info__'(macros) -> [];
'__info__'(functions) -> [{call, 2}, {call, 3}, {open, 2}];
'__info__'(Key) -> module_info(Key).
