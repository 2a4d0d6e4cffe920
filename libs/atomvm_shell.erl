%% What `atomvm shell` calls: OTP's shell on the console.
-module(atomvm_shell).
-export([main/1, interrupt/0, complete/1]).

%% Runs the shell until it ends. `Edited` says whether lines come from the host's editor.
main(Edited) ->
    ok = io:setopts(user, [{edited, Edited}]),
    %% The shell says to nobody that Ctrl-G helps.
    Shell = shell:start(true),
    true = register(?MODULE, Shell),
    Monitor = monitor(process, Shell),
    receive
        {'DOWN', Monitor, process, Shell, _} -> ok
    end.

%% Ends what the shell evaluates.
interrupt() ->
    case whereis(?MODULE) of
        undefined -> ok;
        Shell -> exit(Shell, interrupt)
    end,
    ok.

%% What may stand at the end of a line: the words with which the last one can be replaced, each with
%% what to show.
complete(Line) ->
    Chars = unicode:characters_to_list(Line),
    Word = lists:reverse(lists:takewhile(fun is_word/1, lists:reverse(Chars))),
    try edlin_expand:expand(lists:reverse(Chars)) of
        {yes, Expansion, _} when Expansion =/= [] -> [pair(Word ++ Expansion, Word ++ Expansion)];
        {_, _, Matches} -> lists:usort([shown(M) || M <- names(Matches)])
    catch
        _:_ -> []
    end.

is_word(C) ->
    C >= $a andalso C =< $z orelse C >= $A andalso C =< $Z orelse C >= $0 andalso C =< $9 orelse
        C =:= $_ orelse C =:= $@.

%% Since OTP 26 matches come in sections.
names([#{elems := _} | _] = Sections) -> lists:append([names(Elements) || #{elems := Elements} <- Sections]);
names(Matches) -> Matches.

shown({Name, Arity}) when is_integer(Arity) -> pair(text(Name), [text(Name), $/, integer_to_list(Arity)]);
shown({Name, _Options}) -> pair(text(Name), text(Name));
shown(Name) -> pair(text(Name), text(Name)).

text(Name) when is_atom(Name) -> atom_to_list(Name);
text(Name) -> unicode:characters_to_list(Name).

pair(Word, Shown) -> {unicode:characters_to_binary(Word), unicode:characters_to_binary(Shown)}.
