# Enum, Stream, ranges, comprehensions, pipes, recursion and with.
defmodule ExEnum do
  def start do
    squares = for x <- 1..10, rem(x, 2) == 0, do: x * x
    pairs = for x <- [1, 2], y <- [:a, :b], into: %{}, do: {{x, y}, x}
    bits = for <<b::4 <- <<0xAB, 0xCD>> >>, do: b
    lazy = 1..1_000 |> Stream.map(&(&1 * 3)) |> Stream.filter(&(rem(&1, 2) == 0)) |> Enum.take(4)

    {squares, Enum.sort(pairs), bits, lazy, Enum.reduce(1..5, 1, &*/2), Enum.chunk_every(1..7, 3),
     Enum.group_by(["one", "two", "three"], &String.length/1), Enum.zip([1, 2], [:a, :b]),
     Enum.with_index([:x, :y]), Enum.flat_map([1, 2], &[&1, &1]), Enum.min_max([3, 1, 2]),
     Enum.sort_by(["ccc", "a", "bb"], &byte_size/1, :desc), Enum.uniq([1, 1, 2]), Enum.split(1..5, 2) |> elem(0),
     Stream.iterate(1, &(&1 * 2)) |> Enum.at(20), Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end) |> Enum.take(10),
     chain(%{a: 1, b: 2}), chain(%{a: 1}), Enum.reduce_while(1..100, 0, fn x, acc -> if acc > 20, do: {:halt, acc}, else: {:cont, acc + x} end),
     Enum.map_join(1..4, "-", &Integer.to_string/1), Enum.frequencies("hello" |> String.graphemes()) |> Enum.sort()}
  end

  defp chain(m) do
    with {:ok, a} <- Map.fetch(m, :a), {:ok, b} <- Map.fetch(m, :b) do
      a + b
    else
      :error -> :missing
    end
  end
end
