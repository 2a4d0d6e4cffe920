%% What `io` asks of a process's node: there is one node, and it writes Unicode.
-module(net_kernel).
-export([dflag_unicode_io/1]).

dflag_unicode_io(Pid) when is_pid(Pid) -> true.
