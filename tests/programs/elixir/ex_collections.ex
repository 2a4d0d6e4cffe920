# Every function of Enum and Stream, and comprehensions.
defmodule ExCollections do
  defp p(x), do: IO.inspect(x, limit: :infinity, charlists: :as_lists)
  defp t(f) do
    try do p(f.()) rescue e -> p({:raised, e.__struct__, Exception.message(e)}) catch k, v -> p({k, v}) end
  end
  def start do
    l = [5, 3, 9, 1, 4, 4, 2]
    m = %{a: 1, b: 2, c: 3}
    t fn -> Enum.all?(l, & &1 > 0) end
    t fn -> Enum.any?(m, fn {_, v} -> v > 2 end) end
    t fn -> Enum.at(l, -2) end
    t fn -> Enum.chunk_by(l, &rem(&1, 2)) end
    t fn -> Enum.chunk_every(l, 3) end
    t fn -> Enum.chunk_every(l, 3, 2, :discard) end
    t fn -> Enum.chunk_every(l, 3, 2, [7,8,9]) end
    t fn -> Enum.chunk_while(1..10, [], fn i, acc -> if rem(i, 2) == 0, do: {:cont, Enum.reverse([i | acc]), []}, else: {:cont, [i | acc]} end, fn [] -> {:cont, []}; acc -> {:cont, Enum.reverse(acc), []} end) end
    t fn -> Enum.concat([1..3, [4], %{x: 1}]) end
    t fn -> Enum.count(1..10//3) end
    t fn -> Enum.dedup_by([{1, :a}, {2, :b}, {2, :c}, {1, :a}], fn {x, _} -> x end) end
    t fn -> Enum.drop(l, -2) end
    t fn -> Enum.drop_every(1..10, 3) end
    t fn -> Enum.each(l, & &1) end
    t fn -> Enum.empty?(1..0//1) end
    t fn -> Enum.fetch(l, 10) end
    t fn -> Enum.fetch!(l, 10) end
    t fn -> Enum.filter(m, fn {k, _} -> k != :a end) end
    t fn -> Enum.find_index(l, & &1 == 9) end
    t fn -> Enum.find_value(l, & &1 > 8 && "found") end
    t fn -> Enum.flat_map_reduce(1..10, 0, fn i, acc -> if acc < 3, do: {[i, i], acc + 1}, else: {:halt, acc} end) end
    t fn -> Enum.frequencies(~w(ant buffalo ant ant buffalo dingo)) end
    t fn -> Enum.frequencies_by(~w(aa aA bb cc), &String.downcase/1) end
    t fn -> Enum.group_by(~w(ant buffalo cat dingo), &String.length/1, &String.first/1) end
    t fn -> Enum.intersperse(1..4, :x) end
    t fn -> Enum.into(m, %{z: 9}, fn {k, v} -> {k, v * 2} end) end
    t fn -> Enum.into([a: 1], []) end
    t fn -> Enum.into("abc" |> String.graphemes, "") end
    t fn -> Enum.join(1..5, "-") end
    t fn -> Enum.map_every(1..10, 3, & &1 * 100) end
    t fn -> Enum.map_intersperse([1, 2, 3], 0, & &1 * 2) end
    t fn -> Enum.map_join(m, "&", fn {k, v} -> "#{k}=#{v}" end) end
    t fn -> Enum.map_reduce(1..5, 0, &{&1 * 2, &1 + &2}) end
    t fn -> Enum.max([]) end
    t fn -> Enum.max_by(~w(a bbb cc), &String.length/1) end
    t fn -> Enum.min_max(l) end
    t fn -> Enum.min_max_by(~w(a bbb cc), &String.length/1) end
    t fn -> Enum.max([~D[2020-01-01], ~D[2019-12-31]], Date) end
    t fn -> Enum.product(1..20) end
    t fn -> Enum.reduce(1..3, fn a, b -> a * b end) end
    t fn -> Enum.reduce([], fn a, b -> a * b end) end
    t fn -> Enum.reduce_while(1..100, 0, fn x, acc -> if x < 5, do: {:cont, acc + x}, else: {:halt, acc} end) end
    t fn -> Enum.reverse_slice(1..6, 2, 3) end
    t fn -> Enum.scan(1..5, &(&1 + &2)) end
    t fn -> Enum.slice(1..10, 2..-2) end
    t fn -> Enum.slice(1..10, 2, 3) end
    t fn -> Enum.slide([:a, :b, :c, :d, :e], 1..2, 3) end
    t fn -> Enum.sort(l, :desc) end
    t fn -> Enum.sort_by(m, fn {_, v} -> -v end) end
    t fn -> Enum.sort([~D[2020-01-01], ~D[2019-12-31], ~D[2021-01-01]], {:desc, Date}) end
    t fn -> Enum.split(l, -3) end
    t fn -> Enum.split_while(l, & &1 > 2) end
    t fn -> Enum.split_with(l, & &1 > 3) end
    t fn -> Enum.sum(1..100) end
    t fn -> Enum.sum([1.5, 2]) end
    t fn -> Enum.take(l, -2) end
    t fn -> Enum.take_every(1..10, 3) end
    t fn -> Enum.take_while(l, & &1 > 2) end
    t fn -> Enum.to_list(10..1//-3) end
    t fn -> Enum.uniq_by(l, &rem(&1, 3)) end
    t fn -> Enum.unzip([a: 1, b: 2]) end
    t fn -> Enum.with_index(~w(a b c), 1) end
    t fn -> Enum.with_index(~w(a b c), fn e, i -> {i, e} end) end
    t fn -> Enum.zip([[1, 2], [:a, :b, :c], 'xy']) end
    t fn -> Enum.zip_reduce([1, 2], [3, 4], 0, fn x, y, acc -> x + y + acc end) end
    t fn -> Enum.zip_with([1, 2], [3, 4], &+/2) end
    t fn -> Enum.map(:notenum, & &1) end
    t fn -> Enum.map(5, & &1) end
    t fn -> Enum.sum(["a"]) end
    t fn -> Enum.random([]) end
    :rand.seed(:exsss, {1, 2, 3})
    t fn -> Enum.random(1..1000) end
    t fn -> Enum.shuffle(Enum.to_list(1..20)) end
    t fn -> Enum.take_random(1..100, 5) end
    # Streams
    t fn -> 1..10 |> Stream.map(& &1 * 2) |> Stream.filter(&rem(&1, 3) == 0) |> Enum.to_list end
    t fn -> Stream.cycle([1, 2, 3]) |> Enum.take(7) end
    t fn -> Stream.iterate(1, & &1 * 2) |> Stream.take_while(& &1 < 1000) |> Enum.to_list end
    t fn -> Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end) |> Enum.take(15) end
    t fn -> Stream.resource(fn -> 3 end, fn 0 -> {:halt, 0}; n -> {[n, n], n - 1} end, fn n -> p({:after, n}) end) |> Enum.to_list end
    t fn -> Stream.chunk_every(1..7, 3) |> Enum.to_list end
    t fn -> Stream.transform(1..10, 0, fn i, acc -> if acc < 3, do: {[i], acc + 1}, else: {:halt, acc} end) |> Enum.to_list end
    t fn -> Stream.zip([1, 2, 3], Stream.cycle([:a, :b])) |> Enum.to_list end
    t fn -> Stream.flat_map(1..3, &[&1, &1 * 10]) |> Stream.with_index |> Enum.to_list end
    t fn -> Stream.dedup([1, 1, 2, 2, 1]) |> Stream.uniq |> Enum.to_list end
    t fn -> Stream.concat(1..2, [3]) |> Stream.drop(1) |> Enum.to_list end
    t fn -> Stream.scan(1..5, &(&1 + &2)) |> Stream.intersperse(0) |> Enum.to_list end
    t fn -> Stream.interval(1) |> Enum.take(3) end
    t fn -> Stream.run(Stream.each(1..2, &p/1)) end
    t fn -> Stream.map(1..3, & &1) end
    t fn -> Stream.repeatedly(fn -> 1 end) |> Enum.take(2) end
    t fn -> Stream.reject(1..10, & &1 > 3) |> Stream.map_every(2, & &1 * 5) |> Enum.into([]) end
    t fn -> Stream.take(1..10, -3) |> Enum.to_list end
    t fn -> Stream.chunk_while(1..5, 0, fn x, a -> if x == 3, do: {:cont, a, 0}, else: {:cont, a + x} end, fn a -> {:cont, a, a} end) |> Enum.to_list end
    t fn -> Enum.zip(Stream.map(1..3, & &1), ~w(a b c)) end
    t fn -> for x <- 1..3, y <- [:a, :b], x != 2, into: %{}, do: {{x, y}, x} end
    t fn -> for <<c <- "hello">>, c != ?l, into: "", do: <<c - 32>> end
    t fn -> for x <- [1, 2, 3, 4], reduce: 0 do acc -> acc + x end end
    t fn -> for {k, v} <- [a: 1, b: nil, c: 3], v, uniq: true, do: k end
    t fn -> for <<r::8, g::8, b::8 <- <<1,2,3,4,5,6>> >>, do: {r, g, b} end
    :ok
  end
end
