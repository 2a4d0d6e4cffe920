//! What a program without an operating system must give: memory, and an end for panics.

use core::alloc::{GlobalAlloc, Layout};
use core::ffi::c_char;

unsafe extern "C" {
    /// The firmware's: memory of `size` bytes, aligned to `alignment`; null if there is none.
    fn atomvm_allocate(size: usize, alignment: usize) -> *mut u8;
    /// The firmware's: gives memory back, with what it was asked for.
    fn atomvm_release(memory: *mut u8, size: usize, alignment: usize);
    /// The firmware's: what happens on a mistake in the VM, in file and line. Does not return.
    fn atomvm_panicked(file: *const c_char, size: usize, line: u32) -> !;
}

struct Memory;

// SAFETY: the firmware's functions keep to what their documentation says.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        unsafe { atomvm_allocate(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { atomvm_release(memory, layout.size(), layout.align()) }
    }
}

#[global_allocator]
static MEMORY: Memory = Memory;

#[panic_handler]
fn panicked(info: &core::panic::PanicInfo<'_>) -> ! {
    let (file, line) = info
        .location()
        .map_or(("", 0), |place| (place.file(), place.line()));
    // SAFETY: as above.
    unsafe { atomvm_panicked(file.as_ptr().cast(), file.len(), line) }
}
