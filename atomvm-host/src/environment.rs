//! Environment variables: those of the host, with what the VM's program has changed. The host's own
//! stay as they are.

use atomvm_core::bif::{BifResult, Ctx, Raise};
use atomvm_core::memory::Heap;
use atomvm_core::term::atom::AtomError;
use atomvm_core::term::{Term, atoms};
use atomvm_core::vm::Runtime;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The variables as one VM sees them.
#[derive(Debug, Default)]
pub struct Environment {
    /// `None`: taken away.
    changed: Mutex<BTreeMap<Vec<u8>, Option<Vec<u8>>>>,
}

impl Environment {
    fn changed(&self) -> MutexGuard<'_, BTreeMap<Vec<u8>, Option<Vec<u8>>>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of a variable.
    pub fn get(&self, name: &[u8]) -> Option<Vec<u8>> {
        if let Some(value) = self.changed().get(name) {
            return value.clone();
        }
        std::env::var_os(OsStr::from_bytes(name)).map(OsString::into_vec)
    }

    /// Does it differ from the host's?
    pub fn is_changed(&self) -> bool {
        !self.changed().is_empty()
    }

    /// All variables and their values.
    pub fn all(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let host = std::env::vars_os();
        let mut all: BTreeMap<_, _> = host.map(|(k, v)| (k.into_vec(), v.into_vec())).collect();
        for (name, value) in self.changed().iter() {
            match value {
                Some(value) => all.insert(name.clone(), value.clone()),
                None => all.remove(name),
            };
        }
        all
    }
}

/// Gives a VM the functions of `os` that have to do with the process of the host.
pub fn install(rt: &Runtime, environment: &Arc<Environment>) -> Result<(), AtomError> {
    // Before OTP 24 it had another name.
    for name in ["env", "list_env_vars"] {
        let own = environment.clone();
        rt.extend("os", name, 0, move |c, _| {
            let mut list = Term::NIL;
            for (name, value) in own.all().into_iter().rev() {
                let pair = [text(c, &name)?, text(c, &value)?];
                let pair = c.p.heap.tuple(&pair)?;
                list = c.p.heap.cons(pair, list)?;
            }
            Ok(list)
        })?;
    }
    let own = environment.clone();
    rt.extend("os", "putenv", 2, move |_, args| {
        let (name, value) = (variable(args[0])?, bytes(args[1])?);
        // As in OTP, nothing comes of a variable without a name.
        if !name.is_empty() {
            own.changed().insert(name, Some(value));
        }
        Ok(atoms::TRUE)
    })?;
    let own = environment.clone();
    rt.extend("os", "unsetenv", 1, move |_, args| {
        own.changed().insert(variable(args[0])?, None);
        Ok(atoms::TRUE)
    })?;
    rt.extend("os", "getpid", 0, |c, _| {
        Ok(c.p.heap.string(&std::process::id().to_string())?)
    })
}

/// The characters of a name or value; those of Latin-1 where it is no UTF-8.
fn text(c: &mut Ctx<'_>, bytes: &[u8]) -> BifResult {
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(c.p.heap.string(text)?),
        Err(_) => Ok(c.p.heap.byte_list(bytes, Term::NIL)?),
    }
}

/// The bytes of a list of characters, or of a binary.
fn bytes(chars: Term) -> Result<Vec<u8>, Raise> {
    if let Some(bytes) = chars.as_binary() {
        return Ok(bytes.into_owned());
    }
    let mut text = String::new();
    let mut rest = chars;
    while let Some((value, next)) = rest.as_cons() {
        let value = value.as_usize().and_then(|value| u32::try_from(value).ok());
        let value = value
            .and_then(char::from_u32)
            .filter(|&value| value != '\0');
        text.push(value.ok_or(Raise::BADARG)?);
        rest = next;
    }
    match rest.is_nil() {
        true => Ok(text.into_bytes()),
        false => Err(Raise::BADARG),
    }
}

/// The name of a variable that may be set.
fn variable(chars: Term) -> Result<Vec<u8>, Raise> {
    let name = bytes(chars)?;
    match name.contains(&b'=') {
        true => Err(Raise::BADARG),
        false => Ok(name),
    }
}
