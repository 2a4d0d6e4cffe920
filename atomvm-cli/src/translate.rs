//! Translates the modules of a pack ahead of time.

use atomvm_core::code::{Target, ahead};
use atomvm_core::pack::{Pack, PackWriter};
use clap::{Args, ValueEnum};

/// What machines modules are translated for.
#[derive(Debug, Args)]
pub struct Translate {
    /// Translate the code for machines of this kind, which then run it where it stands
    ///
    /// Only a VM of the same version as this command uses the translation. It verifies it by
    /// translating the code again, unless it was told to trust the pack.
    #[arg(long, value_name = "MACHINE")]
    translate: Option<Machine>,
    /// Leave out the code that was translated (with --translate)
    ///
    /// The pack is smaller then, but only a VM that trusts it, and that is of the same version, can
    /// run it.
    #[arg(long, requires = "translate")]
    translated_only: bool,
}

/// The size of a machine's words, and their byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Machine {
    /// 32 bits, little-endian: nearly all microcontrollers
    #[value(name = "le32")]
    Le32,
    /// 64 bits, little-endian
    #[value(name = "le64")]
    Le64,
    /// 32 bits, big-endian
    #[value(name = "be32")]
    Be32,
    /// 64 bits, big-endian
    #[value(name = "be64")]
    Be64,
    /// That of this computer
    Native,
}

impl Machine {
    fn target(self) -> Target {
        let (word_bytes, is_big_endian) = match self {
            Machine::Le32 => (4, false),
            Machine::Le64 => (8, false),
            Machine::Be32 => (4, true),
            Machine::Be64 => (8, true),
            Machine::Native => return Target::NATIVE,
        };
        Target {
            word_bytes,
            is_big_endian,
        }
    }
}

impl Translate {
    /// The pack `bytes` as it is to be written. Which modules stay as they are is said on standard error.
    ///
    /// # Errors
    ///
    /// The module that cannot be translated, and why.
    pub fn apply(&self, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        let Some(machine) = self.translate else {
            return Ok(bytes);
        };
        each_module(&bytes, |name, data| {
            let made = ahead::translate(data, machine.target(), !self.translated_only)
                .map_err(|error| format!("{name}: {error}"))?;
            if made.is_none() {
                eprintln!("packbeam: {name} is not translated: it defines native records");
            }
            Ok(made)
        })
    }
}

/// The pack `bytes` without translations.
///
/// # Errors
///
/// What is wrong with it.
pub fn without_translations(bytes: &[u8]) -> Result<Vec<u8>, String> {
    each_module(bytes, |name, data| {
        let made = ahead::without_translation(data);
        made.map(Some).map_err(|error| format!("{name}: {error}"))
    })
}

/// The pack `bytes` with what `change` makes of its modules; none: as it is.
fn each_module(
    bytes: &[u8],
    change: impl Fn(&str, &[u8]) -> Result<Option<Vec<u8>>, String>,
) -> Result<Vec<u8>, String> {
    let pack = Pack::parse(bytes).map_err(|error| error.to_string())?;
    let mut writer = PackWriter::new();
    for entry in pack.entries() {
        let changed = match entry.is_beam() {
            true => change(entry.name, entry.data)?,
            false => None,
        };
        let data = changed.as_deref().unwrap_or(entry.data);
        let added = writer.add(entry.name, entry.flags, data);
        added.map_err(|error| error.to_string())?;
    }
    Ok(writer.finish())
}
