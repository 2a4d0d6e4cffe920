%% Ends in the way that its argument says.
-module(ends).
-export([start/0]).

start() ->
    case init:get_plain_arguments() of
        ["halt"] -> halt(3);
        ["stop"] -> init:stop(4), timer:sleep(infinity);
        ["error"] -> error(wanted);
        ["write"] -> write();
        ["wait"] -> receive never -> ok end
    end.

write() -> io:format("line~n"), write().
