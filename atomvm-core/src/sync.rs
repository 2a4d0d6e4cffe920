//! Locks: with `std` they block other threads; without it there is one thread, and they only
//! check that nobody holds them twice.

#[cfg(feature = "std")]
pub use parking_lot::{Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard};

#[cfg(not(feature = "std"))]
pub use single::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};

mod counted;
mod shared;
pub use counted::Shared;
pub use shared::{ReadGuard, SharedLock, WriteGuard};

#[cfg(not(feature = "std"))]
mod single {
    use core::cell::{Ref, RefCell, RefMut};

    /// A lock among the borrowers of one thread.
    #[derive(Debug, Default)]
    pub struct Mutex<T>(RefCell<T>);

    impl<T> Mutex<T> {
        /// A lock around `value`.
        pub const fn new(value: T) -> Self {
            Mutex(RefCell::new(value))
        }

        /// Exclusive access.
        pub fn lock(&self) -> RefMut<'_, T> {
            self.0.borrow_mut()
        }

        /// Exclusive access, if nobody else has it.
        pub fn try_lock(&self) -> Option<RefMut<'_, T>> {
            self.0.try_borrow_mut().ok()
        }
    }

    /// Shared access, as long as this lives.
    pub type RwLockReadGuard<'a, T> = Ref<'a, T>;

    /// Exclusive access, as long as this lives.
    pub type RwLockWriteGuard<'a, T> = RefMut<'a, T>;

    /// A lock that several readers may hold.
    #[derive(Debug, Default)]
    pub struct RwLock<T>(RefCell<T>);

    impl<T> RwLock<T> {
        /// A lock around `value`.
        pub const fn new(value: T) -> Self {
            RwLock(RefCell::new(value))
        }

        /// Shared access.
        pub fn read(&self) -> Ref<'_, T> {
            self.0.borrow()
        }

        /// Exclusive access.
        pub fn write(&self) -> RefMut<'_, T> {
            self.0.borrow_mut()
        }
    }
}

#[cfg(target_has_atomic = "ptr")]
pub use alloc::sync::Arc;
#[cfg(not(target_has_atomic = "ptr"))]
pub use portable_atomic_util::Arc;
