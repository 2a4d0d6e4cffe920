//! Inflating piece by piece, with the headers and checksums of zlib (RFC 1950) and gzip (RFC 1952) or
//! without (RFC 1951).

use super::hashes::{adler32, crc32};
use alloc::boxed::Box;
use alloc::vec::Vec;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_HAS_MORE_INPUT, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

/// What went wrong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fault {
    /// The data is damaged.
    Data,
    /// The stream is not in a state for this.
    Stream,
    NoMemory,
}

/// What stands around the data.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Format {
    Raw,
    /// With a window of up to so many bits (0: as the header says).
    Zlib(u8),
    Gzip,
    /// Of zlib, with such a window, or gzip, as the first bytes say.
    Any(u8),
}

impl Format {
    /// The format that is to be read, in zlib's code for the bits of the window.
    pub fn of_input(bits: i32) -> Format {
        match bits {
            ..0 => Format::Raw,
            0..16 => Format::Zlib(bits as u8),
            16..32 => Format::Gzip,
            _ => Format::Any((bits - 32).clamp(0, 15) as u8),
        }
    }
}

/// The bytes that later data may refer to.
const WINDOW: usize = 32 << 10;

const DEFLATED: u8 = 8;
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What follows the end of a stream.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Ended {
    Error,
    /// Another stream.
    Reset,
    /// Nothing of interest.
    Cut,
}

/// Inflates.
pub(super) struct Inflate {
    format: Format,
    ended: Ended,
    state: Box<DecompressorOxide>,
    /// The last bytes of the output, then room for more.
    buffer: Vec<u8>,
    filled: usize,
    /// Bytes of a header or trailer that is not whole yet.
    held: Vec<u8>,
    stage: Reading,
    sums: Sums,
    raw_sum: u32,
}

#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Header,
    /// A dictionary with this checksum has been asked for.
    Dictionary(u32),
    /// The dictionary with this checksum is there.
    Ready(u32),
    Data,
    Trailer,
    End,
    Damaged,
}

#[derive(Clone, Copy)]
struct Sums {
    is_gzip: bool,
    adler: u32,
    crc: u32,
    size: u32,
}

/// What a step of inflating came to.
pub(super) struct Step {
    /// Bytes of input that were used.
    pub used: usize,
    /// The checksum of the dictionary without which it does not go on.
    pub needs_dictionary: Option<u32>,
    /// What follows is of no interest.
    pub drops_rest: bool,
    /// There is nothing more to be had.
    pub is_stuck: bool,
}

/// What a header says.
enum Head {
    More,
    /// Of so many bytes.
    Zlib(usize, Option<u32>),
    Gzip(usize),
}

impl Inflate {
    /// The bytes that it takes, without the state of the library.
    pub fn bytes(&self) -> usize {
        size_of::<Inflate>() + self.buffer.capacity()
    }

    pub fn new(format: Format, ended: Ended) -> Result<Inflate, Fault> {
        let mut buffer = Vec::new();
        let room = buffer.try_reserve_exact(3 * WINDOW);
        room.map_err(|_| Fault::NoMemory)?;
        buffer.resize(3 * WINDOW, 0);
        let mut inflate = Inflate {
            format,
            ended,
            state: Box::default(),
            buffer,
            filled: 0,
            held: Vec::new(),
            stage: Reading::Header,
            sums: Sums::of(false),
            raw_sum: 0,
        };
        inflate.reset();
        Ok(inflate)
    }

    pub fn reset(&mut self) {
        *self.state = DecompressorOxide::default();
        self.filled = 0;
        self.held.clear();
        self.raw_sum = 0;
        self.stage = match self.format {
            Format::Raw => Reading::Data,
            _ => Reading::Header,
        };
    }

    pub fn is_finished(&self) -> bool {
        self.stage == Reading::End
    }

    /// The CRC-32 of the data, of a stream without header.
    pub fn raw_sum(&self) -> u32 {
        match self.format {
            Format::Raw => self.raw_sum,
            _ => 0,
        }
    }

    /// The last bytes of what there was, which later data may refer to.
    pub fn window(&self) -> &[u8] {
        &self.buffer[self.filled.saturating_sub(WINDOW)..self.filled]
    }

    pub fn set_dictionary(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        match self.stage {
            Reading::Dictionary(sum) | Reading::Ready(sum) => {
                if adler32::update(1, bytes) != sum {
                    return Err(Fault::Data);
                }
                self.stage = Reading::Ready(sum);
                self.filled = 0;
            }
            Reading::Data if self.format == Format::Raw => {}
            _ => return Err(Fault::Stream),
        }
        let last = &bytes[bytes.len().saturating_sub(WINDOW)..];
        self.slide();
        self.buffer[self.filled..self.filled + last.len()].copy_from_slice(last);
        self.filled += last.len();
        Ok(())
    }

    /// Makes room for a window's bytes at least.
    fn slide(&mut self) {
        if self.filled > 2 * WINDOW {
            self.buffer
                .copy_within(self.filled - WINDOW..self.filled, 0);
            self.filled = WINDOW;
        }
    }

    /// Inflates some of `bytes`, at most to `room` bytes.
    pub fn step(&mut self, bytes: &[u8], room: usize, out: &mut Vec<u8>) -> Result<Step, Fault> {
        let mut step = Step {
            used: 0,
            needs_dictionary: None,
            drops_rest: false,
            is_stuck: false,
        };
        loop {
            let rest = &bytes[step.used..];
            let went_on = match self.stage {
                Reading::Header => self.header(rest, &mut step)?,
                Reading::Dictionary(_) | Reading::Damaged => return Err(self.damaged()),
                Reading::Ready(_) => {
                    self.stage = Reading::Data;
                    true
                }
                Reading::Data => self.data(rest, room, out, &mut step)?,
                Reading::Trailer => self.trailer(rest, &mut step)?,
                Reading::End if rest.is_empty() => false,
                Reading::End => match self.ended {
                    Ended::Error => return Err(Fault::Data),
                    Ended::Reset => {
                        self.reset();
                        true
                    }
                    Ended::Cut => {
                        step.drops_rest = true;
                        false
                    }
                },
            };
            if !went_on || out.len() >= room {
                step.is_stuck = !went_on && step.used < bytes.len() && !step.drops_rest;
                return Ok(step);
            }
        }
    }

    fn damaged(&mut self) -> Fault {
        self.stage = Reading::Damaged;
        Fault::Data
    }

    /// Reads a header; `true` when it goes on behind it.
    fn header(&mut self, rest: &[u8], step: &mut Step) -> Result<bool, Fault> {
        let before = self.held.len();
        self.held.extend_from_slice(rest);
        let (size, dictionary) = match head(&self.held, self.format) {
            None => return Err(self.damaged()),
            Some(Head::More) => {
                step.used += rest.len();
                return Ok(false);
            }
            Some(Head::Zlib(size, dictionary)) => {
                self.sums = Sums::of(false);
                (size, dictionary)
            }
            Some(Head::Gzip(size)) => {
                self.sums = Sums::of(true);
                (size, None)
            }
        };
        step.used += size - before;
        self.held.clear();
        self.stage = Reading::Data;
        if let Some(sum) = dictionary {
            self.stage = Reading::Dictionary(sum);
            step.needs_dictionary = Some(sum);
        }
        Ok(dictionary.is_none())
    }

    fn data(
        &mut self,
        rest: &[u8],
        room: usize,
        out: &mut Vec<u8>,
        step: &mut Step,
    ) -> Result<bool, Fault> {
        self.slide();
        let flags = TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF | TINFL_FLAG_HAS_MORE_INPUT;
        let end = self.buffer.len().min(self.filled + (room - out.len()));
        let target = &mut self.buffer[..end];
        let (status, used, written) = decompress(&mut self.state, rest, target, self.filled, flags);
        step.used += used;
        let new = &self.buffer[self.filled..self.filled + written];
        self.filled += written;
        out.try_reserve(written).map_err(|_| Fault::NoMemory)?;
        out.extend_from_slice(new);
        self.sums.update(new);
        if self.format == Format::Raw {
            self.raw_sum = crc32::update(self.raw_sum, new);
        }
        match status {
            TINFLStatus::Done => {
                self.stage = match self.format {
                    Format::Raw => Reading::End,
                    _ => Reading::Trailer,
                };
                Ok(true)
            }
            TINFLStatus::HasMoreOutput => Ok(true),
            TINFLStatus::NeedsMoreInput => Ok(false),
            _ => Err(self.damaged()),
        }
    }

    fn trailer(&mut self, rest: &[u8], step: &mut Step) -> Result<bool, Fault> {
        let size = if self.sums.is_gzip { 8 } else { 4 };
        let count = rest.len().min(size - self.held.len());
        self.held.extend_from_slice(&rest[..count]);
        step.used += count;
        if self.held.len() < size {
            return Ok(false);
        }
        let (trailer, size) = self.sums.trailer();
        if self.held != trailer[..size] {
            return Err(self.damaged());
        }
        self.held.clear();
        self.stage = Reading::End;
        Ok(true)
    }
}

impl Sums {
    fn of(is_gzip: bool) -> Sums {
        Sums {
            is_gzip,
            adler: 1,
            crc: 0,
            size: 0,
        }
    }

    fn update(&mut self, bytes: &[u8]) {
        if self.is_gzip {
            self.crc = crc32::update(self.crc, bytes);
        } else {
            self.adler = adler32::update(self.adler, bytes);
        }
        self.size = self.size.wrapping_add(bytes.len() as u32);
    }

    /// The bytes that are to stand behind the data, and how many there are.
    fn trailer(&self) -> ([u8; 8], usize) {
        let (mut trailer, half) = ([0; 8], 4);
        if self.is_gzip {
            trailer[..half].copy_from_slice(&self.crc.to_le_bytes());
            trailer[half..].copy_from_slice(&self.size.to_le_bytes());
            return (trailer, 8);
        }
        trailer[..half].copy_from_slice(&self.adler.to_be_bytes());
        (trailer, half)
    }
}

/// What the bytes at the front of a stream say; `None` if they are no header.
fn head(bytes: &[u8], format: Format) -> Option<Head> {
    let is_gzip = match format {
        Format::Gzip => true,
        Format::Any(_) => bytes.first() == Some(&GZIP_MAGIC[0]),
        _ => false,
    };
    if is_gzip {
        return gzip_head(bytes);
    }
    let &[method, flags, ref rest @ ..] = bytes else {
        return Some(Head::More);
    };
    let most = match format {
        Format::Zlib(bits) | Format::Any(bits) if bits > 0 => bits,
        _ => 15,
    };
    let is_header = u16::from_be_bytes([method, flags]).is_multiple_of(31)
        && method & 15 == DEFLATED
        && (method >> 4) + 8 <= most;
    if !is_header {
        return None;
    }
    if flags & 0x20 == 0 {
        return Some(Head::Zlib(2, None));
    }
    Some(match rest.first_chunk() {
        Some(sum) => Head::Zlib(6, Some(u32::from_be_bytes(*sum))),
        None => Head::More,
    })
}

const HAS_CHECKSUM: u8 = 2;
const HAS_EXTRA: u8 = 4;
const HAS_NAME: u8 = 8;
const HAS_COMMENT: u8 = 16;

fn gzip_head(bytes: &[u8]) -> Option<Head> {
    let known = [GZIP_MAGIC[0], GZIP_MAGIC[1], DEFLATED];
    if bytes.iter().zip(&known).any(|(a, b)| a != b) {
        return None;
    }
    let Some(&flags) = bytes.get(3) else {
        return Some(Head::More);
    };
    if flags & 0xe0 != 0 {
        return None;
    }
    let size = || {
        let mut at: usize = 10;
        if flags & HAS_EXTRA != 0 {
            let size = bytes.get(at..at + 2)?;
            at += 2 + usize::from(u16::from_le_bytes([size[0], size[1]]));
        }
        for text in [HAS_NAME, HAS_COMMENT] {
            if flags & text != 0 {
                at += bytes.get(at..)?.iter().position(|&byte| byte == 0)? + 1;
            }
        }
        let checksum = usize::from(flags & HAS_CHECKSUM != 0) * 2;
        (at + checksum <= bytes.len()).then_some((at, checksum))
    };
    let Some((end, checksum)) = size() else {
        return Some(Head::More);
    };
    if checksum > 0 {
        let sum = crc32::update(0, &bytes[..end]) as u16;
        if bytes[end..end + checksum] != sum.to_le_bytes() {
            return None;
        }
    }
    Some(Head::Gzip(end + checksum))
}
