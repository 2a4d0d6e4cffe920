%% OTP's logging calls for packs that hold only what is used, where OTP's own `logger` would be the
%% larger part of most programs.
%%
%% OTP's logging calls, with one handler: what is at least as severe as the primary level (at
%% first `notice`) is written to standard error by the process that logs, as OTP's `logger_formatter`
%% shows it with a header of the old form.
%%
%% Handlers, filters and proxies are not here: calls to manage them are undefined.
-module(logger).
-export([emergency/1, emergency/2, emergency/3, alert/1, alert/2, alert/3,
         critical/1, critical/2, critical/3, error/1, error/2, error/3,
         warning/1, warning/2, warning/3, notice/1, notice/2, notice/3,
         info/1, info/2, info/3, debug/1, debug/2, debug/3]).
-export([log/2, log/3, log/4, allow/2, macro_log/3, macro_log/4, macro_log/5]).
-export([compare_levels/2, get_primary_config/0, set_primary_config/1, set_primary_config/2,
         set_module_level/2, unset_module_level/0, unset_module_level/1, get_module_level/1]).
-export([set_process_metadata/1, update_process_metadata/1, get_process_metadata/0,
         unset_process_metadata/0]).
-export([format_report/1, format_otp_report/1, timestamp/0, filter_stacktrace/2]).

-define(METADATA, '$logger_metadata$').
-define(PRIMARY, {?MODULE, primary}).
-define(MODULE_LEVEL(M), {?MODULE, level, M}).

emergency(X) -> log(emergency, X).
emergency(X, Y) -> log(emergency, X, Y).
emergency(X, Y, Z) -> log(emergency, X, Y, Z).
alert(X) -> log(alert, X).
alert(X, Y) -> log(alert, X, Y).
alert(X, Y, Z) -> log(alert, X, Y, Z).
critical(X) -> log(critical, X).
critical(X, Y) -> log(critical, X, Y).
critical(X, Y, Z) -> log(critical, X, Y, Z).
error(X) -> log(error, X).
error(X, Y) -> log(error, X, Y).
error(X, Y, Z) -> log(error, X, Y, Z).
warning(X) -> log(warning, X).
warning(X, Y) -> log(warning, X, Y).
warning(X, Y, Z) -> log(warning, X, Y, Z).
notice(X) -> log(notice, X).
notice(X, Y) -> log(notice, X, Y).
notice(X, Y, Z) -> log(notice, X, Y, Z).
info(X) -> log(info, X).
info(X, Y) -> log(info, X, Y).
info(X, Y, Z) -> log(info, X, Y, Z).
debug(X) -> log(debug, X).
debug(X, Y) -> log(debug, X, Y).
debug(X, Y, Z) -> log(debug, X, Y, Z).

log(Level, StringOrReport) ->
    when_allowed(Level, primary(level), fun() -> message(StringOrReport) end, #{}).

log(Level, StringOrReport, Meta) when is_map(Meta) ->
    when_allowed(Level, primary(level), fun() -> message(StringOrReport) end, Meta);
log(Level, FormatOrFun, Args) ->
    log(Level, FormatOrFun, Args, #{}).

log(Level, FormatOrFun, Args, Meta) ->
    when_allowed(Level, primary(level), fun() -> message(FormatOrFun, Args) end, Meta).

%% Whether an event of this level from this module is logged.
allow(Level, Module) ->
    severe_enough(Level, persistent_term:get(?MODULE_LEVEL(Module), primary(level))).

%% What the macros of `logger.hrl` call once `allow/2` has agreed.
macro_log(Location, Level, StringOrReport) ->
    emit(Level, message(StringOrReport), Location).

macro_log(Location, Level, StringOrReport, Meta) when is_map(Meta) ->
    emit(Level, message(StringOrReport), maps:merge(Location, Meta));
macro_log(Location, Level, FormatOrFun, Args) ->
    emit(Level, message(FormatOrFun, Args), Location).

macro_log(Location, Level, FormatOrFun, Args, Meta) ->
    emit(Level, message(FormatOrFun, Args), maps:merge(Location, Meta)).

when_allowed(Level, Configured, Message, Meta) ->
    case severe_enough(Level, Configured) of
        true -> emit(Level, Message(), Meta);
        false -> ok
    end.

message(String) when is_list(String), String =/= [], not is_tuple(hd(String)) -> {string, String};
message(String) when is_binary(String) -> {string, String};
message(Report) when is_map(Report); is_list(Report) -> {report, Report};
message(Other) -> {"~tp", [Other]}.

message(Fun, Arg) when is_function(Fun, 1) ->
    case Fun(Arg) of
        {Format, Args} when is_list(Format), is_list(Args) -> {Format, Args};
        StringOrReport -> message(StringOrReport)
    end;
message(Format, Args) -> {Format, Args}.

%% A log call never fails for what it logs.
emit(Level, Message, CallMeta) ->
    Event = #{level => Level, msg => Message, meta => metadata(CallMeta)},
    atomvm_console:write(stderr, text(Event)).

text(#{level := Level, msg := Message, meta := Meta} = Event) ->
    try unicode:characters_to_binary([header(Level, Meta), $\n, shown(Message, Meta), $\n])
    catch Class:Reason -> unformatted(Class, Reason, Event)
    end.

header(Level, #{time := Time} = Meta) ->
    Seconds = erlang:posixtime_to_universaltime(Time div 1000000),
    {{Y, Mo, D}, {H, Mi, S}} = erlang:universaltime_to_localtime(Seconds),
    io_lib:format("=~ts==== ~w-~s-~4w::~2..0w:~2..0w:~2..0w.~6..0w ===",
                  [title(Level, Meta), D, month(Mo), Y, H, Mi, S, Time rem 1000000]).

title(_, #{logger_formatter := #{title := Title}}) -> Title;
title(notice, #{error_logger := _}) -> "INFO REPORT";
title(Level, _) -> string:uppercase(atom_to_list(Level)) ++ " REPORT".

month(Number) -> lists:sublist("JanFebMarAprMayJunJulAugSepOctNovDec", 3 * Number - 2, 3).

shown({string, String}, _) -> shown({"~ts", [String]}, #{});
shown({report, Report}, #{report_cb := Fun}) when is_function(Fun, 1) ->
    try Fun(Report) of
        {Format, Args} when is_list(Format), is_list(Args) -> shown({Format, Args}, #{});
        Other -> shown({"REPORT_CB/1 ERROR: ~tp; Returned: ~tp", [Report, Other]}, #{})
    catch
        C:R:S -> shown({"REPORT_CB/1 CRASH: ~tp; Reason: ~tp", [Report, {C, R, without_own(S)}]}, #{})
    end;
shown({report, Report}, #{report_cb := Fun}) when is_function(Fun, 2) ->
    try Fun(Report, #{depth => unlimited, chars_limit => unlimited, single_line => false}) of
        Other ->
            try true = is_list(List = unicode:characters_to_list(Other, unicode)), List
            catch _:_ -> shown({"REPORT_CB/2 ERROR: ~tp; Returned: ~tp", [Report, Other]}, #{})
            end
    catch
        C:R:S -> shown({"REPORT_CB/2 CRASH: ~tp; Reason: ~tp", [Report, {C, R, without_own(S)}]}, #{})
    end;
shown({report, Report}, _) -> shown(format_report(Report), #{});
shown({Format, Args}, _) ->
    try io_lib:format(Format, Args)
    catch _:_ -> io_lib:format("FORMAT ERROR: ~tp - ~tp", [Format, Args])
    end.

without_own(Stack) -> filter_stacktrace(?MODULE, Stack).

unformatted(Class, Reason, Event) ->
    try unicode:characters_to_binary(io_lib:format("logger: ~tp ~tp in ~tp~n", [Class, Reason, Event]))
    catch _:_ -> <<"logger: an event that cannot be formatted\n">>
    end.

metadata(CallMeta) ->
    Own = #{pid => self(), gl => group_leader(), time => timestamp()},
    Process = case get_process_metadata() of undefined -> #{}; Map -> Map end,
    maps:merge(maps:merge(Own, Process), CallMeta).

timestamp() -> erlang:system_time(microsecond).

severe_enough(Level, Configured) -> rank(Level) =< rank(Configured).

rank(none) -> -1;
rank(emergency) -> 0;
rank(alert) -> 1;
rank(critical) -> 2;
rank(error) -> 3;
rank(warning) -> 4;
rank(notice) -> 5;
rank(info) -> 6;
rank(debug) -> 7;
rank(all) -> 8.

compare_levels(Level, Level) -> eq;
compare_levels(A, B) ->
    case rank(A) < rank(B) of
        true -> gt;
        false -> lt
    end.

get_primary_config() -> persistent_term:get(?PRIMARY, #{level => notice, metadata => #{}}).

primary(Key) -> maps:get(Key, get_primary_config()).

set_primary_config(#{level := Level} = Config) ->
    set_primary(Level, maps:merge(#{metadata => #{}}, Config));
set_primary_config(Config) ->
    {error, {invalid_config, Config}}.

set_primary_config(level, Level) -> set_primary(Level, (get_primary_config())#{level := Level});
set_primary_config(Key, Value) -> {error, {invalid_config, #{Key => Value}}}.

set_primary(Level, Config) ->
    checked(Level, fun() -> persistent_term:put(?PRIMARY, Config) end).

set_module_level(Modules, Level) when is_list(Modules) ->
    checked(Level, fun() -> [persistent_term:put(?MODULE_LEVEL(M), Level) || M <- Modules] end);
set_module_level(Module, Level) when is_atom(Module) ->
    set_module_level([Module], Level).

%% Forgets the levels of all modules.
unset_module_level() ->
    [persistent_term:erase(Key) || {?MODULE_LEVEL(_) = Key, _} <- persistent_term:get()],
    ok.

unset_module_level(Modules) when is_list(Modules) ->
    [persistent_term:erase(?MODULE_LEVEL(M)) || M <- Modules],
    ok;
unset_module_level(Module) ->
    unset_module_level([Module]).

get_module_level(Modules) when is_list(Modules) ->
    [{M, Level} || M <- Modules, (Level = persistent_term:get(?MODULE_LEVEL(M), none_set)) =/= none_set];
get_module_level(Module) ->
    get_module_level([Module]).

checked(Level, Do) ->
    try rank(Level) of
        _ -> Do(), ok
    catch
        error:function_clause -> {error, {invalid_level, Level}}
    end.

set_process_metadata(Meta) when is_map(Meta) ->
    put(?METADATA, Meta),
    ok.

update_process_metadata(Meta) when is_map(Meta) ->
    Old = case get_process_metadata() of undefined -> #{}; Map -> Map end,
    set_process_metadata(maps:merge(Old, Meta)).

get_process_metadata() -> get(?METADATA).

unset_process_metadata() ->
    erase(?METADATA),
    ok.

%% A report as a format and its arguments: keys and values, one to a line.
format_report(Report) when is_map(Report) -> format_report(maps:to_list(Report));
format_report([First | _] = Text) when is_integer(First) -> {"~ts", [Text]};
format_report(Report) when is_list(Report) ->
    Lines = [line(Item) || Item <- Report],
    {lists:flatten(lists:join("~n", [Format || {Format, _} <- Lines])), lists:append([Args || {_, Args} <- Lines])};
format_report(Report) -> {"~tp", [Report]}.

line({Key, Value}) when is_list(Value) ->
    case io_lib:printable_unicode_list(Value) of
        true -> {"    ~tp: ~ts", [Key, Value]};
        false -> {"    ~tp: ~tp", [Key, Value]}
    end;
line({Key, Value}) -> {"    ~tp: ~tp", [Key, Value]};
line(Other) -> {"    ~tp", [Other]}.

format_otp_report(#{label := _, report := Report}) -> format_report(Report);
format_otp_report(Report) -> format_report(Report).

%% A reason with the innermost calls that `Skip` names taken off its stack trace.
filter_stacktrace(Skip, {Reason, [{_, _, _, Info} | _] = Stack}) when is_list(Info) ->
    {Reason, lists:dropwhile(fun(Frame) -> is_skipped(element(1, Frame), Skip) end, Stack)};
filter_stacktrace(_, Reason) -> Reason.

is_skipped(Module, Skip) -> is_list(Skip) andalso lists:member(Module, Skip).
