//! The time of day as the program sees it: the monotonic clock and an offset.
//!
//! The offset stays the same as long as the platform's clocks agree with it, so that times that
//! are told in both can be compared. When the time of day is set, the offset follows.

use crate::platform::Platform;
use portable_atomic::{AtomicBool, AtomicI64, Ordering};

/// So many nanoseconds the platform's clocks may drift apart before the offset follows.
const DRIFT: i64 = 1_000_000;

/// The offset of the time of day.
pub(crate) struct Clock {
    offset: AtomicI64,
    /// Has a process ever monitored it?
    pub is_monitored: AtomicBool,
}

/// What the clocks show.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Time {
    /// The monotonic clock, in nanoseconds.
    pub monotonic: i64,
    /// The time of day minus that.
    pub offset: i64,
    /// Was the offset another one before?
    pub has_changed: bool,
}

impl Time {
    /// The time of day and the monotonic clock, each in nanoseconds.
    pub fn both(self) -> (u64, u64) {
        (self.of_day() as u64, self.monotonic as u64)
    }

    /// Nanoseconds since 1970.
    pub fn of_day(self) -> i64 {
        self.monotonic.saturating_add(self.offset)
    }
}

fn monotonic(platform: &dyn Platform) -> i64 {
    i64::try_from(platform.monotonic().as_nanos()).unwrap_or(i64::MAX)
}

fn of_day(platform: &dyn Platform) -> i64 {
    i64::try_from(platform.system_time().as_nanos()).unwrap_or(i64::MAX)
}

impl Clock {
    pub fn new(platform: &dyn Platform) -> Clock {
        let offset = of_day(platform).saturating_sub(monotonic(platform));
        Clock {
            offset: AtomicI64::new(offset),
            is_monitored: AtomicBool::new(false),
        }
    }

    /// Looks at the clocks.
    pub fn look(&self, platform: &dyn Platform) -> Time {
        let offset = self.offset.load(Ordering::Relaxed);
        let now = monotonic(platform);
        let day = of_day(platform);
        let same = Time {
            monotonic: now,
            offset,
            has_changed: false,
        };
        let highest = day.saturating_sub(now);
        if highest.saturating_sub(offset).saturating_abs() <= DRIFT {
            return same;
        }
        // Between the two looks this thread may have waited: the offset is not above the one
        // difference nor below the other.
        let later = monotonic(platform);
        let lowest = day.saturating_sub(later);
        let possible = lowest.saturating_sub(DRIFT)..=highest.saturating_add(DRIFT);
        if possible.contains(&offset) {
            return same;
        }
        let relaxed = Ordering::Relaxed;
        let moved = self
            .offset
            .compare_exchange(offset, lowest, relaxed, relaxed);
        Time {
            monotonic: later,
            offset: moved.map_or_else(|other| other, |_| lowest),
            has_changed: moved.is_ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::sync::atomic::AtomicU64;
    use core::time::Duration;

    /// Clocks that are set by hand; the monotonic one moves on with each look.
    #[derive(Default)]
    struct Hands {
        monotonic: AtomicU64,
        day: AtomicU64,
        wait: AtomicU64,
    }

    impl Platform for Hands {
        fn monotonic(&self) -> Duration {
            let wait = self.wait.load(Ordering::Relaxed);
            self.day.fetch_add(wait, Ordering::Relaxed);
            Duration::from_nanos(self.monotonic.fetch_add(wait, Ordering::Relaxed))
        }
        fn system_time(&self) -> Duration {
            Duration::from_nanos(self.day.load(Ordering::Relaxed))
        }
    }

    #[test]
    fn the_offset_stays_until_the_time_of_day_is_set() {
        let hands = Hands::default();
        hands.day.store(5_000_000_000, Ordering::Relaxed);
        let clock = Clock::new(&hands);
        for wait in [0, 1, 10_000, 20_000_000, 3] {
            hands.wait.store(wait, Ordering::Relaxed);
            let time = clock.look(&hands);
            assert_eq!((time.offset, time.has_changed), (5_000_000_000, false));
            assert_eq!(time.of_day(), time.monotonic + 5_000_000_000);
        }
        hands.wait.store(0, Ordering::Relaxed);
        hands.day.fetch_add(7_000_000_000, Ordering::Relaxed);
        let time = clock.look(&hands);
        assert_eq!((time.offset, time.has_changed), (12_000_000_000, true));
        let time = clock.look(&hands);
        assert_eq!((time.offset, time.has_changed), (12_000_000_000, false));
    }
}
