%% What compilers have instructions for that other programs here do not bring about.
-module(rare_code).
-compile([nowarn_nif_inline]).
-export([start/0]).
-nifs([a_nif/1]).

-record(wide, {a, b, c, d, e = e}).

start() ->
    [[{differ(A, B), differ_exactly(A, B), same(A, B)} || A <- terms(), B <- terms()],
     [negated(F) || F <- [0.0, 1.5, -2.25, 1.0e300]],
     [try_it(fun() -> negated(X) end) || X <- [a, <<>>]],
     updated(id(#wide{a = 1})),
     [skipped(B) || B <- [<<"aZ"/utf16>>, <<16#10000/utf16, $Z/utf16>>, <<"Z">>, <<16#d800:16>>]],
     [skipped32(B) || B <- [<<"aZ"/utf32>>, <<16#10000/utf32, $Z/utf32>>, <<"Z">>, <<16#d800:32>>]],
     [skipped8(B) || B <- [<<"aZ"/utf8>>, <<960/utf8, $Z>>, <<"Z">>, <<255>>, <<>>]],
     try_it(fun() -> a_nif(5) end),
     kept(<<1, 2, 3, 4>>), kept(<<>>), kept(<<1:1>>),
     [less(F) || F <- [1.5, -2.25, 3]], [parted(B) || B <- [<<"abcdef">>, <<"a">>, <<"xbcz">>, a]],
     [try_it(fun() -> again(F) end) || F <- [fun() -> 1 end, fun() -> error(e) end, fun() -> throw(t) end]],
     framed(1, [2]), maps:get(a, changed(#{a => 1, b => 1})), try_it(fun() -> changed(#{}) end)].

terms() -> [id(1), id(1.0), id(a), id(<<"a">>), id([1]), id([1.0]), id(1 bsl 70)].

differ(A, B) when A /= B -> true;
differ(_, _) -> false.

differ_exactly(A, B) ->
    if A =/= B -> true; true -> false end.

same(A, B) ->
    if A == B -> true; true -> false end.

negated(X) when X > 1.0e200 -> -(X / 2.0);
negated(X) -> Y = X * 2.0, -Y + (-(X + 1.0)).

less(X) -> (X * 2.0) - 1.0.

parted(B) when binary_part(B, 1, 2) =:= <<"bc">> -> bc;
parted(B) when binary_part(B, {0, 1}) =:= <<"a">> -> a;
parted(_) -> no.

again(F) ->
    try F() catch C:R:S when R =/= x -> erlang:raise(C, {again, R}, S) end.

framed(A, B) ->
    L = id([A | B]),
    M = id({L, A}),
    {L, M, id(A)}.

changed(M) -> M#{a := maps:get(b, M, 1) + 1}.

updated(W) ->
    V = W#wide{a = id(2), c = {c}, d = "d"},
    setelement(2, setelement(4, setelement(5, V, five), four), two).

skipped(<<_/utf16, Rest/binary>>) -> Rest;
skipped(_) -> no.

skipped32(<<_/utf32, Rest/binary>>) -> Rest;
skipped32(_) -> no.

skipped8(<<_/utf8, Rest/binary>>) -> Rest;
skipped8(_) -> no.

a_nif(X) -> {not_loaded, X + 1}.

%% The same binary is matched and then used.
kept(Bin) ->
    case Bin of
        <<A, _/binary>> when A > 5 -> large;
        <<A, Rest/bits>> -> {A, Rest, Bin, kept(Rest)};
        _ -> Bin
    end.

try_it(F) ->
    try F() catch C:R -> {C, R} end.

id(X) -> X.
