%% Global names and locks, on a node that is alone.
-module(lib_global).
-export([start/0, init/1, handle_call/3, handle_cast/2]).

start() ->
    Self = self(),
    undefined = global:whereis_name(x),
    yes = global:register_name(x, Self),
    Self = global:whereis_name(x),
    io:format("~p~n", [[global:register_name(x, Self), global:registered_names(), global:send(x, hi) =:= Self]]),
    io:format("~p~n", [receive hi -> got after 1000 -> nothing end]),
    io:format("~p~n", [{global:unregister_name(x), catch global:send(x, hi), global:re_register_name(x, Self)}]),
    io:format("~p~n", [[global:set_lock({a, self()}), global:set_lock({a, other}, [node()], 0)]]),
    io:format("~p~n", [[global:del_lock({a, self()}), global:trans({l, self()}, fun() -> 5 end), global:sync()]]),
    forgotten(),
    {ok, Server} = gen_server:start({global, server}, ?MODULE, [], []),
    io:format("~p~n", [{gen_server:call({global, server}, hello), gen_server:start({global, server}, ?MODULE, [], []) =:= {error, {already_started, Server}}}]),
    io:format("~p~n", [catch gen_server:call({global, nobody}, hello)]),
    gen_server:stop({global, server}).

%% A name goes with its process.
forgotten() ->
    {Pid, Monitor} = spawn_monitor(fun() -> receive stop -> ok end end),
    yes = global:register_name(short, Pid),
    Pid ! stop,
    receive {'DOWN', Monitor, _, _, _} -> ok end,
    wait_until_gone(short, 100).

wait_until_gone(Name, 0) -> io:format("still there: ~p~n", [global:whereis_name(Name)]);
wait_until_gone(Name, N) ->
    case global:whereis_name(Name) of
        undefined -> io:format("gone~n");
        _ -> timer:sleep(10), wait_until_gone(Name, N - 1)
    end.

init([]) -> {ok, []}.
handle_call(Request, _From, State) -> {reply, {reply, Request}, State}.
handle_cast(_, State) -> {noreply, State}.
