%% Compiles programs, each for itself, and writes the names of those that the compiler refuses, each
%% with the first of its reasons. To start the compiler once takes less time than to start it for
%% each.
-module(compiling).
-export([main/3]).

main(Folder, Options, Names) ->
    true = code:add_patha(Folder),
    lists:foreach(fun(Name) -> one(Folder, Options, Name) end, Names),
    halt(0).

one(Folder, Options, Name) ->
    %% A program that is sure to fail is what some tests are about: no warnings.
    case compile:file(filename:join(Folder, Name), [{outdir, Folder}, return_errors | Options]) of
        {ok, _} -> ok;
        {error, [{_, [First | _]} | _], _} -> io:format("~ts ~ts~n", [Name, text(First)])
    end.

text({_, Module, What}) -> string:replace(Module:format_error(What), "\n", " ", all);
text(Other) -> io_lib:format("~0p", [Other]).
