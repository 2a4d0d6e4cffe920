%% Why bit strings cannot be built, as the causes in stack traces say it.
-module(exc_bits).
-export([start/0]).

start() -> [[one(Fun, Arg) || Arg <- Args] || {Fun, Args} <- cases()].

one(Fun, Arg) ->
    try Fun(Arg)
    catch Class:Reason:Trace -> [{_, _, _, Where} | _] = Trace, {Class, Reason, proplists:get_value(error_info, Where)}
    end.

cases() ->
    [
     {fun(X) -> <<X:8>> end, [a, 1.5]},
     {fun(X) -> <<1:X>> end, [a, -1, 1.0, 1 bsl 70, -(1 bsl 70)]},
     {fun(X) -> <<1:X/integer-unit:8>> end, [a, -1, 1 bsl 60]},
     {fun(X) -> <<0:8, X:8>> end, [a]},
     {fun(X) -> <<X/float>> end, [a, <<>>, 1 bsl 2000]},
     {fun(X) -> <<1.0:X/float>> end, [15, a, -1, 65, 1 bsl 80]},
     {fun(X) -> <<X:16/float>> end, [1.0e300, 70000]},
     {fun(X) -> <<X:32/float>> end, [1.0e300, a]},
     {fun(X) -> <<X/binary>> end, [a, <<1:1>>, [1]]},
     {fun(X) -> <<X/bits>> end, [a]},
     {fun(X) -> <<(<<"abc">>):X/binary>> end, [4, a, -1, 1 bsl 70]},
     {fun(X) -> <<X:2/binary>> end, [a, <<1>>]},
     {fun(X) -> <<(<<"abc">>):X/bits>> end, [40, a, -1]},
     {fun(X) -> <<X/binary-unit:16>> end, [<<1>>, <<1,2,3:4>>]},
     {fun(X) -> <<X/utf8>> end, [a, -1, 16#D800, 16#110000, 1 bsl 70]},
     {fun(X) -> <<X/utf16>> end, [a, -1, 16#D800, 16#110000]},
     {fun(X) -> <<X/utf32>> end, [a, -1, 16#D800, 16#110000]},
     {fun(X) -> A = <<>>, lists:foldl(fun(E, B) -> <<B/binary, E:8>> end, A, [1,2,X]) end, [a]},
     {fun(X) -> lists:foldl(fun(E, B) -> <<B/bits, E:8>> end, X, [1,2]) end, [a]},
     {fun(X) -> lists:foldl(fun(E, B) -> <<B/binary, E:8>> end, X, [1,2]) end, [a, <<1:1>>]},
     {fun(X) -> << <<E:8>> || E <- [1,X] >> end, [a]},
     {fun(X) -> <<X:8, X/float, X/binary>> end, [a]},
     {fun(X) -> <<0:8, X:8, (2*X)/binary>> end, [2]},
     {fun(X) -> <<X:8, 1:X>> end, [b,-1]},
     {fun(X) -> <<X:8, X/utf8, 1:X>> end, [b,-1]},
     {fun(X) -> <<X:8, X/binary, 1:X>> end, [b,-1]},
     {fun(X) -> <<"abc", X:8>> end, [b]},
     {fun(X) -> <<X/utf8, X:8>> end, [a]},
     {fun(X) -> <<X:8, X/utf8>> end, [a]},
     {fun(X) -> <<X:8, X/utf16>> end, [a]},
     {fun(X) -> <<X:8, X/utf32>> end, [a]},
     {fun(X) -> <<X:8, X:2/binary>> end, [a]},
     {fun(X) -> <<X:8, (<<1>>):2/binary>> end, [a]},
     {fun(X) -> <<X:8, (<<1:1>>)/binary>> end, [a]},
     {fun(X) -> <<X:8, 1.0:(X+15)/float>> end, [0]},
     {fun(X) -> <<(hd(X)):8, 1.0:(tl(X))/float>> end, [[a|15],[a|a]]},
     {fun(X) -> <<X:8, 1.0:15/float>> end, [a]},
     {fun(X) -> <<X:64/float, X:8>> end, [a, 1 bsl 2000]},
     {fun(X) -> <<X:33/float>> end, [1]},
     {fun(X) -> <<X:X/float>> end, [a,33, -33, 1 bsl 2000]},
     {fun(X) -> <<1, 2, 3, "abc", 7:16, X:8>> end, [a]},
     {fun(X) -> <<1:7, 2, 3, "abc", 7:16, X/binary>> end, [a]},
     {fun(X) -> <<(list_to_binary([X]))/binary, 1, 2, X:8, X/binary>> end, [1]},
     {fun(X) -> <<(list_to_binary([X]))/binary, 1, 2, X:8, X:X/binary>> end, [1]},
     {fun(X) -> <<X/binary, 1, 2, X:8, X:X/binary>> end, [a]},
     {fun(X) -> <<X/binary, 1, 2, 3:X>> end, [a]},
     {fun(X) -> <<1:X, 2:X/binary>> end, [a]},
     {fun(X) -> <<X/binary, 2:X/binary>> end, [a]},
     {fun(X) -> <<0:8, X/binary, 2:X/binary>> end, [a]},
     {fun(X) -> <<X:0>> end, [a, 1.0]},
     {fun(X) -> <<X:0/float>> end, [a, 1.0]},
     {fun(X) -> <<X:0/binary>> end, [a, <<>>]},
     {fun(X) -> element(1, {<<X:8>>}) end, [a]},
     {fun(X) -> <<X/utf32, 1:X>> end, [a]},
     {fun(X) -> <<1:X, X/utf32>> end, [a]},
     {fun(X) -> <<X/binary, X/utf32>> end, [a]},
     {fun(X) -> <<0, X/binary, X/utf32>> end, [a]},
     {fun(X) -> <<X/utf32,X/binary>> end, [a]},
     {fun(X) -> <<0, X/binary, 1:X>> end, [a]},
     {fun(X) -> <<1:X, X/binary>> end, [a]},
     {fun(X) -> <<0, X:X/binary, X/binary>> end, [a]},
     {fun(X) -> <<X:64/float>> end, [1 bsl 2000]},
     {fun(X) -> <<X:16/float>> end, [1 bsl 2000]},
     {fun(X) -> <<X:4/float-unit:8, X:3/float-unit:8>> end, [1]}
    ].
