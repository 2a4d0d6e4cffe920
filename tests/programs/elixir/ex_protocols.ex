# A protocol with implementations for built-in types, a struct and Any.
defmodule ExCircle do
  defstruct [:r]
end

defprotocol ExArea do
  @fallback_to_any true
  def area(shape)
end

defimpl ExArea, for: ExCircle do
  def area(%{r: r}), do: 3 * r * r
end

defimpl ExArea, for: Tuple do
  def area({w, h}), do: w * h
end

defimpl ExArea, for: [Integer, Float] do
  def area(n), do: n * n
end

defimpl ExArea, for: Any do
  def area(_), do: :unknown
end

defmodule ExProtocols do
  def start do
    {Enum.map([%ExCircle{r: 2}, {3, 4}, 5, 1.5, "text", [1], nil], &ExArea.area/1),
     to_string(:atom), to_string(12), to_string([104, 105]), "#{1.5} #{:x} #{"s"}",
     Enum.into([a: 1, b: 2], %{}) |> Map.get(:b), Enum.count(1..10), Enum.member?(1..10, 5),
     inspect({1, "two", [three: 3], %{a: 1}, nil, 'chars'})}
  end
end
