%% Files in memory, for `file:open/2` with the option `ram`. A process holds the bytes; it ends with the
%% process that opened the file. Sizes and positions have 32 bits, as in OTP.
-module(ram_file).
-export([open/2, close/1, read/2, write/2, copy/3, pread/2, pread/3, pwrite/2, pwrite/3, position/2,
         truncate/1, datasync/1, sync/1, advise/4, allocate/3, ipread_s32bu_p32bu/3]).
%% Only for these files.
-export([get_file/1, get_size/1]).

-include_lib("kernel/include/file.hrl").

-define(FD(Data), #file_descriptor{module = ?MODULE, data = Data}).
-define(IS_32(X), is_integer(X), X >= -(1 bsl 31), X < 1 bsl 31).

-record(ram, {bytes, position = 0, modes, owner}).

open(Data, Modes) when is_list(Modes) ->
    case [Mode || Mode <- Modes, not lists:member(Mode, [ram, read, write, binary])] of
        [] ->
            try iolist_to_binary(Data) of
                Bytes -> {ok, ?FD({start(Bytes, access(Modes)), form(Modes)})}
            catch
                error:Reason -> {error, Reason}
            end;
        _ -> {error, badarg}
    end.

access(Modes) ->
    case [Mode || Mode <- [read, write], lists:member(Mode, Modes)] of
        [] -> [read];
        Access -> Access
    end.

form(Modes) ->
    case lists:member(binary, Modes) of
        true -> binary;
        false -> list
    end.

start(Bytes, Access) ->
    Owner = self(),
    spawn(fun() ->
        _ = monitor(process, Owner),
        serve(#ram{bytes = Bytes, modes = Access, owner = Owner})
    end).

close(?FD({Server, _})) ->
    Monitor = monitor(process, Server),
    Server ! close,
    receive {'DOWN', Monitor, process, Server, _} -> ok end.

read(?FD({Server, Form}), Size) when is_integer(Size), Size >= 0 ->
    case Size < 1 bsl 31 of
        true -> formed(call(Server, {read, Size}), Form, Size);
        false -> {error, einval}
    end.

write(?FD({Server, _}), Bytes) ->
    with_bytes(Bytes, fun(Binary) -> call(Server, {write, Binary}) end).

copy(?FD(_) = Source, ?FD(_) = Destination, Length) when is_integer(Length), Length >= 0; is_atom(Length) ->
    file:copy_opened(Source, Destination, Length).

pread(?FD(_) = File, Places) when is_list(Places) ->
    case lists:all(fun is_place/1, Places) of
        true -> pread_all(File, Places, []);
        false -> {error, badarg}
    end.

is_place({At, Size}) -> is_integer(At) andalso is_integer(Size) andalso Size >= 0;
is_place(_) -> false.

pread_all(_, [], Read) -> {ok, lists:reverse(Read)};
pread_all(File, [{At, Size} | Places], Read) ->
    case pread(File, At, Size) of
        {ok, Data} -> pread_all(File, Places, [Data | Read]);
        eof -> pread_all(File, Places, [eof | Read]);
        Error -> Error
    end.

pread(?FD({Server, Form}), At, Size) when is_integer(At), is_integer(Size), Size >= 0 ->
    case {At, Size} of
        {At, Size} when ?IS_32(At), ?IS_32(Size) -> formed(call(Server, {pread, At, Size}), Form, Size);
        _ -> {error, einval}
    end;
pread(?FD(_), _, _) -> {error, badarg}.

%% Where one fails, those before it are written; the error has its number.
pwrite(?FD(_) = File, Places) when is_list(Places) ->
    case pwrite_wrong(Places, 0) of
        none -> pwrite_all(File, Places, 0);
        Error -> Error
    end.

pwrite_wrong([], _) -> none;
pwrite_wrong([{At, Bytes} | Places], Number) when ?IS_32(At) ->
    try iolist_to_binary(Bytes) of
        _ -> pwrite_wrong(Places, Number + 1)
    catch
        error:Reason -> {error, Reason}
    end;
pwrite_wrong([{At, _} | _], Number) when is_integer(At) -> {error, {Number, einval}};
pwrite_wrong(_, _) -> {error, badarg}.

pwrite_all(_, [], _) -> ok;
pwrite_all(File, [{At, Bytes} | Places], Number) ->
    case pwrite(File, At, Bytes) of
        ok -> pwrite_all(File, Places, Number + 1);
        {error, Reason} -> {error, {Number, Reason}}
    end.

pwrite(?FD({Server, _}), At, Bytes) when ?IS_32(At) ->
    with_bytes(Bytes, fun(Binary) -> call(Server, {pwrite, At, Binary}) end);
pwrite(?FD(_), At, _) when is_integer(At) -> {error, einval};
pwrite(?FD(_), _, _) -> {error, badarg}.

position(?FD({Server, _}), Place) ->
    case place(Place) of
        {From, Offset} when ?IS_32(Offset) -> call(Server, {position, From, Offset});
        {_, _} -> {error, einval};
        badarg -> {error, badarg}
    end.

place(Offset) when is_integer(Offset) -> {bof, Offset};
place(From) when From =:= bof; From =:= cur; From =:= eof -> {From, 0};
place({From, Offset}) when is_integer(Offset), (From =:= bof orelse From =:= cur orelse From =:= eof) ->
    {From, Offset};
place(_) -> badarg.

truncate(?FD({Server, _})) -> call(Server, truncate).

datasync(?FD({Server, _})) -> call(Server, nothing).

sync(?FD({Server, _})) -> call(Server, nothing).

advise(?FD({Server, _}), _Offset, _Length, Advice) ->
    case lists:member(Advice, [normal, random, sequential, will_need, dont_need, no_reuse]) of
        true -> call(Server, nothing);
        false -> {error, einval}
    end;
advise(#file_descriptor{}, _, _, _) -> {error, enotsup}.

allocate(?FD({Server, _}), _Offset, _Length) -> call(Server, nothing);
allocate(#file_descriptor{}, _, _) -> {error, enotsup}.

ipread_s32bu_p32bu(?FD(_) = File, Position, Most) -> file:ipread_s32bu_p32bu_int(File, Position, Most).

get_file(?FD({Server, Form})) -> formed(call(Server, contents), Form, 0);
get_file(#file_descriptor{}) -> {error, enotsup}.

get_size(?FD({Server, _})) -> call(Server, size);
get_size(#file_descriptor{}) -> {error, enotsup}.

with_bytes(Bytes, Do) ->
    try iolist_to_binary(Bytes) of
        Binary -> Do(Binary)
    catch
        error:Reason -> {error, Reason}
    end.

formed({ok, <<>>}, _, Size) when Size > 0 -> eof;
formed({ok, Bytes}, list, _) -> {ok, binary_to_list(Bytes)};
formed(Result, _, _) -> Result.

%% A file that is closed is no longer there.
call(Server, Request) ->
    Monitor = monitor(process, Server),
    Server ! {Request, self(), Monitor},
    receive
        {Monitor, Reply} -> demonitor(Monitor, [flush]), Reply;
        {'DOWN', Monitor, process, Server, _} -> {error, einval}
    end.

serve(#ram{owner = Owner} = Ram) ->
    receive
        {Request, From, Tag} ->
            {Reply, Next} = answer(Request, Ram),
            From ! {Tag, Reply},
            serve(Next);
        close -> ok;
        {'DOWN', _, process, Owner, _} -> ok;
        _ -> serve(Ram)
    end.

answer(nothing, Ram) -> {ok, Ram};
answer(contents, #ram{bytes = Bytes} = Ram) -> {{ok, Bytes}, Ram};
answer(size, #ram{bytes = Bytes} = Ram) -> {{ok, byte_size(Bytes)}, Ram};
answer({position, From, Offset}, #ram{bytes = Bytes, position = Position} = Ram) ->
    Start = case From of bof -> 0; cur -> Position; eof -> byte_size(Bytes) end,
    case Start + Offset of
        New when New >= 0 -> {{ok, New}, Ram#ram{position = New}};
        _ -> {{error, einval}, Ram}
    end;
answer({read, Size}, #ram{position = Position} = Ram) ->
    case answer({pread, Position, Size}, Ram) of
        {{ok, Bytes}, _} = Read -> setelement(2, Read, Ram#ram{position = Position + byte_size(Bytes)});
        Error -> Error
    end;
answer({pread, At, Size}, #ram{bytes = Bytes, modes = Modes} = Ram) ->
    case lists:member(read, Modes) of
        false -> {{error, ebadf}, Ram};
        true when At < 0 -> {{error, einval}, Ram};
        true -> {{ok, part(Bytes, At, Size)}, Ram}
    end;
answer({write, New}, #ram{position = Position} = Ram) ->
    case answer({pwrite, Position, New}, Ram) of
        {ok, Next} -> {ok, Next#ram{position = Position + byte_size(New)}};
        Error -> Error
    end;
answer({pwrite, At, New}, #ram{bytes = Bytes, modes = Modes} = Ram) ->
    case lists:member(write, Modes) of
        false -> {{error, ebadf}, Ram};
        true when At < 0 -> {{error, einval}, Ram};
        true -> {ok, Ram#ram{bytes = overwritten(Bytes, At, New)}}
    end;
answer(truncate, #ram{bytes = Bytes, position = Position, modes = Modes} = Ram) ->
    case lists:member(write, Modes) of
        false -> {{error, eacces}, Ram};
        true -> {ok, Ram#ram{bytes = resized(Bytes, Position)}}
    end.

part(Bytes, At, Size) when At < byte_size(Bytes) -> binary:part(Bytes, At, min(Size, byte_size(Bytes) - At));
part(_, _, _) -> <<>>.

%% What is written behind the end has zeros before it.
overwritten(Bytes, At, New) when At =:= byte_size(Bytes) -> <<Bytes/binary, New/binary>>;
overwritten(Bytes, At, New) when At > byte_size(Bytes) -> overwritten(resized(Bytes, At), At, New);
overwritten(Bytes, _, <<>>) -> Bytes;
overwritten(Bytes, At, New) ->
    <<Before:At/binary, _/binary>> = Bytes,
    After = part(Bytes, At + byte_size(New), byte_size(Bytes)),
    <<Before/binary, New/binary, After/binary>>.

resized(Bytes, Size) when Size =< byte_size(Bytes) -> binary:part(Bytes, 0, Size);
resized(Bytes, Size) -> <<Bytes/binary, 0:(8 * (Size - byte_size(Bytes)))>>.
