//! The allocator of the host.

/// Gives what the allocator keeps for later back to the system.
#[allow(unsafe_code)]
pub(crate) fn trim() {
    // The allocators of other systems do so by themselves.
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: it may be called at any time, from any thread.
    unsafe {
        libc::malloc_trim(0);
    }
}
