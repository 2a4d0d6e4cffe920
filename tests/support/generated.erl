%% Calls the functions of generated modules, and writes down what each gives: on OTP into files,
%% on the other VM to the console.
-module(generated).
-export([main/1, run/2]).

%% On OTP: compiles the modules of a folder, each with the options that its first line names, and
%% runs them. What goes wrong with the compiler goes to standard error.
main([Folder | Names]) ->
    logger:set_primary_config(level, none),
    true = code:add_patha(Folder),
    persistent_term:put(?MODULE, #{time => 3000, heap => 10_000_000}),
    compile_all(Folder, Names),
    [one(Folder, list_to_atom(Name)) || Name <- Names],
    halt(0).

compile_all(Folder, Names) ->
    Workers = erlang:system_info(schedulers_online),
    Parts = [[Name || {Index, Name} <- lists:enumerate(Names), Index rem Workers =:= Part]
             || Part <- lists:seq(0, Workers - 1)],
    Monitors = [spawn_monitor(fun() -> [compile(Folder, Name) || Name <- Part] end) || Part <- Parts],
    [receive {'DOWN', M, process, _, normal} -> ok;
             {'DOWN', M, process, _, Why} -> io:format(standard_error, "~p~n", [Why]), halt(1)
     end || {_, M} <- Monitors].

compile(Folder, Name) ->
    File = filename:join(Folder, Name) ++ ".erl",
    {ok, Device} = file:open(File, [read]),
    {ok, "%% " ++ Line} = file:read_line(Device),
    ok = file:close(Device),
    {ok, Tokens, _} = erl_scan:string(Line),
    {ok, Options} = erl_parse:parse_term(Tokens),
    case compile:file(File, [{outdir, Folder}, return_errors, nowarn_failed | Options]) of
        {ok, _} -> ok;
        %% The compiler's own check finds some combinations of its options wrong.
        {error, [{_, [{_, beam_validator, _} | _]} | _], _} when Options =/= [] ->
            {ok, _} = compile:file(File, [{outdir, Folder}, nowarn_failed]);
        {error, Errors, _} -> exit(Errors)
    end.

one(Folder, Module) ->
    Self = self(),
    Ref = make_ref(),
    Device = spawn_link(fun() -> console(Self, Ref, []) end),
    Old = group_leader(),
    group_leader(Device, self()),
    ok = Module:start(),
    group_leader(Old, self()),
    Device ! take,
    Text = receive {Ref, T} -> T end,
    ok = file:write_file(filename:join(Folder, atom_to_list(Module)) ++ ".answer", Text).

console(To, Ref, Text) ->
    receive
        {io_request, From, As, {put_chars, unicode, Chars}} ->
            From ! {io_reply, As, ok},
            console(To, Ref, [unicode:characters_to_binary(Chars) | Text]);
        take -> To ! {Ref, lists:reverse(Text)}
    end.

%% Calls each function with some of the rows of arguments.
run(Module, Names) ->
    Rows = list_to_tuple(rows()),
    Call = fun(Name, Index) ->
        Number = (Index * 3 + erlang:phash2(Name)) rem tuple_size(Rows),
        Text = outcome(Module, Name, element(Number + 1, Rows)),
        io:put_chars([atom_to_list(Name), $/, integer_to_list(Number), ": ", Text, $\n])
    end,
    [Call(Name, Index) || Name <- Names, Index <- [0, 1, 2]],
    ok.

outcome(Module, Name, Args) ->
    #{time := Time} = Limits = persistent_term:get(?MODULE, #{time => 120_000}),
    Options = case Limits of
        #{heap := Size} -> [{max_heap_size, #{size => Size, kill => true, error_logger => false}}];
        _ -> []
    end,
    {Pid, Ref} = spawn_opt(fun() -> exit({done, call(Module, Name, Args)}) end, [monitor | Options]),
    receive
        {'DOWN', Ref, process, Pid, {done, Text}} -> Text;
        {'DOWN', Ref, process, Pid, killed} -> "too large";
        {'DOWN', Ref, process, Pid, Why} -> io_lib:format("ended ~0p", [Why])
    after Time ->
        exit(Pid, kill),
        "too slow"
    end.

call(Module, Name, Args) ->
    Result =
        try {value, apply(Module, Name, Args)}
        catch Class:Reason:Trace -> {Class, Reason, place(Trace)}
        end,
    Seen = {Result, messages(), lists:sort(get())},
    Shown = show(Seen),
    Text = unicode:characters_to_binary(io_lib:format("~0tp", [Shown])),
    Hash = integer_to_binary(erlang:phash2(Shown), 36),
    %% Terms with funs or maps whose order is free are as good as others, but their bytes are not.
    case byte_size(Text) of
        Size when Size > 600 ->
            [binary_part(Text, 0, 500), "... ", integer_to_list(Size), $ , integer_to_list(erlang:crc32(Text)), $ , Hash];
        _ -> [Text, $ , Hash]
    end.

%% The innermost entry of a stack trace. A clause that is missing has its line only until it is
%% raised again, in OTP.
place([{M, F, Args, Where} | _]) when is_list(Args) ->
    {M, F, Args, [Info || {Key, _} = Info <- Where, Key =/= file, Key =/= line]};
place([Entry | _]) -> Entry;
place([]) -> none.

messages() ->
    receive Message -> [Message | messages()] after 0 -> [] end.

%% What can be compared: what differs between two VMs is taken out, and large maps are sorted.
show([H | T]) -> [show(H) | show(T)];
show(T) when is_tuple(T) -> list_to_tuple(show(tuple_to_list(T)));
show(M) when map_size(M) > 32 -> {'#map', show(lists:sort(maps:to_list(M)))};
show(M) when is_map(M) -> maps:from_list(show(maps:to_list(M)));
show(F) when is_function(F) -> {'#fun', element(2, erlang:fun_info(F, arity))};
show(P) when is_pid(P) -> '#pid';
show(R) when is_reference(R) -> '#ref';
show(T) -> T.

%% Rows of arguments: of the kinds that the functions are written for, or of others.
rows() ->
    Row = [7, -300, 2.5, ok, <<"hello, world">>, <<5:3>>, [3, 1, 2], {1, a, <<"x">>}, #{a => 1, b => 2}, [a, {b, 1}]],
    Large = lists:seq(1, 12),
    [Row,
     [0, 1, 0.0, a, <<>>, <<>>, [], {0, b, []}, #{}, []],
     [1 bsl 59, -(1 bsl 59), 1.0e300, true, <<0, 255, 128, 1, 2, 3, 4, 5, 6, 7>>, <<16#abcdef123456789:61>>,
      [1 bsl 64, -1, 5], {1 bsl 70, 'hello world', 1.5}, #{ok => 1 bsl 62, error => -5}, {r, 1, b, [1]}],
     [-(1 bsl 80) - 1, (1 bsl 63) - 1, -0.5, undefined, binary:copy(<<"abcdefgh">>, 20), <<1:1, 0:300>>, Large,
      {-1, true, self}, maps:from_list([{K, 1} || K <- [a, b, ok, error]]), 42],
     [255, 3, 1.0, error, unicode:characters_to_binary([233, 945, 128512]), <<1, 2, 3>>, "text", {$a, [], {}},
      #{true => 0}, <<"12">>],
     [134217727, 134217728, -134217728.0, b, <<"1.5">>, <<255:7, 1:33>>, [255, 256], {3, ok, "abc"}, #{a => -1}, 1.0],
     [2, 2, 2.0, '', binary:part(<<"0123456789abcdef">>, 3, 9), <<0:1>>, [0, 0, 0], {2, undefined, #{}},
      #{b => 1 bsl 60, a => 2}, #{1 => a, b => 2}],
     tl(Row) ++ [hd(Row)],
     lists:reverse(Row),
     [a, b, 1, 2.5, [1], x, <<"ab">>, #{}, {}, fun erlang:abs/1]].
