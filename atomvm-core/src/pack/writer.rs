//! Writes packs.
#![expect(clippy::disallowed_methods, reason = "a pack is made by a tool")]

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use super::{END, ENTRY_HEADER, FLAG_FILE, HEADER, PackError};

/// Writes a pack, entry by entry. The same entries give the same bytes.
#[derive(Debug, Clone)]
pub struct PackWriter {
    bytes: Vec<u8>,
}

impl PackWriter {
    /// A pack without entries.
    pub fn new() -> Self {
        PackWriter {
            bytes: HEADER.to_vec(),
        }
    }

    /// Adds an entry with `data` as it is.
    ///
    /// # Errors
    ///
    /// [`PackError::BadName`] or [`PackError::TooLarge`].
    pub fn add(&mut self, name: &str, flags: u32, data: &[u8]) -> Result<(), PackError> {
        if name.is_empty() || name == END || name.contains('\0') {
            return Err(PackError::BadName {
                name: name.to_owned(),
            });
        }
        let header = (ENTRY_HEADER + name.len() + 1).next_multiple_of(4);
        let size = header + data.len().next_multiple_of(4);
        let size = u32::try_from(size).map_err(|_| PackError::TooLarge {
            name: name.to_owned(),
        })?;
        self.entry(size, flags, name);
        self.bytes.extend_from_slice(data);
        self.pad();
        Ok(())
    }

    /// Adds a plain file: its data begins with its length.
    ///
    /// # Errors
    ///
    /// As of [`PackWriter::add`].
    pub fn add_file(&mut self, name: &str, contents: &[u8]) -> Result<(), PackError> {
        let length = u32::try_from(contents.len()).map_err(|_| PackError::TooLarge {
            name: name.to_owned(),
        })?;
        let data = [&length.to_be_bytes(), contents].concat();
        self.add(name, FLAG_FILE, &data)
    }

    /// Ends the pack.
    pub fn finish(mut self) -> Vec<u8> {
        self.entry(0, 0, END);
        self.bytes
    }

    fn entry(&mut self, size: u32, flags: u32, name: &str) {
        for word in [size, flags, 0] {
            self.bytes.extend_from_slice(&word.to_be_bytes());
        }
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.push(0);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}

impl Default for PackWriter {
    fn default() -> Self {
        PackWriter::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_pack_has_an_end() {
        let bytes = PackWriter::new().finish();
        assert_eq!(bytes.len(), 40);
        assert_eq!(&bytes[36..], b"end\0");
    }

    #[test]
    fn names_that_the_format_cannot_hold_are_refused() {
        for name in ["", "end", "a\0b"] {
            assert!(PackWriter::new().add(name, 0, b"").is_err());
        }
    }
}
