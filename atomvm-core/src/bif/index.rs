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

/// All functions, one table after the other.
pub(super) static ALL: [&Bif; COUNT] = {
    let mut all = [&TABLES[0][0]; COUNT];
    let (mut count, mut t) = (0, 0);
    while t < TABLES.len() {
        let mut i = 0;
        while i < TABLES[t].len() {
            all[count] = &TABLES[t][i];
            count += 1;
            i += 1;
        }
        t += 1;
    }
    all
};

/// Each slot holds the place of a function among all, or `EMPTY`.
#[allow(long_running_const_eval)]
static INDEX: [u16; SLOTS] = {
    let mut slots = [EMPTY; SLOTS];
    let mut place = 0;
    while place < COUNT {
        let bif = ALL[place];
        let mut slot = hash(bif.module, bif.function, bif.arity as u32) as usize % SLOTS;
        while slots[slot] != EMPTY {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = place as u16;
        place += 1;
    }
    slots
};

/// Where a function stands among all, or that it does not: two bytes in each entry of a function that
/// can be called by name.
#[derive(Clone, Copy)]
pub(crate) struct Place(u16);

const _: () = assert!(COUNT < EMPTY as usize);

impl Place {
    /// It is not built in.
    pub const NONE: Place = Place(EMPTY);

    /// The implementation.
    #[inline]
    pub fn function(self) -> Option<BifFn> {
        ALL.get(usize::from(self.0)).map(|bif| bif.call)
    }
}

/// The place of a function, [`Place::NONE`] if it is not built in.
pub(crate) fn find(module: &str, function: &str, arity: u32) -> Place {
    let mut slot = hash(module, function, arity) as usize % SLOTS;
    loop {
        let place = Place(INDEX[slot]);
        let Some(bif) = ALL.get(usize::from(place.0)) else {
            return Place::NONE;
        };
        if bif.arity as u32 == arity && bif.function == function && bif.module == module {
            return place;
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
