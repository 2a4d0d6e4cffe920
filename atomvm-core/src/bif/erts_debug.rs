//! `erts_debug`: what is known of the VM's own representation of terms and code.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::code::isa::INSTRS;
use crate::memory::Heap;
use crate::memory::fallible::{AddText, with_room};
use crate::platform::Stream;
use crate::term::map::{self, Shape};
use crate::term::print::{self, Style};
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erts_debug", "display", 1, display_1),
    bif("erts_debug", "disassemble", 1, disassemble_1),
    bif("erts_debug", "instructions", 0, instructions_0),
    bif("erts_debug", "interpreter_size", 0, interpreter_size_0),
    bif("erts_debug", "lcnt_clear", 0, no_locks_counted),
    bif("erts_debug", "lcnt_collect", 0, no_locks_counted),
    bif("erts_debug", "lcnt_control", 1, |_, _| Err(Raise::BADARG)),
    bif("erts_debug", "lcnt_control", 2, |_, _| Err(Raise::BADARG)),
    bif("erts_debug", "map_info", 1, map_info_1),
    bif("erts_debug", "unaligned_bitstring", 2, unaligned_2),
];

/// Writes a term as the VM shows it, and returns the text.
fn display_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut text = print::to_string(args[0], &c.rt.atoms, Style::PRETTY);
    text.add_char('\n');
    c.rt.write(Stream::Output, text.as_bytes());
    Ok(c.p.heap.string(&text)?)
}

/// Nothing is shown, as with OTP's compiler to machine code.
fn disassemble_1(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(atoms::FALSE)
}

/// The names of the internal instructions.
fn instructions_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let mut list = Term::NIL;
    for instruction in INSTRS.iter().rev() {
        let name = c.p.heap.string(instruction.name)?;
        list = c.p.heap.cons(name, list)?;
    }
    Ok(list)
}

/// The size of a piece of native code that holds the interpreter: there is no such piece.
fn interpreter_size_0(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(Term::small(0))
}

/// What OTP answers where locks are not counted.
fn no_locks_counted(_: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    Ok(atoms::ERROR)
}

/// The shape of a large map: how deep it is, and how many nodes have how many children.
fn map_info_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_map() {
        let reason = c.p.heap.tuple(&[atoms::BADMAP, args[0]])?;
        return Err(Raise::Error(reason));
    }
    let shape = map::shape_of(args[0]).ok_or(Raise::BADARG)?;
    let Shape {
        depth,
        full_root,
        nodes,
        leaves,
    } = shape;
    let entry = |c: &mut Ctx<'_>, name: &str, values: &[usize], counts: Option<&[usize]>| {
        let mut all = with_room(values.len() + 2)?;
        all.push(c.rt.atoms.intern(name)?);
        for &value in values {
            all.push(c.p.heap.uint(value as u64)?);
        }
        if let Some(counts) = counts {
            let mut terms = with_room(counts.len())?;
            for &count in counts {
                terms.push(c.p.heap.uint(count as u64)?);
            }
            all.push(c.p.heap.tuple(&terms)?);
        }
        Ok::<Term, Raise>(c.p.heap.tuple(&all)?)
    };
    let arrays = [
        c.rt.atoms.intern("arrays")?,
        Term::small(full_root as isize),
        Term::NIL,
    ];
    let list = [
        entry(c, "depth", &[depth], None)?,
        c.p.heap.tuple(&arrays)?,
        entry(c, "bitmaps", &[nodes.iter().sum()], Some(&nodes))?,
        entry(c, "leafs", &[leaves.iter().sum()], Some(&leaves))?,
    ];
    Ok(c.p.heap.list(&list)?)
}

/// A bit string that is stored so many bits behind the start of a byte.
fn unaligned_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let bits = args[0].as_bits().ok_or(Raise::BADARG)?;
    let offset = args[1].as_usize().filter(|&offset| offset <= 7);
    let offset = offset.ok_or(Raise::BADARG)?;
    let bytes = bits.try_bytes()?;
    let (whole, to) = c.p.heap.new_binary((offset + bits.len).div_ceil(8))?;
    let mut before = 0u8;
    for (at, place) in to.iter_mut().enumerate() {
        let byte = bytes.get(at).copied().unwrap_or(0);
        let pair = u16::from(before) << 8 | u16::from(byte);
        *place = (pair >> offset) as u8;
        before = byte;
    }
    Ok(c.p.heap.sub_bits(whole, offset, bits.len)?)
}
