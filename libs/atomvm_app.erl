%% What `atomvm run --app` calls.
-module(atomvm_app).
-export([main/1]).

%% Starts an application with those that it depends on, and waits: the VM ends with it.
main(Name) ->
    Application = list_to_atom(unicode:characters_to_list(Name)),
    case application:ensure_all_started(Application, permanent) of
        {ok, _} -> receive after infinity -> ok end;
        {error, Reason} -> exit({application_start_failure, Application, Reason})
    end.
