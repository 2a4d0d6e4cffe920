//! The native records that a module defines (chunk `Recs`, since OTP 29).
//!
//! The chunk has a version, how many records there are and how many fields they have together;
//! then for each record operands like those of an instruction: a label that is not used, the name,
//! whether it is exported (`true` or `false`), and a list of fields, each a name and its default
//! value, or the number 0 where there is none.

use crate::memory::fallible::with_room;
use alloc::vec::Vec;

use super::code::{Code, Decoder, Operand, Tables};
use super::error::BeamError;
use super::reader::Reader;

/// A native record as its module defines it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordDefinition {
    /// Its name, an atom's index.
    pub name: u32,
    /// Whether other modules may get at its fields.
    pub is_exported: bool,
    /// The list of its fields, which are all different: name (an atom) and default value in turn.
    /// [`Operand::Unsigned`] stands for no default value.
    pub fields: Operand,
}

/// The most fields that a record may have.
const MAX_FIELDS: usize = 0xffff;

/// Reads chunk `Recs`; what the operands refer to is added to `code`. No records in a chunk whose
/// version is not known.
pub(super) fn parse(
    data: &[u8],
    tables: Tables,
    atoms: &[&str],
    code: Code,
) -> Result<(Vec<RecordDefinition>, Code), BeamError> {
    let mut reader = Reader::new(*b"Recs", data);
    if reader.u32()? != 0 {
        return Ok((Vec::new(), code));
    }
    // A record takes four operands of at least a byte each.
    let count = reader.count(4)?;
    reader.u32()?;
    let mut decoder = Decoder::new(reader, tables, code);
    let mut records: Vec<RecordDefinition> = with_room(count)?;
    for _ in 0..count {
        let offset = decoder.reader.offset();
        let record = record(&mut decoder, atoms)?;
        if records.iter().any(|other| other.name == record.name) {
            return Err(decoder.reader.bad(offset, "a record that is defined twice"));
        }
        records.push(record);
    }
    Ok((records, decoder.code))
}

fn record(decoder: &mut Decoder<'_>, atoms: &[&str]) -> Result<RecordDefinition, BeamError> {
    let offset = decoder.reader.offset();
    decoder.operand()?;
    let (name, exported, fields) = (decoder.operand()?, decoder.operand()?, decoder.operand()?);
    let is_exported = match exported {
        Operand::Atom(atom) => match atoms.get(atom as usize) {
            Some(&"true") => Some(true),
            Some(&"false") => Some(false),
            _ => None,
        },
        _ => None,
    };
    match (name, is_exported) {
        (Operand::Atom(name @ 1..), Some(is_exported)) if are_fields(&decoder.code, fields)? => {
            Ok(RecordDefinition {
                name,
                is_exported,
                fields,
            })
        }
        _ => Err(decoder.reader.bad(offset, "a record of unknown form")),
    }
}

/// Is this a list of different names with default values?
fn are_fields(code: &Code, fields: Operand) -> Result<bool, BeamError> {
    let Operand::List { len, .. } = fields else {
        return Ok(false);
    };
    let (pairs, rest) = code.list(fields).as_chunks::<2>();
    if !rest.is_empty() || len as usize / 2 > MAX_FIELDS {
        return Ok(false);
    }
    let Ok(mut names) = with_room::<u32>(pairs.len()) else {
        return Err(BeamError::NoMemory);
    };
    for pair in pairs {
        match *pair {
            [Operand::Atom(name @ 1..), default] if is_default(default) => names.push(name),
            _ => return Ok(false),
        }
    }
    names.sort_unstable();
    Ok(names.windows(2).all(|two| two[0] != two[1]))
}

fn is_default(operand: Operand) -> bool {
    matches!(
        operand,
        Operand::Unsigned(0)
            | Operand::Integer(_)
            | Operand::BigInteger(_)
            | Operand::Atom(_)
            | Operand::Literal(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATOMS: [&str; 5] = ["", "m", "true", "a", "b"];
    const TABLES: Tables = Tables {
        atoms: 5,
        literals: 0,
    };

    fn read(data: &[u8]) -> Result<(Vec<RecordDefinition>, Code), BeamError> {
        let data = [b"\0\0\0\0\0\0\0\x01\0\0\0\0", data].concat();
        parse(
            &data,
            TABLES,
            &ATOMS,
            Code {
                label_count: 1,
                ..Code::default()
            },
        )
    }

    #[test]
    fn a_record_with_and_without_default_values() {
        // #m{a, b = 5}, exported.
        let (records, code) = read(&[5, 0x12, 0x22, 0x17, 0x40, 0x32, 0, 0x42, 0x51]).unwrap();
        assert_eq!(records.len(), 1);
        assert!(records[0].is_exported);
        assert_eq!(
            code.list(records[0].fields),
            [
                Operand::Atom(3),
                Operand::Unsigned(0),
                Operand::Atom(4),
                Operand::Integer(5)
            ]
        );
    }

    #[test]
    fn what_is_refused() {
        for data in [
            // A field twice; no value; a name that is no atom; exported is neither true nor false.
            &[5, 0x12, 0x22, 0x17, 0x40, 0x32, 0, 0x32, 0x51][..],
            &[5, 0x12, 0x22, 0x17, 0x30, 0x32, 0, 0x42],
            &[5, 0x12, 0x22, 0x17, 0x20, 0x31, 0],
            &[5, 0x12, 0x32, 0x17, 0],
            &[5, 0x12, 0x22],
        ] {
            assert!(read(data).is_err(), "{data:?}");
        }
    }
}
