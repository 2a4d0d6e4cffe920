//! The command `packbeam`: makes packs (`.avm`) of compiled modules and files, and looks into them.
//!
//! Its commands and options are those of the AtomVM community's tool of the same name.

mod create;
mod inputs;
mod prune;
mod save;
mod services;
mod translate;

use std::ffi::OsString;
use std::fmt::{Display, Write as _};
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::ExitCode;

use atomvm_core::pack::{Builder, Entry, Pack};
use clap::{Args, Parser, Subcommand, ValueEnum};
use save::{print, write};

/// Packs compiled modules and files for AtomVM.
#[derive(Debug, Parser)]
#[command(name = "packbeam", version, disable_version_flag = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a pack of modules (.beam), other packs (.avm) and files
    Create(create::Create),
    /// Write the VM's library, the modules that every program finds, as a pack of its own
    Library(create::Library),
    /// List what a pack holds
    List(List),
    /// Write what a pack holds into files
    Extract(Extract),
    /// Leave elements out of a pack
    Delete(Delete),
    /// Print the version
    Version,
}

#[derive(Debug, Args)]
struct List {
    /// How to print
    #[arg(short, long, value_enum, default_value_t)]
    format: Format,
    /// The pack
    pack: PathBuf,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Format {
    /// Name, whether it may be started (*) and size in bytes
    #[default]
    Default,
    /// The same, separated by commas
    Csv,
    /// Only the name
    Bare,
}

#[derive(Debug, Args)]
struct Extract {
    /// The folder to write to
    #[arg(short, long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// The pack
    pack: PathBuf,
    /// The elements to write [default: all]
    elements: Vec<String>,
}

#[derive(Debug, Args)]
struct Delete {
    /// The pack to write [default: the one that was read]
    #[arg(short, long, value_name = "PACK")]
    out: Option<PathBuf>,
    /// The pack
    pack: PathBuf,
    /// The elements to leave out
    #[arg(required = true)]
    elements: Vec<String>,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse_from(std::env::args_os().map(long_option)) {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let done = match arguments.command {
        Command::Create(options) => options.run(),
        Command::Library(options) => options.run(),
        Command::List(options) => list(&options),
        Command::Extract(options) => extract(&options),
        Command::Delete(options) => delete(&options),
        Command::Version => print(concat!(env!("CARGO_PKG_VERSION"), "\n")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("packbeam: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The long options with one dash that the community's tool once had, which scripts may still use.
fn long_option(argument: OsString) -> OsString {
    match argument.to_str() {
        Some(old @ ("-prune" | "-start" | "-format" | "-out")) => format!("-{old}").into(),
        _ => argument,
    }
}

/// Help goes to standard output; what is wrong with the arguments is one line.
fn usage(error: &clap::Error) -> ExitCode {
    if error.exit_code() == 0 {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default();
    let first = first.strip_prefix("error: ").unwrap_or(first);
    // The next line may say which arguments are missing, or which values there are.
    let is_more = |line: &&str| first.ends_with(':') || line.starts_with('[');
    let second = lines.next().filter(is_more);
    let what = match error.kind() {
        clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "which command? (create, library, list, extract, delete, version or help)".to_owned()
        }
        _ => format!("{first} {}", second.unwrap_or_default()),
    };
    eprintln!("packbeam: {}", what.trim_end());
    ExitCode::FAILURE
}

/// What went wrong, for the user to read.
type Failure = String;

/// Puts the name of the file that an error is about before it.
fn at<E: Display>(path: &Path) -> impl Fn(E) -> Failure + '_ {
    move |error| format!("{}: {error}", path.display())
}

fn list(options: &List) -> Result<(), Failure> {
    let bytes = fs::read(&options.pack).map_err(at(&options.pack))?;
    let pack = Pack::parse(&bytes).map_err(at(&options.pack))?;
    let mut text = String::new();
    if let Format::Csv = options.format {
        text.push_str("MODULE_NAME,IS_BEAM,IS_ENTRYPOINT,SIZE_BYTES\n");
    }
    for entry in pack.entries() {
        let (name, size) = (entry.name, entry.data.len());
        let _ = match options.format {
            Format::Default if entry.is_start() => writeln!(text, "{name} * [{size}]"),
            Format::Default => writeln!(text, "{name} [{size}]"),
            Format::Csv => {
                let (beam, start) = (entry.is_beam(), entry.is_start());
                writeln!(text, "{name},{beam},{start},{size}")
            }
            Format::Bare => writeln!(text, "{name}"),
        };
    }
    print(&text)
}

fn extract(options: &Extract) -> Result<(), Failure> {
    let bytes = fs::read(&options.pack).map_err(at(&options.pack))?;
    let pack = Pack::parse(&bytes).map_err(at(&options.pack))?;
    let mut chosen: Vec<&Entry<'_>> = pack.entries().iter().collect();
    if !options.elements.is_empty() {
        let find = |name: &String| pack.find(name).ok_or_else(|| missing(&options.pack, name));
        chosen = options
            .elements
            .iter()
            .map(find)
            .collect::<Result<_, _>>()?;
    }
    // All names are looked at before anything is written.
    let paths = chosen
        .iter()
        .map(|entry| extracted(&options.out, entry.name));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, _>>()?;
    for (entry, path) in chosen.iter().zip(&paths) {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        write(path, entry.contents())?;
        print(&format!("x {}\n", entry.name))?;
    }
    Ok(())
}

/// Where the element `name` is written to: within `folder`, whatever the pack says.
fn extracted(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let is_plain = |part| matches!(part, Component::Normal(_));
    match Path::new(name).components().all(is_plain) && !name.is_empty() {
        true => Ok(folder.join(name)),
        false => Err(format!("{name:?} would be written outside of the folder")),
    }
}

fn delete(options: &Delete) -> Result<(), Failure> {
    let bytes = fs::read(&options.pack).map_err(at(&options.pack))?;
    let mut builder = Builder::new(true);
    builder.add_pack(&bytes).map_err(at(&options.pack))?;
    for name in &options.elements {
        if !builder.remove(name) {
            return Err(missing(&options.pack, name));
        }
    }
    let pack = builder.finish().map_err(at(&options.pack))?;
    write(options.out.as_ref().unwrap_or(&options.pack), &pack)
}

fn missing(pack: &Path, name: &str) -> Failure {
    format!("{}: there is no element {name}", pack.display())
}
