//! Makes a module of translated code: atoms, literals and the entries of functions are looked up
//! or made, and their words fill the link table. Nobody can call it before it is published.

use super::ahead::{self, Ahead};
use super::emit::Link;
use super::error::{LoadReason, Unusable};
use super::export::{FunEntry, FunKey};
use super::image::Image;
use super::module::{Lambda, Module, Parts};
use super::source::Source;
use super::target::Purpose;
use super::translate::{self, Translated, Untranslated};
use super::verify::{self, Reason, Verified, VerifyError};
use crate::beam::{Beam, BeamError, BigInteger};
use crate::etf::{self, DecodeError, DecodeOptions};
use crate::memory::fallible::{
    Grow, boxed, collect, filled, formatted, slice_of, text_or_none, with_room,
};
use crate::memory::{Budget, Fragment, Heap, OutOfMemory, copy};
use crate::sync::{Arc, Shared};
use crate::term::{Term, Word};
use crate::vm::Runtime;
use alloc::boxed::Box;
use alloc::vec::Vec;
use num_bigint::{BigInt, Sign};

/// Reads, verifies, translates and links the BEAM file in `source`, as module number `id`. What was
/// translated ahead of time is not translated again.
pub(super) fn module(rt: &Runtime, source: &Source, id: u32) -> Result<Shared<Module>, LoadReason> {
    // The stress mode needs other code.
    let ahead = Ahead::of(source).filter(|_| !rt.stress);
    if let Some(ahead) = ahead.filter(Ahead::is_trusted) {
        return placed(rt, source, id, ahead);
    }
    let inflated;
    let (beam, md5) = match Beam::parse(source) {
        Ok(beam) => (beam, super::md5::of_beam(source)),
        Err(BeamError::Compressed) => {
            inflated = crate::beam::inflate(source)?;
            (Beam::parse(&inflated)?, super::md5::of_beam(&inflated))
        }
        Err(_) if ahead::is_without_code(source) => return Err(not_usable(rt, ahead)),
        Err(error) => return Err(error.into()),
    };
    let verified = verify::verify(&beam).map_err(refused)?;
    if let Some(ahead) = ahead {
        ahead.compare(&beam, &verified, md5)?;
        drop((verified, beam));
        return placed(rt, source, id, ahead);
    }
    let purpose = Purpose {
        stress: rt.stress,
        ..Purpose::HERE
    };
    let mut translated = translated(&beam, &verified, purpose)?;
    let atoms = atoms(rt, &beam)?;
    let records = super::records::templates(rt, &beam, &atoms)?;
    let mut linker = Linker {
        records: &records,
        rt,
        beam: &beam,
        atoms,
        literals: Fragment::new(&rt.budget),
        md5,
        orders: &[],
    };
    let mut links = linker.links(translated.links.iter().copied())?;
    let literals = compact(&linker.literals, &mut links, &rt.budget)?;
    sort_selections(&mut translated, &links);
    let block = translated.block(&beam)?;
    let image = Image::own(block)?.ok_or(OutOfMemory)?;
    let parts = Parts {
        id,
        name: linker.atom(beam.module),
        lambdas: linker.lambdas(&image)?,
        image,
        links,
        literals,
        orders: Box::default(),
        source: source.clone(),
        md5,
    };
    let module = Module::new(parts, &rt.budget)?;
    rt.records.publish(module.name, &records)?;
    Ok(module)
}

/// Links a module that was translated ahead of time and is known to be right.
fn placed(
    rt: &Runtime,
    source: &Source,
    id: u32,
    ahead: Ahead<'_>,
) -> Result<Shared<Module>, LoadReason> {
    let mut beam = Beam::parse_for_links(source)?;
    let tables = ahead.tables()?;
    beam.code.set_big_integers(tables.bigs);
    let image = match Image::placed(source.slice(ahead.block())) {
        Some(image) => Some(image),
        // It does not stand where words can be read.
        None => Image::own(ahead.words()?)?,
    };
    let image = image.ok_or(LoadReason::Untranslated(Unusable::Damaged))?;
    let pairs = tables.selections.iter().map(|&(_, pairs)| pairs as usize);
    let mut orders = slice_of(filled(0, pairs.sum())?)?;
    let atoms = atoms(rt, &beam)?;
    let mut linker = Linker {
        records: &[],
        rt,
        beam: &beam,
        atoms,
        literals: Fragment::new(&rt.budget),
        md5: ahead.md5(),
        orders: &orders,
    };
    let mut links = linker.links(tables.links.into_iter())?;
    let literals = compact(&linker.literals, &mut links, &rt.budget)?;
    let lambdas = linker.lambdas(&image)?;
    let name = linker.atom(beam.module);
    order_selections(&mut orders, &tables.selections, image.code(), &links);
    let parts = Parts {
        id,
        name,
        lambdas,
        image,
        links,
        literals,
        orders,
        source: source.clone(),
        md5: ahead.md5(),
    };
    Ok(Module::new(parts, &rt.budget)?)
}

/// Why a module that was only translated ahead of time, without its BEAM code, is of no use here.
fn not_usable(rt: &Runtime, ahead: Option<Ahead<'_>>) -> LoadReason {
    LoadReason::Untranslated(match ahead {
        _ if rt.stress => Unusable::Stress,
        Some(ahead) if ahead.is_damaged() => Unusable::Damaged,
        Some(_) => Unusable::Untrusted,
        None => Unusable::Foreign,
    })
}

/// Translates code that was verified.
pub(super) fn translated(
    beam: &Beam<'_>,
    verified: &Verified,
    purpose: Purpose,
) -> Result<Translated, LoadReason> {
    translate::translate(beam, verified, purpose).map_err(|reason| match reason {
        Untranslated::Unsupported { opcode, offset } => LoadReason::Unsupported {
            module: text_or_none(beam.module_name()),
            opcode,
            offset,
        },
        Untranslated::OutOfMemory => LoadReason::OutOfMemory,
    })
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

/// Finds the order of the pairs of each `select_ordered`.
fn order_selections(orders: &mut [u16], selections: &[(u32, u32)], code: &[u32], links: &[Word]) {
    let mut rest = orders;
    for &(start, count) in selections {
        let (order, after) = rest.split_at_mut(count as usize);
        rest = after;
        for (number, place) in order.iter_mut().enumerate() {
            *place = number as u16;
        }
        order.sort_unstable_by_key(|&number| {
            let constant = code.get(start as usize + 2 * usize::from(number));
            constant.and_then(|&link| links.get(link as usize + 1))
        });
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

struct Linker<'r, 'b, 'a> {
    /// Names and templates of the records that the module defines.
    records: &'r [(Term, Term)],
    rt: &'r Runtime,
    beam: &'b Beam<'a>,
    atoms: Vec<Term>,
    literals: Fragment,
    md5: [u8; 16],
    /// Where the orders of selections will be.
    orders: &'r [u16],
}

impl Linker<'_, '_, '_> {
    fn links(
        &mut self,
        of: impl ExactSizeIterator<Item = Link>,
    ) -> Result<Box<[Word]>, LoadReason> {
        let mut links = with_room(of.len() + 1)?;
        links.push(0);
        for link in of {
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
            Link::Order(i) => {
                let order = self.orders.get(i as usize..).unwrap_or(&[]);
                order.as_ptr() as Word
            }
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
        let entry = self.rt.funs.get_or_insert(key, old_uniq)?;
        if let Some(lambda) = found {
            entry.set_function(self.atom(lambda.function));
        }
        Ok(entry)
    }

    /// All funs of the module, with their code.
    fn lambdas(&self, image: &Image) -> Result<Box<[Lambda]>, LoadReason> {
        let lambda = |(index, &offset): (usize, &u32)| {
            let entry = self.lambda(index as u32)?;
            Ok::<_, LoadReason>(Lambda {
                index: entry.index,
                arity: entry.arity,
                num_free: entry.num_free,
                offset,
            })
        };
        let mut lambdas = with_room(image.funs().len())?;
        for fun in image.funs().iter().enumerate() {
            lambdas.try_push(lambda(fun)?)?;
        }
        Ok(slice_of(lambdas)?)
    }
}

/// Why a module is refused whose code is wrong.
pub(super) fn refused(error: VerifyError) -> LoadReason {
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
