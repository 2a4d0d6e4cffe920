%% The string module: search, split, trim, case, pad, lengths, lists and binaries alike.
-module(str_module).
-export([start/0]).

start() ->
    Ss = ["Hello World", <<"Hello World">>, "", "  padded  ", [<<"mi">>, "xed"]],
    {[{string:length(S), string:uppercase(S), string:lowercase(S), string:titlecase(S), string:casefold(S), string:reverse(S), string:trim(S), string:trim(S, leading),
       string:is_empty(S), string:to_graphemes(S), string:pad(S, 14), string:pad(S, 14, leading, $.), string:pad(S, 13, both)} || S <- Ss],
     string:split("a,b,c", ","), string:split("a,b,c", ",", all), string:split("a,b,c", ",", trailing), string:split(<<"x--y">>, "--"), string:lexemes("a b;c", " ;"),
     string:lexemes(<<"  q w ">>, " "), string:find("hello", "l"), string:find("hello", "l", trailing), string:find("hello", "z"), string:find(<<"hello">>, <<"ll">>),
     string:replace("aXbXc", "X", "-"), string:replace("aXbXc", "X", "-", all), string:slice("hello", 1, 3), string:slice(<<"hello">>, 2), string:prefix("hello", "he"), string:prefix("hello", "x"),
     string:equal("abc", <<"abc">>), string:equal("ABC", "abc", true), string:take("aabbc", "ab"), string:take("abc123", lists:seq($0, $9), true), string:take("xx1", "x", false, leading),
     string:chomp("line\n"), string:chomp("line\r\n"), string:concat("a", "b"), string:join(["a", "b", "c"], "; "), string:tokens("a b  c", " "), string:chr("abcb", $b), string:rchr("abcb", $b),
     string:str("hello", "l"), string:rstr("hello", "l"), string:substr("hello", 2, 3), string:sub_string("hello", 2, 4), string:strip("..a..", both, $.), string:left("ab", 4), string:right("ab", 4, $.),
     string:centre("ab", 6), string:copies("ab", 3), string:words("a b c"), string:sub_word("a b c", 2), string:to_upper("abc"), string:to_lower("ABC"), string:span("aab", "a"), string:cspan("aab", "b"),
     string:next_codepoint("ab"), string:next_grapheme(<<"ab">>), string:nth_lexeme("a.b.c", 2, "."), string:to_integer("12 rest"), string:to_float("1.5e3x"), string:chars($x, 3),
     [try F() catch C:R when is_atom(R) -> {C, R}; C:R -> {C, element(1, R)} end || F <- [fun() -> string:length(id(a)) end, fun() -> string:slice("a", id(-1)) end, fun() -> string:uppercase(id(1)) end]]}.

id(X) -> X.
