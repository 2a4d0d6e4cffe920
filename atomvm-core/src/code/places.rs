//! Where code comes from: for each function a run of bytes that says from which word on it is of
//! which line of which source file.
//!
//! An entry is two or three numbers as `numbers.rs` writes them: how many words after the one before
//! (at first after the head of the function); the distance from the line before (at first from 0), its
//! sign in the lowest bit but one, and in the lowest whether the file changes (at first from file 0);
//! then the file, if it does.

use super::numbers::{Numbers, put};
use crate::memory::OutOfMemory;
use crate::memory::fallible::with_room;
use alloc::vec::Vec;

/// From a word of the code on: this line of this file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub offset: u32,
    pub file: u32,
    pub line: u32,
}

/// For each function its first word and where its bytes begin; and the bytes.
///
/// `heads` are the first words of the functions, `places` are in the order of their offsets.
///
/// # Errors
/// There is no memory.
pub(super) fn encode(
    heads: impl ExactSizeIterator<Item = u32>,
    places: impl Iterator<Item = Place>,
) -> Result<(Vec<u32>, Vec<u8>), OutOfMemory> {
    let mut table = with_room(2 * heads.len())?;
    let mut bytes = Vec::new();
    let mut places = places.peekable();
    let mut heads = heads.peekable();
    while let Some(head) = heads.next() {
        table.extend([head, bytes.len() as u32]);
        let end = heads.peek().copied().unwrap_or(u32::MAX);
        let mut before = Place {
            offset: head,
            ..Place::default()
        };
        while let Some(place) = places.next_if(|place| place.offset < end) {
            // What stands before the first function belongs to none.
            if place.offset >= head {
                add(&mut bytes, before, place)?;
                before = place;
            }
        }
    }
    Ok((table, bytes))
}

fn add(bytes: &mut Vec<u8>, before: Place, place: Place) -> Result<(), OutOfMemory> {
    put(bytes, u64::from(place.offset - before.offset))?;
    let distance = i64::from(place.line) - i64::from(before.line);
    let sign = u64::from(distance < 0) << 1;
    let moves = place.file != before.file;
    put(
        bytes,
        distance.unsigned_abs() << 2 | sign | u64::from(moves),
    )?;
    if moves {
        put(bytes, place.file.into())?;
    }
    Ok(())
}

/// The last place of a function, whose first word is `head`, that does not come after `offset`.
pub(super) fn find(bytes: &[u8], head: u32, offset: u32) -> Option<Place> {
    let mut numbers = Numbers(bytes);
    let mut found = None;
    let mut place = Place {
        offset: head,
        ..Place::default()
    };
    while let Some(words) = numbers.next() {
        place.offset = place.offset.wrapping_add(words as u32);
        let Some(change) = numbers.next().filter(|_| place.offset <= offset) else {
            break;
        };
        let distance = (change >> 2) as u32;
        place.line = match change & 2 {
            0 => place.line.wrapping_add(distance),
            _ => place.line.wrapping_sub(distance),
        };
        if change & 1 != 0 {
            place.file = numbers.next()? as u32;
        }
        found = Some(place);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Place, encode, find};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_word_has_the_last_place_before_it_in_its_function(
            heads in prop::collection::btree_set(0u32..600, 1..20),
            places in prop::collection::btree_map(0u32..700, (0u32..4, 0u32..1 << 31), 0..80),
        ) {
            let places = places.into_iter();
            let places: Vec<Place> = places
                .map(|(offset, (file, line))| Place { offset, file, line })
                .collect();
            let (table, bytes) = encode(
                heads.iter().copied().collect::<Vec<_>>().into_iter(),
                places.iter().copied(),
            ).unwrap();
            for offset in 0..800 {
                let (functions, _) = table.as_chunks::<2>();
                let Some(at) = functions.iter().rposition(|f| f[0] <= offset) else { continue };
                let end = functions.get(at + 1).map_or(bytes.len(), |f| f[1] as usize);
                let head = functions[at][0];
                let wanted = places.iter().rfind(|p| (head..=offset).contains(&p.offset));
                let found = find(&bytes[functions[at][1] as usize..end], head, offset);
                prop_assert_eq!(found.as_ref(), wanted);
            }
        }
    }
}
