defmodule Tally do
  @moduledoc "Counts words."

  @doc """
  How often each word is in a text.

      iex> Tally.words("a b a")
      %{"a" => 2, "b" => 1}
  """
  def words(text), do: text |> String.downcase() |> String.split() |> Enum.frequencies()
end
