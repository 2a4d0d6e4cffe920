//! Runs units on OTP and on this VM.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Unit;
use crate::{Vm, root, run};

/// Options of the compiler that give other instructions, one set for each module in turn.
const OPTIONS: &[&str] = &[
    "[]",
    "[no_copt, no_bool_opt]",
    "[]",
    "[r23]",
    "[no_type_opt, no_ssa_opt]",
    "[]",
    "[r24]",
    "[inline, {inline_size, 60}]",
    "[no_bsm_opt, no_bs_create_bin, no_shared_fun_wrappers]",
    "[r22]",
    "[no_copt, no_postopt, no_ssa_opt_float, no_ssa_opt_ranges]",
    "[no_recv_opt, no_fun_opt, no_share_opt, no_make_fun3, no_init_yregs]",
];

/// Time for OTP, and for each module on this VM.
const LIMIT: Duration = Duration::from_secs(1200);

/// Options of the compiler for a module.
#[derive(Debug, Clone, Copy)]
pub struct Options(&'static str);

impl Options {
    /// Those for module number `index`.
    pub fn of(index: usize) -> Options {
        Options(OPTIONS[index % OPTIONS.len()])
    }
}

/// A unit that says something else on this VM than on OTP.
#[derive(Debug)]
pub struct Difference {
    /// The unit.
    pub unit: Unit,
    /// The options of its module.
    pub options: Options,
    /// Both answers.
    pub answers: String,
}

/// Runs units in a folder.
#[derive(Debug)]
pub struct Runner<'a> {
    folder: PathBuf,
    vm: &'a Vm,
    used: usize,
}

impl<'a> Runner<'a> {
    /// Works in `folder`.
    ///
    /// # Panics
    ///
    /// If the folder cannot be made or what calls the units does not compile.
    pub fn new(folder: &Path, vm: &'a Vm) -> Runner<'a> {
        let _ = fs::remove_dir_all(folder);
        fs::create_dir_all(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let mut command = Command::new("erlc");
        command.arg("-o").arg(folder);
        command.arg(root().join("tests/support/generated.erl"));
        let finished = run(&mut command, LIMIT);
        let text = [finished.stdout, finished.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(finished.code == Some(0), "erlc: {text}");
        Runner {
            folder: folder.to_owned(),
            vm,
            used: 0,
        }
    }

    /// Runs modules of units and gives the units that differ. All names must be different in a
    /// module.
    ///
    /// # Panics
    ///
    /// If OTP does not compile or run them: the units are wrong then.
    pub fn differences(&mut self, modules: &[(Options, Vec<Unit>)]) -> Vec<Difference> {
        let mut names = Vec::new();
        for (options, units) in modules {
            self.used += 1;
            let name = format!("gen{}", self.used);
            let file = self.folder.join(&name).with_extension("erl");
            fs::write(&file, module(&name, *options, units)).expect("a file for a module");
            names.push(name);
        }
        self.ask_otp(&names);
        let mut all = Vec::new();
        for (name, (options, units)) in names.iter().zip(modules) {
            let wanted = fs::read_to_string(self.folder.join(name).with_extension("answer"))
                .expect("OTP's answer");
            let beam = self.folder.join(name).with_extension("beam");
            let finished = self.vm.run(&beam, std::slice::from_ref(&self.folder));
            let said = String::from_utf8_lossy(&finished.stdout).into_owned();
            let errors = String::from_utf8_lossy(&finished.stderr).into_owned();
            let how = match (finished.code, finished.timed_out) {
                (_, true) => "not finished in time".to_owned(),
                (Some(0), _) => String::new(),
                (code, _) => format!("ended by {code:?}: {}", errors.trim()),
            };
            let mut answers = compare(&wanted, &said, &how);
            for unit in units {
                if let Some(answers) = answers.remove(&unit.name) {
                    all.push(Difference {
                        unit: unit.clone(),
                        options: *options,
                        answers,
                    });
                }
            }
        }
        all
    }

    fn ask_otp(&self, names: &[String]) {
        let quoted: Vec<_> = names.iter().map(|name| format!("\"{name}\"")).collect();
        let folder = self.folder.display();
        let call = format!("generated:main([\"{folder}\", {}]).", quoted.join(", "));
        let mut command = Command::new("erl");
        command.arg("-noshell").arg("-pa").arg(&self.folder);
        command.arg("-eval").arg(call);
        let finished = run(&mut command, LIMIT);
        let text = String::from_utf8_lossy(&finished.stderr);
        assert!(
            finished.code == Some(0),
            "OTP does not take {names:?} in {folder}: {text}"
        );
    }
}

/// The text of a module.
fn module(name: &str, options: Options, units: &[Unit]) -> String {
    let exports: Vec<_> = units
        .iter()
        .map(|unit| format!("{}/10", unit.name))
        .collect();
    let names: Vec<_> = units.iter().map(|unit| unit.name.as_str()).collect();
    let mut text = format!(
        "%% {}.\n-module({name}).\n-export([start/0, {}]).\n-record(r, {{a = 0, b, c = []}}).\n\
         start() -> generated:run(?MODULE, [{}]).\n\n",
        options.0,
        exports.join(", "),
        names.join(", ")
    );
    for unit in units {
        text += &unit.text;
        text += "\n";
    }
    text
}

/// The units whose lines differ, with both answers.
fn compare(wanted: &str, said: &str, how: &str) -> BTreeMap<String, String> {
    let said: BTreeMap<&str, &str> = said.lines().filter_map(|it| it.split_once(": ")).collect();
    let mut all = BTreeMap::new();
    let mut ended = false;
    for (call, wanted) in wanted.lines().filter_map(|it| it.split_once(": ")) {
        if matches!(wanted, "too slow" | "too large") {
            continue;
        }
        let answer = match said.get(call) {
            Some(answer) if *answer == wanted => continue,
            Some(answer) => (*answer).to_owned(),
            // What did not run behind the first that brought the VM down says nothing.
            None if ended => continue,
            None => {
                ended = true;
                format!("nothing: {how}")
            }
        };
        let unit = call.split('/').next().unwrap_or(call);
        let text: &mut String = all.entry(unit.to_owned()).or_default();
        let _ = write!(text, "{call}\n   OTP: {wanted}\natomvm: {answer}\n");
    }
    all
}
