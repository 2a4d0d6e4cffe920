%% Records and tuples: made, read, updated and matched.
-module(records).
-export([start/0]).

-record(account, {id, owner, balance = 0, history = [], open = true}).
-record(move, {from, to, amount}).

start() ->
    Accounts = list_to_tuple([#account{id = I, owner = {person, I}} || I <- lists:seq(1, 64)]),
    Moves = [#move{from = 1 + I rem 64, to = 1 + I * 7 rem 64, amount = I rem 13} || I <- lists:seq(1, 40000)],
    Final = lists:foldl(fun move/2, Accounts, Moves),
    {total(Final, 64, 0), grid(300)}.

move(#move{from = Same, to = Same}, Accounts) -> Accounts;
move(#move{from = From, to = To, amount = Amount}, Accounts) ->
    #account{balance = B1, history = H1} = A1 = element(From, Accounts),
    #account{balance = B2} = A2 = element(To, Accounts),
    Less = A1#account{balance = B1 - Amount, history = keep(Amount, H1)},
    More = A2#account{balance = B2 + Amount, open = Amount > 0},
    setelement(To, setelement(From, Accounts, Less), More).

keep(Amount, [A, B, C | _]) -> [Amount, A, B, C];
keep(Amount, History) -> [Amount | History].

total(_, 0, Sum) -> Sum;
total(Accounts, I, Sum) ->
    #account{id = I, balance = B, history = H, open = Open} = element(I, Accounts),
    total(Accounts, I - 1, Sum * 3 rem 1000003 + B + length(H) + case Open of true -> 1; false -> 0 end).

%% Points that move by what kind of tuple they are.
grid(Rounds) -> grid(Rounds, [shape(I) || I <- lists:seq(1, 100)], 0).

grid(0, Shapes, Sum) -> Sum + length(Shapes);
grid(N, Shapes, Sum) ->
    Next = [step(S) || S <- Shapes],
    grid(N - 1, Next, lists:foldl(fun(S, A) -> area(S) + A end, Sum, Next)).

shape(I) when I rem 3 =:= 0 -> {circle, I, I + 1, 3};
shape(I) when I rem 3 =:= 1 -> {square, {I, I}, 4};
shape(I) -> {line, {I, 0}, {0, I}}.

step({circle, X, Y, R}) -> {circle, X + 1, Y - 1, R};
step({square, {X, Y}, S}) -> {square, {Y, X}, S};
step({line, A, B}) -> {line, B, A}.

area({circle, _, _, R}) -> 3 * R * R;
area({square, _, S}) -> S * S;
area({line, {X, _}, {_, Y}}) -> X + Y.
