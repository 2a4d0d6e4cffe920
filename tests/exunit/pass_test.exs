defmodule PassTest do
  use ExUnit.Case
  @moduletag :mod
  test "a", do: assert(true)
  @tag speed: "fast"
  test "b", do: assert(1 == 1)
  @tag :extra
  test "c", do: assert(1 == 1)
end
