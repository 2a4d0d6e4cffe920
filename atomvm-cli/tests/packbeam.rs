//! Runs the command `packbeam` as a user does.

mod support;

use std::fs;

use support::{Folder, fixtures, path};

#[test]
fn create_gives_what_the_community_tool_gives() {
    let Some(fixtures) = fixtures("otp25") else {
        return;
    };
    let folder = Folder::new("create");
    let (app, sup) = (
        path(&fixtures, "kv_app.beam"),
        path(&fixtures, "kv_sup.beam"),
    );
    // The start module comes first, wherever it stands among the inputs.
    folder.succeed(&["create", "kv.avm", &sup, &app]);
    let expected = fs::read(fixtures.join("kv_app.avm")).unwrap();
    assert!(fs::read(folder.0.join("kv.avm")).unwrap() == expected);
    let again = path(&fixtures, "kv_app.avm");
    folder.succeed(&["create", "--start", "kv_app", "again.avm", &again]);
    assert!(fs::read(folder.0.join("again.avm")).unwrap() == expected);
    let listed = folder.succeed(&["list", "kv.avm"]);
    assert_eq!(listed, "kv_app.beam * [2024]\nkv_sup.beam [456]\n");
    let listed = folder.succeed(&["list", "-f", "bare", "kv.avm"]);
    assert_eq!(listed, "kv_app.beam\nkv_sup.beam\n");
    let listed = folder.succeed(&["list", "--format", "csv", "kv.avm"]);
    let header = "MODULE_NAME,IS_BEAM,IS_ENTRYPOINT,SIZE_BYTES";
    assert_eq!(
        listed,
        format!("{header}\nkv_app.beam,true,true,2024\nkv_sup.beam,true,false,456\n")
    );
}

#[test]
fn files_go_in_and_come_out() {
    let folder = Folder::new("files");
    fs::create_dir_all(folder.0.join("lib/app/priv/deep")).unwrap();
    fs::write(folder.0.join("lib/app/priv/deep/x.txt"), b"hello").unwrap();
    fs::write(folder.0.join("y.bin"), b"").unwrap();
    folder.succeed(&["create", "a.avm", "lib/app/priv/deep/x.txt", "./y.bin"]);
    let listed = folder.succeed(&["list", "-f", "bare", "a.avm"]);
    assert_eq!(listed, "app/priv/deep/x.txt\ny.bin\n");
    let out = folder.succeed(&["extract", "-o", "out", "a.avm"]);
    assert_eq!(out, "x app/priv/deep/x.txt\nx y.bin\n");
    let file = folder.0.join("out/app/priv/deep/x.txt");
    assert_eq!(fs::read(file).unwrap(), b"hello");
    folder.succeed(&["delete", "-o", "b.avm", "a.avm", "y.bin"]);
    let listed = folder.succeed(&["list", "-f", "bare", "b.avm"]);
    assert_eq!(listed, "app/priv/deep/x.txt\n");
    folder.succeed(&["delete", "a.avm", "app/priv/deep/x.txt", "y.bin"]);
    assert_eq!(folder.succeed(&["list", "a.avm"]), "");
}

#[test]
fn pruning_and_lines() {
    let Some(fixtures) = fixtures("otp29") else {
        return;
    };
    let folder = Folder::new("prune");
    let modules = ["hello.beam", "kv_app.beam", "kv_sup.beam"].map(|name| path(&fixtures, name));
    let [hello, app, sup] = modules.each_ref().map(String::as_str);
    folder.succeed(&["create", "-p", "-s", "kv_app", "a.avm", hello, app, sup]);
    let listed = folder.succeed(&["list", "-f", "bare", "a.avm"]);
    assert_eq!(listed, "kv_app.beam\nkv_sup.beam\n");
    folder.succeed(&["create", "-r", "b.avm", "a.avm"]);
    let size = |name| fs::metadata(folder.0.join(name)).unwrap().len();
    assert!(size("b.avm") < size("a.avm"));
    folder.succeed(&["create", "-r", "c.avm", app, sup]);
    // The second is not pruned.
    assert!(size("b.avm") < size("c.avm"));
}

#[test]
fn packs_are_translated_ahead_of_time() {
    let Some(fixtures) = fixtures("otp25") else {
        return;
    };
    let folder = Folder::new("translate");
    let inputs = ["hello.beam", "kv_app.beam"].map(|name| path(&fixtures, name));
    let create = |options: &[&str], pack: &str| {
        let [hello, app] = inputs.each_ref().map(String::as_str);
        folder.succeed(&[&["create"], options, &[pack, hello, app]].concat())
    };
    let size = |name| fs::metadata(folder.0.join(name)).unwrap().len();
    create(&[], "plain.avm");
    create(&["--translate", "le32"], "both.avm");
    create(&["--translate", "le32", "--translated-only"], "only.avm");
    create(&["--translate", "be64"], "other.avm");
    assert!(size("plain.avm") < size("only.avm"));
    assert!(size("only.avm") < size("both.avm"));
    assert_eq!(size("both.avm"), size("other.avm"));
    assert_eq!(
        folder.succeed(&["list", "-f", "bare", "both.avm"]),
        folder.succeed(&["list", "-f", "bare", "plain.avm"])
    );
    // The same again, and the same from a pack that was translated for something else.
    let both = fs::read(folder.0.join("both.avm")).unwrap();
    folder.succeed(&["create", "--translate", "le32", "again.avm", "other.avm"]);
    assert!(fs::read(folder.0.join("again.avm")).unwrap() == both);
    let error = folder.fail(&["create", "--translated-only", "x.avm", "plain.avm"]);
    assert!(error.contains("--translate"), "{error}");
    // What is left is not a module's code.
    let error = folder.fail(&["create", "--translate", "le64", "x.avm", "only.avm"]);
    assert!(error.contains("hello.beam"), "{error}");
    assert!(!folder.0.join("x.avm").exists());
}

#[test]
fn failures_are_one_line_and_leave_nothing_behind() {
    let folder = Folder::new("failures");
    fs::write(folder.0.join("bad.beam"), b"FOR1\0\0\0\x04BEAM").unwrap();
    fs::write(folder.0.join("bad.avm"), b"not a pack").unwrap();
    fs::create_dir(folder.0.join("folder")).unwrap();
    let before = fs::read_dir(&folder.0).unwrap().count();
    let error = folder.fail(&["create", "out.avm", "bad.beam"]);
    assert!(
        error.contains("bad.beam") && error.contains("AtU8"),
        "{error}"
    );
    let error = folder.fail(&["create", "out.avm", "bad.avm"]);
    assert_eq!(error, "packbeam: bad.avm: not an AtomVM pack");
    assert!(
        folder
            .fail(&["create", "out.avm", "none.beam"])
            .contains("none.beam")
    );
    assert!(
        folder
            .fail(&["create", "folder", "bad.avm"])
            .contains("bad.avm")
    );
    assert!(folder.fail(&["list", "none.avm"]).contains("none.avm"));
    assert!(folder.fail(&["create", "out.avm"]).contains("INPUTS"));
    assert!(folder.fail(&["frobnicate"]).contains("frobnicate"));
    let error = folder.fail(&["list", "-f", "xml", "out.avm"]);
    assert!(error.contains("xml") && error.contains("csv"), "{error}");
    folder.fail(&[]);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), before);
}

#[test]
fn an_element_is_never_written_outside_of_the_folder() {
    let folder = Folder::new("outside");
    let mut writer = atomvm_core::pack::PackWriter::new();
    writer.add_file("../evil", b"x").unwrap();
    fs::write(folder.0.join("evil.avm"), writer.finish()).unwrap();
    let error = folder.fail(&["extract", "-o", "out", "evil.avm"]);
    assert!(error.contains("../evil"), "{error}");
    assert!(!folder.0.join("evil").exists());
}

#[test]
fn help_and_version() {
    let folder = Folder::new("help");
    assert!(folder.succeed(&["help"]).contains("create"));
    assert!(folder.succeed(&["create", "--help"]).contains("--prune"));
    let version = folder.succeed(&["version"]);
    assert_eq!(version.trim_end(), env!("CARGO_PKG_VERSION"));
}
