%% AtomVM's avm_pubsub, port and json_encoder.
-module(api_pubsub).
-export([start/0]).

start() ->
    topics(),
    drivers(),
    json(),
    io:format("topics, drivers, JSON~n"),
    ok.

topics() ->
    {ok, Server} = avm_pubsub:start(),
    {ok, Named} = avm_pubsub:start(my_topics),
    Named = whereis(my_topics),
    Self = self(),
    {ok, 0} = avm_pubsub:pub(Server, [a, b], nobody),
    ok = avm_pubsub:sub(Server, [a, b]),
    ok = avm_pubsub:sub(Server, [a, b]),
    {ok, 1} = avm_pubsub:pub(Server, [a, b], exact),
    receive {pub, [a, b], Self, exact} -> ok end,
    {ok, 0} = avm_pubsub:pub(Server, [a, c], other),
    ok = avm_pubsub:unsub(Server, [a, b]),
    {ok, 0} = avm_pubsub:pub(Server, [a, b], gone),
    %% One element, and all that follows.
    ok = avm_pubsub:sub(my_topics, [a, '+', c]),
    ok = avm_pubsub:sub(my_topics, [x, '#']),
    [{ok, Count} = avm_pubsub:pub(my_topics, Topic, Topic)
     || {Topic, Count} <- [{[a, b, c], 1}, {[a, <<"b">>, c], 1}, {[a, c], 0}, {[a, b, b, c], 0}, {[x], 0},
                           {[x, y], 1}, {[x, y, z], 1}, {[y], 0}]],
    [receive {pub, Topic, Self, Topic} -> ok end || Topic <- [[a, b, c], [a, <<"b">>, c], [x, y], [x, y, z]]],
    %% Another process subscribes, and is subscribed.
    Other = spawn_link(fun() -> receive {pub, T, _, M} -> Self ! {other, T, M} end end),
    ok = avm_pubsub:sub(my_topics, [other], Other),
    ok = avm_pubsub:sub(my_topics, [other]),
    {ok, 2} = avm_pubsub:pub(my_topics, [other], both),
    receive {other, [other], both} -> ok end,
    receive {pub, [other], Self, both} -> ok end,
    ok = avm_pubsub:unsub(my_topics, [other], Other),
    {ok, 1} = avm_pubsub:pub(my_topics, [other], one),
    receive {pub, [other], Self, one} -> ok end,
    receive Unexpected -> error(Unexpected) after 20 -> ok end.

%% A driver is a process that answers calls.
drivers() ->
    Driver = spawn(fun driver/0),
    {hello, world} = port:call(Driver, {hello, world}),
    {error, timeout} = port:call(Driver, silent, 20),
    {error, noproc} = port:call(Driver, stop),
    {error, noproc} = port:call(Driver, late),
    Fails = spawn(fun driver/0),
    {error, broken} = port:call(Fails, break),
    receive Unexpected -> error(Unexpected) after 20 -> ok end.

driver() ->
    receive
        {'$call', _, silent} -> driver();
        {'$call', _, stop} -> ok;
        {'$call', _, break} -> exit(broken);
        {'$call', {From, Tag}, Request} -> From ! {Tag, Request}, driver()
    end.

json() ->
    [Text = iolist_to_binary(json_encoder:encode(Term))
     || {Term, Text} <- [
        {true, <<"true">>}, {false, <<"false">>}, {null, <<"null">>}, {undefined, <<"null">>}, {some_atom, <<"\"some_atom\"">>},
        {<<"text">>, <<"\"text\"">>}, {42, <<"42">>}, {-1.5, <<"-1.5">>}, {[1, 2], <<"[1,2]">>}, {[<<"a">>], <<"[\"a\"]">>},
        {[], <<"[]">>}, {<<"\"\\\n">>, <<"\"\\\"\\\\\\u000a\"">>}, {[{a, 1}], <<"{\"a\":1}">>},
        {[{a, 1}, {<<"b">>, [true, [{c, null}]]}], <<"{\"a\":1,\"b\":[true,{\"c\":null}]}">>}]].
