%% What a VM takes for loading code and for processes that wait.
%%
%%   capacity loading FOLDER     microseconds, and bytes of the Code chunks, of all modules there
%%   capacity processes NUMBER   bytes for each process
-module(capacity).
-export([start/0]).

start() ->
    case init:get_plain_arguments() of
        ["loading", Folder] -> loading(filelib:wildcard(filename:join(Folder, "*.beam")));
        ["processes", Number] -> processes(list_to_integer(Number))
    end.

loading(Files) ->
    Modules = [module(File) || File <- Files],
    Before = erlang:memory(total),
    Start = erlang:monotonic_time(microsecond),
    [{module, _} = code:load_binary(Module, File, Binary) || {Module, File, Binary, _} <- Modules],
    Took = erlang:monotonic_time(microsecond) - Start,
    io:format("~b ~b ~b~n", [Took, lists:sum([Size || {_, _, _, Size} <- Modules]), erlang:memory(total) - Before]).

module(File) ->
    {ok, Binary} = file:read_file(File),
    {ok, {Module, [{"Code", Code}]}} = beam_lib:chunks(Binary, ["Code"]),
    {Module, File, Binary, byte_size(Code)}.

processes(Number) ->
    Before = erlang:memory(processes),
    Pids = [spawn(fun idle/0) || _ <- lists:seq(1, Number)],
    %% The list that holds them is not theirs.
    garbage_collect(),
    Bytes = erlang:memory(processes) - Before - process_info_size(),
    [exit(Pid, kill) || Pid <- Pids],
    io:format("~b~n", [Bytes div Number]).

process_info_size() ->
    {memory, Bytes} = process_info(self(), memory),
    Bytes.

idle() -> receive stop -> ok end.
