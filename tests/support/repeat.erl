%% Lets processes do all kinds of things at random, and returns how many messages were sent and
%% received meanwhile, and a hash of all of them in their order.
-module(repeat).
-export([start/0]).

start() ->
    Tracer = spawn(fun() -> tell(0, erlang:md5_init()) end),
    erlang:trace(new, true, [send, 'receive', procs, {tracer, Tracer}]),
    [alone(Run, Seed) || Seed <- [1, 2], Run <- activities()],
    erlang:trace(all, false, [all]),
    Tracer ! {stop, self()},
    receive {told, Count, Hash} -> {Count, Hash} end.

activities() ->
    [
        fun soak_signals:run/0, fun soak_tables:run/0, fun soak_tables:shared/0,
        fun soak_tables:owners/0, fun soak_data:timers/0, fun soak_data:run/0, fun unseeded/0
    ].

alone(Run, Seed) ->
    {Pid, Ref} = spawn_monitor(fun() -> rand:seed(exsss, Seed), Run() end),
    receive {'DOWN', Ref, process, Pid, normal} -> ok end.

%% What programs take for different each time.
unseeded() ->
    rand:seed(default),
    self() ! {
        rand:uniform(1 bsl 50), make_ref(), erlang:unique_integer(), erlang:monotonic_time(),
        erlang:system_time(), registered(), [ets:info(T, size) || T <- ets:all()],
        erlang:phash2(self()), processes()
    },
    receive _ -> ok end.

tell(Count, Hash) ->
    receive
        {stop, From} -> From ! {told, Count, erlang:md5_final(Hash)};
        Event -> tell(Count + 1, erlang:md5_update(Hash, term_to_binary(Event)))
    end.
