//! The internal instructions: `isa/internal.isa` to opcodes, descriptions and the handler table.

use std::fmt::Write as _;
use std::path::Path;

struct Instr {
    name: String,
    operands: Vec<String>,
    variants: Vec<String>,
    /// The letters that each specialised operand may have.
    kinds: Vec<String>,
}

fn parse(text: &str) -> Vec<Instr> {
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or(""));
    lines
        .filter(|line| !line.trim().is_empty())
        .map(instruction)
        .collect()
}

fn instruction(line: &str) -> Instr {
    let mut words = line.split_whitespace().map(str::to_owned);
    let name = words.next().expect("a name");
    let mut operands: Vec<String> = words.collect();
    let specialised = operands
        .iter()
        .filter(|o| matches!(o.as_str(), "s" | "d"))
        .count();
    let (variants, kinds) = if specialised == 0 {
        (vec![String::new()], Vec::new())
    } else {
        expand(&operands.pop().expect("variants"))
    };
    for variant in &variants {
        assert_eq!(variant.len(), specialised, "{name}: variant {variant}");
    }
    Instr {
        name,
        operands,
        variants,
        kinds,
    }
}

/// All combinations of a pattern such as `[xy]c[xyi]`, the last letter changing first, and the
/// letters of each place.
fn expand(pattern: &str) -> (Vec<String>, Vec<String>) {
    let mut all = vec![String::new()];
    let mut kinds = Vec::new();
    let mut rest = pattern;
    while !rest.is_empty() {
        let (letters, after) = match rest.strip_prefix('[') {
            Some(inner) => inner.split_once(']').expect("closing bracket"),
            None => rest.split_at(1),
        };
        kinds.push(letters.to_owned());
        all = all
            .iter()
            .flat_map(|head| letters.chars().map(move |l| format!("{head}{l}")))
            .collect();
        rest = after;
    }
    (all, kinds)
}

/// The length without tail in 32-bit words.
fn words(instr: &Instr) -> usize {
    let units = instr
        .operands
        .iter()
        .filter(|o| !o.starts_with('*'))
        .map(|o| match o.as_str() {
            "s" | "d" | "n" => 1,
            "v" | "t" | "l" | "k" | "w" => 2,
            other => panic!("{}: operand {other}", instr.name),
        });
    (1 + units.sum::<usize>()).div_ceil(2)
}

fn camel(name: &str) -> String {
    name.split('_')
        .map(|part| part[..1].to_uppercase() + &part[1..])
        .collect()
}

/// Writes the generated code to `isa.rs` (opcodes and descriptions) and `handlers.rs`.
pub fn generate(table: &Path, isa: &Path, handlers: &Path) {
    println!("cargo::rerun-if-changed={}", table.display());
    println!("cargo::rerun-if-changed=build/internal.rs");
    let instrs = parse(&std::fs::read_to_string(table).expect("the instruction table"));
    std::fs::write(isa, isa_source(&instrs)).expect("isa.rs");
    std::fs::write(handlers, handler_source(&instrs)).expect("handlers.rs");
}

fn isa_source(instrs: &[Instr]) -> String {
    let mut out = String::from(
        "/// The internal instructions, without their variants.\n\
         #[allow(missing_docs)]\n#[derive(Clone, Copy, PartialEq, Eq, Debug)]\n#[repr(u8)]\npub enum Base {\n",
    );
    for instr in instrs {
        let _ = writeln!(out, "    {},", camel(&instr.name));
    }
    out.push_str("}\n\n/// The opcode of the first variant of each instruction.\n#[allow(missing_docs, dead_code)]\npub mod opcode {\n");
    let mut opcode = 0;
    for instr in instrs {
        let _ = writeln!(
            out,
            "    pub const {}: u16 = {opcode};",
            instr.name.to_uppercase()
        );
        opcode += instr.variants.len();
    }
    out.push_str("}\n\n/// The words of each instruction, without its tail.\n#[allow(missing_docs, dead_code)]\npub mod len {\n");
    for instr in instrs {
        let _ = writeln!(
            out,
            "    pub const {}: usize = {};",
            instr.name.to_uppercase(),
            words(instr)
        );
    }
    let _ = writeln!(
        out,
        "}}\n\n/// How many opcodes there are.\npub const OPCODES: usize = {opcode};\n"
    );
    out.push_str(
        "/// The instructions in the order of [`Base`].\npub static INSTRS: &[Instr] = &[\n",
    );
    let mut first = 0;
    for instr in instrs {
        let variants: Vec<String> = instr.variants.iter().map(|v| format!("{v:?}")).collect();
        let operands: String = instr.operands.concat();
        let _ = writeln!(
            out,
            "    Instr {{ name: {:?}, operands: {operands:?}, variants: &[{}], kinds: &{:?}, first: {first} }},",
            instr.name,
            variants.join(", "),
            instr.kinds,
        );
        first += instr.variants.len();
    }
    out.push_str("];\n");
    out
}

fn handler_source(instrs: &[Instr]) -> String {
    let mut out = String::from("[\n");
    for instr in instrs {
        let function = match instr.name.as_str() {
            name @ ("move" | "return" | "try") => format!("{name}_"),
            name => name.to_owned(),
        };
        for variant in &instr.variants {
            let kinds: Vec<String> = variant
                .to_uppercase()
                .chars()
                .map(|c| c.to_string())
                .collect();
            if kinds.is_empty() {
                let _ = writeln!(out, "    ops::{function},");
            } else {
                let _ = writeln!(out, "    ops::{function}::<{}>,", kinds.join(", "));
            }
        }
    }
    out.push(']');
    out
}
