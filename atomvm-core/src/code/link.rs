//! Makes a module of translated code: atoms, literals and the entries of functions are looked up
//! or made, and their words fill the link table. Nobody can call it before it is published.

use super::emit::Link;
use super::error::LoadReason;
use super::export::{FunEntry, FunKey};
use super::module::{Function, Handler, Lambda, LineEntry, Module, Parts};
use super::source::Source;
use super::translate::{self, Translated, Untranslated};
use super::verify::{self, Reason, VerifyError};
use crate::beam::{Beam, BeamError, BigInteger};
use crate::etf::{self, DecodeError, DecodeOptions};
use crate::memory::fallible::{
    Grow, boxed, collect, formatted, slice_of, text, text_or_none, with_room,
};
use crate::memory::{Budget, Fragment, Heap, OutOfMemory, copy};
use crate::sync::{Arc, Shared};
use crate::term::{Term, Word};
use crate::vm::Runtime;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use num_bigint::{BigInt, Sign};

/// Reads, verifies, translates and links the BEAM file in `source`, as module number `id`.
pub(super) fn module(rt: &Runtime, source: &Source, id: u32) -> Result<Shared<Module>, LoadReason> {
    let inflated;
    let (beam, md5) = match Beam::parse(source) {
        Ok(beam) => (beam, super::md5::of_beam(source)),
        Err(BeamError::Compressed) => {
            inflated = crate::beam::inflate(source)?;
            (Beam::parse(&inflated)?, super::md5::of_beam(&inflated))
        }
        Err(error) => return Err(error.into()),
    };
    let verified = verify::verify(&beam).map_err(refused)?;
    let translated = translate::translate(&beam, &verified, rt.stress);
    let mut translated = translated.map_err(|reason| match reason {
        Untranslated::Unsupported { opcode, offset } => LoadReason::Unsupported {
            module: text_or_none(beam.module_name()),
            opcode,
            offset,
        },
        Untranslated::OutOfMemory => LoadReason::OutOfMemory,
    })?;
    let atoms = atoms(rt, &beam)?;
    let records = super::records::templates(rt, &beam, &atoms)?;
    let mut linker = Linker {
        records: &records,
        rt,
        beam: &beam,
        atoms,
        literals: Fragment::new(&rt.budget),
        md5,
    };
    let mut links = linker.links(&translated)?;
    let literals = compact(&linker.literals, &mut links, &rt.budget)?;
    sort_selections(&mut translated, &links);
    let lambdas = linker.lambdas(&translated)?;
    let atoms = linker.atoms;
    let functions = verified.functions.iter().zip(&translated.functions);
    let functions = functions.map(|(f, &(offset, entry))| Function {
        offset,
        entry,
        name: atoms[f.name_atom as usize],
        arity: f.arity,
    });
    let handlers = translated.catches.iter();
    let handlers = handlers.map(|&(offset, frame, slot)| Handler {
        offset,
        frame,
        slot,
    });
    let exports = beam.exports.iter();
    let exports = exports.map(|e| (atoms[e.function as usize], e.arity));
    let parts = Parts {
        id,
        name: atoms[beam.module as usize],
        links,
        literals,
        catches: collect(handlers)?,
        exports: collect(exports)?,
        functions: collect(functions)?,
        lines: lines(&beam, &translated)?,
        files: files(&beam)?,
        source: source.clone(),
        md5,
        strings: slice_of(collect(beam.strings.iter().copied())?)?,
        entries: translated.exports,
        lambdas,
        on_load: translated.on_load,
        code: slice_of(translated.code)?,
    };
    let module = Module::new(parts, &rt.budget)?;
    rt.records.publish(module.name, &records)?;
    Ok(module)
}

/// Brings the pairs of each `select_sorted` into the order of their constants.
fn sort_selections(translated: &mut Translated, links: &[Word]) {
    for &(start, count) in &translated.selections {
        let pairs = start as usize..(start + 2 * count) as usize;
        let Some(words) = translated.code.get_mut(pairs) else {
            continue;
        };
        let (pairs, _) = words.as_chunks_mut::<2>();
        // The first word of the table is the module's address.
        pairs.sort_unstable_by_key(|pair| links.get(pair[0] as usize + 1));
    }
}

/// Copies the literals that the link table refers to into one block of just their size.
fn compact(
    literals: &Fragment,
    links: &mut [Word],
    budget: &Arc<Budget>,
) -> Result<Fragment, LoadReason> {
    let terms = || {
        let terms = links.iter().enumerate().skip(1);
        terms.filter(|(_, word)| literals.contains(Term::from_word(**word)))
    };
    let places = terms().map(|(at, &word)| (at, copy::size(Term::from_word(word))));
    let places = collect(places)?;
    let sizes = places.iter().map(|(_, words)| words);
    let words = sizes.fold(0, |sum: usize, &words| sum.saturating_add(words));
    let mut block = Fragment::with_room(words, budget)?;
    for (at, words) in places {
        links[at] = copy::copy(Term::from_word(links[at]), words, &mut block)?.word();
    }
    Ok(block)
}

fn atoms(rt: &Runtime, beam: &Beam<'_>) -> Result<Vec<Term>, LoadReason> {
    let mut atoms = with_room(beam.atoms.len())?;
    for name in &beam.atoms {
        atoms.push(rt.atoms.intern(name)?);
    }
    Ok(atoms)
}

fn lines(beam: &Beam<'_>, translated: &Translated) -> Result<Vec<LineEntry>, OutOfMemory> {
    let Some(table) = &beam.lines else {
        return Ok(Vec::new());
    };
    let entry = |&(offset, index): &(u32, u32)| {
        let line = table.lines.get(index as usize)?;
        Some(LineEntry {
            offset,
            file: line.file as u16,
            line: line.line,
        })
    };
    collect(translated.lines.iter().filter_map(entry))
}

fn files(beam: &Beam<'_>) -> Result<Vec<String>, OutOfMemory> {
    let Some(table) = &beam.lines else {
        return Ok(Vec::new());
    };
    let mut files = with_room(table.files.len().max(1))?;
    files.try_push(formatted(format_args!("{}.erl", beam.module_name())))?;
    for file in table.files.iter().skip(1) {
        files.try_push(text(file)?)?;
    }
    Ok(files)
}

struct Linker<'r, 'b, 'a> {
    /// Names and templates of the records that the module defines.
    records: &'r [(Term, Term)],
    rt: &'r Runtime,
    beam: &'b Beam<'a>,
    atoms: Vec<Term>,
    literals: Fragment,
    md5: [u8; 16],
}

impl Linker<'_, '_, '_> {
    fn links(&mut self, translated: &Translated) -> Result<Box<[Word]>, LoadReason> {
        let mut links = with_room(translated.links.len() + 1)?;
        links.push(0);
        for &link in &translated.links {
            links.push(self.link(link)?);
        }
        Ok(slice_of(links)?)
    }

    fn link(&mut self, link: Link) -> Result<Word, LoadReason> {
        Ok(match link {
            Link::Nil => Term::NIL.word(),
            Link::Atom(i) => self.atom(i).word(),
            Link::Integer(value) => self.literals.int(value)?.word(),
            Link::BigInteger(i) => self.big_integer(i)?.word(),
            Link::Literal(i) => self.literal(i)?.word(),
            Link::Import(i) => {
                let Some(import) = self.beam.imports.get(i as usize) else {
                    return Ok(0);
                };
                let (module, function) = (self.atom(import.module), self.atom(import.function));
                core::ptr::from_ref(self.rt.export(module, function, import.arity)?) as Word
            }
            Link::Record(i) => {
                let record = self.records.get(i as usize);
                record.map_or(Term::NIL, |record| record.1).word()
            }
            Link::Lambda(i) => core::ptr::from_ref(self.lambda(i)?) as Word,
        })
    }

    fn atom(&self, index: u32) -> Term {
        self.atoms.get(index as usize).copied().unwrap_or(Term::NIL)
    }

    fn big_integer(&mut self, index: u32) -> Result<Term, LoadReason> {
        let Some(big) = self.beam.code.big_integer(index) else {
            return Ok(Term::NIL);
        };
        Ok(self.literals.bigint(&bigint(big))?)
    }

    fn literal(&mut self, index: u32) -> Result<Term, LoadReason> {
        let bytes = self.beam.literals.get(index as usize).unwrap_or(&[]);
        match etf::decode(&mut self.literals, self.rt, bytes, DecodeOptions::default()) {
            Ok((term, _)) => Ok(term),
            Err(error) => Err(bad_literal(self.beam, index, error)),
        }
    }

    /// The entry of a fun of the module.
    fn lambda(&self, index: u32) -> Result<&FunEntry, LoadReason> {
        let atom = self.atoms[self.beam.module as usize];
        let found = self.beam.lambdas.get(index as usize);
        let num_free = found.map_or(0, |l| l.num_free);
        let key = FunKey {
            module: atom,
            index,
            uniq: self.md5,
            arity: found.map_or(0, |l| l.arity - num_free.min(l.arity)),
            num_free,
        };
        let old_uniq = found.map_or(0, |l| l.old_uniq);
        let entry = self.rt.funs.get_or_insert(key, old_uniq, &self.rt.budget)?;
        if let Some(lambda) = found {
            entry.set_function(self.atom(lambda.function));
        }
        Ok(entry)
    }

    /// All funs of the module, with their code.
    fn lambdas(&self, translated: &Translated) -> Result<Vec<Lambda>, LoadReason> {
        let lambda = |(index, &offset): (usize, &u32)| {
            let entry = self.lambda(index as u32)?;
            Ok::<_, LoadReason>(Lambda {
                index: entry.index,
                arity: entry.arity,
                num_free: entry.num_free,
                offset,
            })
        };
        let mut lambdas = with_room(translated.lambdas.len())?;
        for fun in translated.lambdas.iter().enumerate() {
            lambdas.try_push(lambda(fun)?)?;
        }
        Ok(lambdas)
    }
}

/// Why a module is refused whose code is wrong.
fn refused(error: VerifyError) -> LoadReason {
    if error.reason == Reason::OutOfMemory {
        return LoadReason::OutOfMemory;
    }
    match boxed(error) {
        Ok(error) => LoadReason::Verify(error),
        Err(OutOfMemory) => LoadReason::OutOfMemory,
    }
}

/// Why a module is refused of which a literal cannot be read.
pub(super) fn bad_literal(beam: &Beam<'_>, index: u32, error: DecodeError) -> LoadReason {
    match error {
        DecodeError::OutOfMemory => LoadReason::OutOfMemory,
        error => LoadReason::Literal {
            module: text_or_none(beam.module_name()),
            index,
            reason: formatted(format_args!("{error}")),
        },
    }
}

/// An integer of the code.
pub(super) fn bigint(big: &BigInteger) -> BigInt {
    let sign = if big.negative {
        Sign::Minus
    } else {
        Sign::Plus
    };
    BigInt::from_bytes_be(sign, &big.magnitude)
}
