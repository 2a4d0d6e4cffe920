# Structs, protocols, what exceptions say, nested access, inspect.
defprotocol ExErrors.Size do
  @fallback_to_any true
  @doc "size"
  def size(x)
end
defprotocol ExErrors.Nofall do
  def f(x)
end
defimpl ExErrors.Size, for: BitString do
  def size(x), do: byte_size(x)
end
defimpl ExErrors.Size, for: [List, Tuple, Map] do
  def size(x), do: {@for, @protocol, inspect(x)}
end
defimpl ExErrors.Size, for: Any do
  def size(_), do: :any
end
defmodule ExErrors.User do
  @enforce_keys [:name]
  @derive {Inspect, only: [:name]}
  defstruct [:name, age: 0, tags: []]
end
defmodule ExErrors.Sec do
  @derive {Inspect, except: [:secret]}
  @derive ExErrors.Size
  defstruct a: 1, secret: 2
end
defmodule ExErrors.MyErr do
  defexception [:code, message: "my message"]
end
defmodule ExErrors.Err2 do
  defexception [:value]
  def message(e), do: "value was #{inspect e.value}"
  def exception(v), do: %__MODULE__{value: v}
end
defmodule ExErrors.Behav do
  @callback foo(integer) :: atom
  @optional_callbacks foo: 1
  defmacro __using__(_), do: quote(do: (@behaviour ExErrors.Behav; def foo(x), do: {:dflt, x}; defoverridable foo: 1))
end
defmodule ExErrors.Impl do
  use ExErrors.Behav
  def foo(1), do: :one
  def foo(x), do: super(x)
end
defmodule ExErrors.Lst do
  defstruct l: []
end
defimpl Enumerable, for: ExErrors.Lst do
  def count(%{l: l}), do: {:ok, length(l)}
  def member?(%{l: l}, x), do: {:ok, x in l}
  def slice(_), do: {:error, __MODULE__}
  def reduce(%{l: l}, acc, f), do: Enumerable.List.reduce(l, acc, f)
end
defimpl Collectable, for: ExErrors.Lst do
  def into(o), do: {o, fn o, {:cont, x} -> %{o | l: o.l ++ [x]}; o, :done -> o; _, :halt -> :ok end}
end
defimpl String.Chars, for: ExErrors.Lst do
  def to_string(x), do: "Lst" <> inspect(x.l)
end
defimpl Inspect, for: ExErrors.Lst do
  import Inspect.Algebra
  def inspect(x, opts), do: concat(["#Lst<", to_doc(x.l, opts), ">"])
end
defmodule ExErrors do
  alias ExErrors.{User, Sec, Lst, Size, Nofall}
  require Record
  Record.defrecord(:pt, x: 0, y: 0)
  defguard is_even(x) when is_integer(x) and rem(x, 2) == 0
  defp p(x), do: IO.inspect(x, limit: :infinity)
  defp t(f) do
    try do p(f.()) rescue e -> p({:raised, e.__struct__, Exception.message(e)}) catch k, v -> p({k, v}) end
  end
  def id(x), do: x
  def ev(x) when is_even(x), do: :even
  def ev(x, y \\ 2) when x > y, do: x
  def start do
    u = %User{name: "bob"}
    p u
    p %{u | age: 3}
    p %Sec{}
    t fn -> struct(User, age: 3) end
    t fn -> struct!(User, age: 3) end
    t fn -> struct!(User, name: 1, bad: 3) end
    t fn -> %{id(u) | nope: 1} end
    t fn -> id(u).nope end
    t fn -> id(u)[:name] end
    t fn -> Map.from_struct(u) end
    t fn -> match?(%User{}, u) end
    t fn -> is_struct(u, User) end
    t fn -> Size.size("abc") end
    t fn -> Size.size([1]) end
    t fn -> Size.size({1}) end
    t fn -> Size.size(%{a: 1}) end
    t fn -> Size.size(u) end
    t fn -> Size.size(%Sec{}) end
    t fn -> Size.size(1.0) end
    t fn -> Nofall.f(1) end
    t fn -> Nofall.f(u) end
    t fn -> Size.impl_for(1) end
    t fn -> Nofall.impl_for(1) end
    t fn -> Size.__protocol__(:consolidated?) end
    t fn -> Protocol.assert_impl!(Size, Integer) end
    t fn -> raise ExErrors.MyErr end
    t fn -> raise ExErrors.MyErr, code: 3 end
    t fn -> raise ExErrors.Err2, 5 end
    t fn -> raise "str" end
    t fn -> raise id(:atom) end
    t fn -> raise ArgumentError end
    t fn -> ExErrors.Impl.foo(1) end
    t fn -> ExErrors.Impl.foo(2) end
    l = %Lst{l: [3, 1, 2]}
    p l
    t fn -> "#{l}" end
    t fn -> Enum.sort(l) end
    t fn -> Enum.count(l) end
    t fn -> 3 in l end
    t fn -> Enum.slice(l, 1..2) end
    t fn -> Enum.into(1..3, l) end
    t fn -> for x <- l, into: l, do: x * 2 end
    t fn -> pt(x: 1) end
    t fn -> pt(pt(x: 1), y: 5) end
    t fn -> pt(pt(x: 1, y: 6), :y) end
    t fn -> ev(2) end
    t fn -> ev(3) end
    t fn -> ev(1, 2) end
    t fn -> with {:ok, a} <- {:ok, 1}, b = a + 1, {:ok, c} <- {:error, b}, do: c end
    t fn -> with {:ok, a} <- id({:no, 1}) do a else {:ok, _} -> 1 end end
    t fn -> case id(3) do 1 -> 2 end end
    t fn -> cond do id(false) -> 1 end end
    t fn -> id(5).() end
    t fn -> (fn 1 -> 1 end).(id(2)) end
    t fn -> (fn _a, _b -> 1 end).(1) end
    t fn -> id(:foo).bar() end
    t fn -> String.nofun(1) end
    t fn -> String.upcase(1, 2, 3) end
    t fn -> apply(NoMod, :f, [1]) end
    t fn -> {:ok, _} = id({:error, 1}) end
    t fn -> 1 / id(0) end
    t fn -> 1 + id("a") end
    t fn -> id(nil) + 1 end
    t fn -> id(nil).foo end
    t fn -> hd(id([])) end
    t fn -> elem(id({}), 0) end
    t fn -> not id(1) end
    t fn -> id(1) and true end
    t fn -> if id(1) do :a end end
    t fn -> length(id(:a)) end
    t fn -> String.to_existing_atom("never_seen_atom_x") end
    t fn -> :erlang.binary_to_atom(id(1), :utf8) end
    t fn -> Map.fetch!(%{a: 1}, :b) end
    t fn -> Keyword.fetch!([a: 1], :b) end
    t fn -> Keyword.validate!([a: 1, c: 3], [:a, b: 2]) end
    t fn -> Keyword.validate([a: 1], [:a, b: 2]) end
    t fn -> Map.put(id(1), :a, 1) end
    t fn -> Map.update!(%{a: 1}, :b, & &1) end
    t fn -> %{a: a} = id(%{b: 1}); a end
    t fn -> throw(:x) end
    t fn -> exit(:y) end
    t fn -> try do throw(1) catch x -> {:caught, x} after p(:after) end end
    t fn -> try do 1 else 1 -> :one end end
    t fn -> try do id(2) else 1 -> :one end end
    t fn -> try do raise "a" rescue RuntimeError -> reraise "b", __STACKTRACE__ end end
    t fn -> get_in(%{a: %{b: [1, 2, 3]}}, [:a, :b, Access.at(1)]) end
    t fn -> put_in(%{a: %{b: 1}}.a.b, 5) end
    t fn -> update_in(%{a: [%{x: 1}, %{x: 2}]}, [:a, Access.all(), :x], & &1 * 10) end
    t fn -> pop_in(%{a: %{b: 1, c: 2}}, [:a, :b]) end
    t fn -> get_and_update_in(%{a: 1}, [:a], &{&1, &1 + 1}) end
    t fn -> get_in([%{n: "a", s: 1}, %{n: "b", s: 3}], [Access.filter(& &1.s > 2), :n]) end
    t fn -> put_in(%{}, [Access.key(:a, %{}), :b], 1) end
    t fn -> update_in({1, 2}, [Access.elem(0)], & &1 + 1) end
    t fn -> Access.fetch(5, :a) end
    t fn -> MapSet.new([3, 1, 2, 3]) end
    t fn -> MapSet.union(MapSet.new([1]), MapSet.new([2])) |> MapSet.to_list end
    t fn -> MapSet.difference(MapSet.new(1..5), MapSet.new(2..3)) end
    t fn -> MapSet.subset?(MapSet.new([1]), MapSet.new([1, 2])) end
    t fn -> Map.merge(%{a: 1, b: 2}, %{b: 3}, fn _, x, y -> x + y end) end
    t fn -> Map.split(%{a: 1, b: 2, c: 3}, [:a, :c]) end
    t fn -> Map.new(1..3, &{&1, &1 * &1}) end
    t fn -> Map.get_and_update(%{a: 1}, :a, fn _ -> :pop end) end
    t fn -> Map.filter(%{a: 1, b: 2}, fn {_, v} -> v > 1 end) end
    t fn -> Keyword.merge([a: 1, b: 2], [a: 3]) end
    t fn -> Keyword.pop_values([a: 1, a: 2, b: 3], :a) end
    t fn -> Keyword.keyword?([{1, 2}]) end
    t fn -> Tuple.insert_at({1, 2}, 1, :x) end
    t fn -> Tuple.sum({1, 2}) end
    t fn -> List.flatten([1, [2, [3]]], [4]) end
    t fn -> List.foldr([1, 2], 0, &-/2) end
    t fn -> List.keyfind([a: 1], :a, 0) end
    t fn -> List.myers_difference([1, 2, 3], [1, 3, 4]) end
    t fn -> List.pop_at([1, 2, 3], 1) end
    t fn -> List.zip([[1, 2], [3, 4]]) end
    t fn -> List.wrap(nil) end
    t fn -> List.ascii_printable?('abc') end
    t fn -> List.to_integer('12') end
    t fn -> List.improper?([1 | 2]) end
    t fn -> List.starts_with?([1, 2], [1]) end
    t fn -> Function.info(&String.upcase/1) end
    t fn -> Function.capture(String, :upcase, 1) end
    t fn -> &id/1 end
    t fn -> (&(&1 + &2)).(1, 2) end
    t fn -> Bitwise.bxor(5, 3) end
    t fn -> Atom.to_charlist(:"é") end
    t fn -> Module.concat([Foo, "Bar"]) end
    t fn -> Module.split(Foo.Bar) end
    t fn -> Module.safe_concat(Foo, Nope123) end
    t fn -> function_exported?(String, :upcase, 1) end
    t fn -> macro_exported?(Kernel, :if, 2) end
    t fn -> Exception.format(:error, %RuntimeError{message: "m"}, []) end
    t fn -> try do id(5).() rescue e -> Exception.format_banner(:error, e, __STACKTRACE__) end end
    t fn -> try do String.upcase(id(1)) rescue e -> {e, st} = Exception.blame(:error, e, __STACKTRACE__); {Exception.message(e), hd(st) |> elem(1)} end end
    t fn -> try do ev(id(1)) rescue e -> {e, _} = Exception.blame(:error, e, __STACKTRACE__); Exception.message(e) end end
    t fn -> try do String.nofun(1) rescue e -> {e, _} = Exception.blame(:error, e, __STACKTRACE__); Exception.message(e) end end
    t fn -> try do String.upcas("a") rescue e -> {e, _} = Exception.blame(:error, e, __STACKTRACE__); Exception.message(e) end end
    t fn -> try do Map.fetch!(%{abc: 1}, :abd) rescue e -> {e, _} = Exception.blame(:error, e, __STACKTRACE__); Exception.message(e) end end
    t fn -> Exception.format_exit({:noproc, {GenServer, :call, [:x, :y, 5000]}}) end
    t fn -> Exception.format_exit({%RuntimeError{message: "m"}, []}) end
    t fn -> Exception.format_mfa(Foo, :bar, [1, 2]) end
    t fn -> Exception.format_mfa(Foo, nil, 1) end
    t fn -> Exception.format_fa(fn -> 1 end, 0) |> String.slice(0, 12) end
    t fn -> Exception.format_stacktrace_entry({Foo, :"-bar/2-fun-0-", 1, [file: 'f.ex', line: 3]}) end
    t fn -> Exception.normalize(:error, {:badmap, 1}) end
    t fn -> Exception.normalize(:error, :system_limit) end
    t fn -> Exception.normalize(:error, {:timeout_value, []}) end
    t fn -> Exception.message(%ErlangError{original: :foo}) end
    t fn -> :erlang.error(:foo) end
    t fn -> :erlang.error({:badarity, {fn _ -> 1 end, [1, 2]}}) |> id end |> is_atom
    t fn -> inspect(%{1 => 2, "a" => :b, [1] => {1}}, pretty: true, width: 10) end
    t fn -> inspect(Enum.to_list(1..100)) end
    t fn -> inspect(Enum.to_list(1..100), limit: 5) end
    t fn -> inspect(String.duplicate("a", 5000), printable_limit: 10) end
    t fn -> inspect([a: 1, b: [c: 2]], pretty: true, width: 5) end
    t fn -> inspect(:"foo bar") end
    t fn -> inspect(Foo.Bar) end
    t fn -> inspect(:"Elixir.foo") end
    t fn -> inspect(%{__struct__: Nope, a: 1}) end
    t fn -> inspect('abc', charlists: :as_lists) end
    t fn -> inspect([1 | 2]) end
    t fn -> inspect({1, "a", 1.0, :a, nil, true, <<1::3>>, <<0, 255>>, 'ab', &String.upcase/1}) end
    t fn -> inspect(~D[2020-01-01], structs: false) end
    t fn -> inspect(255, base: :hex) end
    t fn -> inspect("aé\0\e\d\"#\{", []) end
    t fn -> inspect(%{a: 1}, syntax_colors: [atom: :red, number: :blue]) end
    t fn -> inspect([foo: 1, "bar baz": 2, if: 3, +: 4]) end
    t fn -> inspect(:+) end
    t fn -> inspect(:a@b) end
    t fn -> inspect(1..2) end
    t fn -> inspect(%ArgumentError{}) end
    t fn -> inspect(custom_options: 1) end
    t fn -> inspect(%{nil => 1, true => 2}) end
    t fn -> to_string(:a) <> to_string(1) <> to_string(1.5) <> to_string('ab') <> to_string(nil) end
    t fn -> (1..3 |> Enum.map(fn x -> x end) |> tap(&p/1) |> then(&length/1)) end
    t fn -> dbg(1 + 2) end
    t fn -> binding() end
    t fn -> __ENV__.module end
    t fn -> var!(u) end
    t fn -> max(1, :a) end
    t fn -> "a" |> Kernel.<>("b") end
    t fn -> ["a", "b"] -- ["a"] end
    t fn -> 1 in [1, 2] and "x" not in ["y"] end
    t fn -> <<x::binary-size(2), rest::bits>> = "abcd"; {x, rest} end
    t fn -> <<x::utf8, _::binary>> = id("éa"); x end
    t fn -> <<a::4, b::bitstring>> = <<1, 2>>; {a, b} end
    t fn -> destructure([a, b, c], [1, 2]); {a, b, c} end
    :ok
  end
end
