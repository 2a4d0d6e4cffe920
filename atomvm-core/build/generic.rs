//! Generates the table of generic instructions and one constant for each.

use std::fmt::Write;
use std::path::Path;

/// The highest number that the table may hold: the array's length is fixed, so that a change is seen.
const LAST: usize = 191;

struct Op {
    number: usize,
    name: String,
    arity: u8,
    since: u8,
}

/// Reads the table at `table` and writes Rust to `out`.
///
/// # Panics
///
/// On a table that is not well formed: that fails the build, with the line's number.
pub fn generate(table: &Path, out: &Path) {
    println!("cargo::rerun-if-changed={}", table.display());
    println!("cargo::rerun-if-changed=build/generic.rs");
    let text = std::fs::read_to_string(table).expect("the table of generic instructions");
    let mut ops: Vec<Option<Op>> = (0..=LAST).map(|_| None).collect();
    for (index, line) in text.lines().enumerate() {
        let line = line.split('#').next().unwrap_or("").trim();
        if line.is_empty() {
            continue;
        }
        let op = parse(line).unwrap_or_else(|| panic!("{}:{}: {line}", table.display(), index + 1));
        let number = op.number;
        let slot = &mut ops[number];
        assert!(slot.is_none(), "opcode {number} stands twice");
        *slot = Some(op);
    }
    std::fs::write(out, render(&ops)).expect("OUT_DIR is writable");
}

fn parse(line: &str) -> Option<Op> {
    let mut words = line.split_whitespace();
    let number = words.next()?.parse().ok().filter(|n| *n <= LAST)?;
    let (name, arity) = words.next()?.split_once('/')?;
    let op = Op {
        number,
        name: name.to_owned(),
        arity: arity.parse().ok()?,
        since: words.next()?.parse().ok()?,
    };
    words.next().is_none().then_some(op)
}

fn render(ops: &[Option<Op>]) -> String {
    let mut code = String::from(
        "/// The number of each generic instruction, named as in Erlang but in capitals.\npub mod op {\n",
    );
    for op in ops.iter().flatten() {
        let (name, arity, since) = (&op.name, op.arity, op.since);
        let (constant, number) = (name.to_uppercase(), op.number);
        writeln!(code, "/// `{name}/{arity}`, since release {since}.").unwrap();
        writeln!(code, "pub const {constant}: u8 = {number};").unwrap();
    }
    code.push_str("}\n");
    code.push_str("/// Every generic instruction, indexed by its number.\n");
    writeln!(
        code,
        "pub static GENERIC: [Option<GenericOp>; {}] = [",
        ops.len()
    )
    .unwrap();
    for op in ops {
        match op {
            None => code.push_str("None,\n"),
            Some(op) => writeln!(
                code,
                "Some(GenericOp {{ name: {:?}, arity: {}, since: {} }}),",
                op.name, op.arity, op.since
            )
            .unwrap(),
        }
    }
    code.push_str("];\n");
    code
}
