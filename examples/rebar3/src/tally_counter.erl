%% Counts how often it was told to.
-module(tally_counter).
-behaviour(gen_server).
-export([start_link/1, count/1, total/1]).
-export([init/1, handle_call/3, handle_cast/2]).

start_link(Name) -> gen_server:start_link({local, Name}, ?MODULE, Name, []).

count(Counter) -> gen_server:cast(Counter, count).

%% `{Name, Total}`
total(Counter) -> gen_server:call(Counter, total).

init(Name) -> {ok, {Name, 0}}.

handle_call(total, _From, {Name, Total}) -> {reply, {Name, Total}, {Name, Total}}.

handle_cast(count, {Name, Total}) -> {noreply, {Name, Total + 1}}.
