%% What the command line said, and the end of the program.
-module(init).
-export([stop/0, stop/1, restart/0, reboot/0, get_argument/1, get_arguments/0, get_status/0, ensure_loaded/1,
         script_id/0, script_name/0, boot/1, archive_extension/0, objfile_extension/0, code_path_choice/0,
         notify_when_started/1, wait_until_started/0, get_configfd/1, set_configfd/2, run_on_load_handlers/0]).

%% Returns at once; applications are then stopped in order, and the VM halts.
stop() -> stop(0).

stop(Status) when is_integer(Status), Status >= 0; is_list(Status) ->
    Leader = whereis(user),
    _ = spawn(fun() ->
        _ = is_pid(Leader) andalso group_leader(Leader, self()),
        case catch register(?MODULE, self()) of
            true -> finish(Status);
            %% It has been asked for before.
            _ -> ok
        end
    end),
    ok.

finish(Status) ->
    ok = atomvm_services:stop(infinity),
    erlang:halt(Status).

%% A program is started anew by whoever started it.
restart() -> erlang:nif_error(notsup).

reboot() -> stop().

%% `{ok, [Values]}`, with a list of values for each time that the flag was given.
get_argument(Flag) ->
    case [Values || {F, Values} <- get_arguments(), F =:= Flag] of
        [] -> error;
        Found -> {ok, Found}
    end.

get_arguments() ->
    [{root, [code:root_dir()]} | flags()] ++ [{home, [Home]} || Home <- [os:getenv("HOME")], Home =/= false].

%% The flags that the host brings.
flags() ->
    try atomvm_host:flags()
    catch
        error:undef -> []
    end.

get_status() ->
    case whereis(?MODULE) of
        undefined -> {started, started};
        _ -> {stopping, started}
    end.

%% For OTP's `error_handler`.
ensure_loaded(Module) -> code:ensure_loaded(Module).

script_id() -> {"AtomVM", erlang:system_info(otp_release)}.

script_name() -> "./start".

boot(_Args) -> error(badarg).

archive_extension() -> ".avm".

objfile_extension() -> ".beam".

code_path_choice() -> strict.

notify_when_started(_Pid) -> started.

wait_until_started() -> ok.

run_on_load_handlers() -> ok.

get_configfd(_Id) -> none.

set_configfd(_Id, _Config) -> ok.
