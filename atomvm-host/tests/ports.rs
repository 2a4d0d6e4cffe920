//! What an embedder lets a program do with programs of the host.

use atomvm_core::value::Value;
use atomvm_core::vm::{Error, Limits, Vm};
use atomvm_host::{Files, Host, library};

fn vm(host: Host, ports: usize) -> Vm {
    let limits = Limits {
        ports,
        ..Limits::default()
    };
    let vm = Vm::builder()
        .platform(host)
        .library(library())
        .limits(limits);
    vm.build().expect("a VM")
}

/// The result of `os:cmd/1`.
fn command(vm: &mut Vm, line: &str) -> String {
    let output = vm.call("os", "cmd", &[Value::string(line)]);
    output.expect("output").to_string()
}

/// The reason for which there is no port.
fn refused(vm: &mut Vm) -> String {
    let program = Value::Tuple(vec![Value::atom("spawn"), Value::string("true")]);
    match vm.call("erlang", "open_port", &[program, Value::List(Vec::new())]) {
        Err(Error::Exception(exception)) => exception.reason_text,
        other => format!("{other:?}"),
    }
}

#[test]
fn programs_run() {
    let mut vm = vm(Host::new(), 1);
    assert_eq!(command(&mut vm, "echo ab"), r#""ab\n""#);
    assert_eq!(command(&mut vm, "echo c"), r#""c\n""#);
}

#[test]
fn programs_can_be_denied() {
    let hosts = [
        Host::new().programs(false),
        Host::new().files(Files::ReadOnly),
    ];
    for host in hosts {
        assert_eq!(refused(&mut vm(host, 1)), "notsup");
    }
}

#[test]
fn ports_have_a_limit() {
    assert_eq!(refused(&mut vm(Host::new(), 0)), "system_limit");
}
