%% The console as a process: what `group_leader()`, `user` and `standard_error` are.
%%
%% OTP's module `io` runs unmodified and talks to these processes by the I/O protocol
%% (https://www.erlang.org/doc/apps/stdlib/io_protocol.html). The VM starts `server/0` before
%% the application and makes it the group leader.
-module(atomvm_io).
-export([server/0, device/1]).

%% A device: where it writes, what was read and not yet asked for (characters, or `eof`), and
%% whether lines are given as binaries.
-record(device, {out, unread = [], binary = false}).

%% Becomes the console: standard input and output, with standard error beside it.
server() ->
    true = register(user, self()),
    true = register(standard_error, spawn(?MODULE, device, [stderr])),
    device(stdout).

%% Answers requests for ever; writes to `Out`, which is `stdout` or `stderr`.
device(Out) -> serve(#device{out = Out}).

serve(Device) ->
    receive
        {io_request, From, ReplyAs, Request} ->
            {Reply, Next} = request(Request, Device),
            From ! {io_reply, ReplyAs, Reply},
            serve(Next);
        _ ->
            serve(Device)
    end.

request({put_chars, Encoding, Module, Function, Args} = Request, Device) ->
    try apply(Module, Function, Args) of
        Chars -> {put_chars(Encoding, Chars, Request, Device), Device}
    catch
        _:_ -> {{error, Request}, Device}
    end;
request({put_chars, Encoding, Chars} = Request, Device) ->
    {put_chars(Encoding, Chars, Request, Device), Device};
request({requests, Requests}, Device) ->
    requests(Requests, ok, Device);
request({get_line, Encoding, Prompt}, Device) ->
    input(Prompt, collect_line, Encoding, [], Device);
request({get_chars, Encoding, Prompt, Count}, Device) ->
    input(Prompt, collect_chars, Encoding, Count, Device);
request({get_until, Encoding, Prompt, Module, Function, Args}, Device) ->
    input(Prompt, get_until, Encoding, {Module, Function, Args}, Device);
request(getopts, Device) ->
    {[{binary, Device#device.binary}, {encoding, unicode}], Device};
request({setopts, Options}, Device) ->
    try lists:foldl(fun option/2, Device, Options) of
        Next -> {ok, Next}
    catch
        error:_ -> {{error, enotsup}, Device}
    end;
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
request(_, Device) ->
    {{error, request}, Device}.

%% The first error ends a sequence, and is its reply.
requests([Request | Requests], Reply, Device) when not is_tuple(Reply); element(1, Reply) =/= error ->
    {Next, NextDevice} = request(Request, Device),
    requests(Requests, Next, NextDevice);
requests(_, Reply, Device) ->
    {Reply, Device}.

put_chars(Encoding, Chars, Request, #device{out = Out}) ->
    try unicode:characters_to_binary(Chars, Encoding) of
        Text when is_binary(Text) -> atomvm_console:write(Out, Text);
        _ -> {error, Request}
    catch
        _:_ -> {error, Request}
    end.

option(binary, Device) -> Device#device{binary = true};
option(list, Device) -> Device#device{binary = false};
option({binary, Flag}, Device) when is_boolean(Flag) -> Device#device{binary = Flag};
%% Text is always Unicode here: to ask for it changes nothing.
option({encoding, unicode}, Device) -> Device;
option({encoding, utf8}, Device) -> Device.

%% Reads until OTP's collecting function `Collect` has what it wants.
input(Prompt, Collect, Encoding, Wanted, Device) ->
    Text = io_lib:format_prompt(Prompt, unicode),
    _ = put_chars(unicode, Text, prompt, Device),
    try collect(start, Collect, Encoding, Wanted, Device) of
        {Result, Unread} -> {as_asked(Result, Device), Device#device{unread = Unread}}
    catch
        _:_ -> {{error, Collect}, Device#device{unread = []}}
    end.

collect(State, Collect, Encoding, Wanted, #device{unread = []} = Device) ->
    collect(State, Collect, Encoding, Wanted, Device#device{unread = read_line(Device)});
collect(State, Collect, Encoding, Wanted, #device{unread = Chars} = Device) ->
    case io_lib:Collect(State, Chars, Encoding, Wanted) of
        {stop, Result, eof} -> {Result, []};
        {stop, Result, Unread} -> {Result, Unread};
        More -> collect(More, Collect, Encoding, Wanted, Device#device{unread = []})
    end.

%% A line as characters, or `eof`. Only the console proper has an input.
read_line(#device{out = stderr}) -> eof;
read_line(_) ->
    case atomvm_console:read_line() of
        eof -> eof;
        Line -> characters(unicode:characters_to_list(Line), Line)
    end.

characters(Chars, _) when is_list(Chars) -> Chars;
characters(_NotUtf8, Line) -> binary_to_list(Line).

as_asked(Chars, #device{binary = true}) when is_list(Chars) -> unicode:characters_to_binary(Chars);
as_asked(Result, _) -> Result.
