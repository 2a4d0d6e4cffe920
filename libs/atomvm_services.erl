%% OTP's own services, started when they are first needed: a program that uses none starts at once.
%%
%% Some are found by the name of a process: that one waits, and becomes the service with its first
%% message. The others are found by their module. A small module of `libs/` stands for it, which asks
%% here for the service; then OTP's module takes its place.
-module(atomvm_services).
-export([start/0, waiting/1, signals/0, ensure/1, stop/1, init/1]).

%% Starts the processes that wait, for the console's process.
start() ->
    Names = [file_server_2, kernel_sup, kernel_safe_sup],
    [true = register(Name, spawn(?MODULE, waiting, [Name])) || Name <- Names],
    true = register(erl_signal_server, spawn(?MODULE, signals, [])),
    command_shell(erlang:system_info(otp_release)).

%% Since OTP 27 `os:cmd/1` finds here what the start of `kernel` has put here.
command_shell(Release) when Release >= "27" -> persistent_term:put(kernel_os_cmd_shell, "/bin/sh");
command_shell(_) -> ok.

%% The manager of events that are signals of the system cannot take over a process: this one hands
%% on what came to it.
signals() ->
    receive
        First ->
            true = unregister(erl_signal_server),
            {ok, Manager} = gen_event:start_link({local, erl_signal_server}),
            ok = gen_event:add_handler(Manager, erl_signal_handler, []),
            Manager ! First,
            hand_on(Manager)
    end.

hand_on(Manager) ->
    receive
        Message -> Manager ! Message
    end,
    hand_on(Manager).

waiting(Name) ->
    receive
        First ->
            self() ! First,
            put('$ancestors', [whereis(user)]),
            become(Name)
    end.

become(file_server_2) ->
    atomvm_file_server:become();
%% The supervisors of what OTP starts on demand: `timer_server`, `dets`, `disk_log_server`.
become(Name) ->
    put('$initial_call', {supervisor, kernel, 1}),
    %% Since OTP 28 it also says when to hibernate.
    Started = supervisor:init({{local, Name}, ?MODULE, Name}),
    ok = element(1, Started),
    gen_server:enter_loop(supervisor, [], element(2, Started), {local, Name}).

init(kernel_sup) -> {ok, {#{strategy => one_for_all, intensity => 0, period => 1}, []}};
init(kernel_safe_sup) -> {ok, {#{strategy => one_for_one, intensity => 4, period => 3600}, []}}.

%% Starts a service unless it has been started.
ensure(Service) -> call({ensure, Service}, infinity).

%% Stops all applications, as at the end of the program.
stop(Timeout) ->
    case whereis(?MODULE) of
        undefined -> ok;
        _ -> call(stop, Timeout)
    end.

call(Request, Timeout) ->
    Server = server(),
    Monitor = monitor(process, Server),
    Server ! {Request, self(), Monitor},
    receive
        {Monitor, Reply} ->
            demonitor(Monitor, [flush]),
            Reply;
        {'DOWN', Monitor, process, _, Reason} ->
            exit({Reason, {?MODULE, call, [Request, Timeout]}})
    after Timeout ->
        demonitor(Monitor, [flush]),
        timeout
    end.

%% The process that has started the services, and is their parent. Of those that try to become it
%% one has the name.
server() ->
    case whereis(?MODULE) of
        undefined ->
            {Pid, Monitor} = spawn_monitor(fun become_server/0),
            receive
                {'DOWN', Monitor, process, Pid, _} -> server();
                {Pid, ready} -> demonitor(Monitor, [flush]), Pid
            after 1 ->
                demonitor(Monitor, [flush]),
                server()
            end;
        Pid ->
            Pid
    end.

become_server() ->
    try register(?MODULE, self()) of
        true ->
            group_leader(whereis(user), self()),
            process_flag(trap_exit, true),
            serve(#{})
    catch
        error:badarg -> ok
    end.

serve(Started) ->
    receive
        {{ensure, Service}, From, Tag} ->
            try started(Service, Started) of
                Next ->
                    From ! {Tag, ok},
                    serve(Next)
            catch
                _:Reason ->
                    From ! {Tag, {error, Reason}},
                    serve(Started)
            end;
        {stop, From, Tag} ->
            stop_applications(),
            From ! {Tag, ok},
            serve(Started);
        %% A service that is gone does not come back, as in OTP, where the node ends with it.
        _ ->
            serve(Started)
    end.

started(Service, Started) when is_map_key(Service, Started) -> Started;
started(application_controller = Service, Started) ->
    replace(Service),
    {ok, _} = application_controller:start(with_logger(application(kernel))),
    ok = application:load(application(stdlib)),
    [ok = application:start_boot(Name, permanent) || Name <- [kernel, stdlib]],
    Started#{Service => true};
started(global = Service, Started0) ->
    Started = started(application_controller, Started0),
    replace(Service),
    {ok, _} = global:start_link(),
    Started#{Service => true};
started(logger = Service, Started0) ->
    Started = started(application_controller, Started0),
    {ok, _} = logger_server:start_link(),
    replace(Service),
    {ok, _} = logger_sup:start_link(),
    ok = logger:internal_init_logger(),
    ok = logger:add_handlers(kernel),
    Started#{Service => true}.

%% Unless a program says otherwise, its log is written to standard error. (The controller, which may log
%% itself, must not be asked when logging starts.)
with_logger({application, kernel, Properties}) ->
    Env = proplists:get_value(env, Properties, []),
    Default = {handler, default, logger_std_h, #{config => #{type => standard_error}}},
    {application, kernel, lists:keystore(env, 1, Properties, {env, [{logger, [Default]} | lists:keydelete(logger, 1, Env)]})}.

%% Puts OTP's module in the place of the one that stands for it.
replace(Module) ->
    File = iolist_to_binary(["otp/", atom_to_list(Module), ".beam"]),
    Binary = atomvm_code:file_contents(File),
    {module, Module} = atomvm_loader:load(Module, "atomvm-lib.avm", Binary),
    ok.

application(Name) ->
    binary_to_term(atomvm_code:file_contents(<<(atom_to_binary(Name))/binary, "/priv/application.bin">>)).

stop_applications() ->
    case whereis(application_controller) of
        undefined -> ok;
        Controller ->
            Monitor = monitor(process, Controller),
            %% It ends when its parent asks for it, and with it all applications.
            exit(Controller, shutdown),
            receive
                {'DOWN', Monitor, process, _, _} -> ok
            end
    end.
