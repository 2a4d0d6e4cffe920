//! The count of a VM's memory, and its limit.

use alloc::alloc::{Layout, alloc, dealloc};
use core::ptr::NonNull;
use portable_atomic::{AtomicUsize, Ordering};

use crate::term::Word;

/// No memory: the limit of the VM is reached, or the allocator has none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("out of memory")]
pub struct OutOfMemory;

/// Bytes that are worth the time that it takes an allocator to give them back: it looks at all that
/// is free.
const WORTH_GIVING_BACK: usize = 16 << 20;

/// Bytes in use by a VM, and how many it may use.
#[derive(Debug)]
pub struct Budget {
    used: AtomicUsize,
    /// The most that was ever in use before memory was last given back to the system.
    peak: AtomicUsize,
    limit: AtomicUsize,
    binaries: AtomicUsize,
    collections: AtomicUsize,
    reclaimed: AtomicUsize,
    /// The most that was in use since then.
    recent: AtomicUsize,
    /// How many more times memory is given; `usize::MAX` for ever.
    #[cfg(feature = "std")]
    left: AtomicUsize,
}

impl Budget {
    /// Nothing used of `limit` bytes.
    pub const fn new(limit: usize) -> Budget {
        Budget {
            used: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
            limit: AtomicUsize::new(limit),
            binaries: AtomicUsize::new(0),
            collections: AtomicUsize::new(0),
            reclaimed: AtomicUsize::new(0),
            recent: AtomicUsize::new(0),
            #[cfg(feature = "std")]
            left: AtomicUsize::new(usize::MAX),
        }
    }

    /// Bytes in use.
    pub fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }

    /// The most that was ever in use, in bytes.
    pub fn peak(&self) -> usize {
        let recent = self.recent.load(Ordering::Relaxed);
        self.peak.load(Ordering::Relaxed).max(recent)
    }

    /// The limit in bytes.
    pub fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Has the VM freed most of what it used, and so much that the system should have it back? The
    /// next time only after it has used and freed as much again.
    pub(crate) fn has_shrunk(&self) -> bool {
        let (used, recent) = (self.used(), self.recent.load(Ordering::Relaxed));
        let freed = recent.saturating_sub(used);
        let has_shrunk = freed >= WORTH_GIVING_BACK && freed >= used;
        if has_shrunk {
            self.peak.fetch_max(recent, Ordering::Relaxed);
            self.recent.store(used, Ordering::Relaxed);
        }
        has_shrunk
    }

    /// Bytes of binaries outside the heaps.
    pub fn binaries(&self) -> usize {
        self.binaries.load(Ordering::Relaxed)
    }

    /// Counts bytes of a binary, made (`true`) or freed.
    pub(super) fn count_binary(&self, bytes: usize, made: bool) {
        match made {
            true => self.binaries.fetch_add(bytes, Ordering::Relaxed),
            false => self.binaries.fetch_sub(bytes, Ordering::Relaxed),
        };
    }

    /// Collections of all processes so far, and the words that they freed.
    pub fn collections(&self) -> (usize, usize) {
        let count = self.collections.load(Ordering::Relaxed);
        (count, self.reclaimed.load(Ordering::Relaxed))
    }

    /// Counts a collection that freed so many words.
    pub(crate) fn count_collection(&self, reclaimed: usize) {
        self.collections.fetch_add(1, Ordering::Relaxed);
        self.reclaimed.fetch_add(reclaimed, Ordering::Relaxed);
    }

    /// Words that may still be used.
    pub fn words_left(&self) -> usize {
        self.limit().saturating_sub(self.used()) / size_of::<Word>()
    }

    /// Changes the limit.
    pub fn set_limit(&self, limit: usize) {
        self.limit.store(limit, Ordering::Relaxed);
    }

    /// Counts `bytes` as used.
    ///
    /// # Errors
    /// They would pass the limit; then nothing is counted.
    pub fn charge(&self, bytes: usize) -> Result<(), OutOfMemory> {
        #[cfg(feature = "std")]
        self.take_one()?;
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let after = before.saturating_add(bytes);
        if after > self.limit.load(Ordering::Relaxed) {
            self.used.fetch_sub(bytes, Ordering::Relaxed);
            return Err(OutOfMemory);
        }
        if after > self.recent.load(Ordering::Relaxed) {
            self.recent.store(after, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Counts `bytes` as used, even past the limit: what comes next is refused then.
    pub(crate) fn count(&self, bytes: usize) {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        self.recent
            .fetch_max(before.saturating_add(bytes), Ordering::Relaxed);
    }

    /// For tests: memory is given `times` more times, then once not, then again.
    #[cfg(feature = "std")]
    pub fn fail_after(&self, times: usize) {
        self.left.store(times, Ordering::Relaxed);
    }

    /// For tests: has memory not been given since [`Budget::fail_after`]?
    #[cfg(feature = "std")]
    pub fn has_failed(&self) -> bool {
        self.left.load(Ordering::Relaxed) == usize::MAX
    }

    #[cfg(feature = "std")]
    #[inline]
    fn take_one(&self) -> Result<(), OutOfMemory> {
        match self.left.load(Ordering::Relaxed) {
            usize::MAX => Ok(()),
            left => {
                self.left.store(left.wrapping_sub(1), Ordering::Relaxed);
                if left == 0 { Err(OutOfMemory) } else { Ok(()) }
            }
        }
    }

    /// Counts `bytes` as given back.
    pub fn refund(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// A block of `words` words that are not initialised.
    pub(crate) fn alloc_words(&self, words: usize) -> Result<NonNull<Word>, OutOfMemory> {
        if words == 0 {
            return Ok(NonNull::dangling());
        }
        let layout = Layout::array::<Word>(words).map_err(|_| OutOfMemory)?;
        self.charge(layout.size())?;
        // SAFETY: the layout is not empty.
        match NonNull::new(unsafe { alloc(layout) }) {
            Some(block) => Ok(block.cast()),
            None => {
                self.refund(layout.size());
                Err(OutOfMemory)
            }
        }
    }

    /// Gives back a block of `alloc_words` with the same count.
    ///
    /// # Safety
    /// The block came from this budget with this count, and is not used any more.
    pub(crate) unsafe fn free_words(&self, block: NonNull<Word>, words: usize) {
        if words == 0 {
            return;
        }
        let Ok(layout) = Layout::array::<Word>(words) else {
            return;
        };
        self.refund(layout.size());
        // SAFETY: promised by the caller.
        unsafe { dealloc(block.as_ptr().cast(), layout) };
    }
}
