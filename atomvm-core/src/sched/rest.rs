//! Schedulers without work: who sleeps, and who wakes whom.
//!
//! The thread that called the VM is the first scheduler. While others work it sleeps here; when
//! all have run out of work it is the one that waits for the machine, by
//! [`Platform::wait`](crate::platform::Platform::wait), so that time passes for all or for none.
//! A scheduler that has started a timer looks at the timers again before it sleeps, so the last
//! one to sleep knows the deadline.

use portable_atomic::{AtomicBool, Ordering};

/// Who sleeps.
#[derive(Default)]
pub(crate) struct Rest {
    /// The first scheduler takes no turn now, and wants to be woken by the platform.
    outside: AtomicBool,
    #[cfg(feature = "std")]
    pub(super) crew: super::crew::Crew,
}

impl Rest {
    /// The first scheduler returns to its host, or waits for the machine. After this a ready
    /// process is announced by [`Rest::must_wake_platform`].
    pub(super) fn go_outside(&self) {
        self.outside.store(true, Ordering::SeqCst);
    }

    /// The first scheduler takes turns.
    pub(super) fn come_inside(&self) {
        if self.outside.load(Ordering::Relaxed) {
            self.outside.store(false, Ordering::Relaxed);
        }
    }

    /// Must the platform be woken, because something happened while the first scheduler was
    /// outside? Says so once.
    pub(crate) fn must_wake_platform(&self) -> bool {
        self.outside.load(Ordering::SeqCst) && self.outside.swap(false, Ordering::SeqCst)
    }
}

#[cfg(not(feature = "std"))]
impl crate::vm::Runtime {
    /// A process has become ready.
    pub(crate) fn wake_scheduler(&self) {
        if self.rest.must_wake_platform() {
            self.platform.wake();
        }
    }

    /// The only scheduler looks by itself whether there is something to tell the host.
    pub(crate) fn wake_first(&self) {}
}
