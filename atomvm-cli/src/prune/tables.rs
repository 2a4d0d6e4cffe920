//! The tables of a module that is written anew: what is used gets the next number.

use std::collections::HashMap;
use std::hash::Hash;

/// A table whose entries are numbered as they are asked for.
#[derive(Debug)]
pub struct Table<K> {
    numbers: HashMap<K, u32>,
    entries: Vec<K>,
}

impl<K: Copy + Eq + Hash> Table<K> {
    pub fn new() -> Self {
        Table {
            numbers: HashMap::new(),
            entries: Vec::new(),
        }
    }

    /// The number of `key`, from 0 on.
    pub fn number(&mut self, key: K) -> u32 {
        let next = self.entries.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.entries.push(key);
        }
        number
    }

    /// The keys, in the order of their numbers.
    pub fn entries(&self) -> &[K] {
        &self.entries
    }
}

/// The bytes that binaries are built from and matched against.
#[derive(Debug, Default)]
pub struct Strings {
    pub bytes: Vec<u8>,
}

impl Strings {
    /// Where `bytes` stand; they are appended unless they are there already.
    pub fn offset(&mut self, bytes: &[u8]) -> u64 {
        if bytes.is_empty() {
            return 0;
        }
        let found = self.bytes.windows(bytes.len()).position(|it| it == bytes);
        found.unwrap_or_else(|| {
            self.bytes.extend_from_slice(bytes);
            self.bytes.len() - bytes.len()
        }) as u64
    }
}
