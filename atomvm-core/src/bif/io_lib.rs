//! Terms as lists of characters: `io_lib:write_atom/1`, and `atomvm_text:pretty/5`, on which the
//! small `io_lib_pretty` of packs that stand alone is built.
//!
//! No feature of OTP's (`maybe_expr`) adds to the words of the language here.

use super::work::charge;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Heap;
use crate::term::pretty::{self, Page};
use crate::term::print::{self, Style};
use crate::term::{Term, atoms};
use alloc::string::String;

pub(super) const TABLE: &[Bif] = &[
    bif("io_lib", "write_atom", 1, |c, a| write_atom(c, a[0], true)),
    bif("io_lib", "write_atom_as_latin1", 1, |c, a| {
        write_atom(c, a[0], false)
    }),
    bif("erl_scan", "reserved_word", 1, |c, a| {
        let is_word = |name: &str| print::is_reserved(name) || c.rt.atoms.is_late_word(name);
        Ok(Term::bool(a[0].is_atom() && is_word(c.rt.atoms.name(a[0]))))
    }),
    bif("atomvm_text", "pretty", 5, pretty_5),
];

fn write_atom(c: &mut Ctx<'_>, atom: Term, unicode: bool) -> BifResult {
    if !atom.is_atom() {
        // The error is that of the function that OTP's code calls.
        let function = c.rt.atoms.intern("atom_to_list")?;
        let export = c.rt.export(atoms::ERLANG, function, 1)?;
        return Err(c.p.trap_to(export, &[atom]));
    }
    let mut text = String::new();
    print::atom(&mut text, atom, &c.rt.atoms, unicode);
    Ok(c.p.heap.string(&text)?)
}

/// Characters that are written for one reduction.
const CHARS: usize = 32;

/// `pretty(Term, Column, LineLength, Encoding, Strings)`: as `~p`, from that column on, or on one
/// line if its length is 0. `Encoding` is `latin1` or another; `Strings` says whether lists and binaries
/// may show as text.
fn pretty_5(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let &[term, column, line_length, encoding, strings] = args else {
        return Err(Raise::BADARG);
    };
    let column = column.as_small().ok_or(Raise::BADARG)?;
    let line_length = line_length.as_usize().ok_or(Raise::BADARG)?;
    let style = Style {
        strings: strings == atoms::TRUE,
        unicode: encoding != atoms::LATIN1,
    };
    let mut text = String::new();
    if line_length == 0 {
        print::write(&mut text, term, &c.rt.atoms, style);
    } else {
        let page = Page {
            column: usize::try_from(column).unwrap_or(1).max(1),
            line_length,
            ..Page::default()
        };
        pretty::write(&mut text, term, &c.rt.atoms, style, page);
    }
    charge(c, text.len() / CHARS);
    Ok(c.p.heap.string(&text)?)
}
