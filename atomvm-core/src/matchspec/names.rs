//! The atoms that mean something in a specification.

use crate::memory::fallible::{Grow, collect_or_lose};
use crate::term::{AtomTable, Term, map};

/// The number of a variable, `'$0'`, `'$1'` and so on.
pub fn variable(atoms: &AtomTable, term: Term) -> Option<u64> {
    if !term.is_atom() {
        return None;
    }
    let digits = atoms.name(term).strip_prefix('$')?.as_bytes();
    let plain = !digits.is_empty()
        && digits.len() <= 18
        && (digits.len() == 1 || digits[0] != b'0')
        && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| {
        digits
            .iter()
            .fold(0, |n, digit| n * 10 + u64::from(digit - b'0'))
    })
}

/// Does the pattern itself leave something open, as `'_'` and variables do? A map does, too: it
/// matches all maps that have its keys.
pub fn is_open(atoms: &AtomTable, term: Term) -> bool {
    term == crate::term::atoms::UNDERSCORE || term.is_map() || variable(atoms, term).is_some()
}

/// Are there no variables in the pattern, and no `'_'`, so that it is a plain value?
pub fn is_ground(atoms: &AtomTable, pattern: Term) -> bool {
    let mut left = collect_or_lose([pattern]);
    while let Some(mut term) = left.pop() {
        loop {
            if term.is_map() {
                let values = map::iter(term).map(|(_, value)| value);
                left.extend_or_lose(values.filter(|t| is_inner(*t)));
                break;
            }
            if is_open(atoms, term) {
                return false;
            }
            if let Some(elements) = term.as_tuple() {
                left.extend_or_lose(elements.iter().copied().filter(|t| is_inner(*t)));
                break;
            }
            let Some((head, tail)) = term.as_cons() else {
                break;
            };
            if is_inner(head) {
                left.push_or_lose(head);
            }
            term = tail;
        }
    }
    true
}

/// Could the term be open?
fn is_inner(term: Term) -> bool {
    term.is_atom() || !term.is_immediate()
}
