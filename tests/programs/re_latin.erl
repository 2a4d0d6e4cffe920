%% What of Latin-1 and beyond the classes of patterns match, in bytes and in Unicode.
-module(re_latin).
-export([start/0]).

start() ->
    Patterns = ["\\w", "\\W", "\\s", "\\S", "\\d", "\\D", "[\\w]", "[^\\w]", "x?\\w+", "^\\w$", "\\w\\b",
                "(?:\\w|-)", "(?i)\x{e5}", "(?i)[\x{e0}-\x{e5}]", "[[:alpha:]]", "[[:upper:]]", "[[:punct:]]"],
    [io:format("~w ~w ~w~n", [P, O, matched(P, O)])
     || P <- Patterns, O <- [[], [unicode], [unicode, ucp], [unicode, caseless]]],
    io:format("~w~n", [re:run("a \x{e5}\x{f6} b", "\\w+", [unicode, global, {capture, all, binary}])]),
    io:format("~w~n", [re:split("a \x{e5}\x{f6} b", "\\W+", [unicode])]),
    io:format("~w~n", [re:replace("a \x{e5}\x{f6} b", "\\w", "x", [unicode, global, {return, list}])]),
    ok.

matched(P, O) ->
    Last = case O of [] -> 255; _ -> 400 end,
    {Hash, Count} = lists:foldl(
        fun(C, {H, N}) ->
            case re:run([C], P, O) of
                nomatch -> {H, N};
                {match, M} -> {erlang:phash2({H, C, M}), N + 1}
            end
        end, {0, 0}, lists:seq(0, Last)),
    {Count, Hash}.
