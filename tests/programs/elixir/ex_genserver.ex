# GenServer, Agent, Task and Supervisor as an application uses them.
defmodule ExCounter do
  use GenServer
  def start_link(n), do: GenServer.start_link(__MODULE__, n, name: __MODULE__)
  def init(n), do: {:ok, n}
  def handle_call(:get, _from, n), do: {:reply, n, n}
  def handle_call(:boom, _from, _n), do: raise("boom")
  def handle_cast({:add, k}, n), do: {:noreply, n + k}
  def handle_info(:tick, n), do: {:noreply, n + 100}
end

defmodule ExGenserver do
  def start do
    {:ok, sup} = Supervisor.start_link([{ExCounter, 5}], strategy: :one_for_one)
    GenServer.cast(ExCounter, {:add, 2})
    send(ExCounter, :tick)
    a = GenServer.call(ExCounter, :get)
    old = Process.whereis(ExCounter)
    crash = try do GenServer.call(ExCounter, :boom) catch :exit, {{%RuntimeError{message: m}, _}, _} -> m end
    b = wait_for(old)
    {:ok, agent} = Agent.start_link(fn -> [1] end)
    Agent.update(agent, &[2 | &1])
    c = Agent.get(agent, & &1)
    tasks = for i <- 1..5, do: Task.async(fn -> i * i end)
    d = Enum.map(tasks, &Task.await/1)
    Agent.stop(agent)
    Supervisor.stop(sup)
    {a, crash, b, c, d, Process.whereis(ExCounter)}
  end

  defp wait_for(old) do
    case Process.whereis(ExCounter) do
      pid when is_pid(pid) and pid != old -> GenServer.call(ExCounter, :get)
      _ -> Process.sleep(5); wait_for(old)
    end
  end
end
