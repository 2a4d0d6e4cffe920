%% AtomVM's JSON texts of terms, as iolists. A list of pairs is an object, any other an array.
-module(json_encoder).
-export([encode/1]).

encode(Atom) when Atom =:= null; Atom =:= undefined; Atom =:= nil -> <<"null">>;
encode(Boolean) when is_boolean(Boolean) -> atom_to_binary(Boolean);
encode(Atom) when is_atom(Atom) -> text(atom_to_binary(Atom));
encode(Binary) when is_binary(Binary) -> text(Binary);
encode(Integer) when is_integer(Integer) -> integer_to_binary(Integer);
encode(Float) when is_float(Float) -> float_to_binary(Float, [short]);
encode([{_, _} | _] = Pairs) -> [${, separated([member(Pair) || Pair <- Pairs]), $}];
encode(List) when is_list(List) -> [$[, separated([encode(Element) || Element <- List]), $]].

member({Key, Value}) when is_atom(Key) -> [text(atom_to_binary(Key)), $:, encode(Value)];
member({Key, Value}) when is_binary(Key) -> [text(Key), $:, encode(Value)].

separated(Texts) -> lists:join($,, Texts).

text(Binary) -> [$", [escaped(Byte) || <<Byte>> <= Binary], $"].

escaped($") -> "\\\"";
escaped($\\) -> "\\\\";
escaped(Byte) when Byte < 32 -> io_lib:format("\\u~4.16.0b", [Byte]);
escaped(Byte) -> Byte.
