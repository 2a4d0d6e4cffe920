# Programs of the host: System.cmd, System.shell and Port.
defmodule ExCommands do
  def start do
    IO.inspect(System.cmd("echo", ["hello", "a b"]))
    IO.inspect(System.cmd("sh", ["-c", "echo $FOO; echo err >&2; exit 3"], env: [{"FOO", "bar"}], stderr_to_stdout: true))
    IO.inspect(System.cmd("pwd", [], cd: "/usr"))
    IO.inspect(System.cmd("printf", ["a\\nb\\nc"], into: []))
    IO.inspect(System.cmd("sh", ["-c", "echo $0"], arg0: "zero"))
    IO.inspect(System.shell("echo a | tr a b; exit 2"))
    IO.inspect(catch_error(fn -> System.cmd("surely-no-such-program", []) end))
    IO.inspect(catch_error(fn -> System.cmd("echo", [:a]) end))
    IO.inspect(catch_error(fn -> System.cmd("echo", [], foo: 1) end))
    IO.inspect(System.cmd("seq", ["1", "20000"]) |> elem(0) |> byte_size())
    IO.inspect(is_binary(System.find_executable("sh")))

    port = Port.open({:spawn, "cat"}, [:binary, {:packet, 2}])
    Port.command(port, "hello")
    IO.inspect(receive do {^port, {:data, data}} -> data end)
    IO.inspect(Port.info(port) |> Keyword.keys())
    ref = Port.monitor(port)
    Process.flag(:trap_exit, true)
    send(port, {self(), :close})
    IO.inspect(receive do {:DOWN, ^ref, :port, ^port, reason} -> reason end)
    IO.inspect(receive do {^port, :closed} -> :closed end)
    IO.inspect(Port.info(port))
    IO.inspect(for i <- 1..20, {out, 0} = System.cmd("echo", ["#{i}"]), do: String.trim(out))
    tasks = for i <- 1..10, do: Task.async(fn -> System.cmd("sh", ["-c", "sleep 0.05; echo #{i}"]) end)
    IO.inspect(Task.await_many(tasks))
    :ok
  end

  defp catch_error(fun) do
    fun.()
  rescue
    e -> {e.__struct__, Exception.message(e)}
  catch
    kind, reason -> {kind, reason}
  end
end
