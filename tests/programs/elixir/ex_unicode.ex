# Text in many scripts; numbers, regular expressions, URIs, codings and versions.
defmodule ExUnicode do
  defp p(x), do: IO.inspect(x, limit: :infinity)
  defp t(f) do
    try do p(f.()) rescue e -> p({:raised, e.__struct__, Exception.message(e)}) catch k, v -> p({k, v}) end
  end
  @strings ["", "hello", "Straße", "ŒUVRE", "Ångström", "日本語", "👨‍👩‍👧‍👦 family", "e\u0301a", "İstanbul", "ΑΣ", "ÀÉÎ", <<255, 97>>, " \t trim \u00a0\n", "ǆ", "ﬁn", "🇫🇷🇩🇪", "a\r\nb", "नमस्ते", "한국어", "hello world foo_bar FooBar"]
  def start do
    for s <- @strings do
      p s
      t fn -> String.length(s) end
      t fn -> String.upcase(s) end
      t fn -> String.downcase(s) end
      t fn -> String.capitalize(s) end
      t fn -> String.upcase(s, :turkic) end
      t fn -> String.downcase(s, :greek) end
      t fn -> String.upcase(s, :ascii) end
      t fn -> String.graphemes(s) end
      t fn -> String.codepoints(s) end
      t fn -> String.reverse(s) end
      t fn -> String.trim(s) end
      t fn -> String.split(s) end
      t fn -> String.split(s, "") end
      t fn -> String.next_grapheme(s) end
      t fn -> String.valid?(s) end
      t fn -> String.printable?(s) end
      t fn -> String.normalize(s, :nfd) end
      t fn -> String.normalize(s, :nfc) end
      t fn -> String.normalize(s, :nfkd) end
      t fn -> String.normalize(s, :nfkc) end
      t fn -> String.slice(s, 1..-2//1) end
      t fn -> String.slice(s, -3, 2) end
      t fn -> String.at(s, 2) end
      t fn -> String.first(s) end
      t fn -> String.last(s) end
      t fn -> String.pad_leading(s, 12, ["ab", "c"]) end
      t fn -> String.pad_trailing(s, 12) end
      t fn -> String.to_charlist(s) end
      t fn -> String.chunk(s, :printable) end
      t fn -> String.chunk(s, :valid) end
      t fn -> String.split_at(s, 3) end
      t fn -> String.duplicate(s, 2) end
      t fn -> String.starts_with?(s, ["h", "é", "日"]) end
      t fn -> String.ends_with?(s, ["o", "é", "語"]) end
      t fn -> String.contains?(s, ["ll", "ra"]) end
      t fn -> String.replace(s, "l", "L") end
      t fn -> String.replace(s, ~r/[aeiou]/u, fn x -> "<#{x}>" end) end
      t fn -> String.splitter(s, ["l", " "]) |> Enum.to_list end
      t fn -> Macro.camelize(s) end
      t fn -> Macro.underscore(s) end
      t fn -> String.to_atom(s) end
      t fn -> inspect(s, binaries: :as_binaries) end
      t fn -> inspect(s, limit: 3) end
      t fn -> String.myers_difference(s, "hello there") end
      t fn -> String.jaro_distance(s, "hello there") end
      t fn -> String.bag_distance(s, "hello there") end
      t fn -> String.equivalent?(s, String.normalize(s, :nfd)) end
      t fn -> String.trim_leading(s, "h") end
      t fn -> String.replace_suffix(s, "o", "0") end
      t fn -> Base.encode64(s) end
      t fn -> Base.url_encode64(s, padding: false) end
      t fn -> Base.encode32(s) end
      t fn -> Base.hex_encode32(s, case: :lower) end
      t fn -> Base.encode16(s, case: :lower) end
      t fn -> URI.encode(s) end
      t fn -> URI.encode_www_form(s) end
    end
    t fn -> String.to_integer("12a") end
    t fn -> String.to_integer("-12") end
    t fn -> String.to_integer("zz", 36) end
    t fn -> String.to_float("1") end
    t fn -> String.to_float("1.5e3") end
    t fn -> Integer.parse("12abc") end
    t fn -> Integer.parse("abc") end
    t fn -> Integer.parse("-ff", 16) end
    t fn -> Float.parse("1.5e10x") end
    t fn -> Float.parse("1.e") end
    t fn -> Float.round(2.675, 2) end
    t fn -> Float.ceil(-1.234, 2) end
    t fn -> Float.floor(1.236, 2) end
    t fn -> Float.ratio(0.1) end
    t fn -> Float.to_string(1.0e100) end
    t fn -> Float.to_charlist(123456789.123) end
    for f <- [0.0, -0.0, 1.0e22, 1.0e21, 123456789012345680.0, 1.0e-5, 0.001, 3.14, 1.0e16, 9007199254740993.0], do: p f
    t fn -> Integer.digits(12345, 7) end
    t fn -> Integer.undigits([1, 2, 3], 10) end
    t fn -> Integer.gcd(12, 18) end
    t fn -> Integer.extended_gcd(12, 18) end
    t fn -> Integer.floor_div(-7, 2) end
    t fn -> Integer.mod(-7, 2) end
    t fn -> Integer.pow(2, 200) end
    t fn -> Integer.pow(2, -1) end
    t fn -> Integer.to_string(-255, 16) end
    t fn -> String.split("a,b,,c", ",", trim: true) end
    t fn -> String.split("a,b,,c", ",", parts: 2) end
    t fn -> String.split("a1b22c", ~r/\d+/) end
    t fn -> String.split("a1b22c", ~r/\d+/, include_captures: true) end
    t fn -> Regex.scan(~r/(\w)(\d)/, "a1 b2 c3") end
    t fn -> Regex.run(~r/(?<y>\d{4})-(?<m>\d\d)/, "on 2020-03", capture: :all_names) end
    t fn -> Regex.named_captures(~r/(?<y>\d{4})-(?<m>\d\d)/, "on 2020-03") end
    t fn -> Regex.replace(~r/(\w+) (\w+)/, "hello world", "\\2 \\1") end
    t fn -> Regex.replace(~r/x/, "axbx", "y", global: false) end
    t fn -> Regex.split(~r{[,;]}, "a,b;c") end
    t fn -> Regex.compile("(a") end
    t fn -> Regex.compile!("*a") end
    t fn -> Regex.escape("a.b*c") end
    t fn -> ~r/foo/iu end
    t fn -> "FOO" =~ ~r/foo/i end
    t fn -> Regex.names(~r/(?<b>x)(?<a>y)/) end
    t fn -> Regex.run(~r/é+/u, "aééb", return: :index) end
    t fn -> URI.parse("http://user:pw@example.com:8080/path/x?q=1&r=a%20b#frag") end
    t fn -> URI.decode_query("a=1&b=%C3%A9+x&c") end
    t fn -> URI.encode_query(%{a: 1, b: "é x"}) end
    t fn -> URI.merge("http://a.com/b/c", "../d") |> to_string end
    t fn -> URI.new("http://a b") end
    t fn -> URI.decode("%zz") end
    t fn -> Base.decode64("aGVsbG8") end
    t fn -> Base.decode64!("aGVsbG8=") end
    t fn -> Base.decode64!("a!") end
    t fn -> Base.decode16("FFZ") end
    t fn -> Base.decode32!("NBSWY3DP") end
    t fn -> Version.compare("1.2.3-rc.1", "1.2.3") end
    t fn -> Version.match?("1.5.0", "~> 1.2 and != 1.4.0") end
    t fn -> Version.parse!("1.2.3-rc.1+build") end
    t fn -> Version.parse!("1.2") end
    t fn -> Version.requirement("> 1") end
    t fn -> ~w(a b c)a end
    t fn -> ~s(a #{1 + 1} "q") end
    t fn -> ~S(a #{1 + 1}\n) end
    t fn -> 'charlist é' end
    t fn -> ?é end
    t fn -> [<<"a", 1::4>>] end
    t fn -> <<1::size(3), 2::5, 3::little-16, 1.5::float-32, "é"::utf16>> end
    t fn -> IO.iodata_to_binary(["a", ?b, [[<<"c">>], 'd']]) end
    t fn -> IO.chardata_to_string(["a", 233, ['x']]) end
    t fn -> to_string([1234567890123]) end
    t fn -> to_string(%{}) end
    t fn -> "#{[1, 2]}" end
    t fn -> "#{{1, 2}}" end
    :ok
  end
end
