%% For packs that hold only what is used.
%%
%% Global names and locks of a node alone, which nobody else can hold. A process that starts with the
%% first call keeps them, until who has them unregisters them or ends.
%%
%% Groups of nodes and what becomes of names as nodes meet are not here: those calls are undefined.
-module(global).
-export([register_name/2, register_name/3, re_register_name/2, re_register_name/3, unregister_name/1,
         whereis_name/1, registered_names/0, send/2]).
-export([set_lock/1, set_lock/2, set_lock/3, del_lock/1, del_lock/2, trans/2, trans/3, trans/4]).
-export([sync/0, random_notify_name/3, random_exit_name/3, notify_all_name/3]).

-define(SERVER, global_name_server).

register_name(Name, Pid) when is_pid(Pid) -> call({register, Name, Pid}).

%% Names of one node do not clash, so that nothing has to resolve that.
register_name(Name, Pid, Resolve) when is_function(Resolve, 3) -> register_name(Name, Pid);
register_name(Name, Pid, {_, _}) -> register_name(Name, Pid).

re_register_name(Name, Pid) when is_pid(Pid) -> call({re_register, Name, Pid}).

re_register_name(Name, Pid, Resolve) when is_function(Resolve, 3) -> re_register_name(Name, Pid);
re_register_name(Name, Pid, {_, _}) -> re_register_name(Name, Pid).

unregister_name(Name) -> call({unregister, Name}).

whereis_name(Name) -> call({whereis, Name}).

registered_names() -> call(names).

send(Name, Message) ->
    case whereis_name(Name) of
        Pid when is_pid(Pid) -> Pid ! Message, Pid;
        undefined -> exit({badarg, {Name, Message}})
    end.

set_lock(Id) -> set_lock(Id, [node()], infinity).

set_lock(Id, Nodes) -> set_lock(Id, Nodes, infinity).

set_lock({_, _} = Id, Nodes, Retries) when is_list(Nodes) -> locked(Id, Retries, 1).

locked(Id, Retries, Times) ->
    case call({lock, Id, self()}) of
        true ->
            true;
        false when Retries =:= 0 ->
            false;
        false ->
            receive after rand:uniform(min(Times * 50, 8000)) -> ok end,
            locked(Id, fewer(Retries), Times + 1)
    end.

fewer(infinity) -> infinity;
fewer(Retries) -> Retries - 1.

del_lock(Id) -> del_lock(Id, [node()]).

del_lock({_, _} = Id, Nodes) when is_list(Nodes) -> call({unlock, Id, self()}).

trans(Id, Fun) -> trans(Id, Fun, [node()], infinity).

trans(Id, Fun, Nodes) -> trans(Id, Fun, Nodes, infinity).

trans(Id, Fun, Nodes, Retries) ->
    case set_lock(Id, Nodes, Retries) of
        true ->
            try
                Fun()
            after
                del_lock(Id, Nodes)
            end;
        false ->
            aborted
    end.

sync() -> ok.

%% Which process keeps a name that two have.
random_exit_name(_Name, A, B) ->
    exit(min(A, B), kill),
    max(A, B).

random_notify_name(Name, A, B) ->
    min(A, B) ! {global_name_conflict, Name},
    max(A, B).

notify_all_name(Name, A, B) ->
    A ! {global_name_conflict, Name, B},
    B ! {global_name_conflict, Name, A},
    none.

%% Asks the process that keeps the names. It never ends.
call(Request) ->
    Tag = make_ref(),
    server() ! {Request, self(), Tag},
    receive
        {Tag, Reply} -> Reply
    end.

server() ->
    case whereis(?SERVER) of
        undefined ->
            Pid = spawn(fun() -> serve(#{}, #{}) end),
            try register(?SERVER, Pid) of
                true -> Pid
            catch
                %% Another process was faster.
                error:badarg -> exit(Pid, kill), whereis(?SERVER)
            end;
        Pid ->
            Pid
    end.

%% Names, each with a process and its monitor; resources that are locked, each with who asks for it
%% and, for each time that it was locked, a process and its monitor.
serve(Names, Locks) ->
    receive
        {Request, From, Tag} when is_reference(Tag) ->
            {Reply, NextNames, NextLocks} = answer(Request, Names, Locks),
            From ! {Tag, Reply},
            serve(NextNames, NextLocks);
        {'DOWN', Monitor, process, _, _} ->
            Left = maps:filter(fun(_, {_, M}) -> M =/= Monitor end, Names),
            serve(Left, without(fun({_, M}) -> M =:= Monitor end, Locks));
        _ ->
            serve(Names, Locks)
    end.

answer({register, Name, _}, Names, Locks) when is_map_key(Name, Names) ->
    {no, Names, Locks};
answer({register, Name, Pid}, Names, Locks) ->
    {yes, Names#{Name => monitored(Pid)}, Locks};
answer({re_register, Name, Pid}, Names, Locks) ->
    {yes, (forget(Name, Names))#{Name => monitored(Pid)}, Locks};
answer({unregister, Name}, Names, Locks) ->
    {ok, forget(Name, Names), Locks};
answer({whereis, Name}, Names, Locks) ->
    case Names of
        #{Name := {Pid, _}} -> {Pid, Names, Locks};
        _ -> {undefined, Names, Locks}
    end;
answer(names, Names, Locks) ->
    {maps:keys(Names), Names, Locks};
answer({lock, {Resource, By}, Pid}, Names, Locks) ->
    case Locks of
        #{Resource := {By, Times}} -> {true, Names, Locks#{Resource := {By, [monitored(Pid) | Times]}}};
        #{Resource := _} -> {false, Names, Locks};
        _ -> {true, Names, Locks#{Resource => {By, [monitored(Pid)]}}}
    end;
answer({unlock, {Resource, By}, Pid}, Names, Locks) ->
    case Locks of
        #{Resource := {By, Times}} ->
            case lists:keytake(Pid, 1, Times) of
                {value, {_, Monitor}, _} ->
                    demonitor(Monitor, [flush]),
                    {true, Names, without(fun({_, M}) -> M =:= Monitor end, Locks)};
                false ->
                    {true, Names, Locks}
            end;
        _ ->
            {true, Names, Locks}
    end.

monitored(Pid) -> {Pid, monitor(process, Pid)}.

forget(Name, Names) ->
    case maps:take(Name, Names) of
        {{_, Monitor}, Left} -> demonitor(Monitor, [flush]), Left;
        error -> Names
    end.

%% The locks without the times that are `Gone`.
without(Gone, Locks) ->
    Left = [{Resource, {By, [T || T <- Times, not Gone(T)]}} || {Resource, {By, Times}} <- maps:to_list(Locks)],
    maps:from_list([Lock || {_, {_, [_ | _]}} = Lock <- Left]).
