//! The command `atomvm`: runs programs and tests, and shows what is in them.

mod editor;
mod elixir;
mod eunit;
mod inspect;
mod machine;
mod output;
mod run;
mod shell;
mod signals;

use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs compiled Erlang, Elixir and Gleam.
#[derive(Debug, Parser)]
#[command(name = "atomvm", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the first module with start/0
    Run(run::Run),
    /// Run the EUnit tests of modules
    Eunit(eunit::Eunit),
    /// Evaluate what is typed, as erl does
    Shell(shell::Shell),
    /// Run a script of Elixir, or what else its command `elixir` runs
    Elixir(elixir::Elixir),
    /// Run tests with Elixir's ExUnit
    Exunit(elixir::Exunit),
    /// Show entries, chunks, functions and code of a file
    Inspect(inspect::Inspect),
}

fn main() -> ExitCode {
    // `-pa` is how `erl` spells it; the parser of options wants two dashes.
    let mut end = false;
    let arguments = std::env::args_os().map(|argument| {
        end |= argument == "--";
        if argument == "-pa" && !end {
            OsString::from("--pa")
        } else {
            argument
        }
    });
    match Arguments::parse_from(arguments).command {
        Command::Run(run) => run.run(),
        Command::Eunit(eunit) => eunit.run(),
        Command::Shell(shell) => shell.run(),
        Command::Elixir(elixir) => elixir.run(),
        Command::Exunit(exunit) => exunit.run(),
        Command::Inspect(inspect) => inspect.run(),
    }
}
