%% Larger parts of OTP's library on files: archives, tables on disk, logs, the compiler and the
%% generators of scanners and parsers.
-module(lib_tools).
-export([start/0]).

start() ->
    Folder = "lib_tools.tmp",
    _ = file:del_dir_r(Folder),
    ok = file:make_dir(Folder),
    In = fun(Name) -> filename:join(Folder, Name) end,
    archives(In),
    tables(In),
    logs(In),
    sources(In),
    generators(In),
    names(),
    file:del_dir_r(Folder).

show(What, Do) ->
    Said = try Do() catch Class:Reason -> {Class, Reason} end,
    io:format("~p: ~0tp~n", [What, Said]).

archives(In) ->
    {ok, {"mem", Zip}} = zip:zip("mem", [{"a.txt", <<"hello">>}, {"b/c.txt", binary:copy(<<"x">>, 1000)}], [memory]),
    show(unzip, fun() -> zip:unzip(Zip, [memory]) end),
    show(list_dir, fun() -> {ok, L} = zip:list_dir(Zip), [element(1, E) || E <- L] end),
    show(tar, fun() -> erl_tar:create(In("t.tar.gz"), [{"x/y", <<"data">>}, {"z", <<"more">>}], [compressed]) end),
    show(table, fun() -> erl_tar:table(In("t.tar.gz"), [compressed]) end),
    show(extract, fun() -> erl_tar:extract(In("t.tar.gz"), [compressed, memory]) end),
    show(files, fun() ->
        ok = erl_tar:extract(In("t.tar.gz"), [compressed, {cwd, In("out")}]),
        {file:read_file(In("out/x/y")), filelib:wildcard("**", In("out"))}
    end),
    show(missing, fun() -> erl_tar:extract(In("none.tar")) end),
    show(gzip, fun() ->
        {ok, W} = file:open(In("c.gz"), [write, compressed]),
        io:format(W, "abc ~p~n", [1]),
        file:close(W),
        {ok, Bytes} = file:read_file(In("c.gz")),
        {ok, R} = file:open(In("c.gz"), [read, compressed]),
        Line = io:get_line(R, ''),
        file:close(R),
        {zlib:gunzip(Bytes), Line}
    end).

tables(In) ->
    File = In("d.dets"),
    show(dets, fun() ->
        {ok, T} = dets:open_file(lib_tools, [{file, File}, {type, bag}]),
        ok = dets:insert(T, [{1, a}, {1, b}, {2, c}]),
        First = {lists:sort(dets:lookup(T, 1)), dets:info(T, size), dets:match(T, {2, '$1'})},
        ok = dets:close(T),
        {ok, T} = dets:open_file(lib_tools, [{file, File}, {type, bag}]),
        Count = dets:foldl(fun(_, N) -> N + 1 end, 0, T),
        ok = dets:delete(T, 1),
        Left = dets:traverse(T, fun(X) -> {continue, X} end),
        ok = dets:close(T),
        {First, Count, Left, dets:is_dets_file(File)}
    end),
    show(ets, fun() ->
        T = ets:new(t, []),
        ets:insert(T, [{N, N * N} || N <- lists:seq(1, 10)]),
        ok = ets:tab2file(T, In("t.ets")),
        {ok, U} = ets:file2tab(In("t.ets")),
        lists:sort(ets:tab2list(T)) =:= lists:sort(ets:tab2list(U))
    end),
    show(sorter, fun() ->
        Terms = [(N * 7919) rem 101 || N <- lists:seq(1, 60)],
        file:write_file(In("s"), [sized(term_to_binary(X)) || X <- Terms]),
        ok = file_sorter:sort([In("s")], In("sorted"), [{format, fun parsed/1}, {size, 100}]),
        {ok, Sorted} = file:read_file(In("sorted")),
        file:write_file(In("text"), "1.\n2.\n"),
        {error, {Why, Named}} = file_sorter:sort([In("text")], In("sorted")),
        {[binary_to_term(Bytes) || <<Size:32, Bytes:Size/binary>> <= Sorted], Why, filename:basename(Named)}
    end).

sized(Bytes) -> [<<(byte_size(Bytes)):32>>, Bytes].

parsed(Bytes) -> Bytes.

logs(In) ->
    show(wrap, fun() ->
        {ok, L} = disk_log:open([{name, lib_tools}, {file, In("log")}, {type, wrap}, {size, {1000, 3}}]),
        [ok = disk_log:log(L, {n, N, lists:duplicate(20, x)}) || N <- lists:seq(1, 20)],
        {_, Terms} = disk_log:chunk(L, start),
        Items = proplists:get_value(no_items, disk_log:info(L)),
        ok = disk_log:close(L),
        {length(Terms), Items}
    end),
    show(external, fun() ->
        {ok, L} = disk_log:open([{name, lib_tools}, {file, In("ext")}, {format, external}]),
        ok = disk_log:blog(L, "abc\n"),
        ok = disk_log:sync(L),
        {disk_log:close(L), file:read_file(In("ext"))}
    end).

sources(In) ->
    Source = "-module(m).\n-export([f/1]).\n-define(X, 42).\n-ifdef(Y).\ng() -> y.\n-endif.\n-record(r, {a = 1, b}).\n"
             "f(N) -> {?X, ?LINE, ?MODULE, #r{b = N}}.\n",
    ok = file:write_file(In("m.erl"), Source),
    ok = file:write_file(In("bad.erl"), "-module(bad).\n-export([f/1, g/0]).\nf(N) -> M.\nh() -> ok.\n"),
    show(epp, fun() -> {ok, Forms} = epp:parse_file(In("m.erl"), [], []), lists:flatten([erl_pp:form(F) || F <- Forms]) end),
    show(missing, fun() -> epp:parse_file(In("none.erl"), [], []) end),
    show(compile, fun() -> load(m, In("m.erl")), apply(m, f, [3]) end),
    show(errors, fun() -> compile:file(In("bad.erl"), [return, binary]) end),
    show(included, fun() ->
        Own = "-module(i).\n-export([f/0]).\n-include_lib(\"kernel/include/file.hrl\").\nf() -> #file_info{size = 1}.\n",
        ok = file:write_file(In("i.erl"), Own),
        load(i, In("i.erl")),
        element(2, apply(i, f, []))
    end),
    show(script, fun() -> ok = file:write_file(In("s"), "{X, 1 + Y}.\n"), file:script(In("s"), [{'X', a}, {'Y', 4}]) end),
    show(consult, fun() -> {error, Why} = file:consult(In("bad.erl")), lists:flatten(file:format_error(Why)) end).

load(Module, File) ->
    {ok, Module, Code} = compile:file(File, [binary]),
    {module, Module} = code:load_binary(Module, File, Code).

generators(In) ->
    ok = file:write_file(In("lx.xrl"), "Definitions.\nRules.\n[0-9]+ : {token, {int, TokenLine, list_to_integer(TokenChars)}}.\n"
                                       "\\+ : {token, {'+', TokenLine}}.\n\\s+ : skip_token.\nErlang code.\n"),
    ok = file:write_file(In("yc.yrl"), "Nonterminals e.\nTerminals int '+'.\nRootsymbol e.\nLeft 100 '+'.\n"
                                       "e -> e '+' e : {'+', '$1', '$3'}.\ne -> int : element(3, '$1').\n"),
    show(leex, fun() -> {ok, F} = leex:file(In("lx.xrl")), load(lx, F), apply(lx, string, ["12 + 3"]) end),
    show(yecc, fun() -> {ok, F} = yecc:file(In("yc.yrl")), load(yc, F), {ok, T, _} = apply(lx, string, ["1 + 2 + 3"]), apply(yc, parse, [T]) end).

names() ->
    show(global, fun() -> [global:register_name(lib_tools, self()), global:whereis_name(lib_tools) =:= self(), global:unregister_name(lib_tools)] end),
    show(pg, fun() -> {ok, _} = pg:start_link(), ok = pg:join(g, self()), {pg:get_members(g) =:= [self()], pg:which_groups()} end),
    show(nodes, fun() -> [nodes(this, #{node_type => true, connection_id => true}), nodes(visible, #{}), nodes([])] end),
    show(bad, fun() -> nodes(this, #{x => true}) end).
