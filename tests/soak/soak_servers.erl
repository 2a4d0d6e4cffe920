%% A supervisor whose servers crash and are killed while clients call them. A client hears the
%% right answer, or that the server has died.
-module(soak_servers).
-export([run/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, start_server/1]).

-define(SERVERS, [soak_server_1, soak_server_2, soak_server_3]).
-define(CLIENTS, 6).
-define(CALLS, 80).

run() ->
    process_flag(trap_exit, true),
    logger:set_primary_config(level, none),
    {ok, Supervisor} = supervisor:start_link(?MODULE, supervisor),
    Clients = [spawn_monitor(fun() -> client(Seed, ?CALLS) end) || Seed <- seeds()],
    [receive {'DOWN', Ref, process, Pid, Why} -> normal = Why end || {Pid, Ref} <- Clients],
    3 = length([Pid || {_, Pid, worker, _} <- supervisor:which_children(Supervisor), is_pid(Pid)]),
    unlink(Supervisor),
    Ref = monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', Ref, process, Supervisor, shutdown} -> ok end,
    [undefined = whereis(Server) || Server <- ?SERVERS].

seeds() -> [rand:uniform(1 bsl 30) || _ <- lists:seq(1, ?CLIENTS)].

start_server(Name) -> gen_server:start_link({local, Name}, ?MODULE, server, []).

init(supervisor) ->
    Flags = #{strategy => one_for_one, intensity => 1000000, period => 1},
    {ok, {Flags, [#{id => Name, start => {?MODULE, start_server, [Name]}} || Name <- ?SERVERS]}};
init(server) ->
    {ok, 0}.

handle_call({echo, Term}, _, N) -> {reply, {Term, N}, N + 1};
handle_call({later, Term}, From, N) ->
    self() ! {answer, From, Term},
    {noreply, N};
handle_call(crash, _, _) -> exit(wanted);
handle_call(error, _, N) -> {reply, N + wanted, N};
handle_call(stop, _, N) -> {stop, normal, stopped, N}.

handle_cast(_, N) -> {noreply, N}.

handle_info({answer, From, Term}, N) ->
    gen_server:reply(From, {Term, N}),
    {noreply, N}.

terminate(_, _) -> ok.

client(Seed, Calls) ->
    rand:seed(exsss, Seed),
    [call(rand:uniform(20), lists:nth(rand:uniform(3), ?SERVERS)) || _ <- lists:seq(1, Calls)],
    %% No answer may come after its call has ended.
    receive Late -> exit({late, Late}) after 0 -> ok end.

call(1, Server) -> fails(Server, crash);
call(2, Server) -> fails(Server, error);
call(3, Server) ->
    case whereis(Server) of
        undefined -> ok;
        Pid -> exit(Pid, kill)
    end;
call(4, Server) ->
    try stopped = gen_server:call(Server, stop, infinity)
    catch exit:{Why, {gen_server, call, _}} -> expected(Why)
    end;
call(5, Server) -> gen_server:cast(Server, {nothing, make_ref()});
call(N, Server) ->
    Term = {make_ref(), lists:seq(1, N)},
    Kind = element(1 + N rem 2, {echo, later}),
    try {Term, _} = gen_server:call(Server, {Kind, Term}, infinity)
    catch exit:{Why, {gen_server, call, _}} -> expected(Why)
    end.

fails(Server, Request) ->
    try gen_server:call(Server, Request, infinity) of
        Answer -> exit({answered, Answer})
    catch exit:{Why, {gen_server, call, _}} -> expected(Why)
    end.

expected(noproc) -> ok;
expected(normal) -> ok;
expected(killed) -> ok;
expected(wanted) -> ok;
expected({badarith, _}) -> ok;
expected(Why) -> exit({client, Why}).
