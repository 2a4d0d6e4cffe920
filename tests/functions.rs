//! `docs/functions.md` says which of OTP's native functions the VM has.
//!
//! To write it anew: `ATOMVM_WRITE_FUNCTIONS=1 cargo test -p atomvm-tests --test functions`. The
//! lists of names in `tests/natives` are made by `tests/natives/names.erl`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;

use atomvm_core::bif;
use atomvm_core::vm::Vm;
use atomvm_host::{Host, SetSignal};
use atomvm_tests::{root, stem};

/// The releases whose functions are listed, the newest last.
const RELEASES: [u32; 2] = [25, 29];

/// Functions of these modules deal with a network or other nodes, or with the emulator's insides:
/// the VM does not mean to have them.
const OUTSIDE: [(&str, &str); 8] = [
    ("erl_ddll", "drivers that are loaded into the emulator"),
    ("erl_debugger", "the debugger of the emulator"),
    ("erl_tracer", "tracers in native code"),
    (
        "erts_literal_area_collector",
        "how the emulator unloads code",
    ),
    ("erts_trace_cleaner", "how the emulator ends traces"),
    ("prim_net", "names and interfaces of the network"),
    ("prim_socket", "sockets"),
    ("prim_buffer", "buffers of files"),
];

const HEAD: &str = "\
# Built-in functions

What OTP has in native code, and all that its module `erlang` exports, with what of it this VM
has. All other functions of OTP's modules are Erlang code, which the VM runs as it is.

- **yes**: present in the VM itself.
- **host**: present where there is a host system, which `atomvm-host` adds it for (`os:set_signal/2`:
  if the embedder lets it).
- **Erlang**: present, in Erlang code of this VM's library.
- **no**: absent; a call raises `undef`, or what OTP's module raises without its native half.

Written by `tests/functions.rs`: do not edit.
";

/// A function's module, name and number of arguments.
type Name = (String, String, u32);

/// What the list of a release says.
fn names(release: u32) -> BTreeMap<Name, String> {
    let path = root().join(format!("tests/natives/otp{release}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let line = |line: &str| {
        let mut words = line.split(' ').map(String::from);
        let mut next = || words.next().expect("four words in each line");
        let name = (next(), next());
        let arity = next().parse().expect("a number of arguments");
        ((name.0, name.1, arity), next())
    };
    text.lines().map(line).collect()
}

/// The functions that the modules of the VM's own library export.
fn in_erlang() -> BTreeSet<Name> {
    let mut found = BTreeSet::new();
    let folder = fs::read_dir(root().join("libs")).expect("the library");
    let sources = folder.map(|entry| entry.expect("a module of the library").path());
    for source in sources.filter(|path| path.is_file()) {
        let text = fs::read_to_string(&source).expect("a module of the library");
        for part in text.split("-export([").skip(1) {
            let list = part.split("])").next().unwrap_or_default();
            for item in list.split(',') {
                if let Some((name, arity)) = item.trim().rsplit_once('/')
                    && let Ok(arity) = arity.parse()
                {
                    found.insert((stem(&source), name.trim_matches('\'').into(), arity));
                }
            }
        }
    }
    found
}

fn page() -> String {
    let lists = RELEASES.map(names);
    let all: BTreeSet<&Name> = lists.iter().flat_map(BTreeMap::keys).collect();
    let erlang = in_erlang();
    let mut modules: BTreeMap<&str, Vec<&Name>> = BTreeMap::new();
    for &name in &all {
        modules.entry(&name.0).or_default().push(name);
    }
    let signals = SetSignal::new(|_, _| false);
    let host = Host::new().signals(signals);
    let host = Vm::builder().platform(host).build().expect("a VM");
    let own = |name: &Name| bif::find(&name.0, &name.1, name.2).is_some();
    let native = |name: &Name| host.has_native(&name.0, &name.1, name.2);
    let mut page = HEAD.to_owned();
    let mut summary = String::new();
    let mut tables = String::new();
    for (module, functions) in &modules {
        let present = |name: &&&Name| native(name) || erlang.contains(**name);
        let count = functions.iter().filter(present).count();
        let outside = OUTSIDE.iter().find(|(name, _)| name == module);
        if let (0, Some((_, what))) = (count, outside) {
            _ = writeln!(summary, "| `{module}` | 0 | {} | {what} |", functions.len());
            continue;
        }
        _ = writeln!(
            summary,
            "| [`{module}`](#{module}) | {count} | {} | |",
            functions.len()
        );
        _ = writeln!(tables, "\n## {module}\n");
        let newest = RELEASES[RELEASES.len() - 1];
        _ = writeln!(tables, "| Function | OTP | Here |\n|---|---|---|");
        for &name in functions {
            let here = match (own(name), native(name), erlang.contains(name)) {
                (true, ..) => "yes",
                (_, true, _) => "host",
                (.., true) => "Erlang",
                _ => "no",
            };
            let releases: Vec<String> = RELEASES
                .iter()
                .zip(&lists)
                .filter(|(_, list)| list.contains_key(name))
                .map(|(release, _)| release.to_string())
                .collect();
            let releases = match releases.len() {
                2 => "all".to_owned(),
                _ if releases[0] == newest.to_string() => format!("{newest}"),
                _ => format!("{} only", releases[0]),
            };
            let text = name.1.replace('|', "\\|");
            _ = writeln!(tables, "| `{text}/{}` | {releases} | {here} |", name.2);
        }
    }
    let releases = RELEASES.map(|release| release.to_string()).join(" and ");
    _ = writeln!(page, "\nThe releases that were looked at are {releases}.\n");
    _ = writeln!(page, "| Module | Present | Of | |\n|---|---|---|---|");
    page + &summary + &tables
}

#[test]
fn the_page_is_what_the_vm_has() {
    let path = root().join("docs/functions.md");
    let wanted = page();
    if std::env::var_os("ATOMVM_WRITE_FUNCTIONS").is_some() {
        fs::write(&path, &wanted).expect("the page can be written");
    }
    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == wanted,
        "docs/functions.md is not what the VM has: ATOMVM_WRITE_FUNCTIONS=1 cargo test -p \
         atomvm-tests --test functions writes it anew"
    );
}
