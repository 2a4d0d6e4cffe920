%% -*- coding: utf-8 -*-
%% Writing to the console in every way: the io module, named devices, raw requests, order among processes.
-module(io_console).
-export([start/0]).

start() ->
    io:format("plain~n"),
    io:format("~s ~w~n", ["args", {1, 2}]),
    io:put_chars("put_chars\n"),
    io:put_chars(<<"binary chars\n">>),
    io:put_chars(["deep", [<<" io">>, $l, "ist"], "\n"]),
    io:put_chars("unicode: åäö π 日本 😀\n"),
    io:put_chars(<<"utf-8 binary: åäö π\n"/utf8>>),
    io:format("~ts ~tp~n", ["åπ", "åπ"]),
    io:nl(),
    io:write({a, "b", [1]}),
    io:nl(),
    io:fwrite("fwrite ~p~n", [ok]),
    io:format(group_leader(), "to the leader~n", []),
    io:format(standard_io, "standard_io~n", []),
    io:format("no newline at once; "),
    io:format("then one~n"),
    A = io:request(standard_io, {put_chars, unicode, "request\n"}),
    B = io:requests(standard_io, [{put_chars, unicode, "first,"}, {put_chars, unicode, "second\n"}, nl]),
    C = io:columns(),
    Me = self(),
    P = spawn(fun() -> io:format("from a child~n"), Me ! {done, group_leader() =:= group_leader()} end),
    D = receive {done, X} -> X end,
    Ref = make_ref(),
    group_leader() ! {io_request, self(), Ref, {put_chars, unicode, io_lib, format, ["by m, f, a ~p~n", [x]]}},
    E = receive {io_reply, Ref, R} -> R end,
    group_leader() ! {io_request, self(), Ref, nonsense},
    F = receive {io_reply, Ref, R2} -> element(1, R2) end,
    G = try io:format("~p~n", []) catch Cl:Rs -> {Cl, Rs} end,
    H = try io:put_chars([a]) catch Cl2:Rs2 -> {Cl2, Rs2} end,
    I = try io:format(no_such_device, "x", []) catch Cl3:Rs3 -> {Cl3, Rs3} end,
    J = own_device(),
    io:format("~s", [lists:duplicate(3000, $=)]),
    io:format("~n~n"),
    {A, B, C, is_pid(P), D, E, F, G, H, I, J, io:get_line("") =:= eof, group_leader() =:= element(2, process_info(self(), group_leader))}.

%% Any process that speaks the protocol is a device.
own_device() ->
    Me = self(),
    Dev = spawn(fun() -> device([], Me) end),
    io:format(Dev, "into ~p~n", [mine]),
    Old = group_leader(),
    group_leader(Dev, self()),
    io:put_chars("as leader"),
    group_leader(Old, self()),
    Dev ! stop,
    receive {text, T} -> T end.

device(Text, To) ->
    receive
        {io_request, From, As, {put_chars, unicode, M, F, A}} -> From ! {io_reply, As, ok}, device([apply(M, F, A) | Text], To);
        {io_request, From, As, {put_chars, unicode, Chars}} -> From ! {io_reply, As, ok}, device([Chars | Text], To);
        {io_request, From, As, _} -> From ! {io_reply, As, {error, request}}, device(Text, To);
        stop -> To ! {text, unicode:characters_to_binary(lists:reverse(Text))}
    end.
