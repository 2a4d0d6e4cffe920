%% What is said of patterns that are wrong, and where.
-module(re_errors).
-export([start/0]).

start() ->
    [io:format("~s: ~p~n", [P, show(re:compile(P))]) || P <- [
        "(", ")", "a)", "(a", "((a)", "[", "[a", "[]", "[b-a]", "*", "a**b", "+", "?", "a{2,1}", "a{99999}",
        "a{1,99999}", "\\", "\\c", "(?", "(?z)", "(?<", "(?<a", "(?<a>", "(?<1>a)", "(?<>a)", "(?P", "(?Pa)",
        "(?<a>x)(?<a>y)", "(?1)", "(?R", "(?+1)", "(?-1)",
        "(?(", "[[:foo:]]", "[:alpha:]", "[[.a.]]", "[[=a=]]", "(?<=a*)b", "(?<=a|bc)d",
        "(?<=(a|bc))d", "\\p", "\\pX", "\\p{Foo}", "\\x{110000}", "\\x{fff}", "(*FOO)", "(*COMMIT", "(?#", "(?C256)",
        "(?C1", "\\L", "\\o{9}", "\\o", "[\\d-z]", "[a-\\d]", "(?&", "\\x{zz}"]],
    [io:format("~p: ~p~n", [P, show(re:compile(P, [unicode]))]) || P <- [<<255>>, <<"ab", 16#c3>>, <<"\\x{110000}">>, <<"\\x{d800}">>]],
    io:format("~p~n", [show(re:compile(lists:duplicate(300, $() ++ lists:duplicate(300, $))))]),
    io:format("~p~n", [element(1, re:compile(lists:duplicate(249, $() ++ lists:duplicate(249, $))))]),
    ok.

show({ok, {re_pattern, Groups, Unicode, CrLf, _}}) -> {ok, Groups, Unicode, CrLf};
show(Error) -> Error.
