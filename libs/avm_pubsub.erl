%% AtomVM's publishing of terms by topic. A topic is a list; in that of a subscriber `'+'` stands for
%% any one element, and `'#'` at the end for one or more.
-module(avm_pubsub).
-behaviour(gen_server).
-export([start/0, start/1, pub/3, sub/2, sub/3, unsub/2, unsub/3]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

start() -> gen_server:start(?MODULE, [], []).

start(Name) -> gen_server:start({local, Name}, ?MODULE, [], []).

%% Subscribers get `{pub, Topic, Publisher, Term}`. Returns how many there are as `{ok, Count}`.
pub(Server, Topic, Term) -> gen_server:call(Server, {pub, Topic, Term}).

sub(Server, Topic) -> sub(Server, Topic, self()).

sub(Server, Topic, Pid) -> gen_server:call(Server, {sub, Topic, Pid}).

unsub(Server, Topic) -> unsub(Server, Topic, self()).

unsub(Server, Topic, Pid) -> gen_server:call(Server, {unsub, Topic, Pid}).

%% The state: subscribers, the newest first, each with its topic.
init([]) -> {ok, []}.

handle_call({pub, Topic, Term}, {From, _}, Subscribers) ->
    Reached = [Pid || {Pid, Pattern} <- Subscribers, matches(Pattern, Topic)],
    _ = [Pid ! {pub, Topic, From, Term} || Pid <- Reached],
    {reply, {ok, length(Reached)}, Subscribers};
handle_call({sub, Topic, Pid}, _From, Subscribers) ->
    {reply, ok, [{Pid, Topic} | lists:delete({Pid, Topic}, Subscribers)]};
handle_call({unsub, Topic, Pid}, _From, Subscribers) ->
    {reply, ok, lists:delete({Pid, Topic}, Subscribers)}.

handle_cast(_, Subscribers) -> {noreply, Subscribers}.

handle_info(_, Subscribers) -> {noreply, Subscribers}.

matches(['#'], [_ | _]) -> true;
matches(['+' | Pattern], [_ | Topic]) -> matches(Pattern, Topic);
matches([Same | Pattern], [Same | Topic]) -> matches(Pattern, Topic);
matches([], []) -> true;
matches(_, _) -> false.
