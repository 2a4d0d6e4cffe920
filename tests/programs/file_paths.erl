%% Files by name: whole files, folders, links, information, names that are not good.
-module(file_paths).
-export([start/0]).
-include_lib("kernel/include/file.hrl").

start() ->
    Dir = "file_paths_" ++ os:getpid() ++ "_" ++ integer_to_list(erlang:unique_integer([positive])),
    {ok, Before} = file:get_cwd(),
    ok = file:make_dir(Dir),
    ok = file:set_cwd(Dir),
    try tests() after
        ok = file:set_cwd(Before),
        remove(Dir)
    end,
    ok.

show(Tag, Value) -> io:format("~p: ~p~n", [Tag, Value]).

tests() ->
    show(write, file:write_file("a", "one\ntwo\n")),
    show(read, file:read_file("a")),
    show(read_binary_name, file:read_file(<<"a">>)),
    show(read_atom_name, file:read_file(a)),
    show(read_deep_name, file:read_file([[$a], []])),
    show(write_bytes, file:write_file("b", [<<"x">>, [$y, "z"]])),
    show(write_chars, file:write_file("b", [300])),
    show(write_term, file:write_file("b", foo)),
    show(append, file:write_file("a", "three\n", [append])),
    show(exclusive, file:write_file("a", "", [exclusive])),
    show(read, file:read_file("a")),
    show(none, file:read_file("none")),
    show(empty_name, file:read_file("")),
    show(bad_name, file:read_file("a\0b")),
    show(bad_name, catch file:read_file({a})),
    show(bad_name, catch file:read_file([a | b])),
    show(folder, file:read_file(".")),
    show(below_file, file:read_file("a/b")),
    show(make_dir, file:make_dir("d")),
    show(make_dir_again, file:make_dir("d")),
    show(make_dir_below, file:make_dir("x/y")),
    show(rename, file:rename("b", "d/c")),
    show(rename_none, file:rename("b", "c")),
    show(rename_dir_over, file:rename("d", "a")),
    show(list, sorted(file:list_dir("."))),
    show(list_all, sorted(file:list_dir_all("d"))),
    show(list_none, file:list_dir("none")),
    show(list_file, file:list_dir("a")),
    show(del_dir_full, file:del_dir("d")),
    show(del_dir_none, file:del_dir("none")),
    show(del_dir_file, file:del_dir("a")),
    show(delete_dir, file:delete("d")),
    show(delete_none, file:delete("none")),
    show(symlink, file:make_symlink("a", "l")),
    show(symlink_again, file:make_symlink("a", "l")),
    show(read_link, file:read_link("l")),
    show(read_link_all, file:read_link_all("l")),
    show(read_link_none, file:read_link("none")),
    show(read_link_file, file:read_link("a")),
    show(link, file:make_link("a", "h")),
    show(link_none, file:make_link("none", "h2")),
    show(through, file:read_file("l")),
    show(dangling, {file:make_symlink("nowhere", "x"), file:read_file("x"), filelib:is_file("x")}),
    show(utf8, file:write_file([16#e5, 16#3b1], "name")),
    show(utf8, file:read_file(<<16#e5/utf8, 16#3b1/utf8>>)),
    show(list, sorted(file:list_dir("."))),
    info(), times(), copies(), filelib(), consult(),
    show(cwd, {file:set_cwd("none"), file:set_cwd("a"), file:set_cwd("d"), element(1, file:read_file("c")), file:set_cwd("..")}),
    {ok, Cwd} = file:get_cwd(),
    show(absolute, file:read_file(filename:join(Cwd, "h"))),
    show(absname, filename:absname("a") =:= filename:join(Cwd, "a")),
    show(native, file:native_name_encoding()),
    show(del_dir_r, {file:del_dir_r("d"), file:read_file("d/c")}),
    show(format, [file:format_error(E) || E <- [enoent, eacces, badarg, terminated, system_limit]]),
    errors().

info() ->
    [case F of
         {ok, #file_info{size = Size, type = Type, access = Access, mode = Mode, links = Links, uid = U}} ->
             show({info, N}, {case Type of directory -> dir; _ -> Size end, Type, Access, Mode band 8#170000, is_integer(Links), is_integer(U)});
         Error -> show({info, N}, Error)
     end || {N, F} <- [{a, file:read_file_info("a")}, {d, file:read_file_info("d")}, {l, file:read_file_info("l")},
                       {link, file:read_link_info("l")}, {none, file:read_file_info("none")}, {dev, file:read_file_info("/dev/null")},
                       {raw, file:read_file_info("a", [raw])}, {x, file:read_file_info("x")}, {lx, file:read_link_info("x", [raw])}]],
    show(chmod, file:change_mode("a", 8#600)),
    {ok, #file_info{mode = M}} = file:read_file_info("a"),
    show(mode, M band 8#777),
    show(chmod_none, file:change_mode("none", 8#600)).

times() ->
    T = {{2001, 2, 3}, {4, 5, 6}},
    show(change_time, file:change_time("a", T)),
    {ok, #file_info{mtime = T}} = file:read_file_info("a"),
    {ok, #file_info{mtime = Posix}} = file:read_file_info("a", [{time, posix}]),
    {ok, #file_info{mtime = Universal}} = file:read_file_info("a", [{time, universal}]),
    show(posix, Posix =:= calendar:datetime_to_gregorian_seconds(Universal) - 62167219200),
    show(set, file:write_file_info("a", #file_info{atime = 1000000000, mtime = 1000000001}, [{time, posix}])),
    {ok, I} = file:read_file_info("a", [{time, posix}]),
    show(got, {I#file_info.atime, I#file_info.mtime}),
    show(last, filelib:last_modified("none")),
    show(bad, file:read_file_info("a", [{time, sometime}])).

copies() ->
    show(copy, file:copy("a", "copy")),
    show(copied, file:read_file("copy")),
    show(copy_part, {file:copy("a", "copy", 5), file:read_file("copy")}),
    show(copy_none, file:copy("none", "copy")).

filelib() ->
    show(ensure_dir, filelib:ensure_dir("p/q/r/file")),
    show(is_dir, {filelib:is_dir("p/q/r"), filelib:is_dir("a"), filelib:is_regular("a"), filelib:is_regular("d")}),
    show(file_size, {filelib:file_size("a"), filelib:file_size("none")}),
    ok = file:write_file("p/q/x.erl", ""),
    ok = file:write_file("p/y.erl", ""),
    show(wildcard, [filelib:wildcard(W) || W <- ["*", "p/*", "p/**/*.erl", "[ah]", "{a,h}", "?", "p/*/x.*", "none*", "../*/a"], W =/= "../*/a"]),
    show(wildcard_in, filelib:wildcard("*.erl", "p")),
    show(fold, lists:sort(filelib:fold_files("p", "\\.erl$", true, fun(F, Acc) -> [F | Acc] end, []))),
    show(fold_flat, filelib:fold_files("p", ".*", false, fun(F, Acc) -> [F | Acc] end, [])),
    show(safe, filelib:safe_relative_path("p/../../x", "")),
    show(find, filelib:find_file("x.erl", "p/q")).

consult() ->
    ok = file:write_file("terms", "{a, 1}.\n%% comment\n\"text\". [x|\n y].\n#{k => <<1,2>>}."),
    show(consult, file:consult("terms")),
    ok = file:write_file("bad", "{a, 1}.\n{b,"),
    show(consult_bad, file:consult("bad")),
    show(consult_none, file:consult("none")),
    ok = file:write_file("script", "X = 3.\nX + Y.\n"),
    show(script, file:script("script", [{'Y', 4}])),
    show(eval, file:eval("script", [{'Y', 4}])),
    show(path_consult, case file:path_consult(["nowhere", "p", "."], "terms") of {ok, T, F} -> {T, filename:basename(F)}; E -> E end),
    show(path_none, file:path_consult(["p"], "terms")),
    show(path_script, element(1, file:path_script(["."], "script", [{'Y', 1}]))).

errors() ->
    [show(F, try apply(file, F, A) of V -> V catch C:R -> {C, R} end) || {F, A} <- [
        {read_file, [17]}, {rename, ["a", 1]}, {list_dir, [1.0]}, {make_dir, [<<"x\0y">>]}, {set_cwd, [[]]},
        {open, ["none", read]}, {open, ["none", [what]]}, {open, [1, [read]]}, {consult, [foo]}, {read_link, [{}]},
        {change_mode, ["a", x]}, {change_time, ["a", x]}]].

sorted({ok, Names}) -> {ok, lists:sort(Names)};
sorted(Error) -> Error.

remove(Dir) -> ok = file:del_dir_r(Dir).
