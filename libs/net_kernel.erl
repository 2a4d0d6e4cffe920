%% A node that is not distributed, as OTP's module describes one: there are no others.
-module(net_kernel).
-export([dflag_unicode_io/1, monitor_nodes/1, monitor_nodes/2, connect_node/1, hidden_connect_node/1, allow/1,
         get_state/0, get_net_ticktime/0, set_net_ticktime/1, longnames/0, stop/0]).

%% What `io` asks of a process's node: it writes Unicode.
dflag_unicode_io(Pid) when is_pid(Pid) -> true.

monitor_nodes(Flag) -> monitor_nodes(Flag, []).

%% None comes, and none goes.
monitor_nodes(Flag, Options) when is_boolean(Flag), is_list(Options); is_boolean(Flag), is_map(Options) -> ok;
monitor_nodes(_, _) -> error.

connect_node(Node) when is_atom(Node) -> ignored.

hidden_connect_node(Node) when is_atom(Node) -> ignored.

allow(Nodes) when is_list(Nodes) -> ignored.

get_state() -> #{started => no}.

get_net_ticktime() -> ignored.

set_net_ticktime(_Seconds) -> ignored.

longnames() -> ignored.

stop() -> {error, not_found}.
