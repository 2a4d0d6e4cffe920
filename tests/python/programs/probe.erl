%% Functions that the tests call.
-module(probe).
-export([start/0, id/1, raise/2, deep/1, forever/0, wait/0, count/1, echo/0, say/1, host/2,
         guarded/3, halt_with/1, arguments/0, improper/0, bits/0, function/0, identifiers/0,
         odd_map/0, grow/1, breed/1, sum/1, tell/2, sleep/1, nested/1, plain_map/0]).

start() ->
    io:format("hello ~ts~n", [[246]]),
    {ok, init:get_plain_arguments()}.

id(X) -> X.

raise(error, R) -> error(R);
raise(exit, R) -> exit(R);
raise(throw, R) -> throw(R).

deep(0) -> erlang:error(bottom);
deep(N) -> 1 + deep(N - 1).

forever() -> forever().

wait() -> receive stop -> stopped end.

sleep(Ms) -> receive after Ms -> done end.

count(0) -> done;
count(N) -> count(N - 1).

echo() ->
    receive
        {From, Ref, X} -> From ! {Ref, X}, echo();
        {get, Key} -> put(key, Key), echo();
        {tell, Text} -> io:format("~ts~n", [Text]), echo()
    end.

say(Text) -> io:put_chars(Text).

host(F, Args) -> apply(host, F, Args).

guarded(F, Args, Class) ->
    try apply(host, F, Args)
    catch C:R when C =:= Class -> {caught, C, R}
    end.

halt_with(S) -> erlang:halt(S).

arguments() -> init:get_plain_arguments().

improper() -> [1, 2 | 3].

bits() -> <<1:3, 255>>.

function() -> fun(X) -> X end.

identifiers() -> {self(), make_ref()}.

odd_map() -> #{[1] => list, 1 => int, 1.0 => float, true => atom, #{} => map}.

plain_map() -> #{a => 1, <<"b">> => [2, {3}]}.

grow(L) -> grow([L | lists:seq(1, 1000)]).

breed(N) ->
    spawn(fun() -> receive stop -> ok end end),
    breed(N + 1).

sum(L) -> lists:sum(L).

tell(Pid, X) -> Pid ! X.

nested(0) -> [];
nested(N) -> [nested(N - 1)].
