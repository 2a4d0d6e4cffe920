//! Identifiers of processes, ports and references of other nodes.
//!
//! ```text
//!   ExtPid     node, creation, number, serial
//!   ExtPort    node, creation, number (low half), number (high half)
//!   ExtRef     node, creation, then one to five words of identity, in the order of the external
//!              term format (the last that is printed comes first)
//! ```
//!
//! Every number takes a word of its own and has at most 32 bits.

use super::{Header, Subtag, Term, Word};
use crate::memory::{Heap, OutOfMemory};

/// The most words of identity that a reference has.
pub const MAX_REF_WORDS: usize = 5;

/// An identifier of another node, looked at in place.
#[derive(Clone, Copy, Debug)]
pub struct External<'a> {
    /// The node's name, an atom.
    pub node: Term,
    /// Which incarnation of the node.
    pub creation: u32,
    /// The numbers after it, at most 32 bits each.
    pub numbers: &'a [Word],
}

impl Term {
    /// Node and numbers, if this is an identifier of another node.
    pub fn as_external_id<'a>(self) -> Option<External<'a>> {
        if !matches!(
            self.subtag()?,
            Subtag::ExtPid | Subtag::ExtPort | Subtag::ExtRef
        ) {
            return None;
        }
        let arity = self.header().arity();
        // SAFETY: so many words follow the header, at least two; all past the first are plain
        // numbers, and `Term` and `Word` have one layout.
        let numbers =
            unsafe { core::slice::from_raw_parts(self.ptr().add(3).cast::<Word>(), arity - 2) };
        Some(External {
            node: Term::from_word(self.boxed_word(1)),
            creation: self.boxed_word(2) as u32,
            numbers,
        })
    }
}

/// An identifier of a process (`ExtPid`), port (`ExtPort`) or reference (`ExtRef`) of `node`.
/// `numbers` are as the layout above says, up to [`MAX_REF_WORDS`].
pub(crate) fn external_id<H: Heap + ?Sized>(
    heap: &mut H,
    subtag: Subtag,
    node: Term,
    creation: u32,
    numbers: &[u32],
) -> Result<Term, OutOfMemory> {
    let mut words = [0; 2 + MAX_REF_WORDS];
    let count = numbers.len().min(MAX_REF_WORDS);
    words[0] = node.word();
    words[1] = creation as Word;
    for (word, &number) in words[2..].iter_mut().zip(numbers) {
        *word = number as Word;
    }
    heap.boxed_words(Header::new(subtag, 2 + count), &words[..2 + count])
}
