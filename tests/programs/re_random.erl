%% Patterns, subjects and options at random, the same on every run.
-module(re_random).
-export([start/0]).

start() ->
    _ = rand:seed(exsss, {1, 2, 3}),
    [once(N) || N <- lists:seq(1, 4000)],
    ok.

once(N) ->
    Pattern = lists:flatten(alternatives(3)),
    Subject = [pick("aabbcAB1 \n-") || _ <- lists:seq(1, 3 + rand:uniform(9))],
    Options = some([caseless, dotall, multiline, extended, ungreedy, anchored, dollar_endonly, firstline, unicode,
                    no_auto_capture, {newline, pick([cr, lf, crlf, any, anycrlf])}, notbol, noteol, notempty,
                    {offset, rand:uniform(3)}, notempty_atstart]),
    io:format("~b ~0p ~0p ~0p ~0p~n", [N, Pattern, Subject, Options, result(Subject, Pattern, Options)]).

result(Subject, Pattern, Options) ->
    case re:run("", Pattern, [report_errors | [O || O <- Options, not is_tuple(O)]]) of
        {error, {compile, _}} -> wrong;
        _ ->
            {re:run(Subject, Pattern, Options), re:run(Subject, Pattern, [global, {capture, all, list} | Options]),
             re:replace(Subject, Pattern, "<&>", [global, {return, list} | Options]),
             re:split(Subject, Pattern, [{return, list} | Options])}
    end.

pick(List) -> lists:nth(rand:uniform(length(List)), List).

some(List) -> [X || X <- List, rand:uniform(5) =:= 1].

alternatives(0) -> atom();
alternatives(Depth) ->
    case rand:uniform(3) of
        1 -> [sequence(Depth), $|, sequence(Depth)];
        _ -> sequence(Depth)
    end.

sequence(Depth) -> [quantified(piece(Depth)) || _ <- lists:seq(1, rand:uniform(3))].

%% What a repeated assertion matches depends on the version of PCRE.
quantified(["(?=" | _] = Piece) -> Piece;
quantified(["(?!" | _] = Piece) -> Piece;
quantified(Piece) -> [Piece, quantifier()].

piece(Depth) ->
    case rand:uniform(10) of
        N when N < 5 -> atom();
        5 -> [$(, alternatives(Depth - 1), $)];
        6 -> ["(?:", alternatives(Depth - 1), $)];
        7 -> ["(?=", alternatives(Depth - 1), $)];
        8 -> ["(?!", alternatives(Depth - 1), $)];
        9 -> ["(?>", alternatives(Depth - 1), $)];
        10 -> pick(["^", "$", "\\b", "\\B", "\\A", "\\z", "\\Z", "(?<=a)", "(?<!b)", "(?i)", "(a)\\1"])
    end.

atom() ->
    pick(["a", "b", "c", "A", "1", ".", "\\d", "\\w", "\\s", "\\W", "[ab]", "[^a]", "[a-c]", "[[:alpha:]]", "\\x61", "-", "\\R", "\\N"]).

quantifier() ->
    pick(["", "", "", "", "*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?", "++", "?+"]).
