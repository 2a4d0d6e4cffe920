%% Who has sent a process a signal that ends it sees it dead from then on, whoever runs it meanwhile.
-module(signal_alive).
-export([start/0]).

start() ->
    lists:usort([seen(Ends) || _ <- lists:seq(1, 2000), Ends <- [fun killed/1, fun ended/1, fun suspended/1]]).

seen(Ends) ->
    Pid = spawn(fun() -> receive stop -> ok end end),
    erlang:yield(),
    Ends(Pid),
    {is_process_alive(Pid), process_info(Pid, status), lists:member(Pid, processes())}.

killed(Pid) -> exit(Pid, kill).

ended(Pid) -> exit(Pid, reason).

suspended(Pid) ->
    true = erlang:suspend_process(Pid),
    exit(Pid, kill).
