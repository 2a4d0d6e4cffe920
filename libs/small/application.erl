%% For packs that hold only what is used.
%%
%% The environment of applications: keys and values that any process may read and set.
%%
%% Applications are not started or stopped here: those calls are undefined.
-module(application).
-export([get_env/1, get_env/2, get_env/3, get_all_env/0, get_all_env/1, set_env/1, set_env/3, set_env/4,
         unset_env/2, unset_env/3, get_application/0, get_application/1]).

-define(ENV(Application), {?MODULE, env, Application}).

%% A process belongs to no application, so that none has these keys.
get_env(_Key) -> undefined.

get_env(Application, Key) ->
    case env(Application) of
        #{Key := Value} -> {ok, Value};
        _ -> undefined
    end.

get_env(Application, Key, Default) -> maps:get(Key, env(Application), Default).

get_all_env() -> [].

get_all_env(Application) -> maps:to_list(env(Application)).

set_env(Config) when is_list(Config) ->
    [set_env(Application, Key, Value) || {Application, Pairs} <- Config, {Key, Value} <- Pairs],
    ok.

set_env(Application, Key, Value) when is_atom(Application), is_atom(Key) ->
    persistent_term:put(?ENV(Application), (env(Application))#{Key => Value}).

set_env(Application, Key, Value, _Options) -> set_env(Application, Key, Value).

unset_env(Application, Key) when is_atom(Application), is_atom(Key) ->
    persistent_term:put(?ENV(Application), maps:remove(Key, env(Application))).

unset_env(Application, Key, _Options) -> unset_env(Application, Key).

get_application() -> undefined.

get_application(_PidOrModule) -> undefined.

env(Application) -> persistent_term:get(?ENV(Application), #{}).
