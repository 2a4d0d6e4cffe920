%% AtomVM's console for Elixir. In Erlang, so that the VM is built without Elixir.
-module('Elixir.Console').
-export([print/1, puts/1, puts/2, flush/0, flush/1, '__info__'/1]).

print(Text) -> console:print(Text).

%% Writes text, without an end of line.
puts(Text) -> puts(stdio, Text).

%% To a console's process: its pid, its name, or `:stdio`.
puts(Device, Text) -> console:puts(console(Device), Text).

flush() -> flush(stdio).

flush(Device) -> console:flush(console(Device)).

console(stdio) ->
    case whereis(console) of
        undefined -> console:start();
        Pid -> Pid
    end;
console(Device) -> Device.

'__info__'(module) -> ?MODULE;
'__info__'(macros) -> [];
'__info__'(functions) -> [{flush, 0}, {flush, 1}, {print, 1}, {puts, 1}, {puts, 2}];
'__info__'(Key) -> module_info(Key).
