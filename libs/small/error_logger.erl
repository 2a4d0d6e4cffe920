%% For packs that hold only what is used.
%%
%% OTP's older way of reporting errors: each call becomes an event of `logger`.
-module(error_logger).
-export([error_msg/1, error_msg/2, format/2, warning_msg/1, warning_msg/2, info_msg/1, info_msg/2,
         error_report/1, error_report/2, warning_report/1, warning_report/2, info_report/1, info_report/2,
         warning_map/0, get_format_depth/0, limit_term/1]).

error_msg(Format) -> error_msg(Format, []).
error_msg(Format, Args) -> message(error, Format, Args).
format(Format, Args) -> error_msg(Format, Args).
warning_msg(Format) -> warning_msg(Format, []).
warning_msg(Format, Args) -> message(warning, Format, Args).
info_msg(Format) -> info_msg(Format, []).
info_msg(Format, Args) -> message(notice, Format, Args).

error_report(Report) -> report(error, Report).
error_report(_Type, Report) -> report(error, Report).
warning_report(Report) -> report(warning, Report).
warning_report(_Type, Report) -> report(warning, Report).
info_report(Report) -> report(notice, Report).
info_report(_Type, Report) -> report(notice, Report).

%% The level that warnings have.
warning_map() -> warning.

%% How deep terms in reports are printed.
get_format_depth() -> unlimited.

%% A term cut to the depth of reports, which is unlimited.
limit_term(Term) -> Term.

message(Level, Format, Args) -> logger:log(Level, Format, Args).

report(Level, Report) ->
    logger:log(Level, #{label => {error_logger, Level}, report => Report}, #{report_cb => fun logger:format_otp_report/1}).
