%% What `atomvm eunit` calls.
-module(atomvm_eunit).
-export([main/2]).

%% Runs the tests of modules with OTP's `eunit`; `ok` or `error`. Options are those of
%% `eunit:test/2`, the folder of a report in XML as `{xml, Folder}`.
main(Names, Options) ->
    Modules = [list_to_atom(unicode:characters_to_list(N)) || N <- Names],
    Missing = [M || M <- Modules, code:ensure_loaded(M) =/= {module, M}],
    case Missing of
        [] -> eunit:test(targets(Modules), lists:append([option(O) || O <- Options]));
        _ ->
            [io:format(standard_error, "atomvm: there is no module ~ts~n", [M]) || M <- Missing],
            error
    end.

%% `eunit` finds the tests in `m_tests` with those of `m`: they are not to run twice.
targets(Modules) ->
    [M || M <- Modules, not lists:member(tested(atom_to_list(M)), Modules)].

tested(Tests) ->
    case lists:suffix("_tests", Tests) of
        true -> list_to_atom(lists:sublist(Tests, length(Tests) - 6));
        false -> none
    end.

option(verbose) -> [verbose];
option({xml, Folder}) ->
    Name = unicode:characters_to_list(Folder),
    ok = filelib:ensure_dir(filename:join(Name, "x")),
    [{report, {eunit_surefire, [{dir, Name}]}}].
