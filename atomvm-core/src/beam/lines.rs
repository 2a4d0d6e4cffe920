//! The line table: which source line an instruction came from (chunk `Line`).

use crate::memory::fallible::with_room;
use alloc::vec::Vec;

use super::error::BeamError;
use super::reader::{Reader, tag};

/// The place of an instruction in its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// An index into [`Lines::files`]; 0 is the module's own source.
    pub file: u32,
    /// The line, from 1; 0 if it is not known.
    pub line: u32,
}

/// The table that `line` instructions index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines<'a> {
    /// The source files. Entry 0 is empty: it stands for the module's own, `MODULE.erl`.
    pub files: Vec<&'a str>,
    /// The places. Entry 0 stands for an instruction that has none.
    pub lines: Vec<Line>,
}

/// Reads chunk `Line`; `None` if its version is not known.
///
/// The places are compact terms: `a` sets the file of those that follow, `i` is a line in it.
pub(super) fn parse(data: &[u8]) -> Result<Option<Lines<'_>>, BeamError> {
    let mut reader = Reader::new(*b"Line", data);
    if reader.u32()? != 0 {
        return Ok(None);
    }
    let _flags = reader.u32()?;
    let _instructions = reader.u32()?;
    let line_count = reader.u32()? as usize;
    let file_count = reader.u32()? as usize;
    if line_count > reader.remaining() || file_count > reader.remaining() / 2 {
        return Err(reader.truncated());
    }
    let mut lines = with_room(line_count + 1)?;
    lines.push(Line { file: 0, line: 0 });
    let mut file = 0;
    while lines.len() <= line_count {
        let offset = reader.offset();
        match reader.compact()? {
            (tag::A, value) => {
                file = index(value)
                    .filter(|file| *file as usize <= file_count)
                    .ok_or_else(|| reader.bad(offset, "a source file that does not exist"))?;
            }
            (tag::I, value) => {
                let line = index(value).ok_or_else(|| reader.bad(offset, "an impossible line"))?;
                lines.push(Line { file, line });
            }
            _ => return Err(reader.bad(offset, "neither a line nor a file")),
        }
    }
    let mut files = with_room(file_count + 1)?;
    files.push("");
    for _ in 0..file_count {
        let length = usize::from(reader.u16()?);
        // A name only serves messages: one in another encoding must not keep a module from loading.
        files.push(core::str::from_utf8(reader.bytes(length)?).unwrap_or("?"));
    }
    Ok(Some(Lines { files, lines }))
}

fn index(value: super::reader::Compact<'_>) -> Option<u32> {
    u32::try_from(super::reader::unsigned(value)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn lines_of_two_files() {
        let mut data = vec![0; 8];
        data.extend_from_slice(b"\0\0\0\x03\0\0\0\x02\0\0\0\x01");
        data.extend_from_slice(&[0x51, 0x12, 0x09, 0x10]);
        data.extend_from_slice(b"\0\x05a.hrl");
        let table = parse(&data).unwrap().unwrap();
        assert_eq!(table.files, ["", "a.hrl"]);
        let line = |file, line| Line { file, line };
        assert_eq!(table.lines, [line(0, 0), line(0, 5), line(1, 16)]);
        for end in 0..data.len() {
            assert!(parse(&data[..end]).is_err());
        }
    }

    #[test]
    fn a_file_out_of_range_is_refused() {
        let mut data = vec![0; 8];
        data.extend_from_slice(b"\0\0\0\x01\0\0\0\x01\0\0\0\0\x12\x51");
        assert!(parse(&data).is_err());
    }
}
