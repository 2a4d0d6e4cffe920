//! What several own, with one count, made only if there is memory.

use crate::memory::OutOfMemory;
use crate::memory::fallible::boxed;
use alloc::boxed::Box;
use core::ops::Deref;
use core::ptr::NonNull;
use portable_atomic::{AtomicUsize, Ordering, fence};

struct Counted<T> {
    owners: AtomicUsize,
    value: T,
}

/// What several own; freed with the last of them. Other than [`Arc`](super::Arc) it is made
/// only if there is memory, and has one count.
pub struct Shared<T>(NonNull<Counted<T>>);

// SAFETY: owners on all threads read the value, and any of them may drop it.
unsafe impl<T: Send + Sync> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send + Sync> Sync for Shared<T> {}

impl<T> Shared<T> {
    /// The bytes that a shared value takes besides itself.
    pub const COUNT: usize = size_of::<AtomicUsize>();

    /// Shares a value, with one owner.
    ///
    /// # Errors
    /// There is no memory.
    pub fn new(value: T) -> Result<Shared<T>, OutOfMemory> {
        let owners = AtomicUsize::new(1);
        let counted = Box::into_raw(boxed(Counted { owners, value })?);
        NonNull::new(counted).map(Shared).ok_or(OutOfMemory)
    }

    /// The value, if the caller is its only owner.
    pub fn get_mut(this: &mut Shared<T>) -> Option<&mut T> {
        // SAFETY: it lives as long as one of its owners. An only owner that is borrowed for
        // change cannot be copied meanwhile.
        unsafe {
            let only = this.0.as_ref().owners.load(Ordering::Acquire) == 1;
            match only {
                true => Some(&mut this.0.as_mut().value),
                false => None,
            }
        }
    }

    /// Are both the same value?
    pub fn ptr_eq(a: &Shared<T>, b: &Shared<T>) -> bool {
        a.0 == b.0
    }

    /// How many owners there are.
    pub fn strong_count(this: &Shared<T>) -> usize {
        // SAFETY: as above.
        unsafe { this.0.as_ref() }.owners.load(Ordering::Acquire)
    }
}

impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        // SAFETY: as above. Nobody has room for so many owners that the count would pass
        // its end.
        unsafe { self.0.as_ref() }
            .owners
            .fetch_add(1, Ordering::Relaxed);
        Shared(self.0)
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: as above.
        unsafe { &self.0.as_ref().value }
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        // SAFETY: as above; the last owner sees what all others did, and frees the box that
        // `new` made.
        unsafe {
            if self.0.as_ref().owners.fetch_sub(1, Ordering::Release) == 1 {
                fence(Ordering::Acquire);
                drop(Box::from_raw(self.0.as_ptr()));
            }
        }
    }
}

impl<T: core::fmt::Debug> core::fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        (**self).fmt(f)
    }
}
