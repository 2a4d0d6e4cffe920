//! Programs in C, linked with the library in both its forms. They find it where cargo puts it:
//! beside this test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use atomvm_core::pack::Builder;

/// What a program in C must be linked with besides the library.
const SYSTEM: [&str; 3] = ["-lpthread", "-ldl", "-lm"];

fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c")
}

/// A folder of this test, with the program that the programs in C run, and damaged files.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder for the test");
    run(Command::new("erlc")
        .args(["+debug_info", "-o"])
        .arg(&folder)
        .arg(sources().join("app.erl")));
    let write = |name: &str, bytes: &[u8]| fs::write(folder.join(name), bytes).expect("a file");
    let beam = fs::read(folder.join("app.beam")).expect("what erlc wrote");
    let mut pack = Builder::new(true);
    pack.add_module(&beam).expect("a module");
    pack.start_with(None).expect("it exports start/0");
    let pack = pack.finish().expect("a pack");
    write("app.avm", &pack);
    write("empty.avm", b"");
    write("text.avm", b"-module(app).\n");
    write("cut.beam", &beam[..beam.len() / 2]);
    write("cut.avm", &pack[..pack.len() / 2]);
    write("newer.beam", &newer(beam));
    folder
}

/// The module with another first instruction: one that no release has yet.
fn newer(mut beam: Vec<u8>) -> Vec<u8> {
    let chunk = beam.windows(4).position(|name| name == b"Code");
    let data = chunk.expect("a chunk of code") + 8;
    let skip = u32::from_be_bytes(beam[data..data + 4].try_into().expect("four bytes"));
    beam[data + 4 + skip as usize] = 250;
    beam
}

fn library_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    test.parent().expect("its folder").to_path_buf()
}

/// Compiles a program, links it with the library of this form, and runs it.
fn program(name: &str, form: &str) {
    let work = folder(&format!("{name}-{form}"));
    let library = library_folder();
    let executable = work.join(name);
    let mut compile = Command::new("cc");
    compile
        .args(["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-g"])
        .arg("-I")
        .arg(sources().join("../../../include"))
        .arg("-o")
        .arg(&executable)
        .arg(sources().join(name).with_extension("c"));
    match form {
        "a" => compile.arg(library.join("libatomvm.a")),
        _ => compile
            .arg("-L")
            .arg(&library)
            .arg(format!("-Wl,-rpath,{}", library.display()))
            .arg("-latomvm"),
    };
    run(compile.args(SYSTEM));
    assert_eq!(run(Command::new(&executable).arg(&work)), "ok\n");
}

#[test]
fn the_whole_interface_in_the_static_library() {
    program("api", "a");
}

#[test]
fn the_whole_interface_in_the_shared_library() {
    program("api", "so");
}

#[test]
fn threads() {
    program("threads", "a");
}
