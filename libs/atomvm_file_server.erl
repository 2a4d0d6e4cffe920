%% The process that OTP's `file` talks to. What it does is done by OTP's `file_server`, but for the
%% table of open files, which nothing reads.
-module(atomvm_file_server).
-behaviour(gen_server).
-export([become/0, init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% Makes the calling process the server.
become() ->
    {ok, State} = init([]),
    gen_server:enter_loop(?MODULE, [], State, {local, file_server_2}).

init([]) ->
    process_flag(trap_exit, true),
    {ok, undefined}.

handle_call({open, Name, Modes}, {Owner, _}, State) when is_list(Modes) ->
    {reply, file_io_server:start_link(Owner, Name, Modes), State};
handle_call(Request, From, State) ->
    file_server:handle_call(Request, From, State).

handle_cast(Request, State) ->
    file_server:handle_cast(Request, State).

handle_info({'EXIT', _, _}, State) ->
    {noreply, State};
handle_info(Message, State) ->
    file_server:handle_info(Message, State).
