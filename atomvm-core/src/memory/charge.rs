//! Memory that is counted as long as something lives.

use super::{Budget, OutOfMemory};
use crate::memory::fallible::boxed;
use crate::sync::Arc;
use alloc::boxed::Box;
use core::hash::{BuildHasher, Hash};
use core::ops::{Deref, DerefMut};
use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

/// Bytes that are counted, and given back when this is dropped.
#[derive(Default)]
pub(crate) struct Charge {
    /// Without it nothing is counted.
    budget: Option<Arc<Budget>>,
    bytes: usize,
}

impl Charge {
    /// Nothing yet.
    pub fn new(budget: &Arc<Budget>) -> Charge {
        Charge {
            budget: Some(budget.clone()),
            bytes: 0,
        }
    }

    /// Counts so many bytes in place of those before.
    ///
    /// # Errors
    /// They are more than the VM may have. Then those before still count.
    pub fn set(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        if let Some(budget) = &self.budget {
            match bytes.checked_sub(self.bytes) {
                Some(0) => {}
                Some(more) => budget.charge(more)?,
                None => budget.refund(self.bytes - bytes),
            }
        }
        self.bytes = bytes;
        Ok(())
    }

    /// The bytes that are counted.
    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        if let Some(budget) = &self.budget {
            budget.refund(self.bytes);
        }
    }
}

/// A hash table whose memory is counted.
pub(crate) struct CountedMap<K, V> {
    map: HashMap<K, V>,
    charge: Charge,
}

impl<K, V> Default for CountedMap<K, V> {
    /// A table that is not counted.
    fn default() -> Self {
        CountedMap {
            map: HashMap::default(),
            charge: Charge::default(),
        }
    }
}

impl<K: Eq + Hash, V> CountedMap<K, V> {
    /// An empty table.
    pub fn new(budget: &Arc<Budget>) -> Self {
        CountedMap {
            map: HashMap::default(),
            charge: Charge::new(budget),
        }
    }

    /// Makes room for one entry more.
    ///
    /// # Errors
    /// There is no memory.
    #[inline]
    pub fn reserve(&mut self) -> Result<(), OutOfMemory> {
        if self.map.len() < self.map.capacity() {
            return Ok(());
        }
        self.map.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.charge.set(self.map.allocation_size())
    }

    /// Gives back what an empty table does not need.
    pub fn release(&mut self) {
        if self.map.is_empty() && self.map.capacity() > 0 {
            self.map = HashMap::default();
            // It is less than before.
            let _ = self.charge.set(0);
        }
    }
}

impl<K, V> Deref for CountedMap<K, V> {
    type Target = HashMap<K, V>;

    #[inline]
    fn deref(&self) -> &HashMap<K, V> {
        &self.map
    }
}

impl<K, V> DerefMut for CountedMap<K, V> {
    #[inline]
    fn deref_mut(&mut self) -> &mut HashMap<K, V> {
        &mut self.map
    }
}

/// What knows the key under which it is found.
pub(crate) trait Keyed {
    /// The key.
    type Key: Eq + Hash;

    /// It never changes.
    fn key(&self) -> Self::Key;
}

/// A hash table of entries that stay where they are and are never taken out. Their memory and that of
/// the table is counted. A place in it is one word, as the key stands in the entry.
pub(crate) struct CountedSet<T> {
    table: HashTable<Box<T>>,
    hasher: DefaultHashBuilder,
    charge: Charge,
}

impl<T> Default for CountedSet<T> {
    /// A table that is not counted.
    fn default() -> Self {
        CountedSet {
            table: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            charge: Charge::default(),
        }
    }
}

impl<T: Keyed> CountedSet<T> {
    /// An empty table.
    pub fn new(budget: &Arc<Budget>) -> Self {
        CountedSet {
            charge: Charge::new(budget),
            ..CountedSet::default()
        }
    }

    /// The entry with this key.
    pub fn find(&self, key: &T::Key) -> Option<&T> {
        let hash = self.hasher.hash_one(key);
        let found = self.table.find(hash, |entry| entry.key() == *key)?;
        Some(found)
    }

    /// The entry with this key, made by `make` when there is none.
    ///
    /// # Errors
    /// There is no memory.
    pub fn get_or_insert(
        &mut self,
        key: &T::Key,
        make: impl FnOnce() -> T,
    ) -> Result<&T, OutOfMemory> {
        self.reserve()?;
        let hasher = &self.hasher;
        let hash = hasher.hash_one(key);
        match self.table.entry(
            hash,
            |entry| entry.key() == *key,
            |entry| hasher.hash_one(entry.key()),
        ) {
            Entry::Occupied(found) => Ok(found.into_mut()),
            Entry::Vacant(place) => {
                let entry = boxed(make())?;
                self.charge.set(self.charge.bytes() + size_of::<T>())?;
                Ok(place.insert(entry).into_mut())
            }
        }
    }

    fn reserve(&mut self) -> Result<(), OutOfMemory> {
        if self.table.len() < self.table.capacity() {
            return Ok(());
        }
        let hasher = &self.hasher;
        let reserved = self
            .table
            .try_reserve(1, |entry| hasher.hash_one(entry.key()));
        reserved.map_err(|_| OutOfMemory)?;
        let entries = self.table.len() * size_of::<T>();
        self.charge.set(entries + self.table.allocation_size())
    }

    /// All entries.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.table.iter().map(|entry| &**entry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Keyed for [u32; 4] {
        type Key = u32;

        fn key(&self) -> u32 {
            self[0]
        }
    }

    #[test]
    fn a_table_counts_what_it_takes() {
        let budget = Arc::new(Budget::new(10_000));
        let mut map = CountedMap::new(&budget);
        let mut refused = None;
        for i in 0..10_000u32 {
            if map.reserve().is_err() {
                refused = Some(i);
                break;
            }
            map.insert(i, [i; 4]);
        }
        assert!(refused.is_some_and(|count| count > 100));
        assert!(budget.used() > 100 * 20);
        map.clear();
        map.release();
        assert_eq!((budget.used(), map.capacity()), (0, 0));
        map.reserve().unwrap();
        assert!(budget.used() > 0);
        drop(map);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_set_counts_its_entries_and_finds_them() {
        let budget = Arc::new(Budget::new(10_000));
        let mut set = CountedSet::new(&budget);
        let refused = (0..10_000u32).find(|&i| set.get_or_insert(&i, || [i; 4]).is_err());
        let count = refused.expect("the budget ends");
        assert!(count > 100 && budget.used() > count as usize * 20);
        assert_eq!(set.get_or_insert(&7, || unreachable!()), Ok(&[7; 4]));
        assert_eq!(set.find(&99), Some(&[99; 4]));
        assert_eq!(set.find(&count), None);
        assert_eq!(set.iter().count(), count as usize);
        drop(set);
        assert_eq!(budget.used(), 0);
    }

    #[test]
    fn a_charge_changes_and_ends() {
        let budget = Arc::new(Budget::new(100));
        let mut charge = Charge::new(&budget);
        charge.set(60).unwrap();
        assert_eq!(charge.set(101), Err(OutOfMemory));
        assert_eq!((charge.bytes(), budget.used()), (60, 60));
        charge.set(10).unwrap();
        assert_eq!(budget.used(), 10);
        drop(charge);
        assert_eq!(budget.used(), 0);
    }
}
