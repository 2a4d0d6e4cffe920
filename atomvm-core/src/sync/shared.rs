//! A lock for what many threads read and few change.

use super::{RwLock, RwLockReadGuard, RwLockWriteGuard};
#[cfg(feature = "std")]
use alloc::boxed::Box;
use core::ops::{Deref, DerefMut};
#[cfg(feature = "std")]
use crossbeam_utils::sync::{ShardedLock, ShardedLockReadGuard, ShardedLockWriteGuard};
#[cfg(feature = "std")]
use std::sync::PoisonError;

/// A lock that readers share.
///
/// Readers of the plain one all write to the same word, which threads on different processors
/// then take from each other at each access. Where that would cost more than it does to lock
/// several locks for a change, there is the spread one: its readers each write to a word of their
/// thread's own.
pub enum SharedLock<T> {
    /// One lock for all.
    Plain(RwLock<T>),
    /// A lock for each few threads.
    #[cfg(feature = "std")]
    Spread(Box<ShardedLock<T>>),
}

impl<T> SharedLock<T> {
    /// A lock around `value`.
    pub const fn new(value: T) -> Self {
        SharedLock::Plain(RwLock::new(value))
    }

    /// A lock around `value` that many threads may read at the same time.
    #[cfg(feature = "std")]
    #[expect(
        clippy::disallowed_methods,
        reason = "the lock of another library is made of parts that it allocates"
    )]
    pub fn spread(value: T) -> Self {
        SharedLock::Spread(Box::new(ShardedLock::new(value)))
    }

    /// A lock around `value`: a plain one, as there are no threads.
    #[cfg(not(feature = "std"))]
    pub fn spread(value: T) -> Self {
        SharedLock::new(value)
    }

    /// Shared access.
    #[inline]
    pub fn read(&self) -> ReadGuard<'_, T> {
        match self {
            SharedLock::Plain(lock) => ReadGuard::Plain(lock.read()),
            #[cfg(feature = "std")]
            SharedLock::Spread(lock) => {
                ReadGuard::Spread(lock.read().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }

    /// Exclusive access.
    #[inline]
    pub fn write(&self) -> WriteGuard<'_, T> {
        match self {
            SharedLock::Plain(lock) => WriteGuard::Plain(lock.write()),
            #[cfg(feature = "std")]
            SharedLock::Spread(lock) => {
                WriteGuard::Spread(lock.write().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }
}

impl<T: Default> Default for SharedLock<T> {
    fn default() -> Self {
        SharedLock::new(T::default())
    }
}

/// Shared access, as long as this lives.
pub enum ReadGuard<'a, T> {
    /// Of a plain lock.
    Plain(RwLockReadGuard<'a, T>),
    /// Of a spread one.
    #[cfg(feature = "std")]
    Spread(ShardedLockReadGuard<'a, T>),
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            ReadGuard::Plain(guard) => guard,
            #[cfg(feature = "std")]
            ReadGuard::Spread(guard) => guard,
        }
    }
}

/// Exclusive access, as long as this lives.
pub enum WriteGuard<'a, T> {
    /// Of a plain lock.
    Plain(RwLockWriteGuard<'a, T>),
    /// Of a spread one.
    #[cfg(feature = "std")]
    Spread(ShardedLockWriteGuard<'a, T>),
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match self {
            WriteGuard::Plain(guard) => guard,
            #[cfg(feature = "std")]
            WriteGuard::Spread(guard) => guard,
        }
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        match self {
            WriteGuard::Plain(guard) => guard,
            #[cfg(feature = "std")]
            WriteGuard::Spread(guard) => guard,
        }
    }
}
