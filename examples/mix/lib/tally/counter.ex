defmodule Tally.Counter do
  @moduledoc "Keeps the counts of all texts that it was told of."
  use GenServer

  def start_link(options), do: GenServer.start_link(__MODULE__, %{}, options)
  def add(counter, text), do: GenServer.cast(counter, {:add, text})
  def totals(counter), do: GenServer.call(counter, :totals)

  @impl true
  def init(totals), do: {:ok, totals}

  @impl true
  def handle_cast({:add, text}, totals) do
    {:noreply, Map.merge(totals, Tally.words(text), fn _word, a, b -> a + b end)}
  end

  @impl true
  def handle_call(:totals, _from, totals), do: {:reply, totals, totals}
end
