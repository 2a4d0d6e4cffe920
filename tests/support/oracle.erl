%% Runs test programs on OTP and writes down what they print and return: for each module
%% in the folder given, NAME.console and NAME.value. A program that raises has
%% `{'EXIT',Class,Reason}` as its value.
-module(oracle).
-export([main/1]).

main([Folder | Names]) ->
    logger:set_primary_config(level, none),
    true = code:add_patha(Folder),
    lists:foreach(fun(Name) -> one(Folder, list_to_atom(Name)) end, Names),
    halt(0).

one(Folder, Module) ->
    Console = spawn_link(fun() -> console([]) end),
    {Pid, Ref} = spawn_monitor(fun() ->
        group_leader(Console, self()),
        exit({outcome, try Module:start() catch Class:Reason -> {'EXIT', Class, Reason} end})
    end),
    Value =
        receive
            {'DOWN', Ref, process, Pid, {outcome, V}} -> V;
            {'DOWN', Ref, process, Pid, Why} -> {'EXIT', exit, Why}
        after 60000 ->
            exit(Pid, kill),
            {'EXIT', exit, too_slow}
        end,
    Console ! {take, self()},
    Text = receive {text, T} -> T end,
    Base = filename:join(Folder, atom_to_list(Module)),
    ok = file:write_file(Base ++ ".console", Text),
    ok = file:write_file(Base ++ ".value", unicode:characters_to_binary(io_lib:format("~0p", [Value]))).

%% The least of the I/O protocol: output in Unicode, no input.
console(Text) ->
    receive
        {take, From} ->
            From ! {text, unicode:characters_to_binary(lists:reverse(Text))};
        {io_request, From, As, Request} ->
            {Reply, New} = request(Request, Text),
            From ! {io_reply, As, Reply},
            console(New)
    end.

request({put_chars, Encoding, Chars} = Request, Text) ->
    case catch unicode:characters_to_binary(Chars, Encoding) of
        Binary when is_binary(Binary) -> {ok, [Binary | Text]};
        _ -> {{error, Request}, Text}
    end;
request({put_chars, Encoding, M, F, A} = Request, Text) ->
    case catch apply(M, F, A) of
        {'EXIT', _} -> {{error, Request}, Text};
        Chars -> request({put_chars, Encoding, Chars}, Text)
    end;
request({requests, Rs}, Text) ->
    lists:foldl(fun(R, {ok, T}) -> request(R, T); (_, E) -> E end, {ok, Text}, Rs);
request({get_geometry, _}, Text) ->
    {{error, enotsup}, Text};
request(getopts, Text) ->
    {[{binary, false}, {encoding, unicode}], Text};
request({setopts, _}, Text) ->
    {ok, Text};
request(Get, Text) when element(1, Get) =:= get_line; element(1, Get) =:= get_chars; element(1, Get) =:= get_until ->
    {eof, Text};
request(_, Text) ->
    {{error, request}, Text}.
