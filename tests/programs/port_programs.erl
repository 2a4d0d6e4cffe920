%% Ports to programs: options, what comes from them as messages, and how they end.
-module(port_programs).
-export([start/0]).

start() ->
    process_flag(trap_exit, true),
    t("stdin of one that is only read", fun() -> run({spawn, "readlink /proc/self/fd/0"}, [in]) end),
    t("stdin and stdout are pipes", fun() ->
        {[{data, Text} | _], _, _} = run({spawn, "readlink /proc/self/fd/0 /proc/self/fd/1"}, []),
        [hd(string:split(L, "[")) || L <- string:lexemes(Text, "\n")] end),
    t("no other descriptors", fun() -> run({spawn, "sh -c 'ls /proc/self/fd | wc -l'"}, []) end),
    t("own session", fun() ->
        {[{data, Text} | _], _, _} = run({spawn, "sh -c 'ps -o pid=,pgid=,sid= -p $$'"}, []),
        length(lists:usort(string:lexemes(Text, " \n"))) end),
    t("binary", fun() -> run({spawn, <<"echo hi">>}, [binary]) end),
    t("atom", fun() -> run({spawn, true}, []) end),
    t("status", fun() -> run({spawn, "sh -c 'exit 3'"}, [exit_status]) end),
    t("status and eof", fun() -> run({spawn, "sh -c 'exit 3'"}, [exit_status, eof]) end),
    t("eof", fun() -> run({spawn, "true"}, [eof]) end),
    t("signal", fun() -> run({spawn, "sh -c 'kill -9 $$'"}, [exit_status]) end),
    t("status after the output", fun() -> run({spawn, "sh -c 'exec >&-; sleep 0.1; exit 4'"}, [exit_status]) end),
    t("not there", fun() -> run({spawn, "sh -c 'surely_no_such_program 2>&1'"}, [exit_status]) end),
    t("not there, executable", fun() -> run({spawn_executable, "surely_no_such_program"}, [exit_status]) end),
    t("folder", fun() -> run({spawn_executable, "/tmp"}, [exit_status]) end),
    t("no program", fun() -> run({spawn_executable, "/etc/passwd"}, [exit_status]) end),
    t("arguments", fun() -> run({spawn_executable, "/bin/echo"}, [{args, ["a b", <<"c">>, "", [955]]}, binary]) end),
    t("own name", fun() -> run({spawn_executable, "/bin/sh"}, [{args, ["-c", "echo $0"]}, {arg0, "hello"}]) end),
    t("its name", fun() -> run({spawn_executable, "/bin/sh"}, [{args, ["-c", "echo $0; exit 7"]}, exit_status]) end),
    t("environment", fun() ->
        os:putenv("SURELY_MINE", "mine"), os:putenv("SURELY_GONE", "x"), os:unsetenv("SURELY_GONE"),
        run({spawn, "sh -c 'echo $SURELY_MINE-$SURELY_GONE-$FOO-$HOME'"}, [{env, [{"FOO", "bar"}, {"HOME", false}]}]) end),
    t("empty value", fun() -> run({spawn, "sh -c 'echo ${FOO-unset}'"}, [{env, [{"FOO", ""}]}]) end),
    t("folder to start in", fun() -> run({spawn, "pwd"}, [{cd, "/usr"}]) end),
    t("errors", fun() -> run({spawn, "sh -c 'echo a; echo b >&2'"}, [stderr_to_stdout]) end),
    t("lines", fun() -> run({spawn, "printf 'abc\\nabcdefghij\\n\\nxyz'"}, [{line, 5}]) end),
    t("lines, binary", fun() -> run({spawn, "printf 'abc\\nabcdefghij\\n\\nxyz'"}, [{line, 5}, binary, eof]) end),
    t("a full line", fun() -> run({spawn, "printf 'abcde\\nx'"}, [{line, 5}, binary, exit_status]) end),
    t("packets", fun() -> run({spawn, "printf '\\000\\005hello\\000\\000\\000\\005he'"}, [{packet, 2}, exit_status]) end),
    t("descriptors 3 and 4", fun() -> run({spawn, "sh -c 'echo 3 >&4'"}, [nouse_stdio]) end),
    t("broken pipes do not end programs", fun() -> run({spawn, "sh -c 'sh -c \"yes; echo $? >&2\" 2>&1 >/dev/full | tail -n 1'"}, []) end),
    options(),
    names(),
    t("os:cmd", fun() -> [os:cmd(C) || C <- ["echo hi; echo err >&2; exit 3", "cat", "exit 7", "sleep 0.1 & echo x", date_is_there(), "printf 'a\\000b'"]] end),
    t("os:cmd, largest size", fun() -> os:cmd("echo abcdef", #{max_size => 3}) end),
    t("os:cmd, large", fun() -> erlang:md5(os:cmd("seq 1 20000")) end),
    t("os:cmd, wrong", fun() -> os:cmd([foo]) end),
    t("os:cmd leaves nothing", fun() -> [flush(50), [P || P <- element(2, process_info(self(), links)), is_port(P)]] end),
    process_flag(trap_exit, false),
    ok.

date_is_there() -> "date >/dev/null && echo yes".

t(Name, Do) ->
    io:format("~s: ~p~n", [Name, try Do() catch C:R:S -> raised(C, R, S) end]).

%% The messages of a port until it ends, and what it is then.
run(What, Options) ->
    Port = open_port(What, Options),
    Messages = collect(Port),
    Is = erlang:port_info(Port, connected) =:= {connected, self()},
    Is andalso port_close(Port),
    {Messages, Is, flush(0) -- [{'EXIT', Port, normal}]}.

collect(Port) ->
    receive
        {'EXIT', Port, R} -> [{exit, R}];
        {Port, eof} -> [eof];
        {Port, {exit_status, _} = S} -> [S | collect(Port)];
        {Port, What} -> join(What, collect(Port))
    end.

%% How many pieces the output of a stream comes in is a matter of luck.
join({data, A}, [{data, B} | Rest]) when is_list(A), is_list(B), A =/= "hello" -> [{data, A ++ B} | Rest];
join(What, Rest) -> [What | Rest].

flush(Time) -> receive M -> [M | flush(Time)] after Time -> [] end.

options() ->
    All = [hide, use_stdio, nouse_stdio, stderr_to_stdout, binary, eof, in, out, overlapped_io, {parallelism, true},
        {parallelism, x}, stream, exit_status, {busy_limits_port, {1, 2}}, {busy_limits_port, disabled},
        {busy_limits_port, x}, {busy_limits_msgq, {10, 20}}, {busy_limits_msgq, disabled}, {line, 0}, {line, 1}, {line, -1}, {line, a},
        {packet, 1}, {packet, 3}, {packet, 4}, {cd, "/tmp"}, {cd, <<"/tmp">>}, {env, []}, {env, x},
        {env, [{"A", "b"} | c]}, {env, [{"A=B", "c"}]}, {env, [{"A", b}]}, {args, []}, {arg0, "x"}, {foo, 1}, 1, {}, "x"],
    [t(io_lib:format("option ~p", [O]), fun() -> is_port(closed(open_port({spawn, "true"}, [O]))) end) || O <- All],
    t("both", fun() -> open_port({spawn, "true"}, [{packet, 2}, {line, 10}]) end),
    t("no list", fun() -> open_port({spawn, "true"}, foo) end).

names() ->
    All = [{spawn, ""}, {spawn, [foo]}, {spawn, 1}, {foo, "x"}, {fd, a, 1}, {fd, 0}, {fd, -1, 1}, {}, 7, {spawn, "a", "b"},
        {spawn_executable, ""}, {spawn_executable, [0]}],
    [t(io_lib:format("name ~p", [N]), fun() -> open_port(N, [exit_status]) end) || N <- All].

closed(Port) ->
    catch port_close(Port),
    flush(0),
    Port.

raised(C, R, [{M, F, A, I} | _]) ->
    {C, R, M, F, if is_list(A) -> length(A); true -> A end, proplists:get_value(error_info, I)}.
