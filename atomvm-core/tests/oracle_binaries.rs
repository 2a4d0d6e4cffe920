//! Built-in functions on binaries and text give what OTP gives, for the calls that
//! `oracle/binaries.erl` has recorded.

use atomvm_core::bif::{self, Ctx, Raise};
use atomvm_core::etf::{self, DecodeOptions};
use atomvm_core::memory::{Fragment, ProcessHeap};
use atomvm_core::platform::Platform;
use atomvm_core::process::Process;
use atomvm_core::term::order::equal_exact;
use atomvm_core::term::{Term, atoms};
use atomvm_core::vm::{Limits, Runtime};
use std::time::Duration;

struct Still;

impl Platform for Still {
    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }
}

/// A term as text, for messages.
fn text(rt: &Runtime, term: Term) -> String {
    if term.is_atom() {
        return rt.atoms.name(term).to_owned();
    }
    if let Some(int) = term.as_int() {
        return int.to_bigint().to_string();
    }
    if let Some(bits) = term.as_bits() {
        return format!("<<{:?} {:?}>>", bits.bytes(), bits.tail());
    }
    if let Some(elements) = term.as_tuple() {
        let parts: Vec<_> = elements.iter().map(|&t| text(rt, t)).collect();
        return format!("{{{}}}", parts.join(","));
    }
    if !term.is_list() {
        return format!("{term:?}");
    }
    let mut iter = term.list_iter();
    let parts: Vec<_> = iter.by_ref().map(|t| text(rt, t)).collect();
    let tail = if iter.rest().is_nil() {
        String::new()
    } else {
        format!("|{}", text(rt, iter.rest()))
    };
    format!("[{}{tail}]", parts.join(","))
}

fn call(rt: &Runtime, case: Term) -> Result<(), String> {
    let Some(&[module, function, args, expected]) = case.as_tuple() else {
        return Err("no case".to_owned());
    };
    let args: Vec<Term> = args.list_iter().collect();
    let expected = expected.as_tuple().unwrap();
    let (module, function) = (rt.atoms.name(module), rt.atoms.name(function));
    let shown: Vec<_> = args.iter().map(|&t| text(rt, t)).collect();
    let name = format!("{module}:{function}({})", shown.join(", "));
    let call = bif::find(module, function, args.len() as u32).ok_or(format!("{name}: none"))?;
    let heap = ProcessHeap::new(64, &rt.budget).unwrap();
    let mut p = Process::new(Term::pid(1), heap);
    let mut ctx = Ctx::new(&mut p, rt);
    let ok = match call(&mut ctx, &args) {
        Ok(got) if expected[0] == atoms::OK && equal_exact(got, expected[1]) => return Ok(()),
        Err(Raise::Error(got)) if expected[0] == atoms::ERROR && got == expected[1] => {
            return Ok(());
        }
        Ok(got) => text(rt, got),
        Err(raise) => format!("{raise:?}"),
    };
    Err(format!("{name}\n  {ok}\n  OTP: {}", text(rt, expected[1])))
}

#[test]
fn results_are_those_of_otp() {
    let rt = Runtime::new(Box::new(Still), Limits::default());
    let mut heap = Fragment::new(&rt.budget);
    let bytes = include_bytes!("oracle/binaries.etf");
    let options = DecodeOptions::default();
    let (cases, _) = etf::decode(&mut heap, &rt.atoms, bytes, options).unwrap();
    let (mut count, mut wrong) = (0, Vec::new());
    for case in cases.list_iter() {
        count += 1;
        wrong.extend(call(&rt, case).err());
    }
    assert!(count > 2000, "{count}");
    let first = wrong[..wrong.len().min(25)].join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{first}",
        wrong.len()
    );
}
