//! Bytes of a binary that outlive the term.

use super::OffHeapBinary;
use crate::term::{Subtag, Term};
use core::ops::Deref;
use core::ptr::NonNull;

/// The bytes of a binary outside the heaps, kept alive and not copied: what a function of the host
/// holds while it works on another thread, or to know a binary again.
///
/// The bytes never change.
pub struct SharedBytes {
    /// What holds the bytes; `None` when they are static.
    owner: Option<NonNull<OffHeapBinary>>,
    data: NonNull<u8>,
    len: usize,
}

// SAFETY: the count of references is atomic, and bytes that a term refers to are never written.
unsafe impl Send for SharedBytes {}
// SAFETY: as above.
unsafe impl Sync for SharedBytes {}

impl SharedBytes {
    /// The bytes of `term`; `None` unless it is a binary outside the heap (or a part of one that
    /// starts at a byte). Short binaries live on the heap: copy those.
    pub fn of(term: Term) -> Option<SharedBytes> {
        let bits = term.as_bits().filter(|bits| bits.is_binary())?;
        let bytes = bits.aligned_bytes()?;
        let whole = match term.subtag()? {
            Subtag::SubBin => Term::from_word(term.boxed_word(1)),
            _ => term,
        };
        if whole.subtag()? != Subtag::RefcBin {
            return None;
        }
        let owner = NonNull::new(whole.boxed_word(2) as *mut OffHeapBinary);
        if let Some(owner) = owner {
            // SAFETY: the term holds a reference.
            unsafe { owner.as_ref().retain() };
        }
        Some(SharedBytes {
            owner,
            data: NonNull::from(bytes).cast(),
            len: bytes.len(),
        })
    }
}

impl Deref for SharedBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the reference to the owner keeps the bytes where they are.
        unsafe { core::slice::from_raw_parts(self.data.as_ptr(), self.len) }
    }
}

impl Drop for SharedBytes {
    fn drop(&mut self) {
        if let Some(owner) = self.owner {
            // SAFETY: `of` took this reference.
            unsafe { OffHeapBinary::release(owner) };
        }
    }
}

impl core::fmt::Debug for SharedBytes {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "SharedBytes({} bytes)", self.len)
    }
}
