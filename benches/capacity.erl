%% What a VM takes for loading code, for processes that wait, and for collecting what lives.
%%
%%   capacity loading FOLDER     microseconds, and bytes of the Code chunks, of all modules there
%%   capacity processes NUMBER   bytes for each process
%%   capacity pause MEGABYTES    microseconds of a collection of all that lives, and its bytes
-module(capacity).
-export([start/0]).

start() ->
    case init:get_plain_arguments() of
        ["loading", Folder] -> loading(filelib:wildcard(filename:join(Folder, "*.beam")));
        ["processes", Number] -> processes(list_to_integer(Number));
        ["pause", Megabytes] -> pause(list_to_integer(Megabytes) bsl 20)
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

%% The data are a tree, a list of tuples and floats: about half of the words are pointers.
pause(Bytes) ->
    Rows = Bytes div (16 * erlang:system_info(wordsize)),
    Tree = gb_trees:from_orddict([{Key, {row, Key, Key / 3}} || Key <- lists:seq(1, Rows)]),
    garbage_collect(),
    Took = lists:min([collection() || _ <- lists:seq(1, 5)]),
    {garbage_collection_info, Info} = process_info(self(), garbage_collection_info),
    Live = proplists:get_value(heap_size, Info) + proplists:get_value(old_heap_size, Info),
    io:format("~b ~b~n", [Took, Live * erlang:system_info(wordsize)]),
    Rows = gb_trees:size(Tree).

collection() ->
    Start = erlang:monotonic_time(microsecond),
    garbage_collect(),
    erlang:monotonic_time(microsecond) - Start.
