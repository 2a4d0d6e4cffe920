//! Terms to bytes and back: the external term format.

use super::work::{self, Fuel, Work};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::etf::{
    DecodeError, DecodeOptions, Decoding, EncodeError, EncodeOptions, Encoding, Sizing,
};
use crate::memory::Heap;
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "term_to_binary", 1, to_binary),
    bif("erlang", "term_to_binary", 2, to_binary),
    bif("erlang", "term_to_iovec", 1, to_iovec),
    bif("erlang", "term_to_iovec", 2, to_iovec),
    bif("erlang", "external_size", 1, external_size_1),
    bif("erlang", "external_size", 2, external_size_2),
    bif("erlang", "binary_to_term", 1, read),
    bif("erlang", "binary_to_term", 2, read),
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

/// The options of a process that writes terms, which are those of the release of OTP whose library it has.
fn defaults(c: &Ctx<'_>) -> EncodeOptions {
    let budget = &c.rt.budget;
    EncodeOptions {
        limit: budget.limit().saturating_sub(budget.used()),
        minor_version: match c.rt.otp_release {
            Some(26..) => 2,
            _ => 1,
        },
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

/// Parts of terms that are written or read for one reduction.
const PARTS: usize = 8;

/// Bytes that are copied at once.
const COPY: usize = 64 << 10;

/// Bytes that are copied in the time that a part takes.
const BYTES: usize = 32;

/// Writes a term.
struct Write {
    encoding: Option<Encoding>,
    copy: Option<Copying>,
    /// Is the result to be a list of binaries?
    as_list: bool,
}

/// Bytes on their way into a binary.
struct Copying {
    bytes: Vec<u8>,
    result: Term,
    to: &'static mut [u8],
    at: usize,
}

impl Work for Write {
    const PER_REDUCTION: usize = PARTS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if let Some(encoding) = &mut self.encoding {
            if !encoding.step(&c.rt.atoms, fuel.units())? {
                return Ok(None);
            }
            let bytes = self.encoding.take().map(Encoding::into_bytes);
            let bytes = bytes.unwrap_or_default();
            let (result, to) = c.p.heap.new_binary(bytes.len())?;
            self.copy = Some(Copying {
                bytes,
                result,
                to,
                at: 0,
            });
        }
        let Some(copy) = &mut self.copy else {
            return Ok(None);
        };
        while copy.at < copy.bytes.len() {
            let end = copy.bytes.len().min(copy.at + COPY);
            copy.to[copy.at..end].copy_from_slice(&copy.bytes[copy.at..end]);
            fuel.burn((end - copy.at) / BYTES);
            copy.at = end;
            if fuel.is_empty() {
                return Ok(None);
            }
        }
        if self.as_list {
            return Ok(Some(c.p.heap.cons(copy.result, Term::NIL)?));
        }
        Ok(Some(copy.result))
    }
}

fn write(c: &mut Ctx<'_>, args: &[Term], as_list: bool) -> BifResult {
    work::run(c, |c| {
        let options = match args.get(1) {
            Some(&list) => encode_options(c, list)?,
            None => defaults(c),
        };
        let mut encoding = Encoding::of(args[0], options)?;
        if options.compressed > 0 {
            let settings = options.deflate_settings();
            if let Some(deflater) = c.rt.platform.deflater(settings) {
                encoding.deflate_with(deflater.map_err(EncodeError::from)?);
            }
        }
        Ok(Write {
            encoding: Some(encoding),
            copy: None,
            as_list,
        })
    })
}

fn to_binary(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    write(c, args, false)
}

fn to_iovec(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    write(c, args, true)
}

struct Measure(Sizing);

impl Work for Measure {
    const PER_REDUCTION: usize = PARTS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        if !self.0.step(&c.rt.atoms, fuel.units())? {
            return Ok(None);
        }
        Ok(Some(c.p.heap.uint(self.0.size() as u64)?))
    }
}

fn size(c: &mut Ctx<'_>, term: Term, options: EncodeOptions) -> BifResult {
    work::run(c, |_| Ok(Measure(Sizing::of(term, options))))
}

fn external_size_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let options = defaults(c);
    size(c, args[0], options)
}

fn external_size_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut options = defaults(c);
    let latest = usize::from(options.minor_version);
    for term in elements(args[1])? {
        match option(term) {
            Some((atoms::MINOR_VERSION, Some(version))) if version <= latest => {
                options.minor_version = version as u8;
            }
            _ => return Err(Raise::BADARG),
        }
    }
    size(c, args[0], options)
}

/// Reads a term.
struct Read {
    decoding: Decoding<'static>,
    /// Is the number of bytes wanted, too?
    wants_used: bool,
}

impl Work for Read {
    const PER_REDUCTION: usize = PARTS;

    fn step(&mut self, c: &mut Ctx<'_>, fuel: &mut Fuel) -> Result<Option<Term>, Raise> {
        let done = self.decoding.step(&mut c.p.heap, c.rt, fuel.units())?;
        let Some((term, used)) = done else {
            return Ok(None);
        };
        if !self.wants_used {
            return Ok(Some(term));
        }
        let used = c.p.heap.uint(used as u64)?;
        Ok(Some(c.p.heap.tuple(&[term, used])?))
    }
}

fn read(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    work::run(c, |_| {
        let (mut options, mut wants_used) = (DecodeOptions::default(), false);
        let list = args.get(1).copied().unwrap_or(Term::NIL);
        for term in elements(list).map_err(Raise::of_options)? {
            match term {
                atoms::SAFE => options.safe = true,
                atoms::USED => wants_used = true,
                _ => return Err(Raise::BadArg(atoms::BADOPT)),
            }
        }
        let bytes = args[0].as_binary().ok_or(Raise::BADARG)?;
        Ok(Read {
            decoding: Decoding::of(bytes, options)?,
            wants_used,
        })
    })
}
