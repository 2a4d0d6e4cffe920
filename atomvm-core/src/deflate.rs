//! The VM's own compressor: small, and used where the platform brings none. What it makes is right, but
//! not byte for byte what zlib makes.

use crate::bif::hashes::{adler32, crc32};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{boxed, with_room};
use crate::platform::{DeflateError, DeflateSettings, Deflated, Deflater};
use alloc::boxed::Box;
use alloc::vec::Vec;
use miniz_oxide::deflate::core::{
    CompressorOxide, TDEFLFlush, TDEFLStatus, compress, create_comp_flags_from_zip_params,
};

/// zlib's numbers for what is to be written at once.
pub(crate) const NO_FLUSH: i32 = 0;
const FULL_FLUSH: i32 = 3;
pub(crate) const FINISH: i32 = 4;

/// The bytes that later data may refer to.
const WINDOW: usize = 32 << 10;

/// The bytes of the longest header, and more than those of a trailer.
const HELD: usize = 10;

const DEFLATED: u8 = 8;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What stands around the data.
#[derive(Clone, Copy, PartialEq)]
enum Format {
    Raw,
    /// With a window of so many bits.
    Zlib(u8),
    Gzip,
}

impl Format {
    fn of(bits: i32) -> Option<Format> {
        match bits {
            -15..=-9 => Some(Format::Raw),
            // As in zlib, the smallest window is the next one.
            8 => Some(Format::Zlib(9)),
            9..=15 => Some(Format::Zlib(bits as u8)),
            25..=31 => Some(Format::Gzip),
            _ => None,
        }
    }
}

/// A stream that is deflated by `miniz_oxide`.
pub(crate) struct Own {
    format: Format,
    level: u8,
    strategy: i32,
    state: Box<CompressorOxide>,
    stage: Written,
    /// A header or trailer that is still to be given out.
    held: Vec<u8>,
    /// The checksum of the dictionary, if there is one.
    dictionary: Option<u32>,
    adler: u32,
    crc: u32,
    size: u32,
}

#[derive(PartialEq)]
enum Written {
    Nothing,
    Header,
    All,
}

fn compressor(level: u8, strategy: i32) -> Result<Box<CompressorOxide>, OutOfMemory> {
    let flags = create_comp_flags_from_zip_params(level.into(), -15, strategy);
    boxed(CompressorOxide::new(flags))
}

/// zlib's levels; -1 is the usual one.
fn usual_level(level: i32) -> u8 {
    u8::try_from(level).map_or(6, |level| level.min(9))
}

impl Own {
    pub fn new(settings: DeflateSettings) -> Result<Own, DeflateError> {
        let format = Format::of(settings.window_bits).ok_or(DeflateError::Stream)?;
        let level = usual_level(settings.level);
        Ok(Own {
            format,
            level,
            strategy: settings.strategy,
            state: compressor(level, settings.strategy)?,
            stage: Written::Nothing,
            held: with_room(HELD)?,
            dictionary: None,
            adler: 1,
            crc: 0,
            size: 0,
        })
    }

    fn hold_header(&mut self) {
        match self.format {
            Format::Zlib(bits) => {
                const HAS_DICTIONARY: u16 = 0x20;
                let level = match self.level {
                    0 | 1 => 0,
                    2..=5 => 1,
                    6 => 2,
                    _ => 3,
                };
                let method = (u16::from(bits) - 8) << 4 | u16::from(DEFLATED);
                let dictionary = self.dictionary.map_or(0, |_| HAS_DICTIONARY);
                let header = method << 8 | level << 6 | dictionary;
                self.held.extend((header + 31 - header % 31).to_be_bytes());
                let sum = self.dictionary.iter().flat_map(|sum| sum.to_be_bytes());
                self.held.extend(sum);
            }
            Format::Gzip => {
                const UNIX: u8 = 3;
                let effort = match self.level {
                    9 => 2,
                    0 | 1 => 4,
                    _ => 0,
                };
                self.held.extend(GZIP_MAGIC);
                self.held.extend([DEFLATED, 0, 0, 0, 0, 0, effort, UNIX]);
            }
            Format::Raw => {}
        }
    }

    fn hold_trailer(&mut self) {
        match self.format {
            Format::Zlib(_) => self.held.extend(self.adler.to_be_bytes()),
            Format::Gzip => {
                self.held.extend(self.crc.to_le_bytes());
                self.held.extend(self.size.to_le_bytes());
            }
            Format::Raw => {}
        }
    }

    /// Gives out as much of what is held as there is room for; returns how much that is.
    fn release(&mut self, out: &mut [u8]) -> usize {
        let count = self.held.len().min(out.len());
        out[..count].copy_from_slice(&self.held[..count]);
        self.held.drain(..count);
        count
    }

    fn count(&mut self, bytes: &[u8]) {
        self.adler = adler32::update(self.adler, bytes);
        self.crc = crc32::update(self.crc, bytes);
        self.size = self.size.wrapping_add(bytes.len() as u32);
    }
}

impl Deflater for Own {
    fn deflate(
        &mut self,
        input: &[u8],
        flush: i32,
        out: &mut [u8],
    ) -> Result<Deflated, DeflateError> {
        if self.stage == Written::All && self.held.is_empty() {
            return Err(DeflateError::Stream);
        }
        if self.stage == Written::Nothing {
            self.hold_header();
            self.stage = Written::Header;
        }
        let mut done = Deflated {
            taken: 0,
            given: self.release(out),
            is_end: false,
        };
        if self.stage != Written::All && done.given < out.len() {
            let flush = match flush {
                NO_FLUSH => TDEFLFlush::None,
                FULL_FLUSH => TDEFLFlush::Full,
                FINISH => TDEFLFlush::Finish,
                _ => TDEFLFlush::Sync,
            };
            let (status, taken, given) =
                compress(&mut self.state, input, &mut out[done.given..], flush);
            self.count(&input[..taken]);
            done.taken = taken;
            done.given += given;
            match status {
                TDEFLStatus::Okay => {}
                TDEFLStatus::Done => {
                    self.stage = Written::All;
                    self.hold_trailer();
                    done.given += self.release(&mut out[done.given..]);
                }
                _ => return Err(DeflateError::Stream),
            }
        }
        done.is_end = self.stage == Written::All && self.held.is_empty();
        Ok(done)
    }

    fn set_dictionary(&mut self, bytes: &[u8]) -> Result<u32, DeflateError> {
        if self.stage != Written::Nothing || self.format == Format::Gzip {
            return Err(DeflateError::Stream);
        }
        let sum = adler32::update(1, bytes);
        // As if the bytes had been written before; what they become is thrown away.
        let mut rest = &bytes[bytes.len().saturating_sub(WINDOW)..];
        let mut out = [0; 1024];
        loop {
            let (status, taken, given) =
                compress(&mut self.state, rest, &mut out, TDEFLFlush::Sync);
            rest = &rest[taken..];
            if status != TDEFLStatus::Okay {
                return Err(DeflateError::Stream);
            }
            if rest.is_empty() && given < out.len() {
                break;
            }
        }
        self.dictionary = Some(sum);
        Ok(sum)
    }

    fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), DeflateError> {
        (self.level, self.strategy) = (usual_level(level), strategy);
        if self.stage == Written::Nothing && self.dictionary.is_none() {
            self.state = compressor(self.level, strategy)?;
        } else {
            self.state.set_compression_level_raw(self.level);
        }
        Ok(())
    }

    fn reset(&mut self) -> Result<(), DeflateError> {
        self.state = compressor(self.level, self.strategy)?;
        self.stage = Written::Nothing;
        self.held.clear();
        self.dictionary = None;
        (self.adler, self.crc, self.size) = (1, 0, 0);
        Ok(())
    }
}
