defmodule Tally.MixProject do
  use Mix.Project

  def project do
    [
      app: :tally,
      version: "1.0.0",
      elixir: "~> 1.10",
      aliases: ["atomvm.packbeam": ["compile", &packbeam/1]],
      atomvm: [start: Tally.Main]
    ]
  end

  def application, do: [extra_applications: [:logger]]

  # `mix atomvm.packbeam` makes tally.avm: this project's modules and those of Elixir's library
  # that they can reach.
  defp packbeam(_arguments) do
    config = Mix.Project.config()
    pack = "#{config[:app]}.avm"
    folders = [Mix.Project.compile_path(), Application.app_dir(:elixir, "ebin")]
    modules = Enum.flat_map(folders, &Path.wildcard(Path.join(&1, "*.beam")))
    start = inspect(config[:atomvm][:start])
    arguments = ["create", "--prune", "--start", "Elixir.#{start}", pack] ++ modules

    case System.cmd("packbeam", arguments, stderr_to_stdout: true) do
      {_, 0} -> Mix.shell().info("Wrote #{pack}")
      {said, _} -> Mix.raise(said)
    end
  end
end
