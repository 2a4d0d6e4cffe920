# Strings, binaries, sigils, interpolation and conversions.
defmodule ExStrings do
  def start do
    s = "Hello, wörld €!"

    {String.length(s), byte_size(s), String.upcase(s), String.reverse(s), String.split("a,b;c", [",", ";"]),
     String.replace("banana", "an", "AN"), String.slice(s, 7, 5), String.at(s, 8), String.starts_with?(s, "Hell"), String.contains?(s, "€"),
     String.pad_leading("7", 3, "0"), String.trim("  x "), String.to_integer("42"), String.to_atom("abc"), ~w(a b c)a, ~s(q "x"),
     Integer.to_string(255, 16), Integer.parse("12abc"), Float.parse("3.5rest"), Float.round(2.675, 2), String.capitalize("éa"),
     <<104, 105>> <> "!", String.to_charlist("hé"), String.codepoints("añ"), String.graphemes("e\u0301x"), String.duplicate("ab", 3),
     Base.encode16("hi"), Base.encode64("hello"), Base.decode64!("aGVsbG8="), String.valid?(<<255>>), String.downcase("ÀB"), String.jaro_distance("abc", "abd") |> Float.round(3)}
  end
end
