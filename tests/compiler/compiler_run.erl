%% Compiles modules of OTP's stdlib from the abstract code in their files, and says what came out:
%% the size and checksum of each chunk. `ATOMVM_COMPILE` names the modules.
%%
%% The literals are compared as they are: the two VMs do not compress them to the same bytes. What the
%% compiler derives from those bytes, the module's version and that of its funs, is left out.
-module(compiler_run).
-export([start/0]).

start() ->
    Modules = string:lexemes(os:getenv("ATOMVM_COMPILE", "queue orddict"), " ,"),
    Start = erlang:monotonic_time(millisecond),
    lists:foreach(fun one/1, Modules),
    io:format(standard_error, "~b ms~n", [erlang:monotonic_time(millisecond) - Start]).

one(Module) ->
    File = filename:join(os:getenv("ATOMVM_STDLIB"), Module ++ ".beam"),
    case beam_lib:chunks(File, [abstract_code]) of
        {ok, {_, [{abstract_code, {_, Forms}}]}} ->
            {ok, Name, Beam} = compile:forms(Forms, [deterministic, binary]),
            {ok, Name, Chunks} = beam_lib:all_chunks(Beam),
            [io:format("~s ~s ~w~n", [Name, Id, erlang:crc32(comparable(Id, Data))]) || {Id, Data} <- Chunks];
        _ ->
            io:format("~s has no abstract code~n", [Module])
    end.

comparable("LitT", <<Size:32, Data/binary>>) when Size > 0 -> zlib:uncompress(Data);
comparable("FunT", <<Count:32, Funs/binary>>) -> [<<Count:32>> | [Fun || <<Fun:20/binary, _:32>> <= Funs]];
comparable("Attr", Data) -> term_to_binary(lists:keydelete(vsn, 1, binary_to_term(Data)));
comparable(_, Data) -> Data.
