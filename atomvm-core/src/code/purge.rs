//! Purging: takes a version of a module away from all processes and frees it.
//!
//! First its funs stop working, so that nobody can enter the code any more; then every process is
//! looked at while it does not run. One that would return to the code is killed, or makes a soft
//! purge fail. One that only refers to literals gets copies of them. When all have been seen,
//! nothing refers to the module but its table, which lets go of it.

use super::module::Module;
use crate::memory::Fragment;
use crate::memory::fallible::lose;
use crate::process::{AtRest, Handle, Process, Signal};
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use hashbrown::HashSet;
use portable_atomic::Ordering;

/// A purge that is going on.
pub(crate) struct Purging {
    module: Shared<Module>,
    /// The process that purges.
    by: Term,
    /// The numbers of processes that do not refer to the module any more.
    seen: HashSet<usize>,
    killed: bool,
}

/// What became of a purge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Purged {
    /// There was nothing to purge.
    Nothing,
    /// It is done; was a process killed for it?
    Done { killed: bool },
    /// A process runs in the code, and was to be spared.
    InUse,
    /// Not all processes could be looked at: to be called again, later.
    Later,
}

/// What a process has to do with a module.
enum Use {
    /// Nothing any more.
    None,
    /// It runs in it.
    Code,
    /// It runs right now, on another thread.
    Unknown,
}

/// So many processes are looked at in one go.
const AT_ONCE: usize = 5_000;

impl Runtime {
    /// Purges the old version of a module, or one whose `-on_load` function failed, for the
    /// process `p`, which must not run in it. With `soft` only if nobody does.
    pub(crate) fn purge(&self, p: &mut Process, name: Term, soft: bool) -> Purged {
        self.alone(|| self.purge_alone(p, name, soft))
    }

    fn purge_alone(&self, p: &mut Process, name: Term, soft: bool) -> Purged {
        let taken = self.code.purging.lock().take();
        let mut purging = match taken {
            Some(other) if other.by != p.id && self.is_purging(&other) => {
                *self.code.purging.lock() = Some(other);
                return Purged::Later;
            }
            Some(other) if other.by == p.id && other.module.name == name => other,
            left => {
                // Who began it has ended.
                if let Some(left) = left {
                    self.link_funs(&left.module);
                }
                match self.begin_purge(p.id, name) {
                    Some(new) => new,
                    None => return Purged::Nothing,
                }
            }
        };
        let result = self.go_on_purging(p, &mut purging, soft);
        match result {
            Purged::Later => *self.code.purging.lock() = Some(purging),
            Purged::InUse => self.link_funs(&purging.module),
            _ => {
                let _changing = self.code.changing.lock();
                self.forget(&purging.module);
            }
        }
        result
    }

    fn is_purging(&self, purging: &Purging) -> bool {
        let by = self.processes.find(purging.by);
        by.is_some_and(|handle| handle.is_alive())
    }

    fn begin_purge(&self, by: Term, name: Term) -> Option<Purging> {
        let module = {
            let modules = self.code.modules.read();
            let versions = modules.by_name.get(&name)?;
            versions.failed.clone().or_else(|| versions.old.clone())?
        };
        self.unlink_funs(&module);
        Some(Purging {
            module,
            by,
            seen: HashSet::new(),
            killed: false,
        })
    }

    fn go_on_purging(&self, p: &mut Process, purging: &mut Purging, soft: bool) -> Purged {
        let mut left = AT_ONCE;
        // Those that are looked at may have started others meanwhile.
        loop {
            let (mut is_complete, mut is_new) = (true, false);
            for handle in self.processes.all() {
                let number = handle.id().as_pid().unwrap_or(0);
                if purging.seen.contains(&number) {
                    continue;
                }
                if left == 0 {
                    return Purged::Later;
                }
                left -= 1;
                is_new = true;
                let use_ = if handle.id() == p.id {
                    self.free_process(p, &purging.module)
                } else {
                    self.free_of(&handle, &purging.module)
                };
                match use_ {
                    Use::None => {
                        if purging.seen.try_reserve(1).is_err() {
                            lose();
                            return Purged::Later;
                        }
                        purging.seen.insert(number);
                    }
                    Use::Code if soft => return Purged::InUse,
                    Use::Code => {
                        purging.killed = true;
                        is_complete &= self.kill(&handle, p.id);
                    }
                    Use::Unknown => is_complete = false,
                }
            }
            if !is_complete || self.code.burials.load(Ordering::SeqCst) != 0 {
                return Purged::Later;
            }
            if !is_new {
                return Purged::Done {
                    killed: purging.killed,
                };
            }
        }
    }

    fn free_of(&self, handle: &Handle, module: &Module) -> Use {
        match handle.at_rest(|p| self.free_process(p, module)) {
            AtRest::Seen(use_) => use_,
            AtRest::Ended => Use::None,
            AtRest::Busy => Use::Unknown,
        }
    }

    /// Makes a process that does not run the module's code independent of it.
    fn free_process(&self, p: &mut Process, module: &Module) -> Use {
        if crate::interp::lingering::runs(p, module) {
            return Use::Code;
        }
        match p.detach(&module.literals) {
            Ok(()) => Use::None,
            // No memory for copies: it cannot live on.
            Err(_) => Use::Code,
        }
    }

    /// Kills a process; has it ended?
    fn kill(&self, handle: &Handle, from: Term) -> bool {
        if let Ok(reason) = Fragment::of(atoms::KILL, &self.budget) {
            let exit = Signal::Exit {
                from,
                reason,
                linked: false,
            };
            self.signal(handle.id(), exit);
        }
        self.settle(handle) && !handle.is_alive()
    }

    /// Does a process run in the old version of a module? `None`: it runs on another thread.
    pub(crate) fn runs_old_code(&self, p: &Process, id: Term, name: Term) -> Option<bool> {
        let old = {
            let modules = self.code.modules.read();
            modules.by_name.get(&name).and_then(|v| v.old.clone())
        };
        let Some(old) = old else {
            return Some(false);
        };
        if id == p.id {
            return Some(crate::interp::lingering::runs(p, &old));
        }
        let Some(handle) = self.processes.find(id) else {
            return Some(false);
        };
        let body = handle.body.try_lock()?;
        let runs = |p: &Process| crate::interp::lingering::runs(p, &old);
        Some(body.as_ref().is_some_and(runs))
    }
}
