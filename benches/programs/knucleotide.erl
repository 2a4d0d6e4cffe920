%% How often each run of letters stands in a sequence: sub-binaries as keys of maps.
-module(knucleotide).
-export([start/0]).

start() ->
    Sequence = sequence(20000, 42, <<>>),
    Frequencies = [lists:sublist(lists:reverse(lists:keysort(2, maps:to_list(count(Sequence, K)))), 1) || K <- [1, 2]],
    Found = [maps:get(S, count(Sequence, byte_size(S)), 0) || S <- [<<"GGT">>, <<"GGTA">>, <<"GGTATT">>, <<"GGTATTTTAATT">>]],
    {[N || [{_, N}] <- Frequencies], Found, map_size(count(Sequence, 8))}.

sequence(0, _, Acc) -> Acc;
sequence(N, Seed, Acc) ->
    Next = (Seed * 3877 + 29573) rem 139968,
    sequence(N - 1, Next, <<Acc/binary, (letter(Next * 100 div 139968))>>).

letter(P) when P < 30 -> $A;
letter(P) when P < 50 -> $C;
letter(P) when P < 70 -> $G;
letter(_) -> $T.

count(Sequence, K) -> count(Sequence, K, 0, byte_size(Sequence) - K, #{}).

count(_, _, At, Last, Counts) when At > Last -> Counts;
count(Sequence, K, At, Last, Counts) ->
    Key = binary:part(Sequence, At, K),
    count(Sequence, K, At + 1, Last,
          case Counts of
              #{Key := N} -> Counts#{Key := N + 1};
              _ -> Counts#{Key => 1}
          end).
