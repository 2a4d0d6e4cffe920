//! Damages modules: what a compiler wrote, changed at random but always the same for a seed.

mod encode;
mod exercise;
mod rng;

pub use encode::{Arg, Line, Module};
pub use exercise::{Clock, Outcome, exercise, exercise_pack};
pub use rng::Rng;

use atomvm_core::beam::opcode::{self, op};
use atomvm_core::beam::{Beam, Operand};
use atomvm_core::code::verify;

/// A damaged module and how it came about.
#[derive(Debug)]
pub struct Mutant {
    /// The file.
    pub file: Vec<u8>,
    /// The steps that were taken: numbers that [`mutate`] takes to take only these.
    pub steps: Vec<usize>,
}

/// Damages `base` in some steps that follow from `seed`, with parts of `other` among them.
///
/// Most damage makes code that is refused, so a step after which it would be is mostly taken back
/// and another one tried: what is accepted and wrong all the same is what matters. With `only`,
/// just these steps are taken.
pub fn mutate(base: &Module, other: &Module, seed: u64, only: Option<&[usize]>) -> Mutant {
    let mut rng = Rng::new(seed);
    let raw = rng.percent(12);
    let mut wanted = 1 + (rng.next_u64().trailing_zeros() as usize).min(6) * 2;
    let mut at = rng.below(base.lines.len());
    let mut module = base.clone();
    let mut steps = Vec::new();
    for step in 0..24 {
        let seed = rng.next_u64();
        match only {
            Some(only) if !only.contains(&step) => continue,
            None if wanted == 0 => break,
            _ => {}
        }
        let mut rng = Rng::new(seed);
        let mut changed = module.clone();
        let mut place = at;
        structured(&mut changed, other, &mut place, &mut rng);
        let strict = rng.percent(85);
        if only.is_none() && strict && !raw && !is_accepted(&changed.encode()) {
            continue;
        }
        (module, at) = (changed, place);
        steps.push(step);
        wanted = wanted.saturating_sub(1);
    }
    let mut file = module.encode();
    if raw {
        damage_bytes(&mut file, &mut rng);
    }
    Mutant { file, steps }
}

/// Whether the verifier accepts a file.
pub fn is_accepted(file: &[u8]) -> bool {
    Beam::parse(file).is_ok_and(|beam| verify::verify(&beam).is_ok())
}

/// Flips, cuts, repeats and replaces bytes anywhere.
fn damage_bytes(file: &mut Vec<u8>, rng: &mut Rng) {
    for _ in 0..=rng.below(4) {
        let at = rng.below(file.len());
        let len = rng.below(40).min(file.len() - at);
        match rng.below(7) {
            0 | 1 => file[at] ^= 1 << rng.below(8),
            2 | 3 => file[at] = rng.next_u64() as u8,
            4 => file.truncate(at.max(12)),
            5 => drop(file.drain(at..at + len)),
            _ => {
                let part = file[at..at + len].to_vec();
                file.splice(at..at, part);
            }
        }
        if file.is_empty() {
            return;
        }
    }
    // Mostly the sizes still agree, or nothing behind them would be seen.
    if file.len() > 8 && rng.percent(80) {
        let size = (file.len() as u32 - 8).to_be_bytes();
        file[4..8].copy_from_slice(&size);
    }
}

/// One step: near the place of the last one as often as not.
fn structured(module: &mut Module, other: &Module, at: &mut usize, rng: &mut Rng) {
    if rng.percent(60) {
        *at = rng.below(module.lines.len());
    } else {
        *at = (*at + rng.below(12))
            .saturating_sub(6)
            .min(module.lines.len() - 1);
    }
    for _ in 0..8 {
        if !matches!(module.lines[*at].op, op::LINE | op::FUNC_INFO | op::LABEL) {
            break;
        }
        *at = (*at + 1) % module.lines.len();
    }
    match rng.below(100) {
        0..50 => change_operand(module, *at, rng),
        50..58 => drop(module.lines.remove(*at)),
        58..64 => {
            let line = module.lines[*at].clone();
            module.lines.insert(*at, line);
        }
        64..70 => {
            let next = (*at + 1).min(module.lines.len() - 1);
            module.lines.swap(*at, next);
        }
        70..78 => change_opcode(module, *at, rng),
        78..84 => transplant(module, other, *at, rng),
        84..88 => swap_labels(module, rng),
        88..95 => damage_chunk(module, rng),
        95..98 => damage_literals(module, rng),
        _ => {
            let field = &mut module.header[rng.below(3)];
            *field = number(u64::from(*field), rng) as u32;
        }
    }
    if module.lines.is_empty() {
        module.lines.push(Line {
            op: op::INT_CODE_END,
            args: Vec::new(),
        });
    }
    *at = (*at).min(module.lines.len() - 1);
}

/// Another opcode with as many operands, one of the same kind more often than not.
fn change_opcode(module: &mut Module, at: usize, rng: &mut Rng) {
    let line = &mut module.lines[at];
    let arity = line.args.len();
    for _ in 0..200 {
        let number = match rng.percent(60) {
            true => (usize::from(line.op) + rng.below(9)).saturating_sub(4) as u8,
            false => rng.below(usize::from(opcode::LAST) + 1) as u8,
        };
        let fits = opcode::generic(number).is_some_and(|it| usize::from(it.arity) == arity);
        if fits && number != line.op {
            line.op = number;
            return;
        }
    }
}

/// Some instructions of another module, with its labels made some of this module's.
fn transplant(module: &mut Module, other: &Module, at: usize, rng: &mut Rng) {
    let from = rng.below(other.lines.len());
    let count = 1 + rng.below(5);
    let is_plain = |line: &&Line| {
        !matches!(
            line.op,
            op::LABEL | op::FUNC_INFO | op::INT_CODE_END | op::LINE
        )
    };
    let lines = other.lines.iter().skip(from).take(count).filter(is_plain);
    let labels = nearby(module, at, |it| matches!(it, Operand::Label(_)));
    let mut lines: Vec<Line> = lines.cloned().collect();
    let counts = module.counts;
    for operand in lines.iter_mut().flat_map(operands) {
        match operand {
            Operand::Atom(index) => *index %= counts[0].max(1) as u32,
            Operand::Literal(index) => *index %= counts[1].max(1) as u32,
            Operand::BigInteger(_) => *operand = Operand::Integer(i64::MAX),
            Operand::TypedX(number, _) => *operand = Operand::X(*number),
            Operand::TypedY(number, _) => *operand = Operand::Y(*number),
            Operand::Label(0) => {}
            Operand::Label(_) if !labels.is_empty() => *operand = rng.pick(&labels),
            _ => {}
        }
    }
    let imports = counts[2].max(1) as u64;
    for line in &mut lines {
        let place = match line.op {
            op::CALL_EXT | op::CALL_EXT_ONLY | op::CALL_EXT_LAST | op::BIF1 | op::BIF2 => 1,
            op::GC_BIF1 | op::GC_BIF2 | op::GC_BIF3 => 2,
            _ => continue,
        };
        if let Some(Arg::One(Operand::Unsigned(index))) = line.args.get_mut(place) {
            *index %= imports;
        }
    }
    module.lines.splice(at..at, lines);
}

/// Exchanges the numbers of two labels where they stand.
fn swap_labels(module: &mut Module, rng: &mut Rng) {
    let labels = module.lines.iter().enumerate();
    let labels: Vec<usize> = labels
        .filter(|(_, line)| line.op == op::LABEL)
        .map(|(index, _)| index)
        .collect();
    if labels.is_empty() {
        return;
    }
    let first = rng.below(labels.len());
    let second = (first + 1 + rng.below(4)) % labels.len();
    let args = module.lines[labels[first]].args.clone();
    let args = std::mem::replace(&mut module.lines[labels[second]].args, args);
    module.lines[labels[first]].args = args;
}

/// The operands of a line, those in lists among them.
fn operands(line: &mut Line) -> Vec<&mut Operand> {
    let mut all = Vec::new();
    for arg in &mut line.args {
        match arg {
            Arg::One(operand) => all.push(operand),
            Arg::List(elements) => all.extend(elements),
        }
    }
    all
}

/// Operands that `is_meant` near line `at`.
fn nearby(module: &Module, at: usize, is_meant: impl Fn(&Operand) -> bool) -> Vec<Operand> {
    let from = at.saturating_sub(25);
    let mut all = Vec::new();
    for arg in module
        .lines
        .iter()
        .skip(from)
        .take(50)
        .flat_map(|line| &line.args)
    {
        match arg {
            Arg::One(operand) => all.push(*operand),
            Arg::List(elements) => all.extend(elements),
        }
    }
    all.retain(is_meant);
    all
}

fn change_operand(module: &mut Module, at: usize, rng: &mut Rng) {
    let line = &module.lines[at];
    if line.args.is_empty() {
        return;
    }
    let place = rng.below(line.args.len());
    if let Arg::List(elements) = &line.args[place] {
        if rng.percent(35) {
            let elements = elements.clone();
            module.lines[at].args[place] = Arg::List(change_list(elements, rng));
            return;
        }
        if elements.is_empty() {
            return;
        }
        let element = rng.below(elements.len());
        let new = replacement(module, at, elements[element], rng);
        if let Arg::List(elements) = &mut module.lines[at].args[place] {
            elements[element] = new;
        }
    } else if let Arg::One(operand) = line.args[place] {
        module.lines[at].args[place] = Arg::One(replacement(module, at, operand, rng));
    }
}

fn change_list(mut elements: Vec<Operand>, rng: &mut Rng) -> Vec<Operand> {
    let at = rng.below(elements.len());
    let unit = rng.pick(&[1, 2, 2, 2, 3, 5, 6]).min(elements.len() - at);
    match rng.below(4) {
        0 => drop(elements.drain(at..at + unit)),
        1 => {
            let part = elements[at..at + unit].to_vec();
            elements.splice(at..at, part);
        }
        2 => elements.truncate(at),
        _ if !elements.is_empty() => {
            let other = rng.below(elements.len());
            elements.swap(at, other);
        }
        _ => {}
    }
    elements
}

/// Another operand: of the same kind, from nearby, or (one in seven) of another kind.
fn replacement(module: &Module, at: usize, operand: Operand, rng: &mut Rng) -> Operand {
    let kind = std::mem::discriminant(&operand);
    if rng.percent(14) {
        let is_value = |it: &Operand| {
            use Operand::*;
            matches!(
                it,
                X(_) | Y(_) | Integer(_) | Atom(_) | Literal(_) | TypedX(..)
            )
        };
        let values = nearby(module, at, is_value);
        if !values.is_empty() {
            return rng.pick(&values);
        }
    }
    if rng.percent(45) {
        let same = nearby(module, at, |it| std::mem::discriminant(it) == kind);
        if !same.is_empty() {
            return rng.pick(&same);
        }
    }
    match operand {
        Operand::Unsigned(value) => Operand::Unsigned(number(value, rng)),
        Operand::Integer(value) => Operand::Integer(integer(value, rng)),
        Operand::BigInteger(_) => Operand::Integer(integer(0, rng)),
        Operand::Atom(_) => Operand::Atom(rng.below(module.counts[0]) as u32),
        Operand::Literal(_) => Operand::Literal(rng.below(module.counts[1]) as u32),
        Operand::X(number) => Operand::X(register(number, rng)),
        Operand::Y(number) => Operand::Y(register(number, rng)),
        Operand::FloatReg(number) => Operand::FloatReg(register(number, rng)),
        Operand::TypedX(number, index) if rng.percent(50) => {
            Operand::TypedX(number, self::number(index.into(), rng) as u32)
        }
        Operand::TypedX(number, index) => Operand::TypedX(register(number, rng), index),
        Operand::TypedY(number, index) => Operand::TypedY(register(number, rng), index),
        Operand::Label(label) => match rng.below(4) {
            0 => Operand::Label(0),
            1 => Operand::Label(rng.below(module.header[1] as usize) as u32),
            _ => Operand::Label((label + rng.below(5) as u32).saturating_sub(2)),
        },
        Operand::Char(value) => Operand::Char(number(value.into(), rng) as u32),
        Operand::AllocList {
            words,
            floats,
            funs,
        } => {
            let mut all = [words, floats, funs];
            let place = rng.below(3);
            all[place] = number(all[place].into(), rng) as u32;
            Operand::AllocList {
                words: all[0],
                floats: all[1],
                funs: all[2],
            }
        }
        list @ Operand::List { .. } => list,
    }
}

fn register(number: u16, rng: &mut Rng) -> u16 {
    match rng.below(20) {
        0 => rng.pick(&[15, 16, 127, 128, 255, 256, 1022, 1023, 1024, 1025, u16::MAX]),
        1..10 => rng.below(8) as u16,
        10..15 => number.wrapping_add(1),
        _ => number.saturating_sub(1),
    }
}

fn number(value: u64, rng: &mut Rng) -> u64 {
    const ODD: [u64; 18] = [
        15,
        16,
        31,
        32,
        63,
        64,
        127,
        128,
        255,
        256,
        1023,
        1024,
        65_535,
        65_536,
        1 << 26,
        u32::MAX as u64,
        1 << 58,
        u64::MAX,
    ];
    match rng.below(12) {
        0..3 => value.wrapping_add(1),
        3..6 => value.saturating_sub(1),
        6 => 0,
        7 => rng.pick(&ODD),
        8 => value ^ (1 << rng.below(10)),
        9 => value.wrapping_mul(2),
        _ => rng.below(12) as u64,
    }
}

fn integer(value: i64, rng: &mut Rng) -> i64 {
    const ODD: [i64; 14] = [
        -1,
        0,
        64,
        255,
        256,
        1 << 27,
        1 << 31,
        (1 << 59) - 1,
        1 << 59,
        -(1 << 59),
        -(1 << 59) - 1,
        i64::MAX,
        i64::MIN,
        1 << 40,
    ];
    match rng.below(4) {
        0 => value.wrapping_add(1),
        1 => value.wrapping_neg(),
        2 => rng.pick(&ODD),
        _ => rng.below(300) as i64 - 20,
    }
}

/// Changes, cuts or removes a chunk.
fn damage_chunk(module: &mut Module, rng: &mut Rng) {
    if module.chunks.is_empty() {
        return;
    }
    let chunk = rng.below(module.chunks.len());
    let data = &mut module.chunks[chunk].1;
    match rng.below(20) {
        0 => drop(module.chunks.remove(chunk)),
        1 => data.truncate(rng.below(data.len())),
        2..14 => damage_word(data, rng),
        _ if !data.is_empty() => {
            let at = rng.below(data.len());
            data[at] = rng.next_u64() as u8;
        }
        _ => {}
    }
}

/// Puts a small number where one stands in a table.
fn damage_word(data: &mut [u8], rng: &mut Rng) {
    let at = rng.below(data.len() / 4) * 4;
    let Some(word) = data.get_mut(at..at + 4) else {
        return;
    };
    let old = u32::from_be_bytes([word[0], word[1], word[2], word[3]]);
    let new = number(old.into(), rng) as u32;
    word.copy_from_slice(&new.to_be_bytes());
}

/// Changes a byte of a literal, or how many there are.
fn damage_literals(module: &mut Module, rng: &mut Rng) {
    if module.literals.is_empty() {
        return;
    }
    let at = rng.below(module.literals.len());
    match rng.below(3) {
        0 => module.literals[at] ^= 1 << rng.below(8),
        1 => module.literals[at] = rng.pick(&[97, 98, 100, 104, 106, 107, 108, 109, 110, 116, 77]),
        _ => damage_word(&mut module.literals, rng),
    }
}
