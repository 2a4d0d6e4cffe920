//! Reads BEAM files: what the compilers of Erlang, Elixir and Gleam write.
//!
//! A file is a container with named chunks; [`Beam::parse`] reads the chunks that a program
//! needs into plain tables, and the code into a list of generic instructions. Nothing here
//! knows of the virtual machine: the `code` module verifies and translates what this one reads.
//!
//! A damaged file gives a [`BeamError`] that names the chunk and the offset. What is allocated
//! is bounded by the size of the file.

mod atoms;
mod code;
mod container;
mod disasm;
mod error;
pub mod external;
mod form;
mod lines;
mod literals;
pub mod opcode;
mod reader;
mod records;
mod tables;
mod types;

use alloc::vec::Vec;

pub use code::{BigInteger, Code, Instr, Operand};
pub use container::{Chunk, inflate, is_beam};
pub use disasm::Disassembly;
pub use error::{BeamError, ChunkName};
pub(crate) use form::FormWriter;
pub use lines::{Line, Lines};
pub use literals::Literals;
pub use records::RecordDefinition;
pub use tables::{Export, Import, Lambda};
pub use types::Type;

/// What a BEAM file holds. Atoms are indexes into [`Beam::atoms`] throughout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beam<'a> {
    /// The module's name: atom 1.
    pub module: u32,
    /// The atoms, by index; 0 is empty and stands for none.
    pub atoms: Vec<&'a str>,
    /// The functions of other modules that the code calls.
    pub imports: Vec<Import>,
    /// The functions that other modules may call.
    pub exports: Vec<Export>,
    /// The functions that they may not.
    pub locals: Vec<Export>,
    /// The funs.
    pub lambdas: Vec<Lambda>,
    /// The constant terms.
    pub literals: Literals<'a>,
    /// The native records that it defines.
    pub records: Vec<RecordDefinition>,
    /// The bytes that binaries are built from and matched against.
    pub strings: &'a [u8],
    /// The source lines, if the compiler recorded them.
    pub lines: Option<Lines<'a>>,
    /// What the compiler knows of registers; empty if it recorded nothing.
    pub types: Vec<Type>,
    /// The module's attributes, an external term.
    pub attributes: Option<&'a [u8]>,
    /// How the module was compiled, an external term.
    pub compile_info: Option<&'a [u8]>,
    /// The instructions.
    pub code: Code,
    /// All chunks, in the order of the file.
    pub chunks: Vec<Chunk<'a>>,
}

impl<'a> Beam<'a> {
    /// Reads the BEAM file `bytes`.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the file and where. One that is compressed as a whole
    /// ([`BeamError::Compressed`]) goes through [`inflate`] first.
    pub fn parse(bytes: &'a [u8]) -> Result<Beam<'a>, BeamError> {
        let mut beam = Beam::parse_tables(bytes)?;
        check_term(*b"Attr", beam.attributes)?;
        check_term(*b"CInf", beam.compile_info)?;
        let tables = code::Tables {
            atoms: beam.atoms.len(),
            literals: beam.literals.len(),
        };
        let data = beam.chunk(*b"Code").unwrap_or(&[]);
        beam.code = code::parse(data, tables)?;
        if let Some(data) = beam.chunk(*b"Recs") {
            let code = core::mem::take(&mut beam.code);
            (beam.records, beam.code) = records::parse(data, tables, &beam.atoms, code)?;
        }
        Ok(beam)
    }

    /// Reads everything but instructions and native records: [`Beam::code`] has the counts only.
    ///
    /// So a file can be packed although its code is for a later version.
    ///
    /// # Errors
    ///
    /// As of [`Beam::parse`], but for the instructions.
    pub fn parse_tables(bytes: &'a [u8]) -> Result<Beam<'a>, BeamError> {
        let mut beam = Beam::parse_for_links(bytes)?;
        let count = beam.atoms.len();
        if let Some(data) = beam.chunk(*b"LocT") {
            beam.locals = tables::exports(*b"LocT", data, count, beam.code.label_count)?;
        }
        if let Some(data) = beam.chunk(*b"Line") {
            beam.lines = lines::parse(data)?;
        }
        if let Some(data) = beam.chunk(*b"Type") {
            beam.types = types::parse(data)?;
        }
        Ok(beam)
    }

    /// Reads no more than what code that is translated already refers to.
    pub(crate) fn parse_for_links(bytes: &'a [u8]) -> Result<Beam<'a>, BeamError> {
        let chunks = container::chunks(bytes)?;
        let optional = |name| find(&chunks, name);
        let required = |name| {
            find(&chunks, name).ok_or(BeamError::MissingChunk {
                chunk: ChunkName(name),
            })
        };
        let atoms = match optional(*b"Atom") {
            Some(data) if optional(*b"AtU8").is_none() => atoms::parse(*b"Atom", data)?,
            _ => atoms::parse(*b"AtU8", required(*b"AtU8")?)?,
        };
        let literals = match (optional(*b"LitU"), optional(*b"LitT")) {
            (Some(data), _) => Literals::parse_uncompressed(data)?,
            (None, Some(data)) => Literals::parse_compressed(data)?,
            (None, None) => Literals::default(),
        };
        let code = code::counts(required(*b"Code")?)?;
        let (count, labels) = (atoms.len(), code.label_count);
        Ok(Beam {
            module: 1,
            imports: tables::imports(required(*b"ImpT")?, count)?,
            exports: tables::exports(*b"ExpT", required(*b"ExpT")?, count, labels)?,
            locals: Vec::new(),
            lambdas: match optional(*b"FunT") {
                Some(data) => tables::lambdas(data, count, labels)?,
                None => Vec::new(),
            },
            records: Vec::new(),
            strings: optional(*b"StrT").unwrap_or(&[]),
            lines: None,
            types: Vec::new(),
            attributes: optional(*b"Attr").filter(|data| !data.is_empty()),
            compile_info: optional(*b"CInf").filter(|data| !data.is_empty()),
            code,
            atoms,
            literals,
            chunks,
        })
    }

    /// The text of atom `index`; empty for 0 and for an index out of range.
    pub fn atom(&self, index: u32) -> &'a str {
        self.atoms.get(index as usize).copied().unwrap_or("")
    }

    /// The module's name.
    pub fn module_name(&self) -> &'a str {
        self.atom(self.module)
    }

    /// The data of the first chunk called `name`.
    pub fn chunk(&self, name: [u8; 4]) -> Option<&'a [u8]> {
        find(&self.chunks, name)
    }

    /// The file without its chunks called `name`, and otherwise as it is.
    pub(crate) fn without(&self, name: [u8; 4]) -> Result<Vec<u8>, BeamError> {
        let mut form = FormWriter::new()?;
        for chunk in self.chunks.iter().filter(|chunk| chunk.name != name) {
            form.chunk(chunk.name, chunk.data)?;
        }
        form.finish()
    }

    /// Whether the module exports `function/arity`.
    pub fn is_exported(&self, function: &str, arity: u32) -> bool {
        self.exports
            .iter()
            .any(|export| export.arity == arity && self.atom(export.function) == function)
    }
}

/// A chunk that is to be an external term, if it is there.
fn check_term(name: [u8; 4], data: Option<&[u8]>) -> Result<(), BeamError> {
    let Some(data) = data else {
        return Ok(());
    };
    let mut tokens = external::Tokens::new(data);
    tokens.by_ref().for_each(drop);
    match tokens.failed() {
        false => Ok(()),
        true => Err(BeamError::BadChunk {
            chunk: ChunkName(name),
            offset: 0,
            what: "not a term in the external format",
        }),
    }
}

fn find<'a>(chunks: &[Chunk<'a>], name: [u8; 4]) -> Option<&'a [u8]> {
    let chunk = chunks.iter().find(|chunk| chunk.name == name)?;
    Some(chunk.data)
}
