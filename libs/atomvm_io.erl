%% The console as a process: what `group_leader()`, `user` and `standard_error` are.
%%
%% OTP's module `io` runs unmodified and talks to these processes by the I/O protocol
%% (https://www.erlang.org/doc/apps/stdlib/io_protocol.html). The VM starts `server/0` before
%% the application and makes it the group leader.
-module(atomvm_io).
-export([server/0, device/1]).

%% A device: where it writes, what was read and not yet asked for (characters, or `eof`), whether
%% lines are given as binaries, the encoding of what is written and read, and whether lines come from
%% the host's editor, which also shows the prompt.
-record(device, {out, unread = [], binary = false, encoding = unicode, edited = false}).

%% Milliseconds between two looks for input.
-define(INPUT_POLL, 10).

%% Becomes the console: standard input and output, with standard error beside it, and the server of
%% files.
server() ->
    true = register(user, self()),
    true = register(standard_error, spawn(?MODULE, device, [stderr])),
    ok = atomvm_services:start(),
    device(stdout).

%% Answers requests for ever; writes to `Out`, which is `stdout` or `stderr`.
device(Out) -> serve(#device{out = Out}).

serve(Device) ->
    receive
        {io_request, From, ReplyAs, Request} -> serve(answer(From, ReplyAs, Request, Device));
        _ -> serve(Device)
    end.

answer(From, ReplyAs, Request, Device) ->
    {Reply, Next} = request(Request, Device),
    From ! {io_reply, ReplyAs, Reply},
    Next.

request({put_chars, Encoding, Module, Function, Args}, Device) ->
    try apply(Module, Function, Args) of
        Chars -> {put_chars(Encoding, Chars, Device), Device}
    catch
        _:_ -> {{error, put_chars}, Device}
    end;
request({put_chars, Encoding, Chars}, Device) ->
    {put_chars(Encoding, Chars, Device), Device};
request({requests, Requests}, Device) ->
    requests(Requests, ok, Device);
request({get_line, Encoding, Prompt}, Device) ->
    input(Prompt, collect_line, Encoding, [], get_line, Device);
request({get_chars, Encoding, Prompt, Count}, Device) ->
    input(Prompt, collect_chars, Encoding, Count, collect_chars, Device);
request({get_until, Encoding, Prompt, Module, Function, Args}, Device) ->
    input(Prompt, get_until, Encoding, {Module, Function, Args}, Function, Device);
request(getopts, #device{binary = Binary, encoding = Encoding} = Device) ->
    {[{binary, Binary}, {encoding, Encoding}], Device};
request({setopts, Options}, Device) ->
    try lists:foldl(fun option/2, Device, Options) of
        Next -> {ok, Next}
    catch
        error:_ -> {{error, enotsup}, Device}
    end;
request({get_geometry, What}, #device{edited = true} = Device) when What =:= columns; What =:= rows ->
    {atomvm_editor:size(What), Device};
request({get_geometry, _}, Device) ->
    {{error, enotsup}, Device};
%% The requests of the protocol's first version have no encoding: theirs is Latin-1.
request({put_chars, Chars}, Device) ->
    request({put_chars, latin1, Chars}, Device);
request({put_chars, Module, Function, Args}, Device) ->
    request({put_chars, latin1, Module, Function, Args}, Device);
request({get_line, Prompt}, Device) ->
    request({get_line, latin1, Prompt}, Device);
request({get_chars, Prompt, Count}, Device) ->
    request({get_chars, latin1, Prompt, Count}, Device);
request({get_until, Prompt, Module, Function, Args}, Device) ->
    request({get_until, latin1, Prompt, Module, Function, Args}, Device);
request(Request, Device) ->
    {{error, {request, Request}}, Device}.

%% The first error ends a sequence, and is its reply.
requests([Request | Requests], Reply, Device) when not is_tuple(Reply); element(1, Reply) =/= error ->
    {Next, NextDevice} = request(Request, Device),
    requests(Requests, Next, NextDevice);
requests(_, Reply, Device) ->
    {Reply, Device}.

put_chars(Encoding, Chars, #device{out = Out, encoding = To}) ->
    try encoded(Chars, Encoding, To) of
        Text when is_binary(Text) -> atomvm_console:write(Out, Text);
        _ -> {error, put_chars}
    catch
        _:_ -> {error, put_chars}
    end.

%% Where the console is Latin-1, other characters are written as escapes.
encoded(Chars, unicode, latin1) ->
    case unicode:characters_to_binary(Chars, unicode, latin1) of
        Text when is_binary(Text) -> Text;
        _ -> list_to_binary([escaped(C) || C <- unicode:characters_to_list(Chars)])
    end;
encoded(Chars, From, To) ->
    unicode:characters_to_binary(Chars, From, To).

escaped(C) when C > 255 -> ["\\x{", integer_to_list(C, 16), $}];
escaped(C) -> C.

option(binary, Device) -> Device#device{binary = true};
option(list, Device) -> Device#device{binary = false};
option({list, Flag}, Device) when is_boolean(Flag) -> Device#device{binary = not Flag};
option({binary, Flag}, Device) when is_boolean(Flag) -> Device#device{binary = Flag};
option({edited, Flag}, Device) when is_boolean(Flag) -> Device#device{edited = Flag};
option({echo, Flag}, Device) when is_boolean(Flag) -> Device;
option({expand_fun, Fun}, Device) when is_function(Fun) -> Device;
option(Encoding, Device) when Encoding =:= latin1; Encoding =:= unicode -> Device#device{encoding = Encoding};
option({encoding, latin1}, Device) -> Device#device{encoding = latin1};
option({encoding, unicode}, Device) -> Device#device{encoding = unicode};
option({encoding, utf8}, Device) -> Device#device{encoding = unicode}.

%% Reads until OTP's collecting function `Collect` has what it wants.
input(Prompt, Collect, Encoding, Wanted, Failed, Device) ->
    try collect(start, Prompt, Collect, Encoding, Wanted, Device) of
        {Result, Next} -> {as_asked(Result, Encoding, Next), Next}
    catch
        throw:interrupted -> {{error, interrupted}, Device#device{unread = []}};
        _:_ -> {{error, Failed}, Device#device{unread = []}}
    end.

prompt(_Prompt, #device{edited = true}) -> ok;
prompt(Prompt, #device{encoding = Encoding} = Device) ->
    put_chars(unicode, io_lib:format_prompt(Prompt, Encoding), Device).

collect(start, _, _, _, _, #device{unread = eof} = Device) ->
    {eof, Device#device{unread = []}};
%% What has come already is taken without another prompt.
collect(State, Prompt, Collect, Encoding, Wanted, #device{unread = [], edited = false} = Device)
  when State =/= start, Device#device.out =:= stdout ->
    case next_line(Device) of
        pending -> asked(State, Prompt, Collect, Encoding, Wanted, Device);
        eof -> collected(State, Prompt, Collect, Encoding, Wanted, Device#device{unread = eof});
        Line -> collected(State, Prompt, Collect, Encoding, Wanted, Device#device{unread = characters(Line, Device)})
    end;
collect(State, Prompt, Collect, Encoding, Wanted, #device{unread = []} = Device) ->
    asked(State, Prompt, Collect, Encoding, Wanted, Device);
collect(State, Prompt, Collect, Encoding, Wanted, Device) ->
    _ = State =:= start andalso prompt(Prompt, Device),
    collected(State, Prompt, Collect, Encoding, Wanted, Device).

asked(State, Prompt, Collect, Encoding, Wanted, Device) ->
    _ = prompt(Prompt, Device),
    case read_line(State, Prompt, Device) of
        #device{unread = eof} = Next when State =:= start -> {eof, Next#device{unread = []}};
        Next -> collected(State, Prompt, Collect, Encoding, Wanted, Next)
    end.

collected(State, Prompt, Collect, Encoding, Wanted, #device{unread = Chars} = Device) ->
    case io_lib:Collect(State, Chars, Encoding, Wanted) of
        {stop, Result, eof} -> {Result, Device#device{unread = []}};
        {stop, Result, Unread} -> {Result, Device#device{unread = Unread}};
        More -> collect(More, Prompt, Collect, Encoding, Wanted, Device#device{unread = []})
    end.

%% The device with a line as characters, or `eof`. Only the console proper has an input. Until there
%% is some, other requests are served; after each the prompt is shown again.
read_line(_, _, #device{out = stderr} = Device) -> Device#device{unread = eof};
read_line(State, Prompt, #device{edited = true, encoding = Encoding} = Device) ->
    Text = unicode:characters_to_binary(io_lib:format_prompt(Prompt, Encoding)),
    atomvm_editor:read(Text),
    wait(State, Prompt, Device);
read_line(State, Prompt, Device) ->
    wait(State, Prompt, Device).

wait(State, Prompt, Device) ->
    case next_line(Device) of
        pending ->
            receive
                {io_request, From, ReplyAs, Request} ->
                    Next = answer(From, ReplyAs, Request, Device),
                    _ = prompt(Prompt, Next),
                    case Next of
                        #device{unread = []} -> wait(State, Prompt, Next);
                        _ -> Next
                    end
            after ?INPUT_POLL ->
                wait(State, Prompt, Device)
            end;
        {complete, Line} ->
            _ = spawn(fun() -> atomvm_editor:completed(atomvm_shell:complete(Line)) end),
            wait(State, Prompt, Device);
        %% Of several lines, those before are given up too.
        interrupted when State =/= start -> throw(interrupted);
        interrupted -> read_line(State, Prompt, Device);
        eof -> Device#device{unread = eof};
        Line -> Device#device{unread = characters(Line, Device)}
    end.

%% The host may have to be waited for: then the VM waits as well, unless the host reads by itself.
next_line(#device{edited = true}) ->
    atomvm_editor:poll();
next_line(_) ->
    try atomvm_console:poll_line()
    catch error:undef -> atomvm_console:read_line()
    end.

characters(Line, #device{encoding = latin1}) -> binary_to_list(Line);
characters(Line, _) ->
    case unicode:characters_to_list(Line) of
        Chars when is_list(Chars) -> Chars;
        _NotUtf8 -> binary_to_list(Line)
    end.

%% A line, or characters, in the way and encoding that were asked for.
as_asked(Chars, Encoding, #device{binary = Binary}) when is_list(Chars) ->
    case unicode:characters_to_binary(Chars, unicode, Encoding) of
        Bytes when is_binary(Bytes), Binary -> Bytes;
        Bytes when is_binary(Bytes) -> Chars;
        _ -> {error, {no_translation, unicode, Encoding}}
    end;
as_asked(Result, _, _) -> Result.
