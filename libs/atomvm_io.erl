%% The console as a process: what `group_leader()`, `user` and `standard_error` are.
%%
%% OTP's module `io` runs unmodified and talks to these processes by the I/O protocol
%% (https://www.erlang.org/doc/apps/stdlib/io_protocol.html). The VM starts `server/0` before
%% the application and makes it the group leader.
-module(atomvm_io).
-export([server/0, device/1]).

%% Becomes the console: standard output, with standard error beside it.
server() ->
    true = register(user, self()),
    true = register(standard_error, spawn(?MODULE, device, [stderr])),
    device(stdout).

%% Answers requests for ever. There is no input yet: reading finds the end of the file.
device(Out) ->
    receive
        {io_request, From, ReplyAs, Request} ->
            From ! {io_reply, ReplyAs, request(Request, Out)},
            device(Out);
        _ ->
            device(Out)
    end.

request({put_chars, Encoding, Module, Function, Args} = Request, Out) ->
    try apply(Module, Function, Args) of
        Chars -> put_chars(Encoding, Chars, Request, Out)
    catch
        _:_ -> {error, Request}
    end;
request({put_chars, Encoding, Chars} = Request, Out) ->
    put_chars(Encoding, Chars, Request, Out);
request({requests, Requests}, Out) ->
    requests(Requests, ok, Out);
request({get_until, _Encoding, _Prompt, _Module, _Function, _Args}, _) ->
    eof;
request({get_chars, _Encoding, _Prompt, _Count}, _) ->
    eof;
request({get_line, _Encoding, _Prompt}, _) ->
    eof;
request(getopts, _) ->
    [{binary, false}, {encoding, unicode}];
request({setopts, Options}, _) ->
    case is_list(Options) andalso lists:all(fun has_no_effect/1, Options) of
        true -> ok;
        false -> {error, enotsup}
    end;
request({get_geometry, _}, _) ->
    {error, enotsup};
%% The requests of the protocol's first version have no encoding: theirs is Latin-1.
request({put_chars, Chars}, Out) ->
    request({put_chars, latin1, Chars}, Out);
request({put_chars, Module, Function, Args}, Out) ->
    request({put_chars, latin1, Module, Function, Args}, Out);
request(_, _) ->
    {error, request}.

put_chars(Encoding, Chars, Request, Out) ->
    try unicode:characters_to_binary(Chars, Encoding) of
        Text when is_binary(Text) -> atomvm_console:write(Out, Text);
        _ -> {error, Request}
    catch
        _:_ -> {error, Request}
    end.

%% The first error ends a sequence, and is its reply.
requests([Request | Requests], ok, Out) -> requests(Requests, request(Request, Out), Out);
requests([Request | Requests], Reply, Out) when not is_tuple(Reply); element(1, Reply) =/= error ->
    requests(Requests, request(Request, Out), Out);
requests(_, Reply, _) -> Reply.

%% Options that say what is so already, or that concern only input.
has_no_effect({encoding, unicode}) -> true;
has_no_effect({encoding, utf8}) -> true;
has_no_effect({binary, Flag}) -> is_boolean(Flag);
has_no_effect(binary) -> true;
has_no_effect(list) -> true;
has_no_effect(_) -> false.
