//! Lists and tuples of a known size, written in place: no copy besides, however large.

use super::{Header, Term};
use crate::memory::{Heap, OutOfMemory};

/// A tuple of the first `arity` items; `[]` stands for those that are missing.
///
/// # Errors
/// There is no memory.
pub fn tuple_of<H: Heap + ?Sized>(
    heap: &mut H,
    arity: usize,
    items: impl IntoIterator<Item = Term>,
) -> Result<Term, OutOfMemory> {
    let words = arity.checked_add(1).ok_or(OutOfMemory)?;
    let at = heap.reserve(words)?.as_ptr();
    let mut items = items.into_iter();
    // SAFETY: the header and `arity` words were reserved, and all of them are written.
    unsafe {
        at.write(Term::from_word(Header::tuple(arity).0));
        for i in 1..words {
            at.add(i).write(items.next().unwrap_or(Term::NIL));
        }
    }
    Ok(Term::from_boxed_ptr(at))
}

/// A list of the first `len` items, ending in `tail`; `[]` stands for items that are missing.
///
/// # Errors
/// There is no memory.
pub fn list_of<H: Heap + ?Sized>(
    heap: &mut H,
    len: usize,
    items: impl IntoIterator<Item = Term>,
    tail: Term,
) -> Result<Term, OutOfMemory> {
    if len == 0 {
        return Ok(tail);
    }
    let words = len.checked_mul(2).ok_or(OutOfMemory)?;
    let at = heap.reserve(words)?.as_ptr();
    let mut items = items.into_iter();
    // SAFETY: two words for each item were reserved, and all of them are written.
    unsafe {
        for cell in 0..len {
            let cell = at.add(2 * cell);
            cell.write(items.next().unwrap_or(Term::NIL));
            cell.add(1).write(Term::from_list_ptr(cell.add(2)));
        }
        at.add(words - 1).write(tail);
    }
    Ok(Term::from_list_ptr(at))
}

/// A list of the first `len` items in reverse order, ending in `tail`.
///
/// # Errors
/// There is no memory.
pub fn reversed<H: Heap + ?Sized>(
    heap: &mut H,
    len: usize,
    items: impl IntoIterator<Item = Term>,
    tail: Term,
) -> Result<Term, OutOfMemory> {
    if len == 0 {
        return Ok(tail);
    }
    let words = len.checked_mul(2).ok_or(OutOfMemory)?;
    let at = heap.reserve(words)?.as_ptr();
    let mut items = items.into_iter();
    let mut rest = tail;
    // SAFETY: as in `list_of`; each cell refers to the one written before.
    unsafe {
        for cell in 0..len {
            let cell = at.add(2 * cell);
            cell.write(items.next().unwrap_or(Term::NIL));
            cell.add(1).write(rest);
            rest = Term::from_list_ptr(cell);
        }
    }
    Ok(rest)
}
