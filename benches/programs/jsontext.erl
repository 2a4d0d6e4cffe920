%% JSON written and read, with maps and binaries.
-module(jsontext).
-export([start/0]).

start() ->
    Value = #{<<"users">> => [user(I) || I <- lists:seq(1, 250)], <<"next">> => null, <<"total">> => 250},
    Text = iolist_to_binary(encode(Value)),
    Value = decode(Text),
    Again = lists:foldl(fun(_, V) -> decode(iolist_to_binary(encode(V))) end, Value, lists:seq(1, 4)),
    {byte_size(Text), Again =:= Value}.

user(I) ->
    #{<<"id">> => I, <<"name">> => <<"User \"", (integer_to_binary(I))/binary, "\"\n\xc3\xa4">>, <<"score">> => I / 8,
      <<"active">> => I rem 2 =:= 0, <<"tags">> => [<<"a">>, <<"b\\c">>, -I], <<"pos">> => #{<<"x">> => I, <<"y">> => -I}}.

encode(null) -> <<"null">>;
encode(true) -> <<"true">>;
encode(false) -> <<"false">>;
encode(N) when is_integer(N) -> integer_to_binary(N);
encode(F) when is_float(F) -> float_to_binary(F, [{decimals, 6}, compact]);
encode(B) when is_binary(B) -> [$", escape(B), $"];
encode(L) when is_list(L) -> [$[, join([encode(V) || V <- L]), $]];
encode(M) when is_map(M) -> [${, join([[encode(K), $:, encode(maps:get(K, M))] || K <- lists:sort(maps:keys(M))]), $}].

join([]) -> [];
join([X]) -> [X];
join([X | Xs]) -> [X, $, | join(Xs)].

escape(B) -> << <<(escape_char(C))/binary>> || <<C>> <= B >>.

escape_char($") -> <<"\\\"">>;
escape_char($\\) -> <<"\\\\">>;
escape_char($\n) -> <<"\\n">>;
escape_char(C) -> <<C>>.

decode(Text) ->
    {Value, Rest} = value(skip(Text)),
    <<>> = skip(Rest),
    Value.

skip(<<C, Rest/binary>>) when C =:= $\s; C =:= $\n; C =:= $\t; C =:= $\r -> skip(Rest);
skip(Text) -> Text.

value(<<"null", Rest/binary>>) -> {null, Rest};
value(<<"true", Rest/binary>>) -> {true, Rest};
value(<<"false", Rest/binary>>) -> {false, Rest};
value(<<$", Rest/binary>>) -> string(Rest, <<>>);
value(<<$[, Rest/binary>>) -> array(skip(Rest), []);
value(<<${, Rest/binary>>) -> object(skip(Rest), #{});
value(Text) -> number(Text, Text, 0).

string(<<$", Rest/binary>>, Acc) -> {Acc, Rest};
string(<<$\\, $n, Rest/binary>>, Acc) -> string(Rest, <<Acc/binary, $\n>>);
string(<<$\\, C, Rest/binary>>, Acc) -> string(Rest, <<Acc/binary, C>>);
string(<<C, Rest/binary>>, Acc) -> string(Rest, <<Acc/binary, C>>).

array(<<$], Rest/binary>>, []) -> {[], Rest};
array(Text, Acc) ->
    {Value, Rest} = value(Text),
    case skip(Rest) of
        <<$,, More/binary>> -> array(skip(More), [Value | Acc]);
        <<$], More/binary>> -> {lists:reverse(Acc, [Value]), More}
    end.

object(<<$}, Rest/binary>>, Map) when map_size(Map) =:= 0 -> {Map, Rest};
object(<<$", Text/binary>>, Map) ->
    {Key, Rest} = string(Text, <<>>),
    <<$:, Rest1/binary>> = skip(Rest),
    {Value, Rest2} = value(skip(Rest1)),
    case skip(Rest2) of
        <<$,, More/binary>> -> object(skip(More), Map#{Key => Value});
        <<$}, More/binary>> -> {Map#{Key => Value}, More}
    end.

number(Text, <<C, Rest/binary>>, N) when C >= $0, C =< $9; C =:= $-; C =:= $.; C =:= $e; C =:= $+ -> number(Text, Rest, N + 1);
number(Text, Rest, N) ->
    Digits = binary:part(Text, 0, N),
    case binary:match(Digits, <<".">>) of
        nomatch -> {binary_to_integer(Digits), Rest};
        _ -> {binary_to_float(Digits), Rest}
    end.
