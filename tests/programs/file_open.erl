%% Open files: by a process and raw, in all modes; positions, several places, errors.
-module(file_open).
-export([start/0]).

-define(TRY(E), attempt(fun() -> E end)).

attempt(Do) -> try Do() catch Class:Reason -> {Class, Reason} end.

start() ->
    Dir = "file_open_" ++ os:getpid() ++ "_" ++ integer_to_list(erlang:unique_integer([positive])),
    {ok, Before} = file:get_cwd(),
    ok = file:make_dir(Dir),
    ok = file:set_cwd(Dir),
    try
        [modes(Kind) || Kind <- [[], [raw], [raw, read_ahead], [raw, delayed_write], [{read_ahead, 3}], [raw, {read_ahead, 3}]]],
        [places(Kind) || Kind <- [[], [raw]]],
        errors(), owner(), encodings(), io_device(), lines(), ram(), big()
    after
        ok = file:set_cwd(Before),
        ok = file:del_dir_r(Dir)
    end,
    ok.

show(Tag, Value) -> io:format("~p: ~p~n", [Tag, Value]).

modes(Kind) ->
    show(kind, Kind),
    [begin
         _ = file:delete("f"),
         Put = case Mode of [read] -> file:write_file("f", "0123456789\nabc\r\nxyz"); _ -> ok end,
         case file:open("f", Mode ++ Kind) of
             {ok, F} ->
                 show({Mode, Put}, [?TRY(Step(F)) || Step <- steps()]),
                 show(close, file:close(F)),
                 show(closed, file:close(F)),
                 show(contents, file:read_file("f"));
             Error -> show({Mode, Put}, Error)
         end
     end || Mode <- [[read], [read, binary], [write], [write, binary], [read, write], [append], [read, append], [exclusive], [write, exclusive]]].

steps() ->
    [fun(F) -> file:read(F, 3) end, fun(F) -> file:write(F, "QRS") end, fun(F) -> file:position(F, cur) end,
     fun(F) -> file:read_line(F) end, fun(F) -> file:read_line(F) end, fun(F) -> file:read_line(F) end,
     fun(F) -> file:read_line(F) end, fun(F) -> file:position(F, bof) end, fun(F) -> file:read(F, 100) end,
     fun(F) -> file:read(F, 1) end, fun(F) -> file:position(F, {bof, 2}) end, fun(F) -> file:write(F, [<<"t">>, $u]) end,
     fun(F) -> file:position(F, {cur, -1}) end, fun(F) -> file:read(F, 2) end, fun(F) -> file:position(F, {eof, -2}) end,
     fun(F) -> file:truncate(F) end, fun(F) -> file:position(F, eof) end, fun(F) -> file:position(F, -1) end,
     fun(F) -> file:position(F, {cur, -1000}) end, fun(F) -> file:position(F, what) end, fun(F) -> file:sync(F) end,
     fun(F) -> file:datasync(F) end, fun(F) -> file:position(F, 50) end, fun(F) -> file:read(F, 1) end,
     fun(F) -> file:read(F, 0) end, fun(F) -> file:advise(F, 0, 0, normal) end].

places(Kind) ->
    {ok, F} = file:open("p", [read, write, binary | Kind]),
    show(pwrite, file:pwrite(F, 3, "abc")),
    show(pwrite, file:pwrite(F, [{0, "xyz"}, {8, <<"!">>}])),
    show(pwrite, file:pwrite(F, [])),
    show(pread, file:pread(F, 1, 4)),
    show(pread, file:pread(F, 100, 4)),
    show(pread, file:pread(F, [{0, 2}, {5, 100}, {50, 1}])),
    show(pread, file:pread(F, [])),
    show(bad, [?TRY(file:pread(F, -1, 2)), ?TRY(file:pread(F, a, 2)), ?TRY(file:pread(F, 1, -2))]),
    show(bad, [?TRY(file:pwrite(F, -1, "a")), ?TRY(file:pwrite(F, a, "a")), ?TRY(file:pwrite(F, 1, [a])), ?TRY(file:pwrite(F, [{1, "a"}, {-1, "b"}]))]),
    show(position, file:position(F, cur)),
    ok = file:close(F),
    show(contents, file:read_file("p")),
    ok = file:delete("p").

errors() ->
    show(none, [file:open("none", [read | K]) || K <- [[], [raw], [raw, read_ahead]]]),
    show(folder, [file:open(".", [M | K]) || M <- [read, write], K <- [[], [raw]]]),
    show(folder_asked, element(1, file:open(".", [read, directory, raw]))),
    show(no_mode, [?TRY(file:open("x", M)) || M <- [[], [raw], [binary], [foo], [raw, foo], {read}]]),
    show(exists, element(1, file:open("x", [write]))),
    show(exclusive, file:open("x", [write, exclusive])),
    show(below, file:open("x/y", [write])),
    show(null, element(1, file:open("/dev/null", [read, raw]))).

%% A file is closed with the process that opened it, and a raw one is only for that process.
owner() ->
    Self = self(),
    P = spawn(fun() ->
        {ok, F} = file:open("o", [write]), {ok, R} = file:open("r", [write, raw]),
        Self ! {files, F, R}, receive go -> ok end
    end),
    {F, R} = receive {files, A, B} -> {A, B} end,
    show(other, file:write(F, "by another")),
    show(other_raw, ?TRY(file:write(R, "x"))),
    M = erlang:monitor(process, F),
    P ! go,
    receive {'DOWN', M, process, F, Why} -> show(down, Why) end,
    show(dead, ?TRY(file:write(F, "x"))),
    show(written, file:read_file("o")).

encodings() ->
    {ok, F} = file:open("u", [write, {encoding, utf8}]),
    show(write, io:put_chars(F, [16#e5, 16#3b1, 10])),
    show(format, io:format(F, "~ts ~p.~n", ["åα", {a, "b"}])),
    show(options, lists:sort(io:getopts(F))),
    ok = file:close(F),
    show(contents, file:read_file("u")),
    [begin
         {ok, G} = file:open("u", Mode),
         show(Mode, [io:get_line(G, ""), io:get_chars(G, "", 2), io:read(G, ""), io:get_line(G, "")]),
         ok = file:close(G)
     end || Mode <- [[read, {encoding, utf8}], [read], [read, binary, {encoding, utf8}], [read, binary]]],
    {ok, H} = file:open("l", [write]),
    show(latin1, [?TRY(io:put_chars(H, [16#e5])), ?TRY(io:put_chars(H, [16#3b1])), file:write(H, [16#e5])]),
    show(closed, file:close(H)),
    show(contents, file:read_file("l")),
    [begin
         {ok, W} = file:open("e", [write, {encoding, E}]),
         ok = io:put_chars(W, [$a, 16#e5, 16#1f600]),
         ok = file:close(W),
         {ok, Bytes} = file:read_file("e"),
         {ok, Back} = file:open("e", [read, {encoding, E}]),
         show(E, {Bytes, io:get_line(Back, ""), io:setopts(Back, [{encoding, latin1}]), file:position(Back, 0), io:get_line(Back, "")}),
         ok = file:close(Back)
     end || E <- [utf8, {utf16, big}, {utf16, little}, {utf32, big}, unicode]].

io_device() ->
    ok = file:write_file("t", "{a,1}. [b|\nc]. foo bar 17 xyz\nlast"),
    {ok, F} = file:open("t", [read]),
    show(read, [io:read(F, ''), io:read(F, '')]),
    show(fread, io:fread(F, "", "~a ~s ~d")),
    show(get_chars, io:get_chars(F, "", 3)),
    show(rest, [io:get_line(F, ""), io:get_line(F, ""), io:get_line(F, ""), io:read(F, "")]),
    show(pos, file:position(F, bof)),
    show(scan, io:scan_erl_exprs(F, "")),
    show(parse, element(1, io:parse_erl_exprs(F, ""))),
    ok = file:close(F),
    show(closed, ?TRY(io:get_line(F, ""))).

%% Output that goes to a file in place of the console.
lines() ->
    Old = group_leader(),
    {ok, F} = file:open("g", [write]),
    group_leader(F, self()),
    io:format("to the file ~p~n", [1]),
    io:put_chars("more\n"),
    group_leader(Old, self()),
    ok = file:close(F),
    show(redirected, file:read_file("g")).

ram() ->
    show(sendfile, element(1, file:sendfile("none", x))).

big() ->
    Data = binary:copy(<<"0123456789abcdef">>, 65536),
    ok = file:write_file("big", Data),
    {ok, Data} = file:read_file("big"),
    {ok, F} = file:open("big", [read, raw, binary, read_ahead]),
    Sum = (fun Loop(N, S) -> case file:read(F, 1000) of {ok, B} -> Loop(N + 1, erlang:crc32(S, B)); eof -> {N, S} end end)(0, 0),
    show(sum, {Sum, erlang:crc32(Data)}),
    ok = file:close(F).
