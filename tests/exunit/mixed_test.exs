# Tests of every kind that pass, and of every kind that fail.
defmodule MixedTest do
  use ExUnit.Case, async: true
  import ExUnit.CaptureIO
  import ExUnit.CaptureLog
  require Logger

  defmodule P do
    defstruct [:a, :b]
  end

  setup_all do
    {:ok, shared: 1}
  end

  setup context do
    on_exit(fn -> :ok end)
    {:ok, name: context.test, mine: 2}
  end

  describe "passing" do
    test "one", %{shared: s, mine: m} do
      assert s + m == 3
    end

    @tag :slow
    test "tagged", ctx do
      assert ctx.slow
      assert ctx.describe == "passing"
    end

    test "raise and receive" do
      send(self(), {:x, 1})
      assert_receive {:x, n}
      assert n == 1
      refute_received :nope
      assert_raise ArgumentError, "bad", fn -> raise ArgumentError, "bad" end
      assert_raise RuntimeError, ~r/oo/, fn -> raise "foo" end
      assert_in_delta 1.0, 1.05, 0.1
      assert catch_throw(throw(:t)) == :t
      assert catch_exit(exit(:e)) == :e
      assert %{a: _} = %{a: 1}
    end

    test "capture" do
      assert capture_io(fn -> IO.puts("hi") end) == "hi\n"
      assert capture_io(:stderr, fn -> IO.puts(:stderr, "err") end) == "err\n"
      assert capture_io("in", fn -> IO.write(IO.gets("")) end) == "in"
      assert capture_log(fn -> Logger.error("logged") end) =~ "logged"
      assert with_io(fn -> IO.write("x"); 5 end) == {5, "x"}
    end

    @tag skip: "later"
    test "skipped" do
      flunk()
    end

    test "not implemented"
  end

  describe "failing" do
    test "eq" do
      assert 1 + 1 == 3
    end

    test "strings" do
      assert "hello world" == "hallo wurld"
    end

    test "maps" do
      assert %{a: 1, b: [1, 2, 3], c: %P{a: 1}} == %{a: 1, b: [1, 3], c: %P{a: 2}}
    end

    test "lists" do
      x = [1, 2, 3, {:a, "b"}]
      assert x == [1, 3, {:a, "c"}]
    end

    test "match" do
      assert {:ok, x} = {:error, :reason}
      x
    end

    test "pin" do
      v = 3
      assert %{k: ^v, z: _} = %{k: 4, z: 1}
    end

    test "refute" do
      refute 1 == 1
    end

    test "in" do
      assert 4 in [1, 2, 3]
    end

    test "operators" do
      assert 3 < 2
    end

    test "call" do
      assert String.contains?("abc", "d")
    end

    test "raises" do
      raise "oops"
    end

    test "undefined" do
      apply(Foo.Bar, :baz, [1])
    end

    test "exits" do
      exit(:bad)
    end

    test "throws" do
      throw(:ball)
    end

    test "assert_receive" do
      send(self(), {:other, 1})
      assert_receive {:x, _}, 10
    end

    test "assert_raise none" do
      assert_raise ArgumentError, fn -> :ok end
    end

    test "assert_raise other" do
      assert_raise ArgumentError, fn -> raise "x" end
    end

    test "assert_raise message" do
      assert_raise ArgumentError, "good", fn -> raise ArgumentError, "bad" end
    end

    test "function clause" do
      String.upcase(5)
    end

    test "flunk" do
      flunk("no good")
    end

    @tag timeout: 50
    test "timeout" do
      Process.sleep(1000)
    end

    test "linked" do
      spawn_link(fn -> exit(:linked_bad) end)
      Process.sleep(200)
    end

    test "delta" do
      assert_in_delta 1.0, 2.0, 0.1
    end

    test "multi" do
      assert [%{id: 1, name: "foo"}, %{id: 2}] == [%{id: 1, name: "fob"}, %{id: 3}], "custom message"
    end

    @tag :capture_log
    test "log captured" do
      Logger.error("shown on failure")
      assert false
    end
  end
end

defmodule SetupFails do
  use ExUnit.Case
  setup_all do
    raise "setup_all failed"
  end
  test "never" do
  end
end

defmodule DocT do
  use ExUnit.Case
  test "start_supervised" do
    pid = start_supervised!({Agent, fn -> 1 end})
    assert Agent.get(pid, & &1) == 1
    assert stop_supervised(Agent) == :ok
  end
  for i <- 1..3 do
    test "generated #{i}" do
      assert unquote(i) > 0
    end
  end
end
