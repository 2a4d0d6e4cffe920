//! Binaries outside the heaps: counted references to bytes that processes share.

use super::{Budget, OutOfMemory};
use crate::sync::Arc;
use alloc::alloc::{Layout, alloc, dealloc, realloc};
use core::ptr::NonNull;
use portable_atomic::{AtomicUsize, Ordering};

/// Bytes that several terms refer to; freed with the last reference.
///
/// The bytes follow this header in the same allocation, `capacity` of them. Only the one
/// process that holds the only reference writes to them, and only past what terms refer to
/// ([`append`](super::append)).
pub struct OffHeapBinary {
    refs: AtomicUsize,
    capacity: usize,
    budget: Arc<Budget>,
}

const HEADER: usize = size_of::<OffHeapBinary>();

fn layout(capacity: usize) -> Result<Layout, OutOfMemory> {
    let size = HEADER.checked_add(capacity).ok_or(OutOfMemory)?;
    Layout::from_size_align(size, align_of::<OffHeapBinary>()).map_err(|_| OutOfMemory)
}

impl OffHeapBinary {
    /// Room for `capacity` bytes (zeroed), with one reference that the caller owns.
    pub(crate) fn allocate(
        capacity: usize,
        budget: &Arc<Budget>,
    ) -> Result<NonNull<OffHeapBinary>, OutOfMemory> {
        let layout = layout(capacity)?;
        budget.charge(layout.size())?;
        // SAFETY: the layout is not empty, as it holds the header.
        let block = unsafe { alloc(layout) };
        let Some(binary) = NonNull::new(block.cast::<OffHeapBinary>()) else {
            budget.refund(layout.size());
            return Err(OutOfMemory);
        };
        budget.count_binary(layout.size(), true);
        // SAFETY: the block has the size and alignment of the header and `capacity` more bytes.
        unsafe {
            binary.write(OffHeapBinary {
                refs: AtomicUsize::new(1),
                capacity,
                budget: budget.clone(),
            });
            core::ptr::write_bytes(binary.as_ptr().cast::<u8>().add(HEADER), 0, capacity);
        }
        Ok(binary)
    }

    /// The bytes, from the first.
    #[inline]
    pub(crate) fn data(this: NonNull<OffHeapBinary>) -> *mut u8 {
        // SAFETY: the bytes follow the header in the same allocation.
        unsafe { this.as_ptr().cast::<u8>().add(HEADER) }
    }

    /// How many bytes there is room for.
    #[inline]
    pub(crate) fn capacity(&self) -> usize {
        self.capacity
    }

    /// Is the caller's reference the only one?
    #[inline]
    pub(crate) fn is_unique(&self) -> bool {
        self.refs.load(Ordering::Acquire) == 1
    }

    /// The number of references.
    pub fn reference_count(&self) -> usize {
        self.refs.load(Ordering::Relaxed)
    }

    /// One reference more.
    #[inline]
    pub(crate) fn retain(&self) {
        self.refs.fetch_add(1, Ordering::Relaxed);
    }

    /// Moves the bytes to a block with room for `capacity`, which the only reference may do.
    ///
    /// # Safety
    /// The caller owns the only reference, and no term holds the address of the bytes that the
    /// caller does not correct.
    pub(crate) unsafe fn grow(
        this: NonNull<OffHeapBinary>,
        capacity: usize,
    ) -> Result<NonNull<OffHeapBinary>, OutOfMemory> {
        // SAFETY: live, as the caller owns a reference.
        let (old, budget) = unsafe { ((*this.as_ptr()).capacity, (*this.as_ptr()).budget.clone()) };
        let (old_layout, new_layout) = (layout(old)?, layout(capacity)?);
        budget.charge(new_layout.size().saturating_sub(old_layout.size()))?;
        // SAFETY: the block was allocated with `old_layout`, and the new size is not zero.
        let block = unsafe { realloc(this.as_ptr().cast(), old_layout, new_layout.size()) };
        let Some(grown) = NonNull::new(block.cast::<OffHeapBinary>()) else {
            budget.refund(new_layout.size().saturating_sub(old_layout.size()));
            return Err(OutOfMemory);
        };
        budget.count_binary(old_layout.size(), false);
        budget.count_binary(new_layout.size(), true);
        // SAFETY: the header moved with the block; the added bytes are inside it.
        unsafe {
            (*grown.as_ptr()).capacity = capacity;
            if capacity > old {
                let added = OffHeapBinary::data(grown).add(old);
                core::ptr::write_bytes(added, 0, capacity - old);
            }
        }
        Ok(grown)
    }

    /// Gives up a reference; frees the bytes with the last.
    ///
    /// # Safety
    /// The caller owns a reference and does not use it again.
    pub(crate) unsafe fn release(this: NonNull<OffHeapBinary>) {
        // SAFETY: live until the last reference is gone.
        unsafe {
            if (*this.as_ptr()).refs.fetch_sub(1, Ordering::Release) != 1 {
                return;
            }
            portable_atomic::fence(Ordering::Acquire);
            let Ok(layout) = layout((*this.as_ptr()).capacity) else {
                return;
            };
            let budget = this.read().budget;
            budget.refund(layout.size());
            budget.count_binary(layout.size(), false);
            dealloc(this.as_ptr().cast(), layout);
        }
    }
}
