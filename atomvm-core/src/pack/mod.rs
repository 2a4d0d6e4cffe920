//! Packs (`.avm`): the modules and files of an application in one file.
//!
//! A pack is a header and entries, each with a size, flags, a name and data, all aligned to four
//! bytes, so that a microcontroller can run the modules where they stand in flash. [`Pack`]
//! reads one and [`PackWriter`] writes one; [`Builder`] makes one of compiled modules, other
//! packs and files: it strips the modules ([`strip`]).

mod builder;
mod error;
mod strip;
mod writer;

use crate::memory::fallible::Grow;
use alloc::vec::Vec;

pub use builder::{Builder, file_entry_name};
pub use error::PackError;
pub use strip::{Stripped, strip, without_lines};
pub use writer::PackWriter;

/// What every pack begins with.
pub const HEADER: [u8; 24] = *b"#!/usr/bin/env AtomVM\n\0\0";

/// The flag of a module that exports `start/0`.
pub const FLAG_START: u32 = 1;
/// The flag of a module.
pub const FLAG_BEAM: u32 = 2;
/// The flag that the community's tool gives to plain files; others give them none.
pub const FLAG_FILE: u32 = 4;

/// The name of the entry that ends a pack.
const END: &str = "end";

/// The length of an entry's size, flags and reserved word.
const ENTRY_HEADER: usize = 12;

/// A pack, or several that stand one behind the other in one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pack<'a> {
    entries: Vec<Entry<'a>>,
}

/// A module or a file in a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// `Module.beam` for a module; `Application/priv/Path` for most files.
    pub name: &'a str,
    /// Bits of [`FLAG_START`], [`FLAG_BEAM`] and [`FLAG_FILE`].
    pub flags: u32,
    /// All that stands behind the name, with its padding; see [`Entry::contents`].
    pub data: &'a [u8],
    /// Where the entry begins in the pack, in bytes.
    pub offset: usize,
}

impl<'a> Entry<'a> {
    /// Whether it is a module.
    pub fn is_beam(&self) -> bool {
        self.flags & FLAG_BEAM != 0
    }

    /// Whether it is a module that may be started.
    pub fn is_start(&self) -> bool {
        self.flags & (FLAG_START | FLAG_BEAM) == FLAG_START | FLAG_BEAM
    }

    /// The module's name, if it is one.
    pub fn module_name(&self) -> Option<&'a str> {
        self.is_beam().then(|| module_name(self.name))
    }

    /// What was packed: a module as a BEAM file, a file as it was. A file's data begins with its
    /// length; where that cannot be right, the data is taken as it is.
    pub fn contents(&self) -> &'a [u8] {
        if self.is_beam() {
            return self.data;
        }
        let file = self.data.split_first_chunk().and_then(|(length, rest)| {
            rest.get(..usize::try_from(u32::from_be_bytes(*length)).ok()?)
        });
        file.unwrap_or(self.data)
    }
}

/// `name` without `.beam`.
fn module_name(name: &str) -> &str {
    name.strip_suffix(".beam").unwrap_or(name)
}

/// Whether `bytes` begin as a pack does.
pub fn is_pack(bytes: &[u8]) -> bool {
    bytes.starts_with(&HEADER)
}

impl<'a> Pack<'a> {
    /// Reads the pack `bytes`.
    ///
    /// Behind the entry that ends a pack another pack may follow: its entries are added. Anything
    /// else there, such as the rest of a flash partition, is ignored.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the pack and where. The modules in it are not looked at.
    pub fn parse(bytes: &'a [u8]) -> Result<Pack<'a>, PackError> {
        if !is_pack(bytes) {
            return Err(PackError::NotAPack);
        }
        let mut entries = Vec::new();
        let mut offset = 0;
        while is_pack(&bytes[offset..]) {
            offset = read_entries(bytes, offset + HEADER.len(), &mut entries)?;
        }
        Ok(Pack { entries })
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The first entry with this name.
    pub fn find(&self, name: &str) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The module that a VM starts: the first that can be started.
    pub fn start_module(&self) -> Option<&Entry<'a>> {
        self.entries.iter().find(|entry| entry.is_start())
    }
}

/// Reads entries from `offset` to the end of a pack; returns where the next one would begin.
fn read_entries<'a>(
    bytes: &'a [u8],
    mut offset: usize,
    entries: &mut Vec<Entry<'a>>,
) -> Result<usize, PackError> {
    loop {
        let truncated = PackError::Truncated { offset };
        let rest = &bytes[offset..];
        let [size, flags, _reserved] = words(rest).ok_or(truncated.clone())?;
        let size = size as usize;
        let within = match size {
            0 => rest,
            size => rest.get(..size).ok_or(truncated.clone())?,
        };
        let bad = |what| PackError::BadEntry { offset, what };
        let name = within.get(ENTRY_HEADER..).unwrap_or(&[]);
        let length = name.iter().position(|byte| *byte == 0);
        let length = length.ok_or(match size {
            0 => truncated,
            _ => bad("an entry without a name"),
        })?;
        let data = (ENTRY_HEADER + length + 1).next_multiple_of(4);
        if size == 0 {
            return Ok((offset + data).min(bytes.len()));
        }
        let name =
            core::str::from_utf8(&name[..length]).map_err(|_| bad("a name that is not UTF-8"))?;
        let mut entry = Entry {
            name,
            flags,
            data: within.get(data..).unwrap_or(&[]),
            offset,
        };
        if entry.is_beam() {
            entry.data = module(entry.data);
        }
        entries.try_push(entry)?;
        offset += size;
    }
}

fn words(bytes: &[u8]) -> Option<[u32; 3]> {
    let word = |at: usize| {
        let bytes = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(u32::from_be_bytes(bytes))
    };
    Some([word(0)?, word(4)?, word(8)?])
}

/// The BEAM file in a module's data: old tools put zeros before it, all of them after it.
fn module(data: &[u8]) -> &[u8] {
    let zeros = data.iter().take_while(|byte| **byte == 0).count();
    let data = &data[zeros..];
    let Some([_, size, _]) = words(data).filter(|_| data.starts_with(b"FOR1")) else {
        return data;
    };
    let end = (size as usize).checked_add(8);
    end.and_then(|end| data.get(..end)).unwrap_or(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack() -> Vec<u8> {
        let mut writer = PackWriter::new();
        let beam = b"FOR1\0\0\0\x04BEAM";
        writer.add("a.beam", FLAG_BEAM, beam).unwrap();
        writer.add("b.beam", FLAG_BEAM | FLAG_START, beam).unwrap();
        writer.add_file("app/priv/x", b"hello").unwrap();
        writer.finish()
    }

    #[test]
    fn what_was_written_is_read() {
        let bytes = pack();
        let pack = Pack::parse(&bytes).unwrap();
        assert_eq!(pack.entries().len(), 3);
        assert_eq!(pack.start_module().unwrap().module_name(), Some("b"));
        let file = pack.find("app/priv/x").unwrap();
        assert!(!file.is_beam());
        assert_eq!(file.contents(), b"hello");
        assert_eq!(pack.find("a.beam").unwrap().contents().len(), 12);
        assert!(pack.find("c.beam").is_none());
    }

    #[test]
    fn packs_may_follow_each_other_and_flash_may_follow_them() {
        let one = pack();
        let mut bytes = [&one[..], &one[..]].concat();
        assert_eq!(Pack::parse(&bytes).unwrap().entries().len(), 6);
        bytes.extend_from_slice(&[0xff; 100]);
        assert_eq!(Pack::parse(&bytes).unwrap().entries().len(), 6);
    }

    #[test]
    fn a_pack_cut_anywhere_is_refused() {
        let bytes = pack();
        // The last byte is only the padding of the last name.
        for end in 0..bytes.len() - 1 {
            assert!(Pack::parse(&bytes[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn a_pack_with_any_byte_changed_does_no_harm() {
        let mut bytes = pack();
        for at in 0..bytes.len() {
            for change in [0x01, 0x80, 0xff] {
                bytes[at] ^= change;
                if let Ok(pack) = Pack::parse(&bytes) {
                    pack.entries().iter().for_each(|entry| {
                        entry.contents();
                    });
                }
                bytes[at] ^= change;
            }
        }
    }

    #[test]
    fn the_error_says_where() {
        let mut bytes = pack();
        bytes[24 + 3] = 14;
        let error = Pack::parse(&bytes).unwrap_err();
        let what = "an entry without a name";
        assert_eq!(error, PackError::BadEntry { offset: 24, what });
        assert_eq!(Pack::parse(b"FOR1"), Err(PackError::NotAPack));
    }
}
