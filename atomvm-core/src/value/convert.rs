//! Terms to values and back.
//!
//! Both directions go down at most [`MAX_DEPTH`] calls.

use super::{Foreign, ForeignKind, MAX_DEPTH, Value, ValueError};
use crate::memory::fallible::{boxed, collect, text};
use crate::memory::{Heap, OutOfMemory};
use crate::term::bits::Bits;
use crate::term::boxed::MAX_ARITY;
use crate::term::external::{MAX_REF_WORDS, external_id};
use crate::term::print::{Style, to_string};
use crate::term::{AtomTable, Reference, Subtag, Term, WORD_BITS, map};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Identifiers of processes and ports have so many bits.
const ID_BITS: u32 = 28;

impl From<OutOfMemory> for ValueError {
    fn from(_: OutOfMemory) -> Self {
        ValueError::OutOfMemory
    }
}

impl Value {
    /// The value of a term.
    ///
    /// # Errors
    /// The term nests too deep, or there is no memory.
    pub fn from_term(term: Term, atoms: &AtomTable) -> Result<Value, ValueError> {
        Reader { atoms }.value(term, MAX_DEPTH)
    }

    /// A term of this value, built on `heap`.
    ///
    /// # Errors
    /// The value has a part that no term can have, or there is no memory.
    pub fn to_term<H: Heap + ?Sized>(
        &self,
        heap: &mut H,
        atoms: &AtomTable,
    ) -> Result<Term, ValueError> {
        Writer { heap, atoms }.term(self, MAX_DEPTH)
    }
}

struct Reader<'a> {
    atoms: &'a AtomTable,
}

impl Reader<'_> {
    fn value(&self, term: Term, depth: usize) -> Result<Value, ValueError> {
        let depth = depth.checked_sub(1).ok_or(ValueError::TooDeep)?;
        Ok(if term.is_list() {
            self.list(term, depth)?
        } else if let Some(value) = term.as_i64() {
            Value::Integer(value)
        } else if term.is_atom() {
            Value::Atom(name(self.atoms, term)?)
        } else if let Some(number) = term.as_pid() {
            Value::Pid(number as u64)
        } else if let Some(number) = term.as_port() {
            Value::Port(number as u64)
        } else if let Some(elements) = term.as_tuple() {
            Value::Tuple(self.values(elements.iter().copied(), elements.len(), depth)?)
        } else if let Some(bits) = term.as_bits() {
            bit_string(bits)?
        } else if term.is_map() {
            self.map(term, depth)?
        } else if let Some(value) = term.as_float() {
            Value::Float(value)
        } else if let Some(int) = term.as_int() {
            Value::BigInteger(int.to_bigint())
        } else if let Some(reference) = term.as_reference() {
            Value::Reference(reference.0)
        } else if let Some(foreign) = self.foreign(term) {
            Value::Foreign(boxed(foreign)?)
        } else {
            Value::Fun(to_string(term, self.atoms, Style::PRETTY))
        })
    }

    fn values(
        &self,
        terms: impl Iterator<Item = Term>,
        count: usize,
        depth: usize,
    ) -> Result<Vec<Value>, ValueError> {
        let mut values = room(count)?;
        for term in terms {
            values.push(self.value(term, depth)?);
        }
        Ok(values)
    }

    fn list(&self, list: Term, depth: usize) -> Result<Value, ValueError> {
        let mut iter = list.list_iter();
        let count = iter.by_ref().count();
        let values = self.values(list.list_iter(), count, depth)?;
        if iter.rest().is_nil() {
            return Ok(Value::List(values));
        }
        let tail = self.value(iter.rest(), depth)?;
        Ok(Value::ImproperList(values, boxed(tail)?))
    }

    fn map(&self, map: Term, depth: usize) -> Result<Value, ValueError> {
        let mut pairs = room(map::size(map))?;
        for (key, value) in map::iter(map) {
            pairs.push((self.value(key, depth)?, self.value(value, depth)?));
        }
        Ok(Value::Map(pairs))
    }

    fn foreign(&self, term: Term) -> Option<Foreign> {
        let id = term.as_external_id()?;
        let kind = match term.subtag()? {
            Subtag::ExtPid => ForeignKind::Pid,
            Subtag::ExtPort => ForeignKind::Port,
            _ => ForeignKind::Reference,
        };
        Some(Foreign {
            kind,
            node: name(self.atoms, id.node).ok()?,
            creation: id.creation,
            numbers: collect(id.numbers.iter().map(|&n| n as u32)).ok()?,
        })
    }
}

/// A vector with room for `count`, unless there is no memory.
fn room<T>(count: usize) -> Result<Vec<T>, ValueError> {
    let mut values = Vec::new();
    match values.try_reserve_exact(count) {
        Ok(()) => Ok(values),
        Err(_) => Err(ValueError::OutOfMemory),
    }
}

fn bit_string(bits: Bits<'_>) -> Result<Value, ValueError> {
    let size = bits.len.div_ceil(8);
    let mut bytes = room(size)?;
    bytes.resize(size, 0);
    bits.copy_to(&mut bytes);
    Ok(match (bits.len % 8) as u8 {
        0 => Value::Binary(bytes),
        bits => Value::BitString { bytes, bits },
    })
}

struct Writer<'a, H: ?Sized> {
    heap: &'a mut H,
    atoms: &'a AtomTable,
}

impl<H: Heap + ?Sized> Writer<'_, H> {
    fn term(&mut self, value: &Value, depth: usize) -> Result<Term, ValueError> {
        let depth = depth.checked_sub(1).ok_or(ValueError::TooDeep)?;
        Ok(match value {
            Value::Integer(value) => self.heap.int(*value)?,
            Value::BigInteger(value) => {
                if value.bits() / WORD_BITS as u64 >= MAX_ARITY as u64 {
                    return Err(ValueError::TooLarge);
                }
                self.heap.bigint(value)?
            }
            Value::Float(value) if !value.is_finite() => return Err(ValueError::BadFloat),
            Value::Float(value) => self.heap.float(*value)?,
            Value::Atom(name) => self.atoms.intern(name)?,
            Value::Binary(bytes) => self.heap.binary(bytes)?,
            Value::BitString { bytes, bits } => self.bit_string(bytes, *bits)?,
            Value::List(values) => {
                let terms = self.terms(values, depth)?;
                self.heap.list(&terms)?
            }
            Value::ImproperList(values, tail) => {
                let terms = self.terms(values, depth)?;
                let tail = self.term(tail, depth)?;
                self.heap.list_with_tail(&terms, tail)?
            }
            Value::Tuple(values) if values.len() > MAX_ARITY => return Err(ValueError::TooLarge),
            Value::Tuple(values) => {
                let terms = self.terms(values, depth)?;
                self.heap.tuple(&terms)?
            }
            Value::Map(pairs) => {
                let mut terms = room(pairs.len())?;
                for (key, value) in pairs {
                    terms.push((self.term(key, depth)?, self.term(value, depth)?));
                }
                map::from_pairs(self.heap, self.atoms, &terms)?
            }
            Value::Pid(number) => Term::pid(identifier(*number)?),
            Value::Port(number) => Term::port(identifier(*number)?),
            Value::Reference(words) => self.heap.reference(Reference(*words))?,
            Value::Foreign(foreign) => self.foreign(foreign)?,
            Value::Fun(_) => return Err(ValueError::Fun),
        })
    }

    fn terms(&mut self, values: &[Value], depth: usize) -> Result<Vec<Term>, ValueError> {
        let mut terms = room(values.len())?;
        for value in values {
            terms.push(self.term(value, depth)?);
        }
        Ok(terms)
    }

    fn bit_string(&mut self, bytes: &[u8], bits: u8) -> Result<Term, ValueError> {
        if bytes.is_empty() || !(1..=7).contains(&bits) {
            return Err(ValueError::BadBits);
        }
        let len = (bytes.len() - 1)
            .checked_mul(8)
            .ok_or(ValueError::TooLarge)?;
        let mut whole = Bits::of_bytes(bytes);
        whole.len = len + usize::from(bits);
        Ok(self.heap.copy_bits(whole)?)
    }

    fn foreign(&mut self, foreign: &Foreign) -> Result<Term, ValueError> {
        let node = self.atoms.intern(&foreign.node)?;
        let (subtag, counts) = match foreign.kind {
            ForeignKind::Pid => (Subtag::ExtPid, 2..=2),
            ForeignKind::Port => (Subtag::ExtPort, 2..=2),
            ForeignKind::Reference => (Subtag::ExtRef, 1..=MAX_REF_WORDS),
        };
        if !counts.contains(&foreign.numbers.len()) {
            return Err(ValueError::BadIdentifier);
        }
        let (creation, numbers) = (foreign.creation, &foreign.numbers);
        Ok(external_id(self.heap, subtag, node, creation, numbers)?)
    }
}

/// The number of a process or port.
pub(crate) fn identifier(number: u64) -> Result<usize, ValueError> {
    match usize::try_from(number) {
        Ok(number) if number >> ID_BITS == 0 => Ok(number),
        _ => Err(ValueError::BadIdentifier),
    }
}

fn name(atoms: &AtomTable, atom: Term) -> Result<Box<str>, OutOfMemory> {
    Ok(text(atoms.name(atom))?.into_boxed_str())
}
