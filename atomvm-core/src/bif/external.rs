//! Terms to bytes and back: the external term format.

use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::etf::{
    DecodeError, DecodeOptions, EncodeError, EncodeOptions, decode, encode, encoded_size,
};
use crate::memory::Heap;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "term_to_binary", 1, term_to_binary_1),
    bif("erlang", "term_to_binary", 2, term_to_binary_2),
    bif("erlang", "term_to_iovec", 1, term_to_iovec_1),
    bif("erlang", "term_to_iovec", 2, term_to_iovec_2),
    bif("erlang", "external_size", 1, external_size_1),
    bif("erlang", "external_size", 2, external_size_2),
    bif("erlang", "binary_to_term", 1, binary_to_term_1),
    bif("erlang", "binary_to_term", 2, binary_to_term_2),
];

/// The level of compression where none is named.
const DEFAULT_LEVEL: u8 = 6;

impl From<EncodeError> for Raise {
    fn from(error: EncodeError) -> Raise {
        match error {
            EncodeError::Unsupported => Raise::BADARG,
            EncodeError::OutOfMemory => Raise::OutOfMemory,
        }
    }
}

impl From<DecodeError> for Raise {
    fn from(error: DecodeError) -> Raise {
        match error {
            DecodeError::OutOfMemory => Raise::OutOfMemory,
            DecodeError::Atom(error) => error.into(),
            _ => Raise::BADARG,
        }
    }
}

/// The options of a process that writes terms.
fn defaults(c: &Ctx<'_>) -> EncodeOptions {
    let budget = &c.rt.budget;
    EncodeOptions {
        creator: c.p.id,
        limit: budget.limit().saturating_sub(budget.used()),
        ..EncodeOptions::default()
    }
}

/// The elements of a proper list of options.
fn elements(list: Term) -> Result<impl Iterator<Item = Term>, Raise> {
    match list.list_len() {
        Some(_) => Ok(list.list_iter()),
        None => Err(Raise::BADARG),
    }
}

/// Name and value of an option that has a value.
fn option(term: Term) -> Option<(Term, Option<usize>)> {
    match term.as_tuple() {
        Some(&[name, value]) => Some((name, value.as_usize())),
        _ => None,
    }
}

fn encode_options(c: &Ctx<'_>, list: Term) -> Result<EncodeOptions, Raise> {
    let mut options = defaults(c);
    for term in elements(list)? {
        match option(term) {
            Some((atoms::COMPRESSED, Some(level @ 0..=9))) => options.compressed = level as u8,
            Some((atoms::MINOR_VERSION, Some(version @ 0..=2))) => {
                options.minor_version = version as u8;
            }
            Some(_) => return Err(Raise::BADARG),
            None if term == atoms::COMPRESSED => options.compressed = DEFAULT_LEVEL,
            None if term == atoms::DETERMINISTIC => options.deterministic = true,
            None => return Err(Raise::BADARG),
        }
    }
    Ok(options)
}

fn to_binary(c: &mut Ctx<'_>, term: Term, options: EncodeOptions) -> BifResult {
    let bytes = encode(term, &c.rt.atoms, options)?;
    Ok(c.p.heap.binary(&bytes)?)
}

fn term_to_binary_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = defaults(c);
    to_binary(c, args[0], options)
}

fn term_to_binary_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = encode_options(c, args[1])?;
    to_binary(c, args[0], options)
}

fn term_to_iovec_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let binary = term_to_binary_1(c, args)?;
    Ok(c.p.heap.cons(binary, Term::NIL)?)
}

fn term_to_iovec_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let binary = term_to_binary_2(c, args)?;
    Ok(c.p.heap.cons(binary, Term::NIL)?)
}

fn size(c: &mut Ctx<'_>, term: Term, options: EncodeOptions) -> BifResult {
    let size = encoded_size(term, &c.rt.atoms, options)?;
    Ok(c.p.heap.uint(size as u64)?)
}

fn external_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = defaults(c);
    size(c, args[0], options)
}

fn external_size_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut options = defaults(c);
    for term in elements(args[1])? {
        match option(term) {
            Some((atoms::MINOR_VERSION, Some(version @ 0..=1))) => {
                options.minor_version = version as u8;
            }
            _ => return Err(Raise::BADARG),
        }
    }
    size(c, args[0], options)
}

fn binary_to_term_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let bytes = args[0].as_binary().ok_or(Raise::BADARG)?;
    let (term, _) = decode(&mut c.p.heap, c.rt, &bytes, DecodeOptions::default())?;
    Ok(term)
}

fn binary_to_term_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let (mut options, mut wants_used) = (DecodeOptions::default(), false);
    for term in elements(args[1]).map_err(Raise::of_options)? {
        match term {
            atoms::SAFE => options.safe = true,
            atoms::USED => wants_used = true,
            _ => return Err(Raise::BadArg(atoms::BADOPT)),
        }
    }
    let bytes = args[0].as_binary().ok_or(Raise::BADARG)?;
    let (term, used) = decode(&mut c.p.heap, c.rt, &bytes, options)?;
    if !wants_used {
        return Ok(term);
    }
    let used = c.p.heap.uint(used as u64)?;
    Ok(c.p.heap.tuple(&[term, used])?)
}
