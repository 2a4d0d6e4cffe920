%% What the programmer's guide says of files in packs and of code that is loaded while a program runs.
%% The pack that it adds is made here, as the guide on file formats describes it.
-module(guide_code).
-export([start/0]).

start() ->
    no_files(),
    binary_pack(),
    file_pack(),
    modules(),
    io:format("all as the guide says~n"),
    ok.

no_files() ->
    undefined = atomvm:read_priv(my_application, <<"my_file.txt">>),
    undefined = atomvm:read_priv(my_application, "my_file.txt").

binary_pack() ->
    ok = atomvm:add_avm_pack_binary(pack(first, <<"some text">>), [{name, my_avm}]),
    {ok, <<"first.beam">>} = atomvm:get_start_beam(my_avm),
    {error, not_found} = atomvm:get_start_beam(other_avm),
    first = (module(first)):start(),
    <<"some text">> = atomvm:read_priv(first, <<"my_files/my_file.txt">>),
    <<"some text">> = atomvm:read_priv(first, "my_files/my_file.txt"),
    undefined = atomvm:read_priv(first, <<"my_file.txt">>),
    ok = atomvm:close_avm_pack(my_avm, []),
    error = atomvm:close_avm_pack(my_avm, []),
    undefined = atomvm:read_priv(first, <<"my_files/my_file.txt">>),
    badarg = raises(fun() -> atomvm:add_avm_pack_binary(<<"no pack">>, []) end).

file_pack() ->
    File = file("second.avm"),
    ok = file:write_file(File, pack(second, <<>>)),
    ok = atomvm:add_avm_pack_file(File, [{name, on_disk}]),
    {ok, <<"second.beam">>} = atomvm:get_start_beam(on_disk),
    second = (module(second)):start(),
    <<>> = atomvm:read_priv(second, <<"my_files/my_file.txt">>),
    ok = atomvm:close_avm_pack(on_disk, []),
    ok = file:delete(File),
    {error, enoent} = atomvm:add_avm_pack_file(File, []).

modules() ->
    {module, third} = code:load_binary(third, "third.beam", beam(third)),
    third = (module(third)):start(),
    {error, _} = code:load_binary(fourth, "fourth.beam", beam(third)),
    {error, _} = code:load_binary(third, "third.beam", <<"no module">>),
    third = (module(third)):start(),
    File = file("fifth"),
    ok = file:write_file(File ++ ".beam", beam(fifth)),
    {module, fifth} = code:load_abs(File),
    fifth = (module(fifth)):start(),
    ok = file:delete(File ++ ".beam"),
    {error, _} = code:load_abs(File ++ "_none"),
    ok = file:del_dir(filename:dirname(File)).

module(Name) -> list_to_existing_atom(atom_to_list(Name)).

%% A file in a folder of this program's own.
file(Name) ->
    File = filename:join([os:getenv("TMPDIR", "/tmp"), "guide_code_" ++ os:getpid(), Name]),
    ok = filelib:ensure_dir(File),
    File.

raises(Do) -> try Do() of Value -> {returned, Value} catch error:Reason -> Reason end.

%% A module whose start/0 returns its name.
beam(Name) ->
    Forms = [{attribute, 1, module, Name}, {attribute, 1, export, [{start, 0}]},
             {function, 1, start, 0, [{clause, 1, [], [], [{atom, 1, Name}]}]}],
    {ok, Name, Beam} = compile:forms(Forms, []),
    Beam.

%% That module and a file in its folder `priv`.
pack(Name, Contents) ->
    Text = atom_to_list(Name),
    Header = <<"#!/usr/bin/env AtomVM\n", 0, 0>>,
    iolist_to_binary([Header,
        section(3, Text ++ ".beam", beam(Name)),
        section(4, Text ++ "/priv/my_files/my_file.txt", <<(byte_size(Contents)):32, Contents/binary>>),
        section(0, "end", <<>>)]).

section(0, Name, <<>>) -> [<<0:32, 0:32, 0:32>>, Name, 0];
section(Flags, Name, Data) ->
    Named = padded(<<(list_to_binary(Name))/binary, 0>>),
    Body = padded(Data),
    [<<(12 + byte_size(Named) + byte_size(Body)):32, Flags:32, 0:32>>, Named, Body].

padded(Bytes) -> <<Bytes/binary, 0:(8 * ((4 - byte_size(Bytes) rem 4) rem 4))>>.
