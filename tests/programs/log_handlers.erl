%% OTP's logger: handlers, filters, levels, metadata, formatters, reports, error_logger.
-module(log_handlers).
-export([start/0, log/2, adding_handler/1, removing_handler/1, changing_config/3, filter_config/1, report_event/2]).
-export([init/1, handle_event/2, handle_call/2, terminate/2]).
-include_lib("kernel/include/logger.hrl").

start() ->
    true = register(?MODULE, self()),
    ok = logger:set_primary_config(level, notice),
    _ = logger:remove_handler(default),
    show(handlers, logger:get_handler_ids() -- [cth_log_redirect]),
    show(add, logger:add_handler(h1, ?MODULE, #{config => #{to => me}, level => warning, formatter => plain(), filter_default => log})),
    show(twice, logger:add_handler(h1, ?MODULE, #{})),
    show(bad, [logger:add_handler("h", ?MODULE, #{}), logger:add_handler(h9, no_such_module, #{}), logger:add_handler(h9, ?MODULE, #{level => high})]),
    events(),
    levels(),
    filters(),
    metadata(),
    formatting(),
    errors(),
    show(change, logger:update_handler_config(h1, config, #{other => 1})),
    {ok, Config} = logger:get_handler_config(h1),
    show(config, lists:sort(maps:to_list(maps:remove(filters, Config)))),
    show(remove, [logger:remove_handler(h1), logger:remove_handler(h1)]),
    show(ids, logger:get_handler_ids()),
    true = unregister(?MODULE),
    ok.

plain() -> {logger_formatter, #{template => [level, " ", {domain, [domain], ["-"]}, " ", {mfa, [mfa], []}, {k, ["k=", k], ["no k"]}, ": ", msg, "\n"], single_line => true}}.

events() ->
    ?LOG_ERROR("macro ~p", [1]),
    ?LOG_WARNING("string"),
    ?LOG_CRITICAL(#{what => report, n => 1}),
    ?LOG_ALERT([{a, 1}, {b, "text"}]),
    ?LOG_NOTICE("below"),
    ?LOG_ERROR("with meta ~w", [x], #{k => v}),
    ?LOG(emergency, "any ~s", ["level"]),
    logger:error("function ~p", [2]),
    logger:log(warning, "log/2"),
    logger:log(warning, "log ~p", [3]),
    logger:log(error, fun(X) -> {"lazy ~p", [X]} end, arg),
    logger:log(debug, fun(_) -> exit(never) end, arg),
    logger:warning(#{r => 1}, #{k => 2, report_cb => fun(R) -> {"cb ~p", [R]} end}),
    logger:warning(<<"binary">>),
    error_logger:error_msg("old ~p~n", [4]),
    error_logger:warning_report([{x, 1}]),
    error_logger:error_report(my_type, report).

levels() ->
    show(module, logger:set_module_level(?MODULE, critical)),
    ?LOG_ERROR("filtered by module"),
    ?LOG_CRITICAL("passes"),
    show(get, logger:get_module_level(?MODULE)),
    ok = logger:unset_module_level(?MODULE),
    show(compare, [logger:compare_levels(A, B) || A <- [error, debug], B <- [info, error, debug]]),
    show(bad, [logger:set_primary_config(level, x), logger:set_module_level(?MODULE, y), try logger:compare_levels(a, b) catch error:R -> R end]),
    show(allow, [logger:allow(debug, ?MODULE), logger:allow(error, lists)]),
    ok = logger:set_handler_config(h1, level, error),
    ?LOG_WARNING("too low for the handler"),
    ok = logger:set_handler_config(h1, level, all),
    ?LOG_DEBUG("low enough"),
    ok = logger:set_primary_config(level, error),
    ?LOG_INFO("too low"),
    ok = logger:set_primary_config(level, notice).

filters() ->
    Stop = {fun(#{meta := #{stop := true}}, _) -> stop; (_, _) -> ignore end, []},
    show(filter, logger:add_handler_filter(h1, no, Stop)),
    show(filter, logger:add_handler_filter(h1, no, Stop)),
    ?LOG_ERROR("stopped", [], #{stop => true}),
    ?LOG_ERROR("goes on", [], #{stop => false}),
    Change = {fun(#{msg := _} = E, Text) -> E#{msg := {string, Text}} end, "changed"},
    show(primary, logger:add_primary_filter(ch, Change)),
    ?LOG_ERROR("original"),
    show(removed, [logger:remove_primary_filter(ch), logger:remove_primary_filter(ch)]),
    show(domain, logger:add_handler_filter(h1, dom, {fun logger_filters:domain/2, {stop, sub, [a]}})),
    ?LOG_ERROR("in a", #{domain => [a, b]}),
    ?LOG_ERROR("in b", #{domain => [b]}),
    ok = logger:remove_handler_filter(h1, dom),
    ok = logger:remove_handler_filter(h1, no).

metadata() ->
    show(none, logger:get_process_metadata()),
    ok = logger:set_process_metadata(#{k => process}),
    ?LOG_ERROR("own k"),
    ok = logger:update_process_metadata(#{l => 1}),
    show(both, maps:to_list(logger:get_process_metadata())),
    ?LOG_ERROR("call's k", [], #{k => call}),
    ok = logger:unset_process_metadata(),
    ok = logger:update_primary_config(#{metadata => #{k => primary}}),
    ?LOG_ERROR("primary k"),
    ok = logger:update_primary_config(#{metadata => #{}}),
    show(badarg, try logger:set_process_metadata(x) catch error:R -> R end).

formatting() ->
    Event = #{level => notice, msg => {"a ~p~nb", [[x]]}, meta => #{time => 0, pid => list_to_pid("<0.1.0>"), gl => self(), mfa => {m, f, 1}, line => 7}},
    Format = fun(C) -> show(text, lists:flatten(logger_formatter:format(Event, C#{time_offset => "Z"}))) end,
    Format(#{}),
    Format(#{legacy_header => true}),
    Format(#{single_line => false}),
    Format(#{template => [time, " ", line, " ", mfa, " ", msg]}),
    Format(#{max_size => 5, template => [msg]}),
    Format(#{depth => 2, template => [msg], chars_limit => 10}),
    show(report, [logger:format_report(#{a => 1}), logger:format_report([{a, "b"}, c]), logger:format_otp_report(#{label => {x, y}, report => [{k, v}]})]),
    show(check, logger_formatter:check_config(#{nonsense => 1})).

errors() ->
    show(config, [logger:get_handler_config(none), logger:set_handler_config(none, level, all), logger:set_handler_config(h1, module, x)]),
    show(add_report, error_logger:add_report_handler(?MODULE, self())),
    error_logger:warning_msg("to the old handler"),
    receive {old, What} -> show(old, What) after 1000 -> show(old, nothing) end,
    show(delete, error_logger:delete_report_handler(?MODULE)).

%% What the logger's own process has to show stands before what comes of it: its output would go to
%% `user`.
show(What, Term) ->
    receive
        {?MODULE, Then, Shown} -> print(Then, Shown), show(What, Term)
    after 0 -> print(What, Term)
    end.

print(What, Term) -> io:format("~p: ~0p~n", [What, Term]).

tell(What, Term) -> ?MODULE ! {?MODULE, What, Term}, ok.

%% The handler
adding_handler(Config) -> tell(adding, maps:get(level, Config)), {ok, Config}.
removing_handler(#{id := Id}) -> tell(removing, Id), ok.
changing_config(How, _Old, New) -> tell(changing, {How, maps:get(config, New, none)}), {ok, New}.
filter_config(Config) -> Config.
log(#{meta := Meta} = Event, #{formatter := {Module, Config}} = _Handler) ->
    true = is_pid(maps:get(pid, Meta)) andalso is_integer(maps:get(time, Meta)),
    io:put_chars(["| ", Module:format(Event, Config)]).
report_event(_, _) -> ok.

%% The old handler
init(To) -> {ok, To}.
handle_event({Type, _Gl, {_Pid, Format, Args}}, To) -> To ! {old, {Type, Format, Args}}, {ok, To};
handle_event(_, To) -> {ok, To}.
handle_call(_, To) -> {ok, ok, To}.
terminate(_, _) -> removed.
