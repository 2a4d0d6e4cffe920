//! Makes the built-in library: compiles `libs/` with `erlc` and packs it together with OTP's own
//! modules, as they are in the Erlang that is installed, into `atomvm-lib.avm`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, exit};
use std::{env, fs};

use atomvm_core::pack::{FLAG_BEAM, Pack, PackWriter, strip};

const INSTALL: &str = "the built-in library is made with Erlang/OTP, which was not found. \
    Install it (on Debian and Ubuntu: apt-get install erlang-nox) or set ERL and ERLC to its commands";

/// Modules of OTP's stdlib that stay out: they are the shell, start other nodes, or only run on a
/// development machine.
const WITHOUT: &[&str] = &[
    "c",
    "edlin",
    "edlin_expand",
    "erl_compile",
    "error_logger_file_h",
    "error_logger_tty_h",
    "peer",
    "pool",
    "qlc_pt",
    "shell",
    "shell_default",
    "shell_docs",
    "slave",
    "win32reg",
];

/// Modules of OTP's kernel that touch nothing outside the VM, and those that do it by `prim_file`.
const OF_KERNEL: &[&str] = &[
    "erts_debug",
    "erl_erts_errors",
    "erl_kernel_errors",
    "erpc",
    "error_handler",
    "file",
    "file_io_server",
    "file_server",
    "inet_parse",
    "logger_formatter",
    "os",
    "raw_file_io",
    "raw_file_io_delayed",
    "raw_file_io_list",
    "rpc",
];

/// Modules of the emulator's own application whose other half are functions that are built in.
const OF_ERTS: &[&str] = &["atomics", "counters"];

fn main() {
    let out = PathBuf::from(variable("OUT_DIR"));
    let sources = Path::new(&variable("CARGO_MANIFEST_DIR")).join("libs");
    println!("cargo::rerun-if-changed={}", sources.display());
    println!("cargo::rerun-if-env-changed=ERL");
    println!("cargo::rerun-if-env-changed=ERLC");

    let compiled = out.join("libs");
    // Left-overs of a source that is no longer there must not be packed.
    let _ = fs::remove_dir_all(&compiled);
    fs::create_dir_all(&compiled)
        .unwrap_or_else(|error| fail(&format!("{}: {error}", compiled.display())));
    compile(&erlang_files(&sources), &compiled);

    let mut modules = BTreeMap::new();
    let [stdlib, kernel, erts] = installed();
    add(&mut modules, &stdlib, |name| !WITHOUT.contains(&name));
    add(&mut modules, &kernel, |name| OF_KERNEL.contains(&name));
    add(&mut modules, &erts, |name| OF_ERTS.contains(&name));
    // Last, so that they replace OTP's of the same name.
    add(&mut modules, &compiled, |_| true);
    write(&modules, &out.join("atomvm-lib.avm"));
}

/// All `.erl` files under `folder`.
fn erlang_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in entries(folder) {
        if path.is_dir() {
            files.extend(erlang_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "erl") {
            println!("cargo::rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    files
}

/// Compiles the Erlang `files` into `to`. The result is the same wherever they stand.
fn compile(files: &[PathBuf], to: &Path) {
    let erlc = command("ERLC", "erlc");
    let status = Command::new(&erlc)
        .args(["+deterministic", "+no_docs", "-o"])
        .arg(to)
        .args(files)
        .status();
    match status {
        Err(_) => fail(INSTALL),
        Ok(status) if !status.success() => fail("erlc refused libs/: see its messages"),
        Ok(_) => {}
    }
}

/// The folders of OTP's stdlib, kernel and erts.
fn installed() -> [PathBuf; 3] {
    let ask = "[io:format(\"~ts~n\", [code:lib_dir(A)]) || A <- [stdlib, kernel, erts]], halt().";
    let output = Command::new(command("ERL", "erl"))
        .args(["-noshell", "-eval", ask])
        .output();
    let output = output.unwrap_or_else(|_| fail(INSTALL));
    let text = String::from_utf8_lossy(&output.stdout);
    let folders: Vec<_> = text
        .lines()
        .map(|line| Path::new(line).join("ebin"))
        .filter(|folder| folder.is_dir())
        .collect();
    folders.try_into().unwrap_or_else(|_| {
        fail(&format!(
            "erl did not say where its library is, but: {text}"
        ))
    })
}

/// Adds the compiled modules in `folder` whose names are `wanted`, stripped.
fn add(modules: &mut BTreeMap<String, Vec<u8>>, folder: &Path, wanted: impl Fn(&str) -> bool) {
    for path in entries(folder) {
        let Some(name) = path
            .file_name()
            .and_then(|name| name.to_str()?.strip_suffix(".beam"))
        else {
            continue;
        };
        if !wanted(name) {
            continue;
        }
        println!("cargo::rerun-if-changed={}", path.display());
        let bytes =
            fs::read(&path).unwrap_or_else(|error| fail(&format!("{}: {error}", path.display())));
        match strip(&bytes, true) {
            Ok(stripped) => modules.insert(stripped.module, stripped.data),
            Err(error) => fail(&format!("{}: {error}", path.display())),
        };
    }
}

fn write(modules: &BTreeMap<String, Vec<u8>>, file: &Path) {
    let mut pack = PackWriter::new();
    for (name, data) in modules {
        // Without the flag of a start module: a library is never the program.
        if let Err(error) = pack.add(&format!("{name}.beam"), FLAG_BEAM, data) {
            fail(&format!("{name}: {error}"));
        }
    }
    let bytes = pack.finish();
    if let Err(error) = fs::write(file, &bytes) {
        fail(&format!("{}: {error}", file.display()));
    }
    write_index(&bytes, &file.with_file_name("modules.rs"));
}

/// Writes where each module is, so that the VM finds one without reading through the pack.
fn write_index(bytes: &[u8], file: &Path) {
    let pack = Pack::parse(bytes).unwrap_or_else(|error| fail(&error.to_string()));
    let mut index = String::from("&[\n");
    for entry in pack.entries() {
        let name = entry.module_name().unwrap_or(entry.name);
        let start = entry.data.as_ptr() as usize - bytes.as_ptr() as usize;
        index += &format!("    ({name:?}, {start}, {}),\n", entry.data.len());
    }
    index.push(']');
    fs::write(file, index).unwrap_or_else(|error| fail(&format!("{}: {error}", file.display())));
}

/// What is in `folder`, in the order of the names.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut paths: Vec<PathBuf> =
        listed.unwrap_or_else(|error| fail(&format!("{}: {error}", folder.display())));
    paths.sort();
    paths
}

fn command(variable: &str, usual: &str) -> OsString {
    env::var_os(variable).unwrap_or_else(|| usual.into())
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| fail(&format!("cargo did not set {name}")))
}

fn fail(message: &str) -> ! {
    println!("cargo::error={message}");
    exit(1)
}
