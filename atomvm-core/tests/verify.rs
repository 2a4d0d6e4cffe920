//! Verifies what real compilers wrote, and what is almost that.

use std::path::{Path, PathBuf};
use std::process::Command;

use atomvm_core::beam::{Beam, inflate};
use atomvm_core::code::verify::verify;

mod support;

/// Verifies modules; says which are refused.
fn refused(modules: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
    let mut refused = Vec::new();
    for (path, bytes) in modules {
        let bytes = inflate(bytes).unwrap();
        let beam = Beam::parse(&bytes).unwrap();
        if let Err(error) = verify(&beam) {
            refused.push(format!("{}: {error}", path.display()));
        }
    }
    refused
}

#[test]
fn every_fixture_is_accepted() {
    let refused = refused(&support::fixtures("beam"));
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// The libraries of the Erlang and Elixir that are installed: more than a thousand modules.
#[test]
fn the_installed_libraries_are_accepted() {
    let folders = [
        output(
            "erl",
            &["-noshell", "-eval", "io:put_chars(code:lib_dir()), halt()."],
        ),
        output(
            "elixir",
            &["-e", "IO.write(Path.join(:code.lib_dir(:elixir), \"..\"))"],
        ),
    ];
    for folder in folders.into_iter().flatten() {
        let modules = support::files(Path::new(&folder), "beam");
        let refused = refused(&modules);
        println!("{} modules in {folder}", modules.len());
        let count = refused.len();
        assert!(refused.is_empty(), "{count}:\n{}", refused.join("\n"));
    }
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    match Command::new(program).args(args).output() {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(_) => {
            println!("skipped: there is no {program}");
            None
        }
    }
}
