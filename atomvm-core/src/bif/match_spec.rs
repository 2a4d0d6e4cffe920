//! `erlang:match_spec_test/3`: what a match specification says of one term.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::matchspec::{MatchSpec, Message, Mode, NoTracing, Scratch, SpecError};
use crate::memory::Heap;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[bif("erlang", "match_spec_test", 3, match_spec_test_3)];

fn match_spec_test_3(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mode = match args[2] {
        atoms::TABLE => Mode::Table,
        atoms::TRACE if args[0].is_list() => Mode::Trace,
        _ => return Err(Raise::BADARG),
    };
    let spec = match MatchSpec::compile(c.rt, args[1], mode) {
        Ok(spec) => spec,
        Err(SpecError::OutOfMemory) => return Err(Raise::OutOfMemory),
        Err(SpecError::Wrong(text)) => return refused(c, &text),
    };
    let mut scratch = Scratch::default();
    let mut flags = Term::NIL;
    let value = match mode {
        Mode::Table => spec.run(c, args[0], &mut scratch)?,
        Mode::Trace => {
            let arguments = elements(args[0])?;
            let verdict = spec.run_trace(c, &arguments, &mut scratch, &mut NoTracing)?;
            if let Some(verdict) = verdict {
                if verdict.exception_trace {
                    flags = c.p.heap.cons(atoms::EXCEPTION_TRACE, flags)?;
                }
                if verdict.return_trace {
                    flags = c.p.heap.cons(atoms::RETURN_TRACE, flags)?;
                }
            }
            verdict.map(|verdict| match verdict.message {
                Message::No => atoms::FALSE,
                Message::Plain => atoms::TRUE,
                Message::With(term) => term,
            })
        }
    };
    let value = value.unwrap_or(atoms::FALSE);
    Ok(c.p.heap.tuple(&[atoms::OK, value, flags, Term::NIL])?)
}

/// `{error, [{error, Text}]}`
fn refused(c: &mut Ctx<'_>, text: &str) -> BifResult {
    let text = c.p.heap.string(text)?;
    let error = c.p.heap.tuple(&[atoms::ERROR, text])?;
    let errors = c.p.heap.list(&[error])?;
    Ok(c.p.heap.tuple(&[atoms::ERROR, errors])?)
}
