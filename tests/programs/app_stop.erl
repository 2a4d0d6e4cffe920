%% Applications that start, stop and end before anything else is logged: the controller itself is the
%% first that logs. And what the system logs of a process that fails reaches the handlers.
-module(app_stop).
-behaviour(application).
-export([start/0, start/2, stop/1, log/2]).

start() ->
    ok = load(first),
    ok = application:start(first),
    ok = application:stop(first),
    io:format("~p~n", [names()]),
    %% Logging has started then.
    #{level := Level} = logger:get_primary_config(),
    ok = logger:set_primary_config(level, error),
    ok = application:start(first),
    exit(whereis(first), kill),
    io:format("~p~n", [gone(100)]),
    ok = application:set_env(kernel, some_key, some_value),
    io:format("~p ~p~n", [application:get_env(kernel, some_key), application:unload(first)]),
    failing_process(),
    logger:set_primary_config(level, Level).

load(Name) ->
    application:load({application, Name, [{description, "An application"}, {vsn, "1"}, {modules, [?MODULE]},
        {registered, [Name]}, {applications, [kernel, stdlib]}, {mod, {?MODULE, Name}}]}).

start(normal, Name) ->
    Pid = spawn_link(fun() -> receive stop -> ok end end),
    register(Name, Pid),
    {ok, Pid}.

stop(_) -> ok.

%% Other programs may have started others.
names() ->
    Mine = [first, kernel, stdlib],
    lists:sort([Name || {Name, _, _} <- application:which_applications(), lists:member(Name, Mine)]).

gone(0) -> names();
gone(N) ->
    case lists:member(first, names()) of
        true -> receive after 10 -> ok end, gone(N - 1);
        false -> names()
    end.

%% As a handler of the log.
log(Event, #{config := To}) -> To ! {log, Event}.

failing_process() ->
    ok = logger:add_handler(mine, ?MODULE, #{config => self()}),
    Pid = spawn(fun() -> error(some_reason) end),
    receive
        {log, #{level := error, msg := {Format, [Pid, {some_reason, [_ | _]}]}, meta := #{pid := Pid} = Meta}} ->
            io:format("~s ~p~n", [Format, lists:sort(maps:keys(Meta))])
    after 5000 -> io:format("nothing was logged~n")
    end,
    logger:remove_handler(mine).
