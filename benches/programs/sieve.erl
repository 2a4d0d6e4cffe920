%% Small integers: primes, greatest common divisors, Collatz sequences, bits.
-module(sieve).
-export([start/0]).

start() -> {length(primes(8000)), gcds(250, 250, 0), collatz(9000, 0), bits(150000, 12345, 0)}.

primes(Max) -> primes(lists:seq(2, Max), Max).

primes([P | Rest], Max) when P * P =< Max -> [P | primes([N || N <- Rest, N rem P =/= 0], Max)];
primes(Rest, _) -> Rest.

gcds(0, _, Sum) -> Sum;
gcds(A, 0, Sum) -> gcds(A - 1, 250, Sum);
gcds(A, B, Sum) -> gcds(A, B - 1, Sum + gcd(A, B)).

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

collatz(1, Longest) -> Longest;
collatz(N, Longest) -> collatz(N - 1, max(Longest, steps(N, 0))).

steps(1, S) -> S;
steps(N, S) when N band 1 =:= 0 -> steps(N bsr 1, S + 1);
steps(N, S) -> steps(3 * N + 1, S + 1).

%% A shift register with feedback, and the ones in its states.
bits(0, _, Sum) -> Sum;
bits(N, State, Sum) ->
    Bit = (State bxor (State bsr 2) bxor (State bsr 3) bxor (State bsr 5)) band 1,
    Next = (State bsr 1) bor (Bit bsl 15),
    bits(N - 1, Next, Sum + ones(Next, 0)).

ones(0, C) -> C;
ones(N, C) -> ones(N band (N - 1), C + 1).
