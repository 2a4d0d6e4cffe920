%% The files of the host, for OTP's `file` and the modules around it: what OTP's own module of this
%% name gives them. The work is done by the functions of `atomvm_file`, which the host brings; without
%% them every call gives `{error, enotsup}`.
-module(prim_file).
-export([start/0, open/2, close/1, read/2, read_line/1, write/2, position/2, pread/2, pread/3, pwrite/2, pwrite/3,
         sync/1, datasync/1, truncate/1, advise/4, allocate/3, copy/3, sendfile/8, ipread_s32bu_p32bu/3,
         get_handle/1, internal_get_nif_resource/1, file_desc_to_ref/2]).
-export([read_file/1, write_file/2, list_dir/1, list_dir_all/1, read_link/1, read_link_all/1,
         read_file_info/1, read_file_info/2, read_link_info/1, read_link_info/2, read_handle_info/1,
         read_handle_info/2, write_file_info/2, write_file_info/3]).
-export([get_cwd/0, get_cwd/1, set_cwd/1, delete/1, rename/2, make_dir/1, del_dir/1, make_link/2,
         make_symlink/2, altname/1]).
-export([internal_name2native/1, internal_native2name/1, internal_normalize_utf8/1, is_translatable/1]).

-include_lib("kernel/include/file.hrl").

%% Where the files of a handle are known: nothing has to be started for it.
start() -> ok.

open(Name, Modes) ->
    case call(open, [Name, Modes]) of
        {ok, Handle} -> {ok, descriptor(Handle)};
        Error -> or_packed(Error, fun() -> open_packed(Name, Modes) end)
    end.

%% A file in a pack can only be read.
open_packed(Name, Modes) ->
    case atomvm_packs:read_file(Name) of
        error -> error;
        {ok, Bytes} ->
            case [M || M <- Modes, lists:member(M, [write, append, exclusive, directory])] of
                [] ->
                    case call(open_copy, [Bytes]) of
                        {ok, Handle} -> {ok, descriptor(Handle)};
                        Error -> Error
                    end;
                _ -> {error, erofs}
            end
    end.

descriptor(Handle) ->
    #file_descriptor{module = ?MODULE, data = #{owner => self(), handle => Handle}}.

%% Files that the host has opened cannot be taken over.
file_desc_to_ref(_, _) -> {error, enotsup}.
get_handle(_) -> {error, enotsup}.
sendfile(_, _, _, _, _, _, _, _) -> {error, enotsup}.

internal_get_nif_resource(File) -> handle(File).

handle(#file_descriptor{module = ?MODULE, data = #{owner := Owner, handle := Handle}}) ->
    case self() of
        Owner -> Handle;
        _ -> error(not_on_controlling_process)
    end;
handle(_) ->
    error(badarg).

%% Calls a function on an open file.
on(File, Function, Args) ->
    try handle(File) of
        Handle -> call(Function, [Handle | Args])
    catch
        error:badarg -> {error, badarg}
    end.

call(Function, Args) ->
    try apply(atomvm_file, Function, Args)
    catch
        error:badarg -> {error, badarg};
        error:undef -> {error, enotsup}
    end.

close(File) -> on(File, close, []).
read(File, Size) -> on(File, read, [Size]).
read_line(File) -> on(File, read_line, []).
write(File, Data) -> on(File, write, [Data]).
sync(File) -> on(File, sync, [false]).
datasync(File) -> on(File, sync, [true]).
truncate(File) -> on(File, truncate, []).
advise(File, Offset, Length, How) -> on(File, advise, [Offset, Length, How]).
allocate(File, Offset, Length) -> on(File, allocate, [Offset, Length]).
pread(File, Offset, Size) -> on(File, pread, [Offset, Size]).
pwrite(File, Offset, Data) -> on(File, pwrite, [Offset, Data]).

position(File, {Mark, Offset}) -> on(File, position, [Mark, Offset]);
position(File, Mark) when Mark =:= cur; Mark =:= bof; Mark =:= eof -> on(File, position, [Mark, 0]);
position(File, Offset) -> on(File, position, [bof, Offset]).

%% Several places: what is there, or `eof`; the first error ends it.
pread(File, Places) when is_list(Places) -> pread_each(File, Places, []);
pread(_, _) -> {error, badarg}.

pread_each(File, [{Offset, Size} | Places], Read) ->
    case pread(File, Offset, Size) of
        {ok, Data} -> pread_each(File, Places, [Data | Read]);
        eof -> pread_each(File, Places, [eof | Read]);
        Error -> Error
    end;
pread_each(_, [], Read) -> {ok, lists:reverse(Read)};
pread_each(_, _, _) -> {error, badarg}.

%% With an error goes how many places were written before.
pwrite(File, Places) -> pwrite_each(File, Places, 0).

pwrite_each(File, [{Offset, Data} | Places], Written) ->
    case pwrite(File, Offset, Data) of
        ok -> pwrite_each(File, Places, Written + 1);
        {error, Reason} -> {error, {Written, Reason}}
    end;
pwrite_each(_, [], _) -> ok;
pwrite_each(_, _, _) -> {error, badarg}.

copy(#file_descriptor{module = ?MODULE} = From, #file_descriptor{module = ?MODULE} = To, Length)
  when is_integer(Length), Length >= 0; is_atom(Length) ->
    file:copy_opened(From, To, Length).

%% A block of data, as `dets` writes them: its size and its own place before it.
ipread_s32bu_p32bu(File, Offset, Infinity) when is_atom(Infinity) ->
    ipread_s32bu_p32bu(File, Offset, 1 bsl 31 - 1);
ipread_s32bu_p32bu(File, Offset, Most) when is_integer(Offset), is_integer(Most) ->
    case pread(File, Offset, 8) of
        {ok, <<0:32, At:32>>} -> {ok, {0, At, eof}};
        {ok, <<Size:32, At:32>>} when Size =< Most ->
            case pread(File, At, Size) of
                {ok, Data} -> {ok, {Size, At, Data}};
                eof -> {ok, {Size, At, eof}};
                Error -> Error
            end;
        {ok, _} -> eof;
        Other -> Other
    end;
ipread_s32bu_p32bu(_, _, _) ->
    {error, badarg}.

read_file(Name) -> or_packed(call(read_file, [Name]), fun() -> atomvm_packs:read_file(Name) end).

%% What the host has not may be in a pack.
or_packed({error, Reason} = Error, Packed) when Reason =:= enoent; Reason =:= enotsup ->
    case Packed() of
        error -> Error;
        Found -> Found
    end;
or_packed(Result, _) ->
    Result.

write_file(Name, Data) ->
    case open(Name, [write, binary]) of
        {ok, File} ->
            Result = write(File, Data),
            Closed = close(File),
            case Result of
                ok -> Closed;
                Error -> Error
            end;
        Error -> Error
    end.

list_dir(Name) -> or_packed(call(list_dir, [Name, false]), fun() -> atomvm_packs:list_dir(Name) end).
list_dir_all(Name) -> call(list_dir, [Name, true]).
read_link(Name) -> call(read_link, [Name, false]).
read_link_all(Name) -> call(read_link, [Name, true]).

read_file_info(Name) -> read_file_info(Name, []).
read_file_info(Name, Options) -> or_packed(info(call(info, [Name, true]), Options), fun() -> packed_info(Name) end).
read_link_info(Name) -> read_link_info(Name, []).
read_link_info(Name, Options) -> or_packed(info(call(info, [Name, false]), Options), fun() -> packed_info(Name) end).
packed_info(Name) ->
    Info = #file_info{access = read, links = 1, mode = 8#444},
    case atomvm_packs:kind(Name) of
        {regular, Size} -> {ok, Info#file_info{type = regular, size = Size, mode = 8#100444}};
        directory -> {ok, Info#file_info{type = directory, size = 0, mode = 8#40555}};
        error -> error
    end.

read_handle_info(File) -> read_handle_info(File, []).
read_handle_info(File, Options) ->
    try info(on(File, handle_info, []), Options)
    catch error:_ -> {error, badarg}
    end.

info(#file_info{atime = ATime, mtime = MTime, ctime = CTime} = Info, Options) ->
    try
        Kind = kind_of_time(Options),
        {ok, Info#file_info{atime = time(ATime, Kind), mtime = time(MTime, Kind), ctime = time(CTime, Kind)}}
    catch
        error:_ -> {error, badarg}
    end;
info(Error, _) -> Error.

kind_of_time([{time, Kind} | _]) -> Kind;
kind_of_time([_ | Options]) -> kind_of_time(Options);
kind_of_time([]) -> local.

time(Seconds, posix) -> Seconds;
time(Seconds, universal) -> erlang:posixtime_to_universaltime(Seconds);
time(Seconds, local) -> erlang:universaltime_to_localtime(erlang:posixtime_to_universaltime(Seconds)).

seconds(Seconds, posix) when is_integer(Seconds) -> Seconds;
seconds({_, _} = Time, universal) -> erlang:universaltime_to_posixtime(Time);
seconds({_, _} = Time, local) -> erlang:universaltime_to_posixtime(erlang:localtime_to_universaltime(Time)).

now(posix) -> erlang:universaltime_to_posixtime(erlang:universaltime());
now(universal) -> erlang:universaltime();
now(local) -> erlang:localtime().

write_file_info(Name, Info) -> write_file_info(Name, Info, []).

write_file_info(Name, #file_info{mode = Mode, uid = User, gid = Group, atime = ATime, mtime = MTime}, Options) ->
    try
        Kind = kind_of_time(Options),
        Read = seconds(first([ATime, now(Kind)]), Kind),
        Written = case MTime of undefined -> Read; _ -> seconds(MTime, Kind) end,
        each([fun() -> set_owner(Name, User, Group) end,
              fun() -> set_mode(Name, Mode) end,
              fun() -> call(set_times, [Name, Read, Written]) end])
    catch
        error:_ -> {error, badarg}
    end;
write_file_info(_, _, _) ->
    {error, badarg}.

%% What the file system cannot set stays as it is.
each([Do | Rest]) ->
    case Do() of
        {error, Reason} when Reason =/= enotsup -> {error, Reason};
        _ -> each(Rest)
    end;
each([]) -> ok.

first([undefined | Rest]) -> first(Rest);
first([Value | _]) -> Value.

set_owner(_, undefined, undefined) -> ok;
set_owner(Name, User, Group) -> call(set_owner, [Name, id(User), id(Group)]).

id(undefined) -> -1;
id(Id) -> Id.

set_mode(_, undefined) -> ok;
set_mode(Name, Mode) -> call(set_permissions, [Name, Mode]).

get_cwd() -> call(get_cwd, []).

%% There are no drives.
get_cwd([Letter, $:]) when Letter >= $A, Letter =< $Z; Letter >= $a, Letter =< $z -> {error, enotsup};
get_cwd([_ | _]) -> {error, einval};
get_cwd(_) -> {error, badarg}.

set_cwd(Name) -> call(set_cwd, [Name]).
delete(Name) -> call(delete, [Name]).
rename(From, To) -> call(rename, [From, To]).
make_dir(Name) -> call(make_dir, [Name]).
del_dir(Name) -> call(del_dir, [Name]).
make_link(Existing, New) -> call(make_link, [Existing, New]).
make_symlink(Existing, New) -> call(make_symlink, [Existing, New]).

%% There are no short names.
altname(Name) ->
    case call(name2native, [Name]) of
        {error, _} = Error -> Error;
        _ -> {error, enotsup}
    end.

internal_name2native(Name) -> atomvm_file:name2native(Name).
internal_native2name(Name) -> atomvm_file:native2name(Name).

internal_normalize_utf8(Name) -> unicode:characters_to_nfc_list(Name).

is_translatable(Name) when is_binary(Name) -> is_list(internal_native2name(Name));
is_translatable(Name) -> is_binary(internal_name2native(Name)).
