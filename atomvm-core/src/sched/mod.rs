//! Who runs when: run queues, timers, and the loop that takes turns.

pub mod queue;
pub mod scheduler;
pub mod statistics;
pub mod timer;
mod wheel;

pub use queue::RunQueue;
pub use scheduler::{Scheduler, Turn};
pub use statistics::Statistics;
pub use timer::Timers;
