%% One counter for each word that was heard of.
-module(tally_sup).
-behaviour(supervisor).
-export([start_link/0, counter/1, counters/0]).
-export([init/1]).

start_link() -> supervisor:start_link({local, ?MODULE}, ?MODULE, []).

%% The counter of a word, started if it is new.
counter(Word) ->
    Name = binary_to_atom(<<"tally_", Word/binary>>),
    case supervisor:start_child(?MODULE, [Name]) of
        {ok, Pid} -> Pid;
        {error, {already_started, Pid}} -> Pid
    end.

counters() ->
    [Pid || {_, Pid, worker, _} <- supervisor:which_children(?MODULE), is_pid(Pid)].

init([]) ->
    Counter = #{id => counter, start => {tally_counter, start_link, []}, restart => transient},
    {ok, {#{strategy => simple_one_for_one}, [Counter]}}.
