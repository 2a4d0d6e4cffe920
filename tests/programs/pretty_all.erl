%% Random terms from random columns on, on lines of random lengths: as the VM breaks them for packs
%% that stand alone, and as OTP does.
-module(pretty_all).
-export([start/0]).

start() ->
    [begin
         rand:seed(exsss, {N, 7, 11}),
         Term = term(rand:uniform(5)),
         Column = rand:uniform(60) - 3,
         Line = lists:nth(rand:uniform(6), [80, 80, 40, 20, 120, 0]),
         Encoding = lists:nth(rand:uniform(2), [latin1, unicode]),
         Text = shown(Term, Column, Line, Encoding, rand:uniform(4) > 1),
         case N =< 60 of
             true -> io:format("~w ~w ~w~n~ts~n", [Column, Line, Encoding, Text]);
             false -> io:format("~w ~w~n", [N, erlang:phash2(Text)])
         end
     end || N <- lists:seq(1, 3000)],
    done.

shown(Term, Column, Line, Encoding, Strings) ->
    try atomvm_text:pretty(Term, Column, Line, Encoding, Strings)
    catch
        error:undef ->
            Options = [{column, Column}, {line_length, Line}, {encoding, Encoding}, {strings, Strings}],
            lists:flatten(io_lib_pretty:print(Term, Options))
    end.

term(0) -> leaf();
term(Depth) ->
    Size = rand:uniform(6) - 1,
    Parts = fun() -> [term(Depth - 1) || _ <- lists:seq(1, Size)] end,
    case rand:uniform(8) of
        1 -> leaf();
        2 -> list_to_tuple(Parts());
        3 -> list_to_tuple([atom() | Parts()]);
        4 -> list_to_tuple([atom() | Parts()]);
        5 -> Parts();
        6 -> maps:from_list([{term(0), term(Depth - 1)} || _ <- lists:seq(1, Size)]);
        7 -> Parts() ++ leaf();
        8 -> [{atom(), term(Depth - 1)} || _ <- lists:seq(1, Size)]
    end.

atom() ->
    lists:nth(rand:uniform(10), [a, ok, error, 'A b', aaaaaaaaaaaa, a_very_long_atom_that_takes_room, 'ÿ', 'α', x, badarg]).

leaf() ->
    case rand:uniform(9) of
        1 -> atom();
        2 -> rand:uniform(1 bsl 70);
        3 -> rand:uniform() * 1.0e10;
        4 -> [$a + rand:uniform(26) - 1 || _ <- lists:seq(1, rand:uniform(40))];
        5 -> << <<(rand:uniform(256) - 1)>> || _ <- lists:seq(1, rand:uniform(40)) >>;
        6 -> << <<($a + rand:uniform(26) - 1)>> || _ <- lists:seq(1, rand:uniform(40)) >>;
        7 -> <<(rand:uniform(1000)):13>>;
        8 -> lists:nth(rand:uniform(6), [[], {}, #{}, <<>>, "é", <<"é"/utf8>>]);
        9 -> rand:uniform(100)
    end.
