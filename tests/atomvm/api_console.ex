defmodule ApiConsole do
  # AtomVM's modules for Elixir.
  @compile {:no_warn_undefined, [Console, AVMPort]}

  def start do
    :ok = Console.print("print\n")
    :ok = Console.puts("puts")
    :ok = Console.puts([" writes ", ~c"text", ?\n])
    :ok = Console.puts(:stdio, "to :stdio\n")
    :ok = Console.flush()
    drivers()
    :ok
  end

  defp drivers do
    driver = spawn(&driver/0)
    {:echo, %{a: 1}} = AVMPort.call(driver, %{a: 1})
    {:error, :timeout} = AVMPort.call(driver, :silent, 20)
    {:error, :noproc} = AVMPort.call(driver, :stop)
    console = AVMPort.open({:spawn, "console"}, [])
    :ok = AVMPort.call(console, {:puts, "a console of one's own\n"})
    :ok = AVMPort.call(console, :flush)
    :ok = Console.puts(console, "by its process\n")
    :ok = Console.flush(console)
    IO.puts("drivers answer")
  end

  defp driver do
    receive do
      {:"$call", _, :silent} -> driver()
      {:"$call", _, :stop} -> :ok
      {:"$call", {from, tag}, request} ->
        send(from, {tag, {:echo, request}})
        driver()
    end
  end
end
