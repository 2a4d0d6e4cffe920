//! Every program of `programs/` says on this VM what it says on OTP.

use std::path::{Path, PathBuf};

use atomvm_core::code::{Target, ahead};
use atomvm_tests::{Case, Elixir, Otp, Vm, check_all, programs, root, stem, stress};

const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// Their stacks and terms are a million deep, or they call functions tens of thousands of times (or
/// millions of times, for every character), and they have millions of opportunities to collect: even
/// to use only some of these takes many minutes.
const TOO_LONG_FOR_STRESS: [&str; 4] =
    ["bif_answers", "deep_list", "deep_recursion", "unicode_all"];

/// What these show is of heaps that grow.
const OTHER_IN_STRESS: [&str; 1] = ["proc_watch"];

/// Programs that trace local calls of the function that they are in the middle of: where code cannot be
/// written to, that goes on untraced.
const TRACE_THEMSELVES: [&str; 2] = ["trace_calls", "trace_measure"];

/// How the names of programs begin that are about processes and what they share.
const CONCURRENT: [&str; 16] = [
    "beh_",
    "code_",
    "ets_",
    "exit_",
    "io_",
    "log_",
    "match_spec",
    "persistent_",
    "port_",
    "proc_",
    "recv_",
    "sched_",
    "signal_",
    "time_",
    "timer_",
    "trace_",
];

/// Programs that ask for limits of words of 64 bits.
const WORDS_OF_64: [&str; 1] = ["rare_limits"];

/// Has the VM that is tested words of 32 bits?
fn words_of_32() -> bool {
    std::env::var_os("ATOMVM_WORD").is_some_and(|bits| bits == "32")
}

#[test]
fn erlang_programs() {
    let mut sources = programs(&root().join("tests/programs"), "erl");
    let left_out = [&TOO_LONG_FOR_STRESS[..], &OTHER_IN_STRESS].concat();
    sources.retain(|source| !(stress() && left_out.contains(&stem(source).as_str())));
    sources.retain(|source| !(words_of_32() && WORDS_OF_64.contains(&stem(source).as_str())));
    let otp = Otp::new(&Path::new(FOLDER).join("erlang"), Vec::new());
    otp.compile_erlang(&sources);
    let mut modules: Vec<_> = sources.iter().map(|source| stem(source)).collect();
    check(&otp, &modules, &[]);
    // The same again, where processes do run at the same time.
    modules.retain(|module| CONCURRENT.iter().any(|part| module.starts_with(part)));
    // And translated ahead of time.
    let mut placed = modules.clone();
    placed.retain(|module| !TRACE_THEMSELVES.contains(&module.as_str()));
    translate(&otp, &placed);
    for schedulers in [2, 4] {
        let vm = Vm::build().on_schedulers(schedulers);
        check_all(&vm, &cases(&otp, &modules, &[]));
    }
}

/// The programs that are measured are right as well; they are too long to stress.
#[test]
fn measured_programs() {
    if stress() {
        return;
    }
    let sources = programs(&root().join("benches/programs"), "erl");
    let otp = Otp::new(&Path::new(FOLDER).join("benches"), Vec::new());
    otp.compile_erlang(&sources);
    check(
        &otp,
        &sources
            .iter()
            .map(|source| stem(source))
            .collect::<Vec<_>>(),
        &[],
    );
}

#[test]
fn elixir_programs() {
    let Some(Elixir { library, .. }) = Elixir::installed() else {
        println!("skipped: Elixir is not installed");
        return;
    };
    let sources = programs(&root().join("tests/programs/elixir"), "ex");
    let otp = Otp::new(&Path::new(FOLDER).join("elixir"), vec![library.clone()]);
    otp.compile_elixir(&sources);
    let modules: Vec<_> = sources
        .iter()
        .map(|source| elixir_module(&stem(source)))
        .collect();
    check(&otp, &modules, &[library]);
}

/// What needs OTP's runtime_tools and tools.
#[test]
fn tools_programs() {
    let ask = "[io:format(\"~ts~n\", [code:lib_dir(A)]) || A <- [runtime_tools, tools]], halt().";
    let output = std::process::Command::new("erl")
        .args(["-noshell", "-eval", ask])
        .output()
        .expect("erl");
    let folders = String::from_utf8_lossy(&output.stdout).into_owned();
    let libraries: Vec<PathBuf> = folders
        .lines()
        .map(|folder| Path::new(folder).join("ebin"))
        .collect();
    if !libraries.iter().all(|folder| folder.is_dir()) {
        println!("skipped: runtime_tools or tools is not installed");
        return;
    }
    let sources = programs(&root().join("tests/programs/tools"), "erl");
    let otp = Otp::new(&Path::new(FOLDER).join("tools"), Vec::new());
    otp.compile_erlang(&sources);
    let modules: Vec<_> = sources.iter().map(|source| stem(source)).collect();
    check(&otp, &modules, &libraries);
}

fn check(otp: &Otp, modules: &[String], libraries: &[PathBuf]) {
    otp.run(modules);
    check_all(&Vm::build(), &cases(otp, modules, libraries));
}

/// Adds to compiled modules their translations.
fn translate(otp: &Otp, modules: &[String]) {
    let target = Target {
        word_bytes: if words_of_32() { 4 } else { 8 },
        ..Target::NATIVE
    };
    for module in modules {
        let path = otp.folder().join(format!("{module}.beam"));
        let file = std::fs::read(&path).expect("a module");
        let made = ahead::translate(&file, target, true);
        let made = made.unwrap_or_else(|error| panic!("{module}: {error}"));
        std::fs::write(&path, made.expect("no native records")).expect("a module");
    }
}

/// What OTP said of programs that ran on it.
fn cases(otp: &Otp, modules: &[String], libraries: &[PathBuf]) -> Vec<Case> {
    let paths = [&[otp.folder().to_owned()], libraries].concat();
    let case = |module: &String| Case {
        name: module.clone(),
        file: otp.folder().join(format!("{module}.beam")),
        paths: paths.clone(),
        expected: otp.answer(module),
    };
    modules.iter().map(case).collect()
}

/// `ex_structs` holds the program `Elixir.ExStructs`.
fn elixir_module(stem: &str) -> String {
    let capital = |part: &str| part[..1].to_uppercase() + &part[1..];
    format!(
        "Elixir.{}",
        stem.split('_').map(capital).collect::<String>()
    )
}
