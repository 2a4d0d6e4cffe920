//! Counts for `erlang:statistics/1`.

use core::time::Duration;
use portable_atomic::{AtomicU64, Ordering};

/// What the schedulers have done so far. Moments are nanoseconds of the platform's clock.
#[derive(Default)]
pub struct Statistics {
    started: AtomicU64,
    idle: AtomicU64,
    reductions: AtomicU64,
    switches: AtomicU64,
    last_reductions: AtomicU64,
    last_exact: AtomicU64,
    last_wall_clock: AtomicU64,
    last_runtime: AtomicU64,
}

const NS_PER_MS: u64 = 1_000_000;

/// A count, and what came since it was last looked at.
fn since(last: &AtomicU64, total: u64) -> (u64, u64) {
    let before = last.swap(total, Ordering::Relaxed);
    (total, total.saturating_sub(before))
}

impl Statistics {
    pub(crate) fn start(&self, now: u64) {
        self.started.store(now, Ordering::Relaxed);
    }

    /// When the VM was made.
    pub(crate) fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    /// Counts a time slice; how many there were before.
    pub(crate) fn count_slice(&self, reductions: u64) -> u64 {
        self.reductions.fetch_add(reductions, Ordering::Relaxed);
        self.switches.fetch_add(1, Ordering::Relaxed)
    }

    pub(crate) fn count_idle(&self, nanoseconds: u64) {
        self.idle.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    /// Reductions of all processes.
    pub fn total_reductions(&self) -> u64 {
        self.reductions.load(Ordering::Relaxed)
    }

    /// Reductions, and those since the last call.
    pub(crate) fn reductions(&self) -> (u64, u64) {
        since(&self.last_reductions, self.total_reductions())
    }

    /// As `reductions`, with another last call.
    pub(crate) fn exact_reductions(&self) -> (u64, u64) {
        since(&self.last_exact, self.total_reductions())
    }

    /// Nanoseconds in which there was nothing to do.
    pub(crate) fn idle(&self) -> u64 {
        self.idle.load(Ordering::Relaxed)
    }

    /// Milliseconds since the start, and since the last call.
    pub(crate) fn wall_clock(&self, now: u64) -> (u64, u64) {
        let total = now.saturating_sub(self.started()) / NS_PER_MS;
        since(&self.last_wall_clock, total)
    }

    /// Milliseconds of processor time, and those since the last call; where that is not known, of
    /// the time in which the VM was not idle.
    pub(crate) fn runtime(&self, now: u64, processor: Option<Duration>) -> (u64, u64) {
        let total = processor.map_or_else(
            || {
                let idle = self.idle.load(Ordering::Relaxed);
                let busy = now.saturating_sub(self.started()).saturating_sub(idle);
                busy / NS_PER_MS
            },
            |time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
        );
        since(&self.last_runtime, total)
    }

    /// How often a process got its turn.
    pub(crate) fn switches(&self) -> u64 {
        self.switches.load(Ordering::Relaxed)
    }
}
