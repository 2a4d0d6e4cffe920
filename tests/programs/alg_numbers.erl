%% Number theory: sieves, factors, perfect numbers, Ackermann, Fibonacci by matrix, digits of pi and e, RSA.
-module(alg_numbers).
-export([start/0]).

start() ->
    P = primes(2000),
    {length(P), lists:last(P), [factor(N) || N <- [1, 97, 360, 1001, 600851475143, 999999000001]], [N || N <- lists:seq(2, 500), perfect(N)], ack(2, 6), ack(3, 4), tak(14, 8, 4), fibm(300), pi(40), e(40),
     [roman(N) || N <- [1, 4, 9, 14, 40, 90, 400, 1994, 2024, 3999]], [spell(N) || N <- [0, 7, 13, 42, 100, 999, 12345]], rsa(), [is_prime(N) || N <- [561, 1105, 104729, (1 bsl 61) - 1, (1 bsl 67) - 1]], catalan(20), happy(), luhn("4539148803436467"), egcd(240, 46), crt([2, 3, 2], [3, 5, 7]), fizz()}.

primes(N) -> sieve(lists:seq(2, N)).
sieve([P | Xs]) when P * P =< 2000 -> [P | sieve([X || X <- Xs, X rem P =/= 0])];
sieve(Xs) -> Xs.
factor(N) -> factor(N, 2).
factor(1, _) -> [];
factor(N, D) when D * D > N -> [N];
factor(N, D) when N rem D =:= 0 -> [D | factor(N div D, D)];
factor(N, D) -> factor(N, D + 1).
perfect(N) -> N =:= lists:sum([D || D <- lists:seq(1, N div 2), N rem D =:= 0]).
ack(0, N) -> N + 1;
ack(M, 0) -> ack(M - 1, 1);
ack(M, N) -> ack(M - 1, ack(M, N - 1)).
tak(X, Y, Z) when Y < X -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y));
tak(_, _, Z) -> Z.
fibm(N) -> {_, F, _} = mpow({1, 1, 0}, N), F.
mpow(_, 0) -> {1, 0, 1};
mpow(M, N) when N rem 2 =:= 0 -> H = mpow(M, N div 2), mmul(H, H);
mpow(M, N) -> mmul(M, mpow(M, N - 1)).
mmul({A, B, C}, {D, E, F}) -> {A * D + B * E, A * E + B * F, B * E + C * F}.
pi(N) -> pi(N, 1, 0, 1, 1, 3, 3, []).
pi(0, _, _, _, _, _, _, Ds) -> lists:reverse(Ds);
pi(I, Q, R, T, K, N, L, Ds) when 4 * Q + R - T < N * T -> pi(I - 1, 10 * Q, 10 * (R - N * T), T, K, (10 * (3 * Q + R)) div T - 10 * N, L, [$0 + N | Ds]);
pi(I, Q, R, T, K, _, L, Ds) -> pi(I, Q * K, (2 * Q + R) * L, T * L, K + 1, (Q * (7 * K + 2) + R * L) div (T * L), L + 2, Ds).
e(N) -> S = pow10(N + 5), integer_to_list(e(S, S, 1, 0) div pow10(5)).
e(0, _, _, A) -> A;
e(T, S, K, A) -> e(T div K, S, K + 1, A + T).
pow10(0) -> 1;
pow10(N) -> 10 * pow10(N - 1).
roman(N) -> roman(N, [{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}]).
roman(0, _) -> "";
roman(N, [{V, S} | _] = T) when N >= V -> S ++ roman(N - V, T);
roman(N, [_ | T]) -> roman(N, T).
spell(N) when N < 20 -> element(N + 1, {zero, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen});
spell(N) when N < 100 -> [element(N div 10 - 1, {twenty, thirty, forty, fifty, sixty, seventy, eighty, ninety}) | [spell(N rem 10) || N rem 10 > 0]];
spell(N) when N < 1000 -> [spell(N div 100), hundred | [spell(N rem 100) || N rem 100 > 0]];
spell(N) -> [spell(N div 1000), thousand | [spell(N rem 1000) || N rem 1000 > 0]].
rsa() ->
    P = 1000003, Q = 998244353, N = P * Q, Phi = (P - 1) * (Q - 1), E = 65537,
    {1, D0, _} = egcd(E, Phi), D = (D0 + Phi) rem Phi,
    [modpow(modpow(M, E, N), D, N) =:= M || M <- [1, 42, 123456789012]].
egcd(A, 0) -> {A, 1, 0};
egcd(A, B) -> {G, X, Y} = egcd(B, A rem B), {G, Y, X - A div B * Y}.
modpow(_, 0, _) -> 1;
modpow(B, E, M) when E band 1 =:= 1 -> B * modpow(B * B rem M, E bsr 1, M) rem M;
modpow(B, E, M) -> modpow(B * B rem M, E bsr 1, M).
is_prime(N) -> D = odd(N - 1), lists:all(fun(A) -> A >= N orelse witness(A, D, N) end, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]).
odd(D) when D rem 2 =:= 0 -> odd(D div 2);
odd(D) -> D.
witness(A, D, N) -> X = modpow(A, D, N), X =:= 1 orelse square(X, D, N).
square(X, _, N) when X =:= N - 1 -> true;
square(X, D, N) when D * 2 < N - 1 -> square(X * X rem N, D * 2, N);
square(_, _, _) -> false.
catalan(N) -> fact(2 * N) div (fact(N + 1) * fact(N)).
fact(0) -> 1;
fact(N) -> N * fact(N - 1).
happy() -> [N || N <- lists:seq(1, 50), happy(N, [])].
happy(1, _) -> true;
happy(N, Seen) -> not lists:member(N, Seen) andalso happy(lists:sum([(D - $0) * (D - $0) || D <- integer_to_list(N)]), [N | Seen]).
luhn(S) -> {_, T} = lists:foldr(fun(C, {false, A}) -> {true, A + C - $0}; (C, {true, A}) -> X = (C - $0) * 2, {false, A + X div 10 + X rem 10} end, {false, 0}, S), T rem 10 =:= 0.
crt(Rs, Ms) -> P = lists:foldl(fun(X, Y) -> X * Y end, 1, Ms), S = lists:sum([begin Pi = P div M, {1, Inv, _} = egcd(Pi, M), R * Pi * Inv end || {R, M} <- lists:zip(Rs, Ms)]), ((S rem P) + P) rem P.
fizz() -> [case {N rem 3, N rem 5} of {0, 0} -> fizzbuzz; {0, _} -> fizz; {_, 0} -> buzz; _ -> N end || N <- lists:seq(1, 15)].
