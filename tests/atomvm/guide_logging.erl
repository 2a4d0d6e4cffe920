%% What the programmer's guide says of logging: levels, handlers, modules, the default handler's form.
-module(guide_logging).
-export([start/0, log/2]).
-include_lib("kernel/include/logger.hrl").

start() ->
    default_handler(),
    own_handler(),
    levels(),
    handler_level(),
    module_levels(),
    ok.

%% The default handler writes time, level, process, place and message.
default_handler() ->
    {ok, Manager} = logger_manager:start_link(#{}),
    Manager = whereis(logger_manager),
    ?LOG_NOTICE("Something happened that might require your attention: ~p", [thing]),
    ?LOG_INFO("below the usual level", []),
    ok = logger_manager:stop(),
    undefined = whereis(logger_manager).

%% A module's own handler gets the event as a map and its configuration.
own_handler() ->
    with(#{logger => [{handler, default, undefined}, {handler, mine, ?MODULE, #{config => {here, self()}}}]}, fun() ->
        ?LOG_WARNING("~p of ~p", [one, two]),
        Event = event(),
        #{level := warning, msg := {"~p of ~p", [one, two]}, timestamp := Time, pid := Pid, meta := Meta} = Event,
        Pid = self(),
        true = abs(Time - erlang:system_time(microsecond)) < 10000000,
        #{location := #{file := File, line := Line, mfa := Mfa}} = Meta,
        io:format("~s ~p ~p~n", [filename:basename(File), is_integer(Line), element(1, Mfa)]),
        logger:error("without a place"),
        #{level := error, msg := Plain, meta := NoPlace} = event(),
        io:format("~p ~p~n", [Plain, maps:is_key(location, NoPlace)]),
        logger:error(#{a => report}),
        #{msg := Report} = event(),
        io:format("~p~n", [Report])
    end).

%% What is at or above the level is logged, the rest is not.
levels() ->
    Levels = [emergency, alert, critical, error, warning, notice, info, debug],
    [with(#{log_level => Level, logger => mine()}, fun() ->
         [logger:log(Each, "~p", [Each]) || Each <- Levels],
         io:format("~p: ~p~n", [Level, events()])
     end) || Level <- Levels].

handler_level() ->
    Handlers = [{handler, default, undefined},
                {handler, all, ?MODULE, #{config => {all, self()}}},
                {handler, few, ?MODULE, #{level => error, config => {few, self()}}}],
    with(#{log_level => info, logger => Handlers}, fun() ->
        logger:info("~p", [info]),
        logger:error("~p", [error]),
        io:format("~p~n", [lists:sort(handled())])
    end).

module_levels() ->
    with(#{log_level => error, logger => [{module_level, debug, [?MODULE, other]} | mine()]}, fun() ->
        ?LOG_DEBUG("~p", [here]),
        ?LOG_DEBUG("~p", [there], #{mfa => {elsewhere, f, 0}}),
        io:format("~p~n", [events()])
    end),
    with(#{log_level => debug, logger => [{module_level, error, [?MODULE]} | mine()]}, fun() ->
        ?LOG_NOTICE("~p", [quiet]),
        ?LOG_ERROR("~p", [loud]),
        io:format("~p~n", [events()])
    end).

mine() -> [{handler, default, ?MODULE, #{config => {here, self()}}}].

with(Config, Do) ->
    {ok, _} = logger_manager:start_link(Config),
    Do(),
    ok = logger_manager:stop().

%% As a handler.
log(Event, #{id := _, module := ?MODULE, config := {Name, To}}) -> To ! {log, Name, Event}.

event() -> receive {log, _, Event} -> Event after 1000 -> none end.

events() -> [Value || {_, Value} <- handled()].

handled() ->
    receive
        {log, Name, #{msg := {_, [Value]}}} -> [{Name, Value} | handled()]
    after 50 -> []
    end.
