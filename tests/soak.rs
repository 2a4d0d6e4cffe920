//! Some seconds of `soak/`, where processes do everything to each other at random, on two and on
//! four schedulers. `scripts/soak.sh` does it for as long as one likes, and under a sanitizer.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use atomvm_tests::{Vm, is_wanted, root, run};

const SECONDS: &str = "10";
const LIMIT: Duration = Duration::from_secs(300);

#[test]
fn soak() {
    if !is_wanted("soak") {
        return;
    }
    let folder = compiled();
    let vm = Vm::build();
    for (schedulers, seed) in [("2", "1"), ("4", "100000")] {
        let mut command = Command::new(vm.path());
        command.args(["run", "--schedulers", schedulers]);
        command
            .arg(folder.join("soak.beam"))
            .arg("-pa")
            .arg(&folder);
        command.args(["--", SECONDS, seed]).arg(&folder);
        let finished = run(&mut command, LIMIT);
        let output = String::from_utf8_lossy(&finished.stdout);
        let errors = String::from_utf8_lossy(&finished.stderr);
        assert!(
            output.contains("nothing found"),
            "{schedulers} schedulers, code {:?}:\n{output}\n{errors}",
            finished.code
        );
    }
}

/// The folder with the programs and the versions of the module that is upgraded.
fn compiled() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("soak");
    let sources = root().join("tests/soak");
    let modules = [
        "", "_code", "_data", "_servers", "_signals", "_tables", "_trace",
    ];
    let files = modules.map(|module| sources.join(format!("soak{module}.erl")));
    compile(&folder, &files, None);
    for version in ["1", "2", "3"] {
        let source = sources.join("version/soak_version.erl");
        let define = format!("-DVERSION={version}");
        compile(&folder.join(version), &[source], Some(&define));
    }
    folder
}

fn compile(folder: &Path, sources: &[PathBuf], option: Option<&str>) {
    std::fs::create_dir_all(folder).expect("a folder for the programs");
    let mut command = Command::new("erlc");
    command.args(option).arg("-o").arg(folder).args(sources);
    let finished = run(&mut command, LIMIT);
    let text = String::from_utf8_lossy(&finished.stdout);
    assert!(finished.code == Some(0), "erlc: {text}");
}
