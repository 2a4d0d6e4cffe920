//! `atomvm inspect`.

use atomvm_core::beam::{Beam, Disassembly, inflate, is_beam};
use atomvm_core::code::disasm::Listing;
use atomvm_core::pack::{Pack, is_pack};
use atomvm_host::map_file;
use clap::Args;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Args)]
pub struct Inspect {
    /// A pack (.avm) or module (.beam)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Of a pack, show only this module
    #[arg(long, value_name = "MODULE")]
    module: Option<String>,
    /// Show the instructions as the compiler wrote them
    #[arg(long)]
    generic: bool,
    /// Show the instructions as the VM runs them
    #[arg(long)]
    translated: bool,
}

impl Inspect {
    pub fn run(self) -> ExitCode {
        match self.show(&mut io::stdout().lock()) {
            Ok(()) => ExitCode::SUCCESS,
            // Whoever reads the output has seen enough.
            Err(error) if is_closed_pipe(error.as_ref()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("atomvm: {}: {error}", self.file.display());
                ExitCode::FAILURE
            }
        }
    }

    fn show(&self, out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let source = map_file(&self.file)?;
        if is_pack(&source) {
            let pack = Pack::parse(&source)?;
            if self.module.is_none() {
                self.entries(&pack, out)?;
            }
            for entry in pack.entries().iter().filter(|entry| entry.is_beam()) {
                let name = entry.module_name().unwrap_or(entry.name);
                if self.module.as_deref().is_none_or(|wanted| wanted == name) {
                    self.beam(entry.data, out)?;
                }
            }
            Ok(())
        } else if is_beam(&source) {
            self.beam(&source, out)
        } else {
            Err("neither a BEAM file nor a pack".into())
        }
    }

    fn entries(&self, pack: &Pack<'_>, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "Entries:")?;
        for entry in pack.entries() {
            let start = if entry.is_start() { " start" } else { "" };
            let kind = if entry.is_beam() { "module" } else { "file" };
            writeln!(
                out,
                "  {:8}  {kind}{start}  {}",
                entry.data.len(),
                entry.name
            )?;
        }
        Ok(())
    }

    fn beam(&self, bytes: &[u8], out: &mut impl Write) -> Result<(), Box<dyn std::error::Error>> {
        let bytes = inflate(bytes)?;
        let beam = Beam::parse(&bytes)?;
        writeln!(out, "\nModule {}", beam.module_name())?;
        writeln!(out, "Chunks:")?;
        for chunk in &beam.chunks {
            writeln!(
                out,
                "  {:8}  {}",
                chunk.data.len(),
                String::from_utf8_lossy(&chunk.name)
            )?;
        }
        writeln!(out, "Functions:")?;
        for (functions, note) in [(&beam.exports, ""), (&beam.locals, " (local)")] {
            for function in functions {
                writeln!(
                    out,
                    "  {}/{}{note}",
                    beam.atom(function.function),
                    function.arity
                )?;
            }
        }
        let both = !self.generic && !self.translated;
        if self.generic || both {
            writeln!(out, "Generic code:\n{}", Disassembly(&beam))?;
        }
        if self.translated || both {
            let listing = Listing::new(&beam)?;
            let (words, links) = (listing.code_words(), listing.link_count());
            writeln!(
                out,
                "Translated code: {words} words, {links} links\n{listing}"
            )?;
        }
        Ok(())
    }
}

fn is_closed_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    error
        .downcast_ref::<io::Error>()
        .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
}
