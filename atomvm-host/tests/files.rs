//! What an embedder lets a program do with files.

use atomvm_core::value::Value;
use atomvm_core::vm::Vm;
use atomvm_host::{Files, Host, library};

fn vm(files: Files) -> Vm {
    let host = Host::new().files(files);
    let vm = Vm::builder().platform(host).library(library());
    vm.build().expect("a VM")
}

fn call(vm: &mut Vm, function: &str, args: &[&str]) -> String {
    let args: Vec<_> = args.iter().map(|arg| Value::binary(*arg)).collect();
    let result = vm.call("prim_file", function, &args);
    result.expect("a result").to_string()
}

#[test]
fn files_can_be_denied() {
    let mut vm = vm(Files::None);
    assert_eq!(
        call(&mut vm, "read_file", &["Cargo.toml"]),
        "{error,enotsup}"
    );
    assert_eq!(call(&mut vm, "get_cwd", &[]), "{error,enotsup}");
}

#[test]
fn files_can_be_for_reading_only() {
    let mut vm = vm(Files::ReadOnly);
    assert!(call(&mut vm, "read_file", &["Cargo.toml"]).starts_with("{ok,<<"));
    for (function, args) in [
        ("write_file", &["x", "text"][..]),
        ("delete", &["Cargo.toml"]),
        ("make_dir", &["x"]),
        ("rename", &["Cargo.toml", "x"]),
        ("make_symlink", &["Cargo.toml", "x"]),
    ] {
        assert_eq!(call(&mut vm, function, args), "{error,erofs}", "{function}");
    }
}

#[test]
fn each_vm_has_its_own_folder() {
    let (mut one, mut other) = (vm(Files::All), vm(Files::All));
    assert_eq!(call(&mut one, "set_cwd", &["src"]), "ok");
    assert!(call(&mut one, "read_file", &["lib.rs"]).starts_with("{ok,"));
    assert_eq!(call(&mut other, "read_file", &["lib.rs"]), "{error,enoent}");
}
