%% Integers of hundreds of digits: factorials, Fibonacci numbers, powers, gcd, roots, digits.
-module(int_big).
-export([start/0]).

start() ->
    F100 = fact(100),
    Fib = fib(500),
    P = pow(3, 200),
    Neg = -F100,
    {F100, Fib, P, F100 div P, F100 rem P, Neg div P, Neg rem P, Neg div -P, F100 div -7,
     gcd(F100, pow(2, 120) * 3), isqrt(F100), lists:sum(digits(F100)),
     modpow(7, pow(10, 40) + 3, pow(10, 30) + 57),
     F100 =:= F100 * 1, F100 > P, Neg < P, Neg == F100, F100 == float(F100),
     F100 * 1.0, F100 / P, trunc(1.0e30), round(-2.5e25), float(1 bsl 80),
     (F100 - F100) + 5, (F100 - (F100 - 1)), F100 band 16#FFFFFFFF, Neg band ((1 bsl 100) - 1),
     Neg bor 1, Neg bxor F100, bnot F100, F100 bsr 400, Neg bsr 400, F100 bsl 65,
     try fact(200) / 1.0 catch C:R -> {C, R} end,
     try trunc(id(a)) catch C2:R2 -> {C2, R2} end,
     squares([1 bsl 30, 1 bsl 31, 1 bsl 32, (1 bsl 60) + 1, -(1 bsl 61)])}.

fact(0) -> 1;
fact(N) -> N * fact(N - 1).

fib(N) -> fib(N, 0, 1).
fib(0, A, _) -> A;
fib(N, A, B) -> fib(N - 1, B, A + B).

pow(_, 0) -> 1;
pow(B, E) when E rem 2 =:= 0 -> H = pow(B, E div 2), H * H;
pow(B, E) -> B * pow(B, E - 1).

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

isqrt(N) -> isqrt(N, 1 bsl 270).
isqrt(N, X) ->
    case (X + N div X) div 2 of
        Y when Y >= X -> X;
        Y -> isqrt(N, Y)
    end.

digits(0) -> [];
digits(N) -> [N rem 10 | digits(N div 10)].

modpow(_, 0, _) -> 1;
modpow(B, E, M) when E band 1 =:= 1 -> B * modpow(B * B rem M, E bsr 1, M) rem M;
modpow(B, E, M) -> modpow(B * B rem M, E bsr 1, M).

squares(L) -> [X * X || X <- L].

id(X) -> X.
