# GenServer, Supervisor, Task, Agent, Registry and Process.
defmodule ExProcesses do
  defp p(x), do: IO.inspect(x, limit: :infinity)
  defp t(f) do
    try do p(f.()) rescue e -> p({:raised, e.__struct__, Exception.message(e)}) catch k, v -> p({k, v}) end
  end
  defmodule Counter do
    use GenServer
    def start_link(opts), do: GenServer.start_link(__MODULE__, opts, Keyword.take(opts, [:name]))
    @impl true
    def init(opts), do: {:ok, opts[:start] || 0, {:continue, :go}}
    @impl true
    def handle_continue(:go, s), do: {:noreply, s + 1}
    @impl true
    def handle_call(:get, _from, s), do: {:reply, s, s}
    def handle_call(:boom, _from, _s), do: raise "boom"
    def handle_call(:later, from, s) do
      spawn(fn -> GenServer.reply(from, :later) end)
      {:noreply, s}
    end
    @impl true
    def handle_cast({:add, n}, s), do: {:noreply, s + n}
    @impl true
    def handle_info(:tick, s), do: {:noreply, s * 2}
    @impl true
    def terminate(r, _s), do: (if is_pid(Process.whereis(:tester)), do: send(:tester, {:terminated, r}))
  end
  defmodule Sup do
    use Supervisor
    def start_link(a), do: Supervisor.start_link(__MODULE__, a, name: __MODULE__)
    @impl true
    def init(_), do: Supervisor.init([{Counter, name: :c1, start: 10}, Supervisor.child_spec({Counter, name: :c2}, id: :two, restart: :transient), {Task.Supervisor, name: TS}, {DynamicSupervisor, name: DS, strategy: :one_for_one}], strategy: :one_for_one)
  end
  def start do
    Process.register(self(), :tester)
    Process.flag(:trap_exit, true)
    :logger.set_primary_config(:level, :none)
    {:ok, s} = Sup.start_link([])
    t fn -> GenServer.call(:c1, :get) end
    t fn -> GenServer.cast(:c1, {:add, 5}) end
    t fn -> send(:c1, :tick); GenServer.call(:c1, :get) end
    t fn -> GenServer.call(:c1, :later) end
    t fn -> try do GenServer.call(:c1, :boom) catch :exit, {{e, _}, _} -> e end end
    t fn -> Process.sleep(20); GenServer.call(:c1, :get) end
    t fn -> GenServer.call(:nope, :get) end
    t fn -> Supervisor.count_children(s) end
    t fn -> Supervisor.which_children(Sup) |> Enum.map(fn {id, _, t, m} -> {id, t, m} end) end
    t fn -> Supervisor.terminate_child(Sup, :two) end
    t fn -> Supervisor.restart_child(Sup, :two) |> elem(0) end
    t fn -> DynamicSupervisor.start_child(DS, {Counter, start: 3}) |> elem(0) end
    t fn -> DynamicSupervisor.count_children(DS) end
    t fn -> Task.async(fn -> 1 + 1 end) |> Task.await end
    t fn -> Task.Supervisor.async_nolink(TS, fn -> raise "x" end) |> Task.yield(1000) |> (fn {:exit, {e, _}} -> e end).() end
    t fn -> Task.async_stream(1..5, fn x -> x * x end, max_concurrency: 2) |> Enum.to_list end
    t fn -> Task.async_stream(1..3, fn x -> Process.sleep(x * 40); x end, timeout: 60, on_timeout: :kill_task) |> Enum.to_list end
    t fn -> Task.Supervisor.async_stream(TS, ["a", "b"], String, :upcase, [], ordered: true) |> Enum.to_list end
    t fn -> Task.await_many([Task.async(fn -> 1 end), Task.async(fn -> 2 end)]) end
    t fn -> Task.yield_many([Task.async(fn -> 1 end), Task.async(fn -> Process.sleep(500) end)], 50) |> Enum.map(&elem(&1, 1)) end
    t fn -> tk = Task.async(fn -> Process.sleep(:infinity) end); Task.shutdown(tk, :brutal_kill) end
    t fn -> tk = Task.async(fn -> Process.sleep(:infinity) end); try do Task.await(tk, 10) catch :exit, {r, {m, f, _}} -> {r, m, f} end end
    t fn -> Task.completed(5) |> Task.await end
    {:ok, a} = Agent.start_link(fn -> %{} end)
    t fn -> Agent.update(a, &Map.put(&1, :k, 1)) end
    t fn -> Agent.get_and_update(a, &Map.pop(&1, :k)) end
    t fn -> Agent.get(a, & &1) end
    t fn -> Agent.cast(a, fn _ -> 9 end); Agent.get(a, & &1) end
    t fn -> Agent.stop(a) end
    t fn -> Agent.get(a, & &1) |> is_nil end |> is_nil
    t fn -> Process.alive?(a) end
    {:ok, _} = Registry.start_link(keys: :duplicate, name: R)
    t fn -> Registry.register(R, "x", 1); Registry.register(R, "x", 2); Registry.lookup(R, "x") |> Enum.map(&elem(&1, 1)) end
    t fn -> Registry.dispatch(R, "x", fn es -> p(length(es)) end) end
    t fn -> Registry.keys(R, self()) end
    t fn -> Process.info(self(), :registered_name) end
    t fn -> ref = Process.monitor(:c1); GenServer.stop(:c1); receive do {:DOWN, ^ref, a, b, c} -> {a, b, c} end end
    t fn -> receive do {:terminated, r} -> r after 100 -> :none end end
    t fn -> Process.send_after(self(), :hi, 5); receive do :hi -> :got after 1000 -> :no end end
    t fn -> r = Process.send_after(self(), :hi, 5000); is_integer(Process.cancel_timer(r)) end
    t fn -> Process.put(:x, 1); Process.put(:x, 2); {Process.get(:x), Process.get(:y, :d), Process.delete(:x)} end
    t fn -> pid = spawn_link(fn -> exit(:bye) end); receive do {:EXIT, ^pid, r} -> r end end
    t fn -> Process.list() |> is_list end
    t fn -> Process.group_leader() |> is_pid end
    t fn -> Supervisor.stop(Sup) end
    t fn -> receive do {:EXIT, ^s, r} -> r after 500 -> :none end end
    t fn -> Supervisor.start_link([{Counter, []}, :bad], strategy: :one_for_one) end
    t fn -> Supervisor.start_link([%{id: 1, start: {ExProcesses, :nofun, []}}], strategy: :one_for_one) end
    t fn -> GenServer.start_link(Counter, [start: 1], name: "bad") end
    t fn -> Counter.child_spec([]) end
    t fn -> Process.exit(self(), :foo); receive do {:EXIT, _, r} -> r end end
    t fn -> :ets.new(:tab, [:named_table, :set]); :ets.insert(:tab, {:a, %{x: 1}}); :ets.lookup(:tab, :a) end
    t fn -> Node.self end
    t fn -> Node.alive? end
    t fn -> spawn_monitor(fn -> raise ArgumentError end) |> (fn {_, r} -> receive do {:DOWN, ^r, _, _, {e, _}} -> e end end).() end
    t fn -> Task.start(fn -> :ok end) |> elem(0) end
    :ok
  end
end
