//! Finds loops.
//!
//! Reductions are counted where functions are called and messages are looked at: code that goes
//! round without either would never give way to other processes, nor meet a limit. Compilers write
//! no loops but those of `receive`.

use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, filled};
use alloc::vec::Vec;

/// A place that a way leads back to, among `places` places with these ways from one to another;
/// none if all of them end.
pub(super) fn on(places: usize, ways: &mut Vec<(u32, u32)>) -> Result<Option<usize>, OutOfMemory> {
    ways.sort_unstable();
    ways.dedup();
    let mut arriving = filled(0u32, places)?;
    for (_, to) in ways.iter() {
        arriving[*to as usize] += 1;
    }
    // What nothing leads to is on no loop, nor is what only that leads to, and so on.
    let is_free = |place: &u32| arriving[*place as usize] == 0;
    let mut free: Vec<u32> = collect((0..places as u32).filter(is_free))?;
    while let Some(place) = free.pop() {
        let first = ways.partition_point(|way| way.0 < place);
        for (_, to) in ways[first..].iter().take_while(|way| way.0 == place) {
            arriving[*to as usize] -= 1;
            if arriving[*to as usize] == 0 {
                free.try_push(*to)?;
            }
        }
    }
    Ok(arriving.iter().position(|count| *count != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_found() {
        let find = |places, ways: &[(u32, u32)]| on(places, &mut ways.to_vec()).unwrap();
        assert_eq!(find(3, &[(0, 1), (0, 1), (0, 2), (1, 2)]), None);
        assert_eq!(find(1, &[(0, 0)]), Some(0));
        assert_eq!(find(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]), Some(1));
        assert_eq!(find(0, &[]), None);
    }
}
