//! Memory that is counted as long as something lives.

use super::{Budget, OutOfMemory};
use crate::sync::Arc;
use core::hash::Hash;
use core::ops::{Deref, DerefMut};
use hashbrown::HashMap;

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

#[cfg(test)]
mod tests {
    use super::*;

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
