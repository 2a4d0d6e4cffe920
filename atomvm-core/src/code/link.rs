//! Makes a module of translated code: atoms, literals and the entries of functions are looked up
//! or made, and their words fill the link table.

use super::emit::Link;
use super::error::LoadReason;
use super::export::{FunEntry, Target};
use super::module::{Function, Handler, LineEntry, Module};
use super::source::Source;
use super::translate::{self, Translated};
use super::verify;
use crate::beam::{Beam, BeamError, BigInteger};
use crate::etf::{self, DecodeOptions};
use crate::memory::{Fragment, Heap};
use crate::term::{Term, Word};
use crate::vm::Runtime;
use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use num_bigint::{BigInt, Sign};
use portable_atomic::{AtomicPtr, AtomicU32};

/// Reads, verifies, translates and links the BEAM file in `source`, as module number `id`.
pub(super) fn module(rt: &Runtime, source: &Source, id: u32) -> Result<Box<Module>, LoadReason> {
    let inflated;
    let (beam, md5) = match Beam::parse(source) {
        Ok(beam) => (beam, super::md5::of_beam(source)),
        Err(BeamError::Compressed) => {
            inflated = crate::beam::inflate(source)?;
            (Beam::parse(&inflated)?, super::md5::of_beam(&inflated))
        }
        Err(error) => return Err(error.into()),
    };
    let verified = verify::verify(&beam).map_err(Box::new)?;
    let translated =
        translate::translate(&beam, &verified, rt.stress).map_err(|u| LoadReason::Unsupported {
            module: beam.module_name().to_owned(),
            opcode: u.opcode,
            offset: u.offset,
        })?;
    if translated.on_load.is_some() {
        return Err(LoadReason::OnLoad {
            module: beam.module_name().to_owned(),
        });
    }
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
    let links = linker.links(&translated)?;
    let Linker {
        atoms, literals, ..
    } = linker;
    let name = atoms[beam.module as usize];
    let functions = verified
        .functions
        .iter()
        .zip(&translated.functions)
        .map(|(f, &(offset, entry))| Function {
            offset,
            entry,
            name: atoms[f.name_atom as usize],
            arity: f.arity,
        })
        .collect();
    let handlers = translated.catches.iter();
    let mut module = Box::new(Module {
        id,
        name,
        links,
        literals,
        catches: handlers
            .map(|&(offset, frame, slot)| Handler {
                offset,
                frame,
                slot,
            })
            .collect(),
        exports: beam
            .exports
            .iter()
            .map(|e| (atoms[e.function as usize], e.arity))
            .collect(),
        functions,
        lines: lines(&beam, &translated),
        files: files(&beam),
        source: source.clone(),
        md5,
        strings: beam.strings.into(),
        code: translated.code.into_boxed_slice(),
    });
    let address: *const Module = &*module;
    module.links[0] = address as Word;
    publish(
        rt,
        &beam,
        &atoms,
        &module,
        &translated.exports,
        &translated.lambdas,
    )?;
    rt.records.publish(name, &records);
    Ok(module)
}

fn atoms(rt: &Runtime, beam: &Beam<'_>) -> Result<Vec<Term>, LoadReason> {
    let mut atoms = Vec::with_capacity(beam.atoms.len());
    for name in &beam.atoms {
        atoms.push(rt.atoms.intern(name)?);
    }
    Ok(atoms)
}

fn lines(beam: &Beam<'_>, translated: &Translated) -> Vec<LineEntry> {
    let Some(table) = &beam.lines else {
        return Vec::new();
    };
    let entry = |&(offset, index): &(u32, u32)| {
        let line = table.lines.get(index as usize)?;
        Some(LineEntry {
            offset,
            file: line.file as u16,
            line: line.line,
        })
    };
    translated.lines.iter().filter_map(entry).collect()
}

fn files(beam: &Beam<'_>) -> Vec<String> {
    let Some(table) = &beam.lines else {
        return Vec::new();
    };
    let own = format!("{}.erl", beam.module_name());
    let mut files: Vec<String> = table.files.iter().map(|&f| f.to_owned()).collect();
    match files.first_mut() {
        Some(first) => *first = own,
        None => files.push(own),
    }
    files
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
        let mut links = Vec::with_capacity(translated.links.len() + 1);
        links.push(0);
        for &link in &translated.links {
            links.push(self.link(link)?);
        }
        Ok(links.into_boxed_slice())
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
            Link::Lambda(i) => core::ptr::from_ref(self.lambda(i)) as Word,
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
            Err(error) => Err(LoadReason::Literal {
                module: self.beam.module_name().to_owned(),
                index,
                reason: format!("{error}"),
            }),
        }
    }

    fn lambda(&self, index: u32) -> &FunEntry {
        lambda(self.rt, self.beam, &self.atoms, self.md5, index)
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

/// The entry of a fun of the module.
fn lambda<'r>(
    rt: &'r Runtime,
    beam: &Beam<'_>,
    atoms: &[Term],
    md5: [u8; 16],
    index: u32,
) -> &'r FunEntry {
    let module = atoms[beam.module as usize];
    let found = beam.lambdas.get(index as usize);
    rt.funs.get_or_insert(module, index, md5, || FunEntry {
        ip: AtomicPtr::new(core::ptr::null_mut()),
        links: AtomicPtr::new(core::ptr::null_mut()),
        module,
        function: found.map_or(module, |l| atoms[l.function as usize]),
        arity: found.map_or(0, |l| l.arity - l.num_free.min(l.arity)),
        num_free: found.map_or(0, |l| l.num_free),
        index,
        old_uniq: found.map_or(0, |l| l.old_uniq),
        uniq: md5,
        loaded: AtomicU32::new(0),
    })
}

/// Lets calls by name and funs reach the code.
fn publish(
    rt: &Runtime,
    beam: &Beam<'_>,
    atoms: &[Term],
    module: &Module,
    exports: &[u32],
    lambdas: &[u32],
) -> Result<(), LoadReason> {
    let target = |offset: u32| Target {
        ip: &module.code[offset as usize],
        links: module.link_table(),
    };
    for (export, &offset) in beam.exports.iter().zip(exports) {
        let entry = rt.export(module.name, atoms[export.function as usize], export.arity)?;
        if entry.bif.is_none() && !rt.is_native(entry) {
            entry.set_target(target(offset));
        }
    }
    for (index, &offset) in lambdas.iter().enumerate() {
        let entry = lambda(rt, beam, atoms, module.md5, index as u32);
        entry.set_target(target(offset));
        entry
            .loaded
            .fetch_add(1, portable_atomic::Ordering::Relaxed);
    }
    Ok(())
}
