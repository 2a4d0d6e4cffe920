defmodule TallyTest do
  use ExUnit.Case, async: true
  doctest Tally

  test "letters of all sizes are the same" do
    assert Tally.words("Ö ö") == %{"ö" => 2}
  end

  test "a counter adds up" do
    counter = start_supervised!(Tally.Counter)
    Tally.Counter.add(counter, "x")
    Tally.Counter.add(counter, "x y")
    assert Tally.Counter.totals(counter) == %{"x" => 2, "y" => 1}
  end
end
