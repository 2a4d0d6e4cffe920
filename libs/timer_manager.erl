%% AtomVM's timers, which can be listed. The VM's own do the work.
-module(timer_manager).
-behaviour(gen_server).
-export([start/0, start_timer/3, cancel_timer/1, send_after/3, get_timer_refs/0]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

start() -> gen_server:start({local, ?MODULE}, ?MODULE, [], []).

%% Sends `{timeout, Timer, Message}` after so many milliseconds.
start_timer(Time, To, Message) ->
    Timer = erlang:start_timer(Time, To, Message),
    call({started, Timer}),
    Timer.

%% The milliseconds that were left, or `false`.
cancel_timer(Timer) ->
    call({cancelled, Timer}),
    erlang:cancel_timer(Timer).

%% Sends the message itself.
send_after(Time, To, Message) ->
    Timer = erlang:send_after(Time, To, Message),
    call({started, Timer}),
    Timer.

%% Those that have not come yet.
get_timer_refs() -> call(timers).

call(Request) ->
    case whereis(?MODULE) of
        undefined -> started(start());
        _ -> ok
    end,
    gen_server:call(?MODULE, Request).

started({ok, _}) -> ok;
started({error, {already_started, _}}) -> ok.

init([]) -> {ok, []}.

handle_call({started, Timer}, _From, Timers) -> {reply, ok, [Timer | pending(Timers)]};
handle_call({cancelled, Timer}, _From, Timers) -> {reply, ok, lists:delete(Timer, Timers)};
handle_call(timers, _From, Timers) ->
    Left = pending(Timers),
    {reply, Left, Left}.

handle_cast(_, Timers) -> {noreply, Timers}.

handle_info(_, Timers) -> {noreply, Timers}.

pending(Timers) -> [T || T <- Timers, erlang:read_timer(T) =/= false].
