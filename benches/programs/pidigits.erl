%% Digits of pi by a spigot: big integers that grow.
-module(pidigits).
-export([start/0]).

start() -> digits(600, 1, {1, 0, 0, 1}, []).

digits(0, _, _, Digits) -> list_to_integer(lists:reverse(Digits));
digits(N, K, Z, Digits) ->
    Digit = extract(3, Z),
    case extract(4, Z) of
        Digit -> digits(N - 1, K, produce(Digit, Z), [$0 + Digit | Digits]);
        _ -> digits(N, K + 1, consume(K, Z), Digits)
    end.

extract(X, {Q, R, S, T}) -> (Q * X + R) div (S * X + T).

produce(Digit, {Q, R, S, T}) -> {10 * (Q - Digit * S), 10 * (R - Digit * T), S, T}.

consume(K, {Q, R, S, T}) ->
    A = 2 * K + 1,
    {Q * K, (2 * Q + R) * A, S * K, (2 * S + T) * A}.
