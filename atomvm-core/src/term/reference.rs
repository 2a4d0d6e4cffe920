//! References: 96 bits that no two calls of `make_ref/0` share.

use super::{Subtag, Term};

/// The identity of a reference of this VM, as `#Ref<0.A.B.C>` shows it (A last).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Reference(pub [u32; 3]);

impl Reference {
    /// The reference with this serial number.
    pub fn from_serial(serial: u64) -> Reference {
        Reference([
            (serial & 0x3ffff) as u32,
            (serial >> 18) as u32,
            (serial >> 50) as u32,
        ])
    }
}

impl Term {
    /// The identity, if this is a reference of this VM.
    pub fn as_reference(self) -> Option<Reference> {
        if self.subtag()? != Subtag::Ref {
            return None;
        }
        if self.is_owning_reference() {
            // SAFETY: word 3 of such a reference is the address of its memory, which starts with
            // the identity and is aligned to a word.
            return Some(Reference(unsafe {
                (self.boxed_word(3) as *const [u32; 3]).read()
            }));
        }
        // SAFETY: a reference has 12 bytes behind its header, aligned to a word.
        Some(Reference(unsafe {
            self.ptr().add(1).cast::<[u32; 3]>().read()
        }))
    }
}
