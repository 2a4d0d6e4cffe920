//! Packs that hold only what is used: they run alone, and say why they hold what they do.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::{Folder, fixtures, path};

/// Compiles Erlang `sources`, by name and text, into the folder.
fn compile(folder: &Folder, sources: &[(&str, &str)]) {
    for (name, text) in sources {
        let file = folder.0.join(format!("{name}.erl"));
        fs::write(&file, text).unwrap();
        erlc(&folder.0, &file);
    }
}

fn erlc(to: &Path, file: &Path) {
    let status = Command::new("erlc").arg("-o").arg(to).arg(file).status();
    assert!(status.unwrap().success(), "{}", file.display());
}

fn atomvm(folder: &Folder, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atomvm"));
    let command = command.current_dir(&folder.0).args(arguments);
    command.output().unwrap()
}

/// What the pack alone prints, without the built-in library.
fn run_alone(folder: &Folder, pack: &str) -> String {
    let output = atomvm(folder, &["run", "--no-library", pack]);
    String::from_utf8(output.stdout).unwrap()
}

/// What went to standard error.
fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Programs for many parts of the language and library; all others were tried by hand.
const PROGRAMS: [&str; 10] = [
    "alg_json",
    "apply_variants",
    "beh_children",
    "beh_server",
    "beh_supervisor",
    "bin_utf",
    "fun_errors",
    "lib_global",
    "re_basic",
    "str_unicode",
];

#[test]
fn programs_run_from_their_packs_alone() {
    let folder = Folder::new("prune-programs");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/programs");
    let mut count = 0;
    for name in PROGRAMS {
        let source = sources.join(format!("{name}.erl"));
        if !source.exists() {
            continue;
        }
        count += 1;
        erlc(&folder.0, &source);
        let (beam, pack) = (format!("{name}.beam"), format!("{name}.avm"));
        folder.succeed(&["create", "--prune", "--library", &pack, &beam]);
        let whole = atomvm(&folder, &["run", &beam]);
        let pruned = atomvm(&folder, &["run", "--no-library", &pack]);
        assert!(whole.status.success(), "{name}: {}", errors(&whole));
        let (whole_text, pruned_text) = (
            String::from_utf8_lossy(&whole.stdout),
            String::from_utf8_lossy(&pruned.stdout),
        );
        assert_eq!(pruned_text, whole_text, "{name}: {}", errors(&pruned));
    }
    assert!(count >= 5, "most of the programs are gone");
}

/// The fixtures with the whole of OTP's library: their answers, and how large they may be.
#[test]
fn fixtures_stay_small() {
    let Some(release) = fixtures("otp25") else {
        return;
    };
    let folder = Folder::new("prune-fixtures");
    for (name, modules, most) in [
        ("hello", ["hello"].as_slice(), HELLO),
        ("kv_app", &["kv_app", "kv_sup"], KV_APP),
    ] {
        let pack = format!("{name}.avm");
        let beams: Vec<String> = modules
            .iter()
            .map(|module| path(&release, &format!("{module}.beam")))
            .collect();
        let mut arguments = vec!["create", "--prune", "--library", &pack];
        arguments.extend(beams.iter().map(String::as_str));
        folder.succeed(&arguments);
        let size = fs::metadata(folder.0.join(&pack)).unwrap().len();
        assert!(size <= most, "{name}: {size} bytes");
        let expected = fs::read_to_string(release.join(format!("{name}.expected"))).unwrap();
        let printed = run_alone(&folder, &pack);
        let value = format!("Return value: {}\n", expected.trim_end());
        assert!(printed.ends_with(&value), "{name}: {printed}");
    }
}

/// `Sensor` with the whole of Elixir's library besides.
#[test]
fn an_elixir_program_stays_small() {
    let (Some(release), Some(elixir)) = (fixtures("otp25"), elixir_ebin()) else {
        return;
    };
    let folder = Folder::new("prune-elixir");
    let beams = fs::read_dir(&release).unwrap();
    let beams = beams.map(|entry| entry.unwrap().path().display().to_string());
    let beams: Vec<String> = beams
        .filter(|path| path.contains("Elixir.") && path.ends_with(".beam"))
        .collect();
    let start = ["create", "--prune", "--library", "--start", "Elixir.Sensor"];
    let mut arguments = start.to_vec();
    arguments.push("Sensor.avm");
    arguments.extend(beams.iter().map(String::as_str));
    arguments.push(&elixir);
    folder.succeed(&arguments);
    let size = fs::metadata(folder.0.join("Sensor.avm")).unwrap().len();
    assert!(size <= SENSOR, "Sensor: {size} bytes");
    let expected = fs::read_to_string(release.join("Sensor.expected")).unwrap();
    let printed = run_alone(&folder, "Sensor.avm");
    let value = format!("Return value: {}\n", expected.trim_end());
    assert!(printed.ends_with(&value), "{printed}");
}

/// The folder of Elixir's own modules, if it is installed.
fn elixir_ebin() -> Option<String> {
    let ask = "IO.write(Application.app_dir(:elixir, \"ebin\"))";
    let output = Command::new("elixir").args(["-e", ask]).output();
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        println!("skipped: no Elixir");
        return None;
    };
    String::from_utf8(output.stdout).ok()
}

const HELLO: u64 = 40_000;
const KV_APP: u64 = 150_000;
const SENSOR: u64 = 400_000;

const DYNAMIC: [(&str, &str); 3] = [
    (
        "main",
        "-module(main). -export([start/0, unused/0, loop/1]).\n\
         start() -> Self = self(), spawn(?MODULE, loop, [Self]), receive X -> X end.\n\
         loop(Pid) -> Pid ! {call(get(module, plugin)), (fun other:f/1)(2)}.\n\
         call(M) -> M:run(1).\n\
         get(Key, Default) -> persistent_term:get(Key, Default).\n\
         unused() -> \"never called\".\n",
    ),
    (
        "plugin",
        "-module(plugin). -export([run/1, run/2]). run(X) -> {ran, X}. run(_, _) -> two.\n",
    ),
    (
        "other",
        "-module(other). -export([f/1, g/0]). -keep([g/0]). f(X) -> X * 2. g() -> kept.\n",
    ),
];

#[test]
fn only_what_is_reached_is_kept() {
    let folder = Folder::new("prune-reach");
    compile(&folder, &DYNAMIC);
    let inputs = ["main.beam", "plugin.beam", "other.beam"];
    let create = [["create", "-p", "a.avm"].as_slice(), &inputs].concat();
    folder.succeed(&create);
    assert_eq!(run_alone(&folder, "a.avm"), "Return value: {{ran,1},4}\n");
    let report = folder.succeed(&[&create[..], &["--report"]].concat());
    let has = |text: &str| report.contains(text);
    assert!(has("main:loop/1 <- main:start/0"), "{report}");
    assert!(
        has("plugin:run/1 <- main:call/1 (_:run/1) <- main:loop/1"),
        "{report}"
    );
    assert!(has("other:g/0 <- an attribute keep"), "{report}");
    assert!(
        has("_:run/1 in main:call/1: kept every function"),
        "{report}"
    );
    assert!(!has("main:unused/0") && !has("plugin:run/2"), "{report}");
    folder.succeed(&[&create[..], &["--keep", "main:unused/0", "--report=r.json"]].concat());
    let json = fs::read_to_string(folder.0.join("r.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let functions = json["modules"][0]["functions"].as_array().unwrap();
    let unused = functions
        .iter()
        .find(|it| it["function"] == "main:unused/0")
        .unwrap();
    assert_eq!(unused["because"][0], "an option --keep");
    let error = folder.fail(&[&create[..], &["--keep", "main:nothing"]].concat());
    assert!(error.contains("main:nothing"), "{error}");
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = Folder::new("prune-same");
    compile(&folder, &DYNAMIC);
    for (to, order) in [("one", [0, 1, 2]), ("two", [2, 1, 0])] {
        fs::create_dir(folder.0.join(to)).unwrap();
        for index in order {
            let name = format!("{}.beam", DYNAMIC[index].0);
            fs::copy(folder.0.join(&name), folder.0.join(to).join(&name)).unwrap();
        }
        let pack = format!("{to}.avm");
        folder.succeed(&["create", "-p", "-l", "-s", "main", &pack, to]);
    }
    let read = |name: &str| fs::read(folder.0.join(name)).unwrap();
    assert!(read("one.avm") == read("two.avm"));
    folder.succeed(&["library", "lib.avm"]);
    folder.succeed(&["library", "lib2.avm"]);
    assert!(read("lib.avm") == read("lib2.avm"));
}

#[test]
fn what_is_missing_is_told() {
    let folder = Folder::new("prune-missing");
    let source = "-module(m). -export([start/0]).\n\
                  start() -> {catch nowhere:f(1), catch lists:nothing(), catch lists:reverse([1])}.\n";
    compile(&folder, &[("m", source)]);
    let output = folder.run(&["create", "-p", "-l", "m.avm", "m.beam"]);
    let told = errors(&output);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("warning: nowhere:f/1, called by m:start/0: its module is missing"),
        "{told}"
    );
    assert!(
        told.contains("lists:nothing/0, called by m:start/0: its module has no such function"),
        "{told}"
    );
    let printed = run_alone(&folder, "m.avm");
    assert!(
        printed.contains("{'EXIT',{undef,[{nowhere,f,[1],[]}"),
        "{printed}"
    );
    assert!(
        printed.contains("{'EXIT',{undef,[{lists,nothing,[],[]}"),
        "{printed}"
    );
    let output = folder.run(&["create", "-p", "-l", "--strict", "strict.avm", "m.beam"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!folder.0.join("strict.avm").exists());
}

#[test]
fn what_is_wrong_leaves_nothing_behind() {
    let folder = Folder::new("prune-wrong");
    compile(&folder, &DYNAMIC);
    fs::create_dir(folder.0.join("copy")).unwrap();
    fs::copy(folder.0.join("main.beam"), folder.0.join("copy/main.beam")).unwrap();
    let mut damaged = fs::read(folder.0.join("plugin.beam")).unwrap();
    let code = damaged.windows(4).position(|it| it == b"Code").unwrap();
    damaged[code + 30..code + 40].fill(0xff);
    fs::write(folder.0.join("damaged.beam"), damaged).unwrap();
    let files = |folder: &Folder| -> Vec<PathBuf> {
        let entries = fs::read_dir(&folder.0).unwrap();
        let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let before = files(&folder);
    for prune in [&["-p"][..], &[]] {
        let create = [&["create"], prune].concat();
        let error = folder.fail(&[&create[..], &["x.avm", "main.beam", "copy"]].concat());
        assert!(
            error.contains("main.beam") && error.contains("copy/main.beam"),
            "{error}"
        );
        let error = folder.fail(&[&create[..], &["-s", "plugin", "x.avm", "plugin.beam"]].concat());
        assert!(
            error.contains("plugin") && error.contains("start/0"),
            "{error}"
        );
        let error = folder.fail(&[&create[..], &["-s", "none", "x.avm", "plugin.beam"]].concat());
        assert!(error.contains("none"), "{error}");
    }
    let error = folder.fail(&["create", "-p", "x.avm", "main.beam", "damaged.beam"]);
    assert!(error.contains("damaged.beam"), "{error}");
    assert_eq!(files(&folder), before);
}

#[test]
fn a_full_disk_is_told_and_leaves_nothing_behind() {
    let folder = Folder::new("prune-full");
    compile(&folder, &DYNAMIC);
    if Path::new("/dev/full").exists() {
        let error = folder.fail(&["create", "-p", "/dev/full", "plugin.beam"]);
        assert!(error.contains("/dev/full"), "{error}");
    }
    let before = fs::read_dir(&folder.0).unwrap().count();
    fs::write(folder.0.join("old.avm"), "what was there").unwrap();
    // Files of more than 512 bytes cannot be written here.
    let script = format!(
        "trap '' XFSZ; ulimit -f 1; exec {} create -p -l old.avm main.beam",
        env!("CARGO_BIN_EXE_packbeam")
    );
    let mut command = Command::new("sh");
    let command = command.current_dir(&folder.0).args(["-c", &script]);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", errors(&output));
    assert!(errors(&output).contains("old.avm"), "{}", errors(&output));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), before + 1);
    let old = fs::read_to_string(folder.0.join("old.avm")).unwrap();
    assert_eq!(old, "what was there");
}
