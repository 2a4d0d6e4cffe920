# Elixir's compiler at run time: code from text, macros, templates.
defmodule ExCode do
  defp p(x), do: IO.inspect(x, limit: :infinity)
  defp t(f) do
    try do p(f.()) rescue e -> p({:raised, e.__struct__, Exception.message(e)}) catch k, v -> p({k, v}) end
  end
  def start do
    {:ok, _} = Application.ensure_all_started(:elixir)
    t fn -> Code.eval_string("a + b", [a: 1, b: 2]) end
    t fn -> Code.eval_string("x = 5; fn y -> x + y end") |> elem(0) |> (& &1.(3)).() end
    t fn -> Code.eval_string("for x <- 1..3, do: x * x") end
    t fn -> Code.eval_string("1 +") end
    t fn -> Code.eval_string("foo(1)") end
    t fn -> Code.eval_string("(") end
    t fn -> Code.eval_string("\"abc") end
    t fn -> Code.eval_string("if true do 1 else 2 end") end
    t fn -> Code.eval_string("case 3 do x when x > 2 -> :big; _ -> :small end") end
    t fn -> Code.eval_string("~r/a+/ |> Regex.run(\"baa\")") end
    t fn -> Code.eval_string("raise \"oops\"") end
    t fn -> Code.compile_string("defmodule BC1 do\n def f(x), do: x + 1\n defmacro m(x), do: quote(do: unquote(x) * 2)\nend") |> Enum.map(&elem(&1, 0)) end
    t fn -> apply(BC1, :f, [41]) end
    t fn -> Code.eval_string("require BC1; BC1.m(21)") |> elem(0) end
    t fn -> Code.compile_string("defmodule BC2 do\n defstruct a: 1, b: 2\n @doc \"hi\"\n @spec g(integer) :: integer\n def g(x) when is_integer(x), do: %__MODULE__{a: x}\nend\ndefimpl String.Chars, for: BC2 do def to_string(x), do: \"BC2:\#{x.a}\" end") |> length end
    t fn -> apply(BC2, :g, [5]) end
    t fn -> to_string(apply(BC2, :g, [5])) end
    t fn -> Code.compile_string("defmodule BC3 do def f(x), do: y end") end
    t fn -> Code.compile_string("defmodule BC4 do def f(x) do 1 end; def f(x, ") end
    t fn -> Code.string_to_quoted("a + b * c") end
    t fn -> Code.string_to_quoted!("foo do\n :bar\nend") end
    t fn -> Code.string_to_quoted("a b c (") end
    t fn -> Code.format_string!("foo( 1,2 )\nif x do  y\nelse z end") |> IO.iodata_to_binary end
    t fn -> Code.ensure_loaded(BC1) end
    t fn -> Code.ensure_loaded(Nope) end
    t fn -> Code.ensure_compiled(Nope) end
    t fn -> Macro.to_string(quote do: if(a, do: b, else: c)) end
    t fn -> Macro.to_string(quote do: (fn x, y when x > y -> [x | y]; _, _ -> %{:a => 1, "b" => 2} end)) end
    t fn -> Macro.to_string(quote do: (def foo(a \\ 1), do: a |> bar() |> baz(1))) end
    t fn -> Macro.expand_once(quote(do: unless(true, do: 1)), __ENV__) |> Macro.to_string end
    t fn -> Macro.prewalk(quote(do: 1 + 2), fn x when is_integer(x) -> x * 2; x -> x end) end
    t fn -> Macro.decompose_call(quote(do: foo.bar(1))) end
    t fn -> Macro.escape(%{a: {1, 2, 3}}) end
    t fn -> Macro.validate(%{}) end
    t fn -> Macro.operator?(:+, 2) end
    t fn -> Macro.classify_atom(:"foo bar") end
    t fn -> quote(do: unquote(1) + 2) end
    t fn -> Code.eval_quoted(quote(do: x = 1 + 2)) end
    t fn -> Module.create(BC5, quote(do: def(w, do: :world)), Macro.Env.location(__ENV__)) |> elem(1) end
    t fn -> BC5.w() end
    t fn -> Code.eval_string("defmodule BC6 do use GenServer; def init(x), do: {:ok, x}; def handle_call(:x, _, s), do: {:reply, s, s} end\n{:ok, p} = GenServer.start_link(BC6, 3); GenServer.call(p, :x)") |> elem(0) end
    t fn -> Code.eval_string("import Enum, only: [map: 2]; map([1], & &1)") |> elem(0) end
    t fn -> Code.eval_string("alias String, as: S; S.upcase(\"a\")") |> elem(0) end
    t fn -> Code.eval_string("__ENV__.file", [], file: "myfile") |> elem(0) end
    t fn -> Code.eval_string("defprotocol BP do def f(x) end; defimpl BP, for: Integer do def f(x), do: x end; BP.f(3)") |> elem(0) end
    t fn -> Code.eval_string("receive do :x -> 1 after 0 -> 2 end") |> elem(0) end
    t fn -> Code.eval_string("try do raise \"a\" rescue e -> e.message after 1 end") |> elem(0) end
    t fn -> Code.eval_string("with {:ok, a} <- {:ok, 1}, do: a") |> elem(0) end
    t fn -> Code.eval_string("<<a::8, b::binary>> = \"abc\"; {a, b}") |> elem(0) end
    t fn -> Code.eval_string("Enum.map([1,2], &(&1 * 2))") |> elem(0) end
    t fn -> Code.eval_string("x = 1; ^x = 2") end
    t fn -> Code.eval_string("defmodule Rec do require Record; Record.defrecord(:r, a: 1); def f, do: r(a: 2) end; Rec.f") |> elem(0) end
    t fn -> Code.fetch_docs(String) |> is_tuple end
    t fn -> Code.available_compiler_options() |> length end
    t fn -> Code.get_compiler_option(:docs) end
    t fn -> System.argv() end
    t fn -> Application.get_env(:elixir, :nope, 1) end
    t fn -> Application.put_env(:foo, :bar, 1); Application.get_env(:foo, :bar) end
    t fn -> Application.fetch_env!(:foo, :zzz) end
    t fn -> Application.spec(:elixir, :vsn) end
    t fn -> Application.ensure_all_started(:nope) end
    t fn -> Application.get_application(String) end
    t fn -> Application.app_dir(:elixir) |> is_binary end
    :ok
  end
end
