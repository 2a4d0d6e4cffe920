//! Counts for `erlang:statistics/1`.

use alloc::boxed::Box;
use core::iter;
use core::time::Duration;
use portable_atomic::{AtomicU64, Ordering};

/// What the schedulers have done so far. Moments are nanoseconds of the platform's clock.
pub struct Statistics {
    started: AtomicU64,
    /// For each scheduler.
    idle: Box<[Idle]>,
    reductions: AtomicU64,
    switches: AtomicU64,
    last_reductions: AtomicU64,
    last_exact: AtomicU64,
    last_wall_clock: AtomicU64,
    last_runtime: AtomicU64,
}

/// The time in which a scheduler had nothing to do.
#[derive(Default)]
struct Idle {
    /// Nanoseconds, without those since the moment below.
    before: AtomicU64,
    /// Since when it has nothing to do; 0: it has.
    since: AtomicU64,
}

impl Idle {
    fn total(&self, now: u64) -> u64 {
        let before = self.before.load(Ordering::Relaxed);
        match self.since.load(Ordering::Relaxed) {
            0 => before,
            since => before + now.saturating_sub(since),
        }
    }
}

const NS_PER_MS: u64 = 1_000_000;

/// A count, and what came since it was last looked at.
fn since(last: &AtomicU64, total: u64) -> (u64, u64) {
    let before = last.swap(total, Ordering::Relaxed);
    (total, total.saturating_sub(before))
}

impl Default for Statistics {
    fn default() -> Self {
        Statistics::new(1)
    }
}

impl Statistics {
    /// For so many schedulers.
    #[expect(clippy::disallowed_methods, reason = "the embedder sets up the VM")]
    pub(crate) fn new(schedulers: usize) -> Statistics {
        let idle = iter::repeat_with(Idle::default).take(schedulers);
        Statistics {
            started: AtomicU64::default(),
            idle: idle.collect(),
            reductions: AtomicU64::default(),
            switches: AtomicU64::default(),
            last_reductions: AtomicU64::default(),
            last_exact: AtomicU64::default(),
            last_wall_clock: AtomicU64::default(),
            last_runtime: AtomicU64::default(),
        }
    }

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

    /// A scheduler has nothing to do from now on.
    pub(crate) fn begin_idle(&self, scheduler: usize, now: u64) {
        self.idle[scheduler].since.store(now, Ordering::Relaxed);
    }

    /// A scheduler may have something to do again.
    pub(crate) fn end_idle(&self, scheduler: usize, now: u64) {
        let idle = &self.idle[scheduler];
        idle.before.store(idle.total(now), Ordering::Relaxed);
        idle.since.store(0, Ordering::Relaxed);
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

    /// Nanoseconds in which there was nothing to do, for each scheduler.
    pub(crate) fn idle(&self, now: u64) -> impl Iterator<Item = u64> {
        self.idle.iter().map(move |idle| idle.total(now))
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
                let idle = self.idle(now).next().unwrap_or(0);
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
