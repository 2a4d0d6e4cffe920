%% Random formats with random arguments: what `io_lib:format/2` makes, with its shape where that is not
%% one of several lines.
-module(format_shape).
-export([start/0]).

start() ->
    [begin
         {Format, Args} = lists:nth(N, fixed()),
         io:format("~w ~w~n", [N, result(Format, Args)])
     end || N <- lists:seq(1, length(fixed()))],
    [begin
         rand:seed(exsss, {N, 3, 9}),
         {Format, Args} = random(rand:uniform(6)),
         Result = result(Format, Args),
         case N =< 150 of
             true -> io:format("~w ~w ~w~n", [N, Format, Result]);
             false -> io:format("~w ~w~n", [N, erlang:phash2(Result)])
         end
     end || N <- lists:seq(1, 4000)],
    done.

result(Format, Args) ->
    try io_lib:format(Format, Args) of
        Text ->
            Flat = lists:flatten(Text),
            case lists:member($p, lists:flatten([Format])) andalso lists:member($\n, Flat) of
                true -> Flat;
                false -> Text
            end
    catch
        Class:Reason:Stack ->
            [{M, F, A, _} | _] = Stack,
            {Class, Reason, M, F, is_list(A)}
    end.

fixed() ->
    [{"", []}, {"x", [y]}, {"~w", []}, {"~", []}, {"~q", [a]}, {"~s", [abc]}, {"~s", [[300]]}, {"~ts", [[300]]},
     {"~ts", ['日']}, {"~s", ['日']}, {"~s", [["a", <<"b">>, [$c]]]}, {"~s", [["a", [$c]]]}, {"~s", [[a]]},
     {"~10s|", [["ab", "c"]]}, {"~-10s|", [["ab", "c"]]}, {"~2s|", [["ab", "c"]]}, {"~10.2s|", ["abc"]},
     {"~10.5s|", ["abc"]}, {"~5.5s|", ["abc"]}, {"~5.10s|", ["abc"]}, {"~.2s|", ["abc"]}, {"~.5s|", ["abc"]},
     {"~7..xs|", ["abc"]}, {"~15..*s|", ["abc"]}, {"~*s|", [6, "abc"]}, {"~c~3c~.4c~5.3c~-5.3c|", [97, 98, 99, 100, 101]},
     {"~c ~tc", [1000, 1000]}, {"~c", [a]}, {"~n~3n~~~2~|", []}, {"~i~w", [a, b]}, {<<"~w ~s">>, [a, "b"]}, {'~w', [a]},
     {"~w", [[a | b]]}, {"~p", [[a | b]]}, {"~p", [[a | "bcd"]]}, {"~w", [[1, 2 | 3]]}, {"~p", [[[] | {}]]}, {"~w ~p", [<<>>, <<>>]},
     {"~w ~p", [<<1, 2, 3>>, <<1, 2, 3>>]}, {"~w ~p", [<<"abc">>, <<"abc">>]}, {"~w ~p", [<<5:3>>, <<1, 5:3>>]},
     {"~tp ~p", [<<"åäö"/utf8>>, <<"åäö"/utf8>>]}, {"~lp ~lp", ["abc", <<"abc">>]}, {"~p", ["a\nb"]}, {"~p", [#{a => [1], "b" => {}}]},
     {"~w", [#{a => [1], "b" => {}}]}, {"~p", [lists:seq(1, 60)]}, {"~w", [lists:seq(1, 60)]}, {"abc~n  ~p", [lists:seq(1, 60)]},
     {"\t~p ~p", [lists:seq(1, 30), lists:seq(1, 30)]}, {"~30p", [{abc, lists:seq(1, 20)}]}, {"~0p", [lists:seq(1, 60)]}, {"~-30p", [a]},
     {"~5.3p", [{a, b, c}]}, {"~w", [fun lists:map/2]}, {"~p", [fun lists:map/2]}, {"~b ~B ~.16b ~.16B ~.36b", [1, 2, 255, 255, 1295]},
     {"~b ~5b ~-5b| ~3b", [-7, -7, -7, -77777]}, {"~.2#  ~.16+ ~#", [5, -255, 10]}, {"~x ~.16X", [10, "0x", 255, "0x"]}, {"~.1b", [1]}, {"~.37b", [1]},
     {"~b", [1 bsl 100]}, {"~b", [a]}, {"~5..0b", [42]}, {"~f ~e ~g", [1.5, 1.5, 1.5]}, {"~f", [1]}, {"~.0f", [1.5]}, {"~.1e", [1.5]},
     {"~10.2f|~-10.2f|~3.2f", [3.14159, 3.14159, 3.14159]}, {"~.3f ~.3f", [-0.0, 0.0005]}, {"~.2f ~.1f", [9.999, 0.96]}, {"~.3e", [9.9999]},
     {"~.5W", [a]}, {"~W ~P", [[1, 2, 3], 2, [1, 2, 3], 2]}, {"~ts", [<<"å"/utf8>>]}, {"~ts", [<<"å">>]}, {"~ts", [<<255>>]}, {"~5ts", [<<"å"/utf8>>]},
     {"~p", [self]}, {"~p ~w", ['A b', 'A b']}, {"~tw ~w", ['日', '日']}, {"~p", [1.0e22]}, {[$~, $w], [a]}, {["~w"], [a]}, {"~w" ++ foo, [a]}].

random(0) -> {"", []};
random(N) ->
    {Format, Args} = random(N - 1),
    {F, A} = control(rand:uniform(12)),
    {text() ++ F ++ Format, A ++ Args}.

text() -> lists:nth(rand:uniform(6), ["", " ", "ab", "\n", "\t", "å:"]).

control(1) -> {"~s", [string()]};
control(2) -> {"~" ++ width() ++ "s", [string()]};
control(3) -> {"~w", [term(3)]};
control(4) -> {"~p", [term(4)]};
control(5) -> {"~tp", [term(4)]};
control(6) -> {"~" ++ width() ++ "b", [number()]};
control(7) -> {"~" ++ width() ++ lists:nth(rand:uniform(3), ["f", "e", "g"]), [float()]};
control(8) -> {"~" ++ width() ++ "ts", [lists:nth(rand:uniform(3), [string(), [300, 301], <<"å"/utf8>>])]};
control(9) -> {"~" ++ width() ++ "c", [rand:uniform(255)]};
control(10) -> {"~n", []};
control(11) -> {"~" ++ width() ++ "w", [term(2)]};
control(12) ->
    case rand:uniform(4) of
        1 -> {"~~", []};
        2 -> {"~tw", [term(2)]};
        3 -> {"~.16+", [number()]};
        4 -> {"~i~.8#", [x, number()]}
    end.

width() ->
    Digits = fun(M) -> integer_to_list(rand:uniform(M)) end,
    case rand:uniform(5) of
        1 -> "";
        2 -> Digits(30);
        3 -> "-" ++ Digits(30);
        4 -> Digits(30) ++ "." ++ Digits(12);
        5 -> "." ++ Digits(12)
    end.

string() ->
    lists:nth(rand:uniform(6), ["", "a", "hello", ["ab", ["c", $d]], <<"binary">>, "a much longer text"]).

number() -> lists:nth(rand:uniform(5), [0, -1, 42, 123456789, 1 bsl 70]).

float() ->
    lists:nth(rand:uniform(8), [0.0, 1.0, -1.5, 0.05, 99.995, 1.0e10, 1.0e-10, rand:uniform() * 1000]).

term(0) -> lists:nth(rand:uniform(8), [a, 'B c', 1, 2.5, "str", <<"bin">>, <<1, 2>>, []]);
term(D) ->
    Parts = [term(D - 1) || _ <- lists:seq(1, rand:uniform(4) - 1)],
    case rand:uniform(5) of
        1 -> Parts;
        2 -> list_to_tuple(Parts);
        3 -> list_to_tuple([tag | Parts]);
        4 -> maps:from_list([{K, K} || K <- Parts]);
        5 -> Parts ++ term(0)
    end.
