# Registry and what else of Elixir's library keeps its state in tables.
defmodule ExRegistry do
  def start do
    {:ok, _} = Registry.start_link(keys: :unique, name: Names)
    {:ok, _} = Registry.start_link(keys: :duplicate, name: Topics, partitions: 2)
    {:ok, agent} = Agent.start_link(fn -> 1 end, name: {:via, Registry, {Names, "one", :value}})
    a = Agent.get({:via, Registry, {Names, "one"}}, &(&1 + 1))
    b = Registry.lookup(Names, "one") == [{agent, :value}]
    c = Agent.start_link(fn -> 2 end, name: {:via, Registry, {Names, "one"}})
    c = match?({:error, {:already_started, ^agent}}, c)
    me = self()

    for i <- 1..4 do
      spawn_link(fn ->
        {:ok, _} = Registry.register(Topics, rem(i, 2), i)
        send(me, :registered)
        receive do
          {:say, what} -> send(me, {i, what})
        end
        Process.sleep(:infinity)
      end)
    end

    for _ <- 1..4, do: receive(do: (:registered -> :ok))
    Registry.dispatch(Topics, 1, fn entries -> for {pid, i} <- entries, do: send(pid, {:say, i * 10}) end)
    d = Enum.sort(for _ <- 1..2, do: receive(do: ({i, what} -> {i, what})))
    e = {Registry.count(Topics), Registry.count_match(Topics, 0, :_), length(Registry.keys(Topics, self()))}
    {:ok, _} = Registry.register(Names, :me, 7)
    f = Registry.update_value(Names, :me, &(&1 + 1))
    g = Registry.select(Names, [{{:"$1", :_, :"$3"}, [], [{{:"$1", :"$3"}}]}]) |> Enum.sort()
    h = Registry.match(Names, :me, 8) == [{self(), 8}]
    Registry.unregister(Names, :me)
    i = Registry.lookup(Names, :me)
    Agent.stop(agent)
    {a, b, c, d, e, f, g, h, i, gone(100), tables()}
  end

  defp gone(0), do: Registry.lookup(Names, "one")

  defp gone(n) do
    case Registry.lookup(Names, "one") do
      [] -> []
      _ -> Process.sleep(5); gone(n - 1)
    end
  end

  defp tables do
    t = :ets.new(:t, [:set, :public])
    Enum.each(1..100, &:ets.insert(t, {&1, to_string(&1)}))
    1..4
    |> Task.async_stream(fn i -> :ets.update_counter(t, {:count, rem(i, 2)}, 1, {nil, 0}) end)
    |> Stream.run()
    {:ets.lookup(t, {:count, 0}), :ets.lookup_element(t, 50, 2), :ets.info(t, :size)}
  end
end
