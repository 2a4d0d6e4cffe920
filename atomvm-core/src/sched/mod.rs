//! Who runs when: run queues, timers, and the loop that takes turns.

#[cfg(feature = "std")]
pub(crate) mod crew;
pub(crate) mod online;
pub mod queue;
pub(crate) mod rest;
pub mod scheduler;
pub mod statistics;
pub mod timer;
mod wheel;
#[cfg(feature = "std")]
pub(crate) mod world;

pub use queue::RunQueue;
pub use scheduler::{Scheduler, Turn};
pub use statistics::Statistics;
pub use timer::Timers;
