//! `erlang:open_port/2`.

use super::process::elements;
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::OutOfMemory;
use crate::memory::fallible::{Grow, collect, formatted};
use crate::platform::{PortError, PortRequest, PortTarget, TraceWrap};
use crate::port::{Framing, OpenError, Settings};
use crate::process::relation::{Link, link_key};
use crate::term::{Term, atoms};
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[bif("erlang", "open_port", 2, open_port_2)];

/// When writers have to wait, and until when, unless the program says so.
const HIGH_WATER: usize = 8192;
const LOW_WATER: usize = 4096;

/// The options.
struct Options {
    settings: Settings,
    request: PortRequest,
    arguments: Option<Vec<Vec<u8>>>,
    own_name: Option<Vec<u8>>,
    directions: Option<(bool, bool)>,
}

/// Something that is wrong, or no memory.
type Checked<T> = Result<T, Raise>;

fn known<T>(value: Option<T>) -> Checked<T> {
    value.ok_or(Raise::BADARG)
}

/// Characters as the bytes that the host has for them, in UTF-8; an atom's where those may stand too.
fn text(c: &Ctx<'_>, term: Term, or_atom: bool) -> Checked<Vec<u8>> {
    let bytes = if let Some(bytes) = term.as_binary() {
        copy(&bytes)?
    } else if term.is_atom() && or_atom {
        copy(c.rt.atoms.name(term).as_bytes())?
    } else {
        let mut bytes = Vec::new();
        for character in elements(term)? {
            let value = character
                .as_usize()
                .and_then(|value| u32::try_from(value).ok());
            let character = known(value.and_then(char::from_u32))?;
            bytes.try_extend(character.encode_utf8(&mut [0; 4]).bytes())?;
        }
        bytes
    };
    match bytes.contains(&0) {
        true => Err(Raise::BADARG),
        false => Ok(bytes),
    }
}

fn copy(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    collect(bytes.iter().copied())
}

/// `{Name, Value}`; with `false` or no characters for one that is to be taken away.
fn variable(c: &Ctx<'_>, term: Term) -> Checked<(Vec<u8>, Option<Vec<u8>>)> {
    let Some(&[name, value]) = term.as_tuple() else {
        return Err(Raise::BADARG);
    };
    let name = text(c, name, false)?;
    if name.contains(&b'=') {
        return Err(Raise::BADARG);
    }
    let value = match value {
        atoms::FALSE => Vec::new(),
        value => text(c, value, false)?,
    };
    Ok((name, (!value.is_empty()).then_some(value)))
}

fn all<T>(list: Term, of: impl Fn(Term) -> Checked<T>) -> Checked<Vec<T>> {
    let mut all = Vec::new();
    for item in elements(list)? {
        all.try_push(of(item)?)?;
    }
    Ok(all)
}

impl Options {
    fn new() -> Options {
        Options {
            settings: Settings::default(),
            request: PortRequest {
                target: PortTarget::Shell(Vec::new()),
                input: true,
                output: true,
                stdio: true,
                errors_to_input: false,
                exit_status: false,
                folder: None,
                environment: Vec::new(),
                high_water: HIGH_WATER,
                low_water: LOW_WATER,
            },
            arguments: None,
            own_name: None,
            directions: None,
        }
    }

    fn of_list(c: &Ctx<'_>, list: Term) -> Checked<Options> {
        let mut options = Options::new();
        for option in elements(list)? {
            match option.as_tuple() {
                Some(&[key, value]) => options.set(c, c.rt.atoms.name(key), value)?,
                Some(_) => return Err(Raise::BADARG),
                None if option.is_atom() => options.switch(c.rt.atoms.name(option))?,
                None => return Err(Raise::BADARG),
            }
        }
        if let Some((input, output)) = options.directions {
            (options.request.input, options.request.output) = (input, output);
        }
        options.settings.high_water = options.request.high_water;
        Ok(options)
    }

    fn switch(&mut self, name: &str) -> Checked<()> {
        let request = &mut self.request;
        match name {
            "stream" => self.frame(Framing::Stream)?,
            "binary" => self.settings.binary = true,
            "eof" => self.settings.eof = true,
            "exit_status" => request.exit_status = true,
            "use_stdio" => request.stdio = true,
            "nouse_stdio" => request.stdio = false,
            "stderr_to_stdout" => request.errors_to_input = true,
            "in" => self.directions.get_or_insert_default().0 = true,
            "out" => self.directions.get_or_insert_default().1 = true,
            "hide" | "overlapped_io" => {}
            _ => return Err(Raise::BADARG),
        }
        Ok(())
    }

    fn set(&mut self, c: &Ctx<'_>, key: &str, value: Term) -> Checked<()> {
        match key {
            "packet" => {
                let size = known(value.as_usize().filter(|size| matches!(size, 1 | 2 | 4)))?;
                self.frame(Framing::Packet(size as u8))?;
            }
            "line" => {
                let most = known(value.as_usize().filter(|&most| most > 0))?;
                self.frame(Framing::Line(most))?;
            }
            "cd" => self.request.folder = Some(text(c, value, true)?),
            "env" => self.request.environment = all(value, |item| variable(c, item))?,
            "args" => self.arguments = Some(all(value, |item| text(c, item, false))?),
            "arg0" => self.own_name = Some(text(c, value, false)?),
            "parallelism" => self.settings.parallelism = known(value.as_bool())?,
            "busy_limits_port" => self.limits(c, value)?,
            // Messages to a port take effect at once: none wait.
            "busy_limits_msgq" => Options::new().limits(c, value)?,
            _ => return Err(Raise::BADARG),
        }
        Ok(())
    }

    /// Only one way of cutting input into messages may be given.
    fn frame(&mut self, framing: Framing) -> Checked<()> {
        let before = self.settings.framing;
        self.settings.framing = framing;
        match before == Framing::Stream || before == framing {
            true => Ok(()),
            false => Err(Raise::BADARG),
        }
    }

    fn limits(&mut self, c: &Ctx<'_>, value: Term) -> Checked<()> {
        let (low, high) = match value.as_tuple() {
            Some(&[low, high]) => (known(low.as_usize())?, known(high.as_usize())?),
            None if c.rt.atoms.name(value) == "disabled" => (usize::MAX, usize::MAX),
            _ => return Err(Raise::BADARG),
        };
        self.request.high_water = high.max(low).max(1);
        self.request.low_water = low.min(high).max(1);
        Ok(())
    }

    /// What the port is to lead to, and its name.
    fn target(&mut self, c: &Ctx<'_>, what: Term) -> Checked<Vec<u8>> {
        let is_program = matches!(what.as_tuple(),
            Some(&[kind, _]) if c.rt.atoms.name(kind) == "spawn_executable");
        if !is_program && (self.arguments.is_some() || self.own_name.is_some()) {
            return Err(Raise::BADARG);
        }
        match what.as_tuple() {
            Some(&[kind, command]) => {
                let name = text(c, command, true)?;
                if name.is_empty() {
                    return Err(Raise::BADARG);
                }
                self.request.target = match c.rt.atoms.name(kind) {
                    "spawn" => spawned(&name)?,
                    "spawn_executable" => PortTarget::Program {
                        path: copy(&name)?,
                        name: self.own_name.take(),
                        arguments: self.arguments.take().unwrap_or_default(),
                    },
                    _ => return Err(Raise::BADARG),
                };
                Ok(name)
            }
            Some(&[kind, input, output]) if c.rt.atoms.name(kind) == "fd" => {
                let number = |term: Term| i32::try_from(term.as_usize()?).ok();
                let descriptor = |term| known(number(term));
                let (input, output) = (descriptor(input)?, descriptor(output)?);
                self.request.target = PortTarget::Descriptors { input, output };
                Ok(formatted(format_args!("{input}/{output}")).into_bytes())
            }
            _ => Err(Raise::BADARG),
        }
    }
}

/// What `{spawn, Command}` leads to: a driver that is built in, or what the shell makes of it.
fn spawned(command: &[u8]) -> Checked<PortTarget> {
    match command.strip_prefix(b"trace_file_drv ") {
        Some(arguments) => trace_file(arguments),
        None => Ok(PortTarget::Shell(copy(command)?)),
    }
}

/// `n Name`, and before that, for files that take turns, `w Size Count Time At`.
fn trace_file(arguments: &[u8]) -> Checked<PortTarget> {
    let (mut rest, mut wrap) = (arguments, None);
    if let Some(numbers) = arguments.strip_prefix(b"w ") {
        let mut parts = numbers.splitn(5, |&byte| byte == b' ');
        let mut number = || known(parts.next().and_then(decimal));
        let (size, count, time) = (number()?, number()?, number()?);
        let at = known(usize::try_from(number()?).ok())?;
        wrap = Some((TraceWrap { size, count, at }, time));
        rest = known(parts.next())?;
    }
    let name = known(rest.strip_prefix(b"n "))?;
    match wrap {
        Some((wrap, _)) if wrap.at > name.len() => return Err(Raise::BADARG),
        // A file is full after some time.
        Some((_, 1..)) => return Err(Raise::NOTSUP),
        _ => {}
    }
    Ok(PortTarget::TraceFile {
        name: copy(name)?,
        wrap: wrap.map(|(wrap, _)| wrap),
    })
}

fn decimal(digits: &[u8]) -> Option<u64> {
    core::str::from_utf8(digits).ok()?.parse().ok()
}

fn open_port_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let mut options = Options::of_list(c, args[1]).map_err(Raise::of_options)?;
    let name = options.target(c, args[0])?;
    // What comes after the port is there does not fail.
    c.p.relations_mut()?.links.reserve()?;
    let opened =
        c.rt.open_port(c.p.id, name, options.settings, &options.request);
    let port = match opened {
        Ok(port) => port,
        Err(OpenError::Limit) => return Err(Raise::SYSTEM_LIMIT),
        Err(OpenError::NoMemory) => return Err(Raise::OutOfMemory),
        Err(OpenError::Machine(PortError::Unsupported)) => return Err(Raise::NOTSUP),
        Err(OpenError::Machine(PortError::Posix(reason))) => {
            return Err(Raise::Error(c.rt.atoms.intern(reason)?));
        }
    };
    if let Some(key) = link_key(port) {
        c.p.relations_mut()?.links.insert(key, Link::Active);
    }
    Ok(port)
}
