%% OTP applications: loading, dependencies, callbacks in order, environment, supervisors, stopping.
-module(app_lifecycle).
-behaviour(application).
-export([start/0]).
-export([start/2, start_phase/3, prep_stop/1, stop/1, config_change/3]).
-export([init/1, handle_call/3, handle_cast/2, terminate/2]).
-export([start_worker/1]).

start() ->
    true = register(?MODULE, self()),
    show(loads, [application:load(spec(N)) || N <- [base, middle, top, broken]]),
    show(again, application:load(spec(base))),
    show(loaded, [lists:keyfind(N, 1, application:loaded_applications()) || N <- [base, top]]),
    show(missing, application:start(app_lifecycle_nowhere)),
    show(not_started, application:start(top)),
    show(ensured, application:ensure_all_started(top)),
    show(ensured_again, application:ensure_all_started(top)),
    show(started_again, application:start(base)),
    show(running, running()),
    environment(),
    keys(),
    show(calls, [gen_server:call(worker(N), who) || N <- [base, middle]]),
    show(crash, try gen_server:call(worker(base), crash) catch exit:Why -> Why end),
    restarted(base),
    show(broken, shortened(application:start(broken))),
    show(running, running()),
    show(stop, application:stop(middle)),
    show(stop_again, application:stop(middle)),
    show(worker, whereis(worker(middle))),
    show(stop, [application:stop(N) || N <- [top, base]]),
    show(running, running()),
    show(unload, [application:unload(N) || N <- [top, middle, base, broken, app_lifecycle_nowhere]]),
    show(env_after, application:get_all_env(base)),
    included(),
    true = unregister(?MODULE),
    ok.

spec(Name) ->
    {Needs, More} = case Name of
        base -> {[], [{env, [{a, 1}, {b, [x]}]}]};
        middle -> {[base], [{start_phases, [{first, 1}, {second, 2}]}, {optional_applications, []}]};
        top -> {[middle, base], []};
        broken -> {[base], []}
    end,
    Mod = case Name of top -> []; _ -> [{mod, {?MODULE, [Name]}}] end,
    {application, Name, [{description, atom_to_list(Name) ++ "!"}, {vsn, "1." ++ atom_to_list(Name)},
                         {modules, []}, {registered, [worker(Name)]}, {applications, [kernel, stdlib | Needs]}] ++ Mod ++ More}.

worker(Name) -> list_to_atom("worker_" ++ atom_to_list(Name)).

running() -> [A || {A, _, _} <- application:which_applications(), A =/= sasl].

environment() ->
    show(env, lists:sort(application:get_all_env(base))),
    show(get, [application:get_env(base, a), application:get_env(base, none), application:get_env(base, none, d)]),
    ok = application:set_env(base, a, 2),
    ok = application:set_env([{base, [{c, 3}]}, {middle, [{d, 4}]}]),
    ok = application:unset_env(base, b),
    show(env, lists:sort(application:get_all_env(base))),
    show(none, [application:get_env(a), application:get_application(), application:get_all_env()]),
    show(bad, try_set([{base, [{c, 1}, {c, 2}]}])),
    show(bad, try_set([{"base", []}])).

try_set(Config) -> try application:set_env(Config) catch Class:Reason -> {Class, Reason} end.

keys() ->
    show(keys, [application:get_key(base, K) || K <- [vsn, description, applications, registered, nothing]]),
    show(unknown, application:get_key(app_lifecycle_nowhere, vsn)),
    show(by_pid, application:get_application(whereis(worker(base)))),
    show(by_module, [application:get_application(lists), application:get_application(app_lifecycle_nowhere)]),
    show(start_type, application:start_type()),
    {ok, Version} = application:get_key(stdlib, vsn),
    show(stdlib, is_list(Version)).

restarted(Name) ->
    case whereis(worker(Name)) of
        undefined -> timer:sleep(5), restarted(Name);
        Pid -> show(restarted, gen_server:call(Pid, who))
    end.

shortened({error, {Reason, {M, start, [Type, Args]}}}) -> {error, Reason, M, Type, Args};
shortened(Other) -> Other.

included() ->
    Inner = {application, inner, [{vsn, "1"}, {env, [{k, v}]}]},
    Outer = {application, outer, [{vsn, "1"}, {included_applications, [inner]}, {applications, [kernel]}]},
    show(inner, application:load(Inner)),
    show(outer, application:load(Outer)),
    show(start, application:start(outer, temporary)),
    show(included, [application:start(inner), application:get_env(inner, k)]),
    show(stop, application:stop(outer)),
    show(bad, [application:load({application, "x", []}), application:load(foo), application:load({application, y, [{mod, z}]})]).

%% What an application's processes have to show stands before what comes of it: their own output
%% would go to `user`.
show(What, Term) ->
    receive
        {?MODULE, Then, Shown} -> print(Then, Shown), show(What, Term)
    after 0 -> print(What, Term)
    end.

print(What, Term) -> io:format("~p: ~0p~n", [What, Term]).

tell(What, Term) -> ?MODULE ! {?MODULE, What, Term}, ok.

%% The application
start(Type, [broken]) ->
    tell(start, {broken, Type}),
    {error, on_purpose};
start(Type, [Name]) ->
    tell(start, {Name, Type, application:get_application()}),
    {ok, Pid} = supervisor:start_link(?MODULE, {supervisor, Name}),
    {ok, Pid, {state, Name}}.

start_phase(Phase, Type, Arg) -> tell(phase, {Phase, Type, Arg}), ok.
prep_stop(State) -> tell(prep_stop, State), State.
stop(State) -> tell(stop, State).
config_change(_, _, _) -> ok.

%% Its supervisor and worker
start_worker(Name) -> gen_server:start_link({local, worker(Name)}, ?MODULE, {worker, Name}, []).

init({supervisor, Name}) ->
    {ok, {#{strategy => one_for_one, intensity => 3}, [#{id => Name, start => {?MODULE, start_worker, [Name]}}]}};
init({worker, Name}) ->
    process_flag(trap_exit, true),
    tell(worker, {Name, application:get_application(), lists:sort(application:get_all_env())}),
    {ok, Name}.

handle_call(who, _From, Name) -> {reply, {Name, application:get_application()}, Name};
handle_call(crash, _From, Name) -> {stop, on_purpose, Name}.
handle_cast(_, Name) -> {noreply, Name}.
terminate(Reason, Name) -> tell(terminate, {Name, Reason}).
