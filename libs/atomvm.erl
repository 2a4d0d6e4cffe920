%% What AtomVM has and OTP has not: packs that are added while the program runs, and their files.
-module(atomvm).
-export([random/0, rand_bytes/1, posix_clock_settime/2]).
-export([add_avm_pack_binary/2, add_avm_pack_file/2, close_avm_pack/2, get_start_beam/1, read_priv/2]).

%% A whole number below 2^32.
random() ->
    <<Number:32>> = rand_bytes(4),
    Number.

%% Bytes that nobody can foresee, from the host.
rand_bytes(Count) when is_integer(Count), Count >= 0 -> atomvm_host:entropy(Count);
rand_bytes(_) -> error(badarg).

%% Sets the VM's clock; that of the host stays as it is.
posix_clock_settime(realtime, {Seconds, Nanoseconds})
  when is_integer(Seconds), is_integer(Nanoseconds), Nanoseconds >= 0, Nanoseconds < 1000000000 ->
    atomvm_host:set_time(Seconds, Nanoseconds).

%% Adds the modules and files of a pack. With the option {name, Atom} it can be closed again.
add_avm_pack_binary(Pack, Options) when is_binary(Pack) ->
    added(atomvm_code:add_pack(name(Options), <<"binary.avm">>, Pack)).

add_avm_pack_file(Path, Options) ->
    added(atomvm_code:add_pack(name(Options), characters(Path), file)).

added(ok) -> ok;
added(enoent) -> {error, enoent};
added(_BadOrTaken) -> error(badarg).

name(Options) ->
    case lists:keyfind(name, 1, Options) of
        {name, Name} when is_atom(Name) -> Name;
        false -> [];
        _ -> error(badarg)
    end.

%% Its modules are not found any more; those that are loaded stay. The options are ignored.
close_avm_pack(Name, _Options) when is_atom(Name) ->
    case atomvm_code:close_pack(Name) of
        true -> ok;
        false -> error
    end.

%% The name of the file of the module that a pack starts, for instance <<"main.beam">>.
get_start_beam(Name) when is_atom(Name) ->
    case atomvm_code:start_file(Name) of
        error -> {error, not_found};
        File -> {ok, File}
    end.

%% A file in the folder `priv` of an application in a pack; `undefined` if there is none.
read_priv(Application, Path) when is_atom(Application) ->
    Name = [atom_to_binary(Application), <<"/priv/">>, characters(Path)],
    atomvm_code:file_contents(iolist_to_binary(Name)).

characters(Path) ->
    case unicode:characters_to_binary(Path) of
        Binary when is_binary(Binary) -> Binary;
        _ -> error(badarg)
    end.
