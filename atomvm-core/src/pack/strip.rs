//! Strips a module: what the VM needs of a BEAM file, ready to run from flash.
#![expect(clippy::disallowed_methods, reason = "a pack is made by a tool")]

use alloc::borrow::{Cow, ToOwned};
use alloc::string::String;
use alloc::vec::Vec;

use crate::beam::{Beam, BeamError, FormWriter, inflate};

/// The chunks that a stripped module keeps beside those that [`strip`] rewrites: `avmN` is
/// native code, which some AtomVM tools add.
const KEPT: [[u8; 4]; 10] = [
    *b"Code", *b"ExpT", *b"LocT", *b"ImpT", *b"LitU", *b"FunT", *b"StrT", *b"Type", *b"Recs",
    *b"avmN",
];

/// A stripped module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stripped {
    /// The module's name.
    pub module: String,
    /// Whether it exports `start/0`.
    pub is_start: bool,
    /// The BEAM file.
    pub data: Vec<u8>,
}

/// Strips the BEAM file `bytes`, which may be compressed as a whole; with `lines`, the line
/// table stays.
///
/// Literals are inflated, so that they can be used in place. The atom table is written in the
/// format from before OTP 28 unless it has an atom of more than 255 bytes, which that format
/// cannot hold: so that every AtomVM can read it. The same input gives the same output.
///
/// # Errors
///
/// What is wrong with the file. The instructions are not looked at.
pub fn strip(bytes: &[u8], lines: bool) -> Result<Stripped, BeamError> {
    let bytes = inflate(bytes)?;
    let beam = Beam::parse_tables(&bytes)?;
    let mut writer = FormWriter::new()?;
    for chunk in first_of_each(&beam) {
        match &chunk.name {
            b"AtU8" => writer.chunk(*b"AtU8", &atoms(&beam, chunk.data))?,
            b"Atom" if beam.chunk(*b"AtU8").is_none() => writer.chunk(*b"AtU8", chunk.data)?,
            b"LitT" if beam.chunk(*b"LitU").is_none() => {
                writer.chunk(*b"LitU", beam.literals.bytes())?;
            }
            b"Line" if lines => writer.chunk(chunk.name, chunk.data)?,
            name if KEPT.contains(name) => writer.chunk(chunk.name, chunk.data)?,
            _ => {}
        }
    }
    Ok(Stripped {
        module: beam.module_name().to_owned(),
        is_start: beam.is_exported("start", 0),
        data: writer.finish()?,
    })
}

/// The BEAM file `bytes` without its line table, and otherwise as it is.
///
/// # Errors
///
/// What is wrong with the file. The instructions are not looked at.
pub fn without_lines(bytes: &[u8]) -> Result<Vec<u8>, BeamError> {
    Beam::parse_tables(bytes)?.without(*b"Line")
}

/// The chunks that count: of several with the same name, the first.
fn first_of_each<'b, 'a>(
    beam: &'b Beam<'a>,
) -> impl Iterator<Item = &'b crate::beam::Chunk<'a>> + use<'b, 'a> {
    let chunks = &beam.chunks;
    let is_first = |index: usize, name| !chunks[..index].iter().any(|c| c.name == name);
    chunks
        .iter()
        .enumerate()
        .filter(move |(index, chunk)| is_first(*index, chunk.name))
        .map(|(_, chunk)| chunk)
}

/// The atom table with lengths of one byte, if they fit.
fn atoms<'a>(beam: &Beam<'a>, data: &'a [u8]) -> Cow<'a, [u8]> {
    let is_old = data.first().is_some_and(|byte| byte & 0x80 == 0);
    if is_old || beam.atoms.iter().any(|atom| atom.len() > 255) {
        return Cow::Borrowed(data);
    }
    let atoms = beam.atoms.get(1..).unwrap_or(&[]);
    let mut table = (atoms.len() as u32).to_be_bytes().to_vec();
    for atom in atoms {
        table.push(atom.len() as u8);
        table.extend_from_slice(atom.as_bytes());
    }
    Cow::Owned(table)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// A module with nothing but its name, atoms in the format since OTP 28.
    fn module(atoms: &[u8], literals: &[u8]) -> Vec<u8> {
        let mut writer = FormWriter::new().unwrap();
        let code = [0, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 2, 0, 0, 0, 0];
        writer.chunk(*b"AtU8", atoms).unwrap();
        writer.chunk(*b"Code", &[&code[..], &[3]].concat()).unwrap();
        writer.chunk(*b"StrT", b"").unwrap();
        writer.chunk(*b"ImpT", &[0; 4]).unwrap();
        let start = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1];
        writer.chunk(*b"ExpT", &start).unwrap();
        writer.chunk(*b"LitT", literals).unwrap();
        writer.chunk(*b"Attr", b"\x83j").unwrap();
        writer.finish().unwrap()
    }

    fn names(data: &[u8]) -> Vec<[u8; 4]> {
        let beam = Beam::parse(data).unwrap();
        beam.chunks.iter().map(|chunk| chunk.name).collect()
    }

    #[test]
    fn a_module_of_today_becomes_one_for_everybody() {
        let atoms = b"\xff\xff\xff\xfe\x10m\x50start";
        let file = module(atoms, b"\0\0\0\0\0\0\0\x01\0\0\0\x02\x83j");
        let stripped = strip(&file, true).unwrap();
        assert_eq!(stripped.module, "m");
        assert!(stripped.is_start);
        let beam = Beam::parse(&stripped.data).unwrap();
        assert_eq!(beam.atoms, vec!["", "m", "start"]);
        let table = b"\0\0\0\x02\x01m\x05start".as_slice();
        assert_eq!(beam.chunk(*b"AtU8"), Some(table));
        assert_eq!(beam.literals.get(0), Some(b"\x83j".as_slice()));
        let kept = [*b"AtU8", *b"Code", *b"StrT", *b"ImpT", *b"ExpT", *b"LitU"];
        assert_eq!(names(&stripped.data), kept);
        assert_eq!(strip(&stripped.data, true).unwrap(), stripped);
    }

    #[test]
    fn a_long_atom_keeps_the_new_format() {
        let mut atoms = b"\xff\xff\xff\xfe\x10m\x28\xfe".to_vec();
        atoms.extend("ä".repeat(255).bytes());
        let file = module(&atoms, b"\0\0\0\0\0\0\0\0");
        let stripped = strip(&file, true).unwrap();
        let beam = Beam::parse(&stripped.data).unwrap();
        assert_eq!(beam.chunk(*b"AtU8"), Some(&atoms[..]));
    }
}
