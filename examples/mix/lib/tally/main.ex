defmodule Tally.Main do
  @moduledoc "The program: AtomVM starts `start/0`."

  def start do
    {:ok, supervisor} =
      Supervisor.start_link([{Tally.Counter, name: Tally.Counter}], strategy: :one_for_one)

    Tally.Counter.add(Tally.Counter, "Der Bär und der Hund")
    Tally.Counter.add(Tally.Counter, "und der Vogel")

    for {word, total} <- Enum.sort(Tally.Counter.totals(Tally.Counter)) do
      IO.puts("#{word}: #{total}")
    end

    Supervisor.stop(supervisor)
  end
end
