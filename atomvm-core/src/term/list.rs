//! Lists: cons cells of two words, head and tail.

use super::Term;

impl Term {
    /// Head and tail, if this is a cons cell.
    #[inline]
    pub fn as_cons(self) -> Option<(Term, Term)> {
        if self.is_cons() {
            Some((self.head(), self.tail()))
        } else {
            None
        }
    }

    /// The head of a cons cell; only for terms that [`Term::is_cons`].
    #[inline(always)]
    pub(crate) fn head(self) -> Term {
        debug_assert!(self.is_cons());
        // SAFETY: a list term points to a live cons cell.
        unsafe { *self.ptr() }
    }

    /// The tail of a cons cell; only for terms that [`Term::is_cons`].
    #[inline(always)]
    pub(crate) fn tail(self) -> Term {
        debug_assert!(self.is_cons());
        // SAFETY: a list term points to a live cons cell.
        unsafe { *self.ptr().add(1) }
    }

    /// Goes through the elements; see [`ListIter::rest`] for what a list ends with.
    #[inline]
    pub fn list_iter(self) -> ListIter {
        ListIter { rest: self }
    }

    /// The length, if this is a proper list.
    pub fn list_len(self) -> Option<usize> {
        let mut iter = self.list_iter();
        let n = iter.by_ref().count();
        iter.rest().is_nil().then_some(n)
    }
}

/// Iterator over the heads of cons cells.
///
/// ```
/// # use atomvm_core::term::Term;
/// let mut iter = Term::NIL.list_iter();
/// assert!(iter.next().is_none());
/// assert!(iter.rest().is_nil());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ListIter {
    rest: Term,
}

impl ListIter {
    /// What is left: after the last element, `[]` for a proper list, another term for an
    /// improper one.
    #[inline]
    pub fn rest(&self) -> Term {
        self.rest
    }
}

impl Iterator for ListIter {
    type Item = Term;

    #[inline]
    fn next(&mut self) -> Option<Term> {
        let (head, tail) = self.rest.as_cons()?;
        self.rest = tail;
        Some(head)
    }
}
