%% Compiles modules of an application of OTP, and says what came out: size and checksum of the file and
%% of each chunk. `ATOMVM_COMPILE` names the modules, `ATOMVM_COMPILE_OF` the application's folder.
%%
%% What is compiled is the source, by `compile:file`; where that is not installed, the abstract code in
%% the compiled module.
-module(compiler_run).
-export([start/0]).

start() ->
    Modules = string:lexemes(os:getenv("ATOMVM_COMPILE"), " ,"),
    Folder = os:getenv("ATOMVM_COMPILE_OF"),
    %% Once without a look at the clock, so that the compiler's own modules are there.
    _ = compiled(Folder, hd(Modules)),
    Start = erlang:monotonic_time(millisecond),
    lists:foreach(fun(Module) -> one(Folder, Module) end, Modules),
    io:format(standard_error, "~b ms~n", [erlang:monotonic_time(millisecond) - Start]).

one(Folder, Module) ->
    case compiled(Folder, Module) of
        {ok, Name, Beam} ->
            io:format("~s ~b ~b~n", [Name, byte_size(Beam), erlang:crc32(Beam)]),
            {ok, Name, Chunks} = beam_lib:all_chunks(Beam),
            [io:format("~s ~s ~b~n", [Name, Id, erlang:crc32(Data)]) || {Id, Data} <- Chunks];
        Other ->
            io:format("~s ~p~n", [Module, Other])
    end.

compiled(Folder, Module) ->
    Source = filename:join([Folder, "src", Module ++ ".erl"]),
    case filelib:is_regular(Source) of
        true ->
            Include = [{i, filename:join([Folder, "include"])}, {i, filename:join([Folder, "..", "kernel", "include"])}],
            compile:file(Source, [deterministic, binary, return_errors | Include]);
        false ->
            File = filename:join([Folder, "ebin", Module ++ ".beam"]),
            case beam_lib:chunks(File, [abstract_code]) of
                {ok, {_, [{abstract_code, {_, Forms}}]}} ->
                    compile:forms(Forms, [deterministic, binary, return_errors]);
                _ ->
                    'no abstract code'
            end
    end.
