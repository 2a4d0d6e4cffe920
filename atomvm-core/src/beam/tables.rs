//! The tables of imports, exports, local functions and funs.

use crate::memory::fallible::with_room;
use alloc::vec::Vec;

use super::error::BeamError;
use super::reader::Reader;

/// The most arguments that a function may have.
const MAX_ARITY: u32 = 255;

/// A function of another module (chunk `ImpT`). Module and function are atom indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import {
    /// The module's name.
    pub module: u32,
    /// The function's name.
    pub function: u32,
    /// How many arguments it takes, 0 to 255.
    pub arity: u32,
}

/// A function of this module that is exported (chunk `ExpT`) or local (chunk `LocT`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export {
    /// The function's name, an atom index.
    pub function: u32,
    /// How many arguments it takes, 0 to 255.
    pub arity: u32,
    /// Where its code begins.
    pub label: u32,
}

/// A fun of this module (chunk `FunT`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lambda {
    /// The name of the function that holds its code, an atom index.
    pub function: u32,
    /// How many arguments that function takes, free variables among them.
    pub arity: u32,
    /// Where its code begins.
    pub label: u32,
    /// Its number within the module.
    pub index: u32,
    /// How many free variables it has.
    pub num_free: u32,
    /// A hash of its code.
    pub old_uniq: u32,
}

/// Reads chunk `ImpT`; `atoms` is the length of the atom table.
pub(super) fn imports(data: &[u8], atoms: usize) -> Result<Vec<Import>, BeamError> {
    let mut reader = Reader::new(*b"ImpT", data);
    let count = reader.count(12)?;
    let mut imports = with_room(count)?;
    for _ in 0..count {
        imports.push(Import {
            module: reader.atom(atoms)?,
            function: reader.atom(atoms)?,
            arity: arity(&mut reader)?,
        });
    }
    Ok(imports)
}

/// Reads chunk `ExpT` or `LocT`; `atoms` and `labels` are the lengths of those tables.
pub(super) fn exports(
    name: [u8; 4],
    data: &[u8],
    atoms: usize,
    labels: u32,
) -> Result<Vec<Export>, BeamError> {
    let mut reader = Reader::new(name, data);
    let count = reader.count(12)?;
    let mut exports = with_room(count)?;
    for _ in 0..count {
        exports.push(Export {
            function: reader.atom(atoms)?,
            arity: arity(&mut reader)?,
            label: label(&mut reader, labels)?,
        });
    }
    Ok(exports)
}

/// Reads chunk `FunT`; `atoms` and `labels` are the lengths of those tables.
pub(super) fn lambdas(data: &[u8], atoms: usize, labels: u32) -> Result<Vec<Lambda>, BeamError> {
    let mut reader = Reader::new(*b"FunT", data);
    let count = reader.count(24)?;
    let mut lambdas = with_room(count)?;
    for _ in 0..count {
        let offset = reader.offset();
        let lambda = Lambda {
            function: reader.atom(atoms)?,
            arity: arity(&mut reader)?,
            label: label(&mut reader, labels)?,
            index: reader.u32()?,
            num_free: reader.u32()?,
            old_uniq: reader.u32()?,
        };
        if lambda.num_free > lambda.arity {
            return Err(reader.bad(offset, "a fun with more free variables than arguments"));
        }
        lambdas.push(lambda);
    }
    Ok(lambdas)
}

fn arity(reader: &mut Reader<'_>) -> Result<u32, BeamError> {
    let offset = reader.offset();
    match reader.u32()? {
        arity if arity <= MAX_ARITY => Ok(arity),
        _ => Err(reader.bad(offset, "an arity above 255")),
    }
}

fn label(reader: &mut Reader<'_>, labels: u32) -> Result<u32, BeamError> {
    let offset = reader.offset();
    match reader.u32()? {
        label if label != 0 && label < labels => Ok(label),
        _ => Err(reader.bad(offset, "a label that does not exist")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::error::ChunkName;
    use super::*;
    use alloc::vec;

    #[test]
    fn an_import() {
        let data = b"\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\x03";
        let import = Import {
            module: 1,
            function: 2,
            arity: 3,
        };
        assert_eq!(imports(data, 3), Ok(vec![import]));
        let missing = BeamError::BadAtom {
            chunk: ChunkName(*b"ImpT"),
            offset: 8,
            index: 2,
        };
        assert_eq!(imports(data, 2), Err(missing));
    }

    #[test]
    fn labels_and_arities_are_bounded() {
        let data = b"\0\0\0\x01\0\0\0\x01\0\0\0\x02\0\0\0\x03";
        assert!(exports(*b"ExpT", data, 2, 4).is_ok());
        assert!(exports(*b"ExpT", data, 2, 3).is_err());
        let wide = b"\0\0\0\x01\0\0\0\x01\0\0\x01\0\0\0\0\x03";
        assert!(exports(*b"ExpT", wide, 2, 4).is_err());
    }
}
