%% Regular expressions: options of compiling and running, captures, global runs, split and replace.
-module(re_basic).
-export([start/0]).

start() ->
    runs(), captures(), unicode(), globals(), splits(), replaces(), compiled(), names(), ends(), limits(), classes(),
    ok.

show(Tag, Fun) ->
    Result = try Fun() of Value -> Value
             catch Class:Reason:Stack -> {Class, Reason, top(Stack)}
             end,
    io:format("~p ~p~n", [Tag, Result]).

%% Module, function, arity and what is said of the error.
top([{M, F, A, Info} | _]) ->
    {M, F, if is_list(A) -> length(A); true -> A end, lists:keyfind(error_info, 1, Info)}.

runs() ->
    [show({run, S, P, O}, fun() -> re:run(S, P, O) end) || {S, P, O} <- [
        {"abcd", "b.", []}, {"abcd", "x", []}, {"ABCD", "bc", [caseless]}, {"ABCD", "bc", []},
        {"abcd", "bcd", [anchored]}, {"abcd", "abc", [anchored]}, {"a\nb", "a.b", []},
        {"a\nb", "a.b", [dotall]}, {"a\nb", "^b", []}, {"a\nb", "^b", [multiline]},
        {"abc\n", "abc$", []}, {"abc\n", "abc$", [dollar_endonly]},
        {"a b c", "a b c", [extended]}, {"abc", "a b # x\n c", [extended]},
        {"x\nabc", "abc", [firstline]}, {"abc\nx", "abc", [firstline]},
        {"aaa", "a+", [ungreedy]}, {"aaa", "a+?", [ungreedy]},
        {"abc", "(a)(b)", [no_auto_capture]}, {"abc", "(?<x>a)(b)", [no_auto_capture]},
        {"abc", "", []}, {"abc", "", [notempty]}, {"abc", "", [notempty_atstart]},
        {"abc", "^a", [notbol]}, {"abc", "c$", [noteol]}, {"abcabc", "a", [{offset, 1}]},
        {"abc", "a", [{offset, 3}]}, {"abc", "", [{offset, 3}]},
        {"abc", "a", [{offset, -1}]}, {"abc", "a", [{offset, x}]}, {"abc", "a", [bad]},
        {"abc", "a", [caseless | x]}, {"abc", "a", x}, {abc, "a", []}, {"abc", abc, []}, {"abc", "(", []},
        {"abc", "(", [report_errors]}, {"abc", ["a", <<"b">>, [$c]], []}, {["a", <<"b">>, $c], "abc", []},
        {"abc", <<"a":8, 1:1>>, []}, {<<"abc", 1:3>>, "a", []}, {"abc", "a", [{capture, all, what}]},
        {"abc", "a", [{capture, what, index}]}, {"abc", "a", [{newline, x}]}, {[300], "a", []},
        {"abc", [300], []}, {"a", "\\y", []}, {"y", "\\y", []}, {"aXbX", "(?i)x", [global]},
        {"foobar", "foo\\Kbar", []}, {"foobar", "(?=foo)bar|o", []}, {"foobar", "(?<=foo)bar", []},
        {"foobar", "(?<!foo)bar", []}, {"aabb", "(a)\\1(b)\\2", []}, {"abab", "(?<n>ab)\\k<n>", []},
        {"((x))", "\\((?:[^()]|(?R))*\\)", []}, {"aaaa", "(?>a+)a", []}, {"aaaa", "a{2,3}", []},
        {"2024-01-31", "(\\d+)-(\\d+)-(\\d+)", [{capture, all_but_first, list}]},
        {"x=1;y=22", "([a-z])=(\\d+)", [global, {capture, all, binary}]}]],
    ok.

captures() ->
    S = "ABCabcdABC", P = "abcd",
    [show({capture, P1, C}, fun() -> re:run(S1, P1, [C]) end) || {S1, P1, C} <- [
        {S, P, {capture, all}}, {S, P, {capture, first}}, {S, P, {capture, none}}, {S, P, {capture, []}},
        {S, P, {capture, all_but_first}}, {S, P, {capture, [0, 1]}}, {S, P, {capture, all, list}},
        {S, "(a)(b)?(x)?", {capture, all}}, {S, "(a)(b)?(x)?", {capture, all, binary}},
        {S, "(a)(b)?(x)?", {capture, [3, 2, 1, 0]}}, {S, "(a)(b)?(x)?", {capture, [1, 7, 2], list}},
        {S, "(x)?(a)", {capture, all}}, {S, "(x)?(a)", {capture, all, list}},
        {S, "(x)?(a)", {capture, all, binary}}, {S, "(x)?(a)", {capture, all_but_first, binary}},
        {S, "(?<A>a)(?<B>b)", {capture, ['A', "B", <<"C">>], list}},
        {S, "(?<A>a)(?<B>b)", {capture, all_names, list}}, {S, "(a)", {capture, all_names, list}},
        {S, "(?<B>a)(?<A>b)", {capture, all_names, binary}},
        {S, "(?<B>a)(?<A>b)", {capture, [first], binary}},
        {S, "a", {capture, [-1]}}, {S, "a", {capture, [1.0]}}, {S, "a", {capture, [[x]]}},
        {S, "a", {capture, [0 | 1]}}, {S, "a", {capture, [1 bsl 40]}}]],
    show(dup1, fun() -> re:run("b", "(?<N>a)|(?<N>b)", [dupnames, {capture, ['N'], list}]) end),
    show(dup2, fun() -> re:run("a", "(?<N>a)|(?<N>b)", [dupnames, {capture, ["N"], list}]) end),
    show(dup3, fun() -> re:run("a", "(?<N>a)|(?<N>b)(?<M>c)", [dupnames, {capture, all_names, list}]) end),
    show(dup4, fun() -> re:run("bc", "(?<N>a)|(?<N>b)(?<M>c)", [dupnames, {capture, all_names, index}]) end),
    show(dup5, fun() -> re:run("a", "(?<N>a)|(?<N>b)", []) end).

unicode() ->
    L = [16#e5, 16#3b1, 16#1f600, $x],
    B = unicode:characters_to_binary(L),
    [show({unicode, P, O}, fun() -> re:run(S, P, [unicode | O]) end) || S <- [L, B], {P, O} <- [
        {".", []}, {"..x", []}, {[16#3b1], []}, {<<16#3b1/utf8>>, []}, {".", [{capture, all, list}]},
        {".", [{capture, all, binary}]}, {".", [global, {capture, first, list}]}, {"\\w+", [ucp]}, {"\\w+", []},
        {"\\x{1f600}", []}, {"\\p{L}+", []}, {"\\p{Greek}", []}, {"[\\x{100}-\\x{500}]", []}, {"\\X", []},
        {[16#c5], [caseless]}, {"x", [{offset, 2}]}, {"x", [{offset, 1}]}]],
    [show({bad, S, P}, fun() -> re:run(S, P, [unicode]) end) || {S, P} <- [
        {<<255>>, "a"}, {<<"a">>, <<255>>}, {[16#d800], "a"}, {"a", [16#d800]}, {<<16#c3>>, "."},
        {["a", <<255>>], "a"}, {[-1], "a"}]],
    show(never, fun() -> re:compile("(*UTF)a", [never_utf]) end),
    show(latin1, fun() -> re:run([16#e5], ".", [{capture, all, list}]) end),
    show(latin1_caseless, fun() -> re:run([16#e5], [16#c5], [caseless]) end),
    show(latin1_word, fun() -> re:run([16#e5], "\\w") end).

globals() ->
    [show({global, S, P, O}, fun() -> re:run(S, P, [global | O]) end) || {S, P, O} <- [
        {"cat and bat", "[cb]at", []}, {"", "a", []}, {"", "", []}, {"abc", "", []}, {"abc", "x*", []},
        {"abc", "|at", []}, {"cat", "|at", []}, {"cat", "|at", [{capture, first, list}]},
        {"aXbXc", "X", [{capture, none}]}, {"abab", "(a)(b)?", [{capture, all_but_first, list}]},
        {"abab", "(?<z>a)|b", [{capture, all_names, list}]}, {"ab", "(?<z>a)|b", [{capture, ["z"], binary}]},
        {"aaa", "a", [{offset, 1}]}, {"aaa", "a", [anchored]}, {"a\r\nb", "$", [multiline, {newline, crlf}]},
        {"a\r\nb\nc", "^", [multiline, {newline, anycrlf}]}, {"abc", "(?=b)", []},
        {"a1b22", "\\d+", [{capture, all, list}]}]],
    ok.

splits() ->
    [show({split, S, P, O}, fun() -> re:split(S, P, O) end) || {S, P, O} <- [
        {"Erlang", "[ln]", []}, {"Erlang", "[ln]", [{return, list}]}, {"Erlang", "([ln])", [{return, list}]},
        {"Erlang", "([ln])", [{return, list}, group]}, {"Erlang", "[lg]", [{return, list}, trim]},
        {"Erlang", "[lg]", [{return, list}, {parts, 2}]}, {"Erlang", "", [{return, list}]},
        {"a,b,,c,,", ",", [{return, binary}]}, {"a,b,,c,,", ",", [trim]}, {"", ",", []}, {"abc", "x", []},
        {[16#3b1, $,, 16#3b2], ",", [unicode, {return, list}]}, {"a b", "\\s", [{parts, 0}]},
        {"a b", " ", [global]}, {"a b", "(", []}, {"a b", " ", [{return, x}]}, {x, " ", []},
        {"aXXb", "(X)?(y)?", [{return, list}, group]}]],
    ok.

replaces() ->
    [show({replace, S, P, R, O}, fun() -> re:replace(S, P, R, O) end) || {S, P, R, O} <- [
        {"abcd", "c", "[&]", [{return, list}]}, {"abcd", "c", "[\\&]", [{return, list}]},
        {"abcdc", "c", "x", [global, {return, binary}]}, {"abcd", "c", "x", []}, {"abcd", "q", "x", []},
        {"abcd", "(b)(c)", "\\2\\1", [{return, list}]}, {"abcd", "(b)(c)", "\\g2\\g{1}", [{return, list}]},
        {"abcd", "(b)(c)", "\\9", [{return, list}]}, {"aaa", "", "-", [global, {return, list}]},
        {[16#3b1], ".", "<&>", [unicode, {return, list}]}, {"a", "(", "x", []}, {"a", "a", x, []},
        {"a.b.c", "\\.", "\\\\", [global, {return, list}]}]],
    ok.

compiled() ->
    {ok, P} = re:compile("(?<one>a)(b)?", [caseless]),
    {re_pattern, 2, 0, 0, B} = P,
    true = is_binary(B),
    show(compiled, fun() -> re:run("xAB", P, [{capture, all, list}]) end),
    show(copied, fun() -> re:run("xAB", binary_to_term(term_to_binary(P)), [{capture, all, list}]) end),
    show(global, fun() -> re:run("xABab", P, [global, {capture, all, list}]) end),
    show(options, fun() -> re:run("xAB", P, [caseless]) end),
    show(anchored, fun() -> re:run("xAB", P, [anchored]) end),
    show(split, fun() -> re:split("1ab2", P) end),
    show(replace, fun() -> re:replace("1ab2", P, "<&>", [{return, list}]) end),
    show(namelist, fun() -> re:inspect(P, namelist) end),
    show(inspect, fun() -> re:inspect(P, other) end),
    show(inspect, fun() -> re:inspect(x, namelist) end),
    Self = self(),
    spawn(fun() -> Self ! re:run("ab", P) end),
    receive R -> io:format("~p~n", [R]) end,
    {ok, U} = re:compile([16#3b1], [unicode, {newline, any}]),
    {re_pattern, 0, 1, 1, _} = U,
    show(unicode, fun() -> re:run([$a, 16#3b1], U, [{capture, all, list}]) end),
    [show(forged, fun() -> re:run("a", X) end) || X <- [
        {re_pattern, 0, 0, 0, <<>>}, {re_pattern, 0, 0, 0, <<"xyz">>}, {re_pattern, 0, 0, 0, x},
        {re_pattern, a, 0, 0, B}, {re_other, 0, 0, 0, B}, {a, b}, 17, <<1:1>>]],
    [show({compile, X, O}, fun() -> re:compile(X, O) end) || {X, O} <- [
        {a, []}, {"a", x}, {"a", [global]}, {"a", [{offset, 1}]}, {"a", [{capture, all}]}, {"a", [nothing]},
        {[300], []}, {[-1], [unicode]}, {"a" ++ b, []}]].

names() ->
    [begin {ok, P} = re:compile(S, O), show({names, S}, fun() -> re:inspect(P, namelist) end) end || {S, O} <- [
        {"a", []}, {"(?<x>a)(?<b>b)(?P<abc>c)", []}, {"(?<x>a)|(?<x>b)|(?<y>c)", [dupnames]},
        {"(?<x>a)(?J)(?<x>b)", []}]].

ends() ->
    [show({ends, N, P}, fun() -> re:run("a\rb\nc\r\nd", P, [multiline, global, {capture, all, list}, {newline, N}]) end)
     || N <- [cr, lf, crlf, any, anycrlf], P <- ["^.", ".$", "\\R", "\\N+"]],
    [show({any_end, O}, fun() -> re:run([$a, 16#85, $b], "a\\Rb", O) end) || O <- [[], [bsr_anycrlf], [bsr_unicode]]],
    {ok, P} = re:compile("^b", [multiline]),
    show(late, fun() -> re:run("a\rb", P, [{newline, cr}]) end),
    show(late, fun() -> re:run("a\rb", P, []) end).

limits() ->
    S = lists:duplicate(40, $a),
    show(limit, fun() -> re:run(S, "(a+)*b", [{match_limit, 1000}]) end),
    show(limit, fun() -> re:run(S, "(a+)*b", [{match_limit, 1000}, report_errors]) end),
    show(found, fun() -> re:run(S ++ "b", "(a+)*b", [report_errors, {capture, first}]) end),
    show(default, fun() -> re:run(S, "(a+)*$b", [report_errors]) end).

%% Which characters of Latin-1 belong to a class, and which are the same but for their case.
classes() ->
    [show({class, P, O}, fun() -> [C || C <- lists:seq(0, 255), re:run([C], P, [dollar_endonly, dotall | O]) =/= nomatch] end)
     || O <- [[], [unicode], [unicode, ucp], [caseless]],
        P <- ["^[[:" ++ Name ++ ":]]$" || Name <- ["alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit",
              "graph", "print", "punct", "space", "word", "xdigit"]] ++ ["^\\s$", "^\\d$", "^\\h$", "^\\v$"]],
    [show({same, O}, fun() -> [{A, B} || A <- letters(), B <- letters(), A < B, re:run([A], [B], [caseless | O]) =/= nomatch] end)
     || O <- [[], [unicode]]].

letters() -> lists:seq($A, $Z) ++ lists:seq($a, $z) ++ lists:seq(160, 255).
