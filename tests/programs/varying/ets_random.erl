%% Random operations on tables of all types: what each returns, and what is in the table then.
%%
%% Run it by hand: in about one run of four OTP 25 itself gives another answer for one or two of
%% the tables of type set than in its other runs.
-module(ets_random).
-export([start/0]).

start() ->
    [run(Type, Seed, KeyPos) || Type <- [set, ordered_set, bag, duplicate_bag],
                                Seed <- lists:seq(1, 12), KeyPos <- [1, 2]],
    ok.

run(Type, Seed, KeyPos) ->
    rand:seed(exsss, {Seed, KeyPos, 7}),
    Tab = ets:new(x, [Type, {keypos, KeyPos}]),
    Hash = lists:foldl(fun(_, Hash) ->
                               Op = operation(Type),
                               Result = apply_op(Type, Tab, Op),
                               %io:format("~0p ~0p~n", [Op, Result]),
                               erlang:phash2({Hash, Op, Result})
                       end, 0, lists:seq(1, 400)),
    io:format("~p ~p ~p: ~p ~p ~p~n", [Type, Seed, KeyPos, ets:info(Tab, size), Hash,
                                       erlang:phash2(all(Type, Tab))]),
    ets:delete(Tab).

key() ->
    case rand:uniform(8) of
        1 -> float(rand:uniform(20));
        2 -> {rand:uniform(4), rand:uniform(4)};
        3 -> [rand:uniform(3), a];
        4 -> <<"key", (rand:uniform(5))>>;
        5 -> 1 bsl (60 + rand:uniform(5));
        _ -> rand:uniform(20)
    end.

value() ->
    case rand:uniform(6) of
        1 -> {rand:uniform(3), "text"};
        2 -> binary:copy(<<"long">>, 10 * rand:uniform(3));
        3 -> #{a => rand:uniform(3), b => [1, 2]};
        _ -> rand:uniform(4)
    end.

object() ->
    case rand:uniform(5) of
        1 -> {key(), key(), value()};
        _ -> {key(), key()}
    end.

operation(Type) ->
    IsSet = Type =:= set orelse Type =:= ordered_set,
    case rand:uniform(24) of
        N when N < 7 -> {insert, [object()]};
        7 -> {insert, [[object() || _ <- lists:seq(1, rand:uniform(30))]]};
        8 -> {insert_new, [object()]};
        9 -> {insert_new, [[object(), object()]]};
        10 -> {lookup, [key()]};
        11 -> {member, [key()]};
        12 -> {delete, [key()]};
        13 -> {take, [key()]};
        14 -> {delete_object, [object()]};
        15 -> {lookup_element, [key(), rand:uniform(3)]};
        16 when IsSet -> {update_element, [key(), {rand:uniform(3), value()}]};
        17 when IsSet -> {update_counter, [key(), {rand:uniform(3), rand:uniform(5) - 3}]};
        18 when IsSet -> {update_counter, [key(), {rand:uniform(3), rand:uniform(5), 9, 0},
                                           {k, 1, rand:uniform(9)}]};
        19 -> {match, [pattern()]};
        20 -> {match_object, [pattern()]};
        21 -> {select, [spec()]};
        22 -> {select_count, [[{pattern(), [], [true]}]]};
        23 -> {select_delete, [[{pattern(), [{'<', {size, '$_'}, rand:uniform(3) + 1}], [true]}]]};
        24 when Type =/= bag ->
            {select_replace, [[{{'$1', '$2', '$3'}, [{is_integer, '$3'}],
                                [{{'$1', '$2', {'+', '$3', 1}}}]}]]};
        _ when Type =:= ordered_set ->
            case rand:uniform(7) of
                1 -> {next, [key()]};
                2 -> {prev, [key()]};
                3 -> {select_reverse, [spec()]};
                4 -> {first, []};
                5 -> {last, []};
                6 -> {slot, [rand:uniform(3)]};
                7 -> {chunks, [spec(), rand:uniform(5)]}
            end;
        _ -> {chunks, [spec(), rand:uniform(5)]}
    end.

pattern() ->
    case rand:uniform(9) of
        1 -> '_';
        2 -> {'$1', '$2'};
        3 -> {'$1', '$1'};
        4 -> {key(), '$1'};
        5 -> {'$1', key()};
        6 -> {{rand:uniform(4), '_'}, '$1'};
        7 -> {'$1', {rand:uniform(4), '$2'}};
        8 -> {'_', '$3', '$2'};
        9 -> {[rand:uniform(3) | '_'], '$1', '_'}
    end.

spec() ->
    Clause = fun() ->
                     P = pattern(),
                     Body = case rand:uniform(3) of
                                1 -> '$_';
                                2 -> '$$';
                                3 -> {{x, '$$', {size, {{a, b}}}, '$_'}}
                            end,
                     {P, [], [Body]}
             end,
    [Clause() || _ <- lists:seq(1, rand:uniform(2))].

apply_op(Type, Tab, {chunks, [Spec, Limit]}) ->
    shown(Type, select, chunks(ets:select(Tab, Spec, Limit), Limit));
apply_op(Type, Tab, {Name, Args}) ->
    Result = try apply(ets, Name, [Tab | Args])
             catch Class:Reason -> {Class, Reason}
             end,
    shown(Type, Name, Result).

chunks('$end_of_table', _) -> [];
chunks({List, Next}, Limit) when length(List) =< Limit, List =/= [] ->
    List ++ chunks(ets:select(Next), Limit).

%% The order of what is found in tables without an order is their own affair.
shown(ordered_set, _, Result) -> Result;
shown(_, Name, Result) when is_list(Result), Name =/= lookup, Name =/= take ->
    sorted(Result);
shown(_, _, Result) -> Result.

%% Terms that are == have no order.
sorted(List) -> lists:sort([{erlang:phash2(Term), Term} || Term <- List]).

all(ordered_set, Tab) -> ets:tab2list(Tab);
all(_, Tab) -> sorted(ets:tab2list(Tab)).
