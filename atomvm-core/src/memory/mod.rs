//! Memory: process heaps and their collection, terms outside processes, off-heap binaries,
//! and the count of it all.
//!
//! Everything that builds terms does it through the trait [`Heap`]; where the words come from
//! (a process, a message, the literals of a module) is the implementor's concern.

pub mod append;
pub mod budget;
pub mod build;
pub mod cells;
pub(crate) mod charge;
pub mod collect;
pub mod copy;
pub(crate) mod detach;
pub(crate) mod fallible;
pub mod fragment;
pub mod offheap;
pub mod process_heap;
pub mod record;
pub mod shared;
mod sharing;
#[cfg(test)]
mod tests;
pub mod tree;

pub use budget::{Budget, OutOfMemory};
pub use build::Heap;
pub use fragment::Fragment;
pub use offheap::OffHeapBinary;
pub use process_heap::ProcessHeap;
pub use record::Record;
pub use shared::SharedBytes;
