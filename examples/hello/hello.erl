%% The smallest application: it greets from as many processes as it has names.
-module(hello).
-export([start/0]).

start() ->
    Self = self(),
    Names = ["Joe", "Mike", "Robert"],
    [spawn(fun() -> Self ! {greeting, Name, io_lib:format("Hello, ~s!", [Name])} end) || Name <- Names],
    [receive {greeting, Name, Text} -> io:format("~s~n", [Text]) end || Name <- Names],
    length(Names).
