//! Verifies what real compilers wrote, and what is almost that.

use std::path::{Path, PathBuf};
use std::process::Command;

use atomvm_core::beam::{Beam, Operand, inflate};
use atomvm_core::code::target::Purpose;
use atomvm_core::code::translate::translate;
use atomvm_core::code::verify::verify;

mod support;

/// Verifies modules; says which are refused.
fn refused(modules: &[(PathBuf, Vec<u8>)]) -> Vec<String> {
    let mut refused = Vec::new();
    for (path, bytes) in modules {
        let bytes = inflate(bytes).unwrap();
        let beam = Beam::parse(&bytes).unwrap();
        if let Err(error) = verify(&beam) {
            refused.push(format!("{}: {error}", path.display()));
        }
    }
    refused
}

#[test]
fn every_fixture_is_accepted() {
    let refused = refused(&support::fixtures("beam"));
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

/// The libraries of the Erlang and Elixir that are installed: more than a thousand modules.
#[test]
fn the_installed_libraries_are_accepted() {
    let folders = [
        output(
            "erl",
            &["-noshell", "-eval", "io:put_chars(code:lib_dir()), halt()."],
        ),
        output(
            "elixir",
            &["-e", "IO.write(Path.join(:code.lib_dir(:elixir), \"..\"))"],
        ),
    ];
    for folder in folders.into_iter().flatten() {
        let modules = support::files(Path::new(&folder), "beam");
        let refused = refused(&modules);
        println!("{} modules in {folder}", modules.len());
        let count = refused.len();
        assert!(refused.is_empty(), "{count}:\n{}", refused.join("\n"));
    }
}

fn output(program: &str, args: &[&str]) -> Option<String> {
    match Command::new(program).args(args).output() {
        Ok(output) => Some(String::from_utf8(output.stdout).unwrap()),
        Err(_) => {
            println!("skipped: there is no {program}");
            None
        }
    }
}

/// What can stand in an operand's place: other kinds, other numbers.
fn replacement(old: Operand, choice: u64) -> Operand {
    let number = choice >> 8;
    match choice % 16 {
        0 => Operand::X(number as u16 % 1100),
        1 => Operand::Y(number as u16 % 1100),
        2 => Operand::Unsigned(number % 2048),
        3 => Operand::Unsigned(number),
        4 => Operand::Integer(number as i64),
        5 => Operand::Atom(number as u32 % 40),
        6 => Operand::Label(number as u32 % 64),
        7 => Operand::Literal(number as u32 % 8),
        8 => Operand::FloatReg(number as u16 % 200),
        9 => Operand::BigInteger(number as u32 % 3),
        10 => Operand::Char(number as u32),
        11 => Operand::TypedX(number as u16 % 8, number as u32),
        12 => Operand::List {
            start: number as u32 % 500,
            len: number as u32 % 9,
        },
        13 => Operand::AllocList {
            words: number as u32,
            floats: number as u32 >> 3,
            funs: number as u32 >> 5,
        },
        // A small change is the one that is most often still accepted.
        _ => match old {
            Operand::X(x) => Operand::X(x ^ (1 << (number % 4))),
            Operand::Y(y) => Operand::Y(y ^ (1 << (number % 4))),
            Operand::Unsigned(n) => Operand::Unsigned(n ^ (1 << (number % 6))),
            Operand::Label(l) => Operand::Label(l ^ (1 << (number % 6))),
            old => old,
        },
    }
}

/// Numbers that look random, the same each time.
struct Numbers(u64);

impl Iterator for Numbers {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        Some(self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16)
    }
}

/// Whatever the code is, it is accepted or refused, and what is accepted can be translated.
#[test]
fn modules_with_changed_operands_do_no_harm() {
    let mut numbers = Numbers(42);
    let mut next = || numbers.next().unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for (_, bytes) in support::fixtures("beam") {
        let original = Beam::parse(&bytes).unwrap();
        for _ in 0..500 {
            let mut beam = original.clone();
            for _ in 0..1 + next() % 2 {
                if next() % 8 == 0 {
                    let (a, b) = (next() as usize, next() as usize);
                    let count = beam.code.instrs.len();
                    beam.code.instrs.swap(a % count, b % count);
                } else {
                    let at = next() as usize % beam.code.operands.len();
                    let old = beam.code.operands[at];
                    beam.code.operands[at] = replacement(old, next());
                }
            }
            match verify(&beam) {
                Ok(verified) => {
                    let _ = translate(&beam, &verified, Purpose::HERE);
                    accepted += 1;
                }
                Err(error) => {
                    assert!(!error.to_string().is_empty());
                    refused += 1;
                }
            }
        }
    }
    println!("{accepted} accepted, {refused} refused");
}
