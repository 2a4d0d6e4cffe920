//! Between the host's values and terms.

use super::Runtime;
use super::error::{Error, Limit};
use crate::bif::{BifResult, Ctx, Raise};
use crate::memory::Heap;
use crate::term::Term;
use crate::value::{Value, ValueError};

/// A term of `value`.
pub(super) fn term<H: Heap>(rt: &Runtime, value: &Value, heap: &mut H) -> Result<Term, Error> {
    Ok(value.to_term(heap, &rt.atoms)?)
}

/// The value of a term.
pub(super) fn value(rt: &Runtime, term: Term) -> Result<Value, Error> {
    Ok(Value::from_term(term, &rt.atoms)?)
}

/// A term on the heap of the running process; `error:badarg` if the value can be none.
pub(super) fn on_heap(c: &mut Ctx<'_>, value: &Value) -> BifResult {
    let atoms = &c.rt.atoms;
    value.to_term(&mut c.p.heap, atoms).map_err(raise)
}

/// An argument for a function of the host; `error:badarg` if it nests too deep.
pub(super) fn argument(c: &Ctx<'_>, term: Term) -> Result<Value, Raise> {
    Value::from_term(term, &c.rt.atoms).map_err(raise)
}

fn raise(error: ValueError) -> Raise {
    match error {
        ValueError::OutOfMemory => Raise::OutOfMemory,
        ValueError::Atom(error) => error.into(),
        _ => Raise::BADARG,
    }
}

impl From<ValueError> for Error {
    fn from(error: ValueError) -> Error {
        match error {
            ValueError::OutOfMemory => Error::Limit(Limit::Memory),
            ValueError::Atom(error) => error.into(),
            other => Error::BadValue(other),
        }
    }
}
