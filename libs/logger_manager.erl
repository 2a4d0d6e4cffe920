%% AtomVM's set-up of logging: levels and handlers by one map. While it runs, OTP's `logger` gives the
%% events that pass to its handlers, in AtomVM's form, and the usual handler is out.
-module(logger_manager).
-behaviour(gen_server).
-export([start_link/1, stop/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2]).
%% As a handler of OTP's `logger`.
-export([log/2]).

-record(state, {primary, modules, usual, handlers}).

start_link(Config) -> gen_server:start_link({local, ?MODULE}, ?MODULE, Config, []).

stop() -> gen_server:stop(?MODULE).

init(Config) ->
    Logger = maps:get(logger, Config, []),
    try handlers(Logger) of
        Handlers ->
            process_flag(trap_exit, true),
            {ok, set_up(maps:get(log_level, Config, notice), Logger, Handlers)}
    catch
        error:badarg -> {stop, badarg}
    end.

%% Those to be: the default one too, unless it is replaced or switched off. There is one at most.
handlers(Logger) ->
    Configured = [{Id, Module, Config} || {handler, Id, Module, Config} <- Logger],
    Off = lists:member({handler, default, undefined}, Logger),
    case [default || {default, _, _} <- Configured] of
        [] when Off -> Configured;
        [] -> [{default, logger_std_h, #{}} | Configured];
        [default] when not Off -> Configured;
        _ -> error(badarg)
    end.

set_up(Level, Logger, Handlers) ->
    Primary = logger:get_primary_config(),
    Modules = logger:get_module_level(),
    Usual = logger:get_handler_config(default),
    _ = logger:remove_handler(default),
    ok = logger:set_primary_config(level, Level),
    _ = [ok = logger:set_module_level(Ms, L) || {module_level, L, Ms} <- Logger],
    _ = [ok = add(Handler) || Handler <- Handlers],
    #state{primary = Primary, modules = Modules, usual = Usual, handlers = [Id || {Id, _, _} <- Handlers]}.

add({Id, Module, Config}) ->
    Level = maps:get(level, Config, all),
    Own = Config#{id => Id, module => Module, level => Level},
    logger:add_handler(Id, ?MODULE, #{level => Level, filter_default => log, filters => [], config => Own}).

handle_call(_, _From, State) -> {reply, {error, unimplemented}, State}.

handle_cast(_, State) -> {noreply, State}.

handle_info(_, State) -> {noreply, State}.

%% All is as before.
terminate(_Reason, #state{primary = Primary, modules = Modules, usual = Usual, handlers = Handlers}) ->
    _ = [logger:remove_handler(Id) || Id <- Handlers],
    ok = logger:set_primary_config(maps:with([level], Primary)),
    ok = logger:unset_module_level(),
    _ = [logger:set_module_level(M, Level) || {M, Level} <- Modules],
    case Usual of
        {ok, #{module := Module} = Config} -> logger:add_handler(default, Module, Config);
        _ -> ok
    end.

%% Called in the process that logs.
log(Event, #{config := #{module := Module} = Config}) ->
    Own = event(Event),
    case Module of
        logger_std_h -> io:put_chars(user, line(Own));
        _ -> Module:log(Own, Config)
    end.

%% An event as AtomVM's handlers get it: a macro's place in the source is one field of the metadata.
event(#{level := Level, msg := Message, meta := Meta}) ->
    Place = maps:with([file, line, mfa], Meta),
    Others = maps:without([file, line, mfa, pid, time, gl], Meta),
    OwnMeta =
        case Place of
            #{mfa := _} -> Others#{location => Place};
            _ -> Others
        end,
    #{timestamp => maps:get(time, Meta), level => Level, pid => maps:get(pid, Meta), msg => message(Message),
      meta => OwnMeta}.

message({string, String}) -> String;
message({report, Report}) -> {"~p", [Report]};
message({Format, Args}) -> {Format, Args}.

line(#{timestamp := Time, level := Level, pid := Pid, msg := Message, meta := Meta}) ->
    io_lib:format("~ts [~p] ~p ~ts~ts~n", [time(Time), Level, Pid, place(Meta), text(Message)]).

time(Microseconds) ->
    {{Year, Month, Day}, {Hour, Minute, Second}} = calendar:system_time_to_universal_time(Microseconds, microsecond),
    Milli = Microseconds div 1000 rem 1000,
    io_lib:format("~4..0B-~2..0B-~2..0BT~2..0B:~2..0B:~2..0B.~3..0B", [Year, Month, Day, Hour, Minute, Second, Milli]).

place(#{location := #{mfa := {Module, Function, Arity}}}) -> io_lib:format("~p:~p/~p ", [Module, Function, Arity]);
place(_) -> "".

text({Format, Args}) ->
    try io_lib:format(Format, Args)
    catch error:_ -> io_lib:format("~p ~p", [Format, Args])
    end;
text(String) -> String.
