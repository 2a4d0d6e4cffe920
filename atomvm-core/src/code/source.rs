//! The bytes that code comes from, and who keeps them.

use crate::memory::OutOfMemory;
use crate::memory::fallible::text;
use crate::sync::{Arc, Shared};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Deref;

/// Bytes of a BEAM file or pack that stay where they are: in flash, in a mapped file, in memory.
#[derive(Clone)]
pub struct Source {
    /// What messages call it: a path, or the name of a pack's entry.
    name: Option<Shared<String>>,
    bytes: Bytes,
    start: usize,
    len: usize,
    index: Option<ModuleIndex>,
    release: Option<u32>,
    trust: Trust,
}

/// Whether translations that were made ahead of time are taken for right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Trust {
    /// No: the module's code is verified, translated again and compared. A module without its code
    /// is not loaded.
    #[default]
    Nothing,
    /// Those whose checksum is right. It tells what `packbeam` made from what was damaged or made by
    /// mistake, but anyone who wants to can make one: for packs that come from a safe place, for
    /// instance flash that was written after a signature was checked.
    Checksum,
    /// All, without a look: for bytes that are part of the program.
    All,
}

/// The modules of a pack, each with the place and size of its BEAM file in bytes.
pub type ModuleIndex = &'static [(&'static str, u32, u32)];

#[derive(Clone)]
enum Bytes {
    Static(&'static [u8]),
    Shared(Arc<dyn AsRef<[u8]> + Send + Sync>),
    Own(Shared<Vec<u8>>),
}

impl Source {
    /// Bytes that live for ever, for instance in flash.
    pub fn from_static(name: &str, bytes: &'static [u8]) -> Source {
        Source {
            name: own_name(name),
            bytes: Bytes::Static(bytes),
            start: 0,
            len: bytes.len(),
            index: None,
            release: None,
            trust: Trust::Nothing,
        }
    }

    /// Bytes that the VM shares with whoever made them, for instance a mapped file.
    pub fn shared(name: &str, bytes: Arc<dyn AsRef<[u8]> + Send + Sync>) -> Source {
        let len = (*bytes).as_ref().len();
        Source {
            name: own_name(name),
            bytes: Bytes::Shared(bytes),
            start: 0,
            len,
            index: None,
            release: None,
            trust: Trust::Nothing,
        }
    }

    /// Bytes in memory.
    #[expect(clippy::disallowed_methods, reason = "embedders give them away")]
    pub fn owned(name: &str, bytes: Vec<u8>) -> Source {
        // By way of a box: only the standard library's `Arc` turns into one of a trait object.
        let bytes: Box<dyn AsRef<[u8]> + Send + Sync> = Box::new(bytes);
        Source::shared(name, Arc::from(bytes))
    }

    /// Bytes in memory.
    ///
    /// # Errors
    /// There is no memory for what the VM keeps beside them.
    pub fn try_owned(name: &str, bytes: Vec<u8>) -> Result<Source, OutOfMemory> {
        Ok(Source {
            name: Some(Shared::new(text(name)?)?),
            start: 0,
            len: bytes.len(),
            bytes: Bytes::Own(Shared::new(bytes)?),
            index: None,
            release: None,
            trust: Trust::Nothing,
        })
    }

    /// What messages call it; nothing, if there was no memory for the name.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or("", |name| name.as_str())
    }

    /// Says where the modules of this pack are, so that it need not be read through to find them.
    #[must_use]
    pub fn with_index(mut self, index: ModuleIndex) -> Source {
        self.index = Some(index);
        self
    }

    /// Says which release of OTP this library is of; `erlang:system_info(otp_release)` tells
    /// programs so.
    #[must_use]
    pub fn of_release(mut self, release: u32) -> Source {
        self.release = Some(release);
        self
    }

    /// Says whether translations in it that were made ahead of time are taken for right.
    #[must_use]
    pub fn with_trust(mut self, trust: Trust) -> Source {
        self.trust = trust;
        self
    }

    /// The same, trusted at least so much.
    pub(crate) fn trusted_at_least(self, trust: Trust) -> Source {
        let trust = self.trust.max(trust);
        self.with_trust(trust)
    }

    /// Are translations in it taken for right?
    pub(crate) fn trust(&self) -> Trust {
        self.trust
    }

    /// The release of OTP that this library is of, if that was said.
    pub(crate) fn release(&self) -> Option<u32> {
        self.release
    }

    /// Where the modules of this pack are, if that was said.
    pub(crate) fn index(&self) -> Option<ModuleIndex> {
        self.index
    }

    /// A part, under the same name; it must lie inside.
    pub fn slice(&self, range: core::ops::Range<usize>) -> Source {
        debug_assert!(range.start <= range.end && range.end <= self.len);
        Source {
            name: self.name.clone(),
            bytes: self.bytes.clone(),
            start: self.start + range.start,
            len: range.end - range.start,
            index: None,
            release: None,
            trust: self.trust,
        }
    }
}

fn own_name(name: &str) -> Option<Shared<String>> {
    Shared::new(text(name).ok()?).ok()
}

impl Deref for Source {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all = match &self.bytes {
            Bytes::Static(bytes) => bytes,
            Bytes::Shared(bytes) => (**bytes).as_ref(),
            Bytes::Own(bytes) => bytes,
        };
        &all[self.start..self.start + self.len]
    }
}

impl core::fmt::Debug for Source {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Source({}, {} bytes)", self.name(), self.len)
    }
}
