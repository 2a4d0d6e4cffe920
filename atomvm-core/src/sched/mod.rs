//! Who runs when: run queues, timers, and the loop that takes turns.

pub mod queue;
pub mod timer;

pub use queue::RunQueue;
pub use timer::Timers;
