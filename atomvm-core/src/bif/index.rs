//! Finding a built-in function by name: an open hash table that is computed at compile time, so
//! that it costs neither start-up time nor memory.

use super::{Bif, BifFn, TABLES};

const COUNT: usize = {
    let (mut count, mut t) = (0, 0);
    while t < TABLES.len() {
        count += TABLES[t].len();
        t += 1;
    }
    count
};
const SLOTS: usize = (COUNT * 2 + 1).next_power_of_two();
const EMPTY: u16 = u16::MAX;

const fn hash(module: &str, function: &str, arity: u32) -> u32 {
    let h = mix(0x811c_9dc5, module.as_bytes());
    mix(h ^ arity.wrapping_mul(0x9e37_79b1), function.as_bytes())
}

const fn mix(mut h: u32, bytes: &[u8]) -> u32 {
    let mut i = 0;
    while i < bytes.len() {
        h = (h ^ bytes[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    h
}

/// Each slot holds a table's number and a place in it, or `EMPTY`.
#[allow(long_running_const_eval)]
static INDEX: [(u16, u16); SLOTS] = {
    let mut slots = [(EMPTY, EMPTY); SLOTS];
    let mut t = 0;
    while t < TABLES.len() {
        let table = TABLES[t];
        let mut i = 0;
        while i < table.len() {
            let bif = &table[i];
            let mut slot = hash(bif.module, bif.function, bif.arity as u32) as usize % SLOTS;
            while slots[slot].0 != EMPTY {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = (t as u16, i as u16);
            i += 1;
        }
        t += 1;
    }
    slots
};

/// Where a function stands in the index, or that it does not: half of a word in each entry of a
/// function that can be called by name.
#[derive(Clone, Copy)]
pub(crate) struct Place(u16);

const _: () = assert!(SLOTS < Place::NONE.0 as usize);

impl Place {
    /// It is not built in.
    pub const NONE: Place = Place(u16::MAX);

    /// The implementation.
    pub fn function(self) -> Option<BifFn> {
        let (table, place) = *INDEX.get(usize::from(self.0))?;
        Some(TABLES[table as usize][place as usize].call)
    }
}

/// The place of a function, [`Place::NONE`] if it is not built in.
pub(crate) fn find(module: &str, function: &str, arity: u32) -> Place {
    let mut slot = hash(module, function, arity) as usize % SLOTS;
    loop {
        let (table, place) = INDEX[slot];
        if table == EMPTY {
            return Place::NONE;
        }
        let bif: &Bif = &TABLES[table as usize][place as usize];
        if bif.arity as u32 == arity && bif.function == function && bif.module == module {
            return Place(slot as u16);
        }
        slot = (slot + 1) % SLOTS;
    }
}

#[cfg(test)]
mod tests {
    use super::super::all;

    #[test]
    fn every_function_is_found_and_listed_once() {
        let mut names: Vec<_> = all().map(|b| (b.module, b.function, b.arity)).collect();
        for (module, function, arity) in &names {
            assert!(
                super::find(module, function, *arity as u32)
                    .function()
                    .is_some()
            );
        }
        names.sort_unstable();
        let twice: Vec<_> = names.windows(2).filter(|w| w[0] == w[1]).collect();
        assert!(twice.is_empty(), "listed twice: {twice:?}");
        assert!(
            super::find("erlang", "no_such_function", 0)
                .function()
                .is_none()
        );
    }
}
