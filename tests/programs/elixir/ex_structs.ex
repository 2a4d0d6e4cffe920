# Structs, updates, nested access, pattern matches, keyword lists and behaviours of maps.
defmodule ExPoint do
  defstruct x: 0, y: 0, label: nil
  def move(%ExPoint{x: x, y: y} = p, dx, dy), do: %{p | x: x + dx, y: y + dy}
end

defmodule ExStructs do
  def start do
    p = %ExPoint{x: 1, y: 2}
    q = ExPoint.move(p, 10, 20)
    nested = %{user: %{name: "joe", tags: [:a]}, list: [1, 2, 3]}

    {Map.from_struct(q), q.x, match(p), match(%{x: 1}), put_in(nested.user.name, "ann"),
     update_in(nested, [:user, :tags], &[:b | &1]), get_in(nested, [:user, :name]),
     Keyword.get([a: 1, b: 2], :b), Keyword.merge([a: 1], b: 2, a: 3), is_struct(p),
     Enum.sort(Map.keys(nested)), rescue_badkey(p)}
  end

  defp match(%ExPoint{x: x}), do: {:point, x}
  defp match(%{} = m), do: {:map, map_size(m)}

  defp rescue_badkey(p) do
    try do
      Map.fetch!(p, :nope)
    rescue
      e in KeyError -> {e.key, :key_error}
    end
  end
end
