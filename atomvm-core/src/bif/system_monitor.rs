//! What one process is told of the others: long collections and turns, large heaps, busy ports.

use super::process::{elements, settled};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::Grow;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::process::{Process, Signal};
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use crate::vm::settings::Watch;
use alloc::vec::Vec;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "system_monitor", 0, system_monitor_0),
    bif("erlang", "system_monitor", 1, system_monitor_1),
    bif("erlang", "system_monitor", 2, |c, args| {
        watch(c, args[0], args[1])
    }),
];

fn system_monitor_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let watch = c.rt.watch();
    settings_term(c, watch)
}

fn system_monitor_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    match args[0].as_tuple() {
        Some(&[watcher, options]) => watch(c, watcher, options),
        None if args[0] == atoms::UNDEFINED => watch(c, atoms::UNDEFINED, Term::NIL),
        _ => Err(Raise::BADARG),
    }
}

/// Who watches and what, as `system_monitor/0` returns it.
fn settings_term(c: &mut Ctx<'_>, watch: Option<Watch>) -> BifResult {
    let Some(watch) = watch else {
        return Ok(atoms::UNDEFINED);
    };
    let mut options = Vec::new();
    let switches = [
        ("busy_dist_port", watch.busy_dist_port),
        ("busy_port", watch.busy_port),
    ];
    for (name, _) in switches.iter().filter(|(_, on)| *on) {
        options.try_push(c.rt.atoms.intern(name)?)?;
    }
    let limits = [
        ("large_heap", watch.large_heap),
        ("long_schedule", watch.long_schedule),
        ("long_gc", watch.long_gc),
    ];
    for (name, limit) in limits {
        if let Some(limit) = limit {
            let name = c.rt.atoms.intern(name)?;
            let limit = c.p.heap.uint(limit as u64)?;
            options.try_push(c.p.heap.tuple(&[name, limit])?)?;
        }
    }
    if let Some((low, high)) = watch.long_queue {
        let limits = [c.p.heap.uint(low as u64)?, c.p.heap.uint(high as u64)?];
        let limits = c.p.heap.tuple(&limits)?;
        let name = c.rt.atoms.intern("long_message_queue")?;
        options.try_push(c.p.heap.tuple(&[name, limits])?)?;
    }
    let options = c.p.heap.list(&options)?;
    Ok(c.p.heap.tuple(&[watch.watcher, options])?)
}

/// Changes who watches what; who did before.
fn watch(c: &mut Ctx<'_>, watcher: Term, options: Term) -> BifResult {
    let after = match options.is_nil() || watcher == atoms::UNDEFINED {
        true => None,
        false => Some(wanted(c, watcher, options)?),
    };
    let before = c.rt.watch();
    c.rt.settings.set_watch(after);
    settings_term(c, before)
}

fn wanted(c: &mut Ctx<'_>, watcher: Term, options: Term) -> Result<Watch, Raise> {
    let mut watch = Watch::of(watcher);
    for option in elements(options)? {
        match (c.rt.atoms.name(option), option.as_tuple()) {
            ("busy_port", _) => watch.busy_port = true,
            ("busy_dist_port", _) => watch.busy_dist_port = true,
            (_, Some(&[key, limits])) if c.rt.atoms.name(key) == "long_message_queue" => {
                let Some(&[low, high]) = limits.as_tuple() else {
                    return Err(Raise::BADARG);
                };
                let low = low.as_usize().ok_or(Raise::BADARG)?;
                let high = high.as_usize().filter(|&high| high > low);
                watch.long_queue = Some((low, high.ok_or(Raise::BADARG)?));
            }
            (_, Some(&[key, limit])) => {
                let limit = limit.as_usize().ok_or(Raise::BADARG)?;
                match c.rt.atoms.name(key) {
                    "long_gc" => watch.long_gc = Some(limit.max(1)),
                    "long_schedule" => watch.long_schedule = Some(limit.max(1)),
                    "large_heap" => watch.large_heap = Some(limit.max(16)),
                    _ => return Err(Raise::BADARG),
                }
            }
            _ => return Err(Raise::BADARG),
        }
    }
    if watcher != c.p.id && settled(c, watcher)?.is_none() {
        return Err(Raise::BADARG);
    }
    Ok(watch)
}

/// The sizes that are told, of those that are known.
const SIZES: [&str; 6] = [
    "old_heap_block_size",
    "heap_block_size",
    "mbuf_size",
    "stack_size",
    "old_heap_size",
    "heap_size",
];

impl Runtime {
    /// What is watched, if who watches is there.
    pub(crate) fn watch(&self) -> Option<Watch> {
        let watch = self.settings.watch()?;
        self.processes.is_alive(watch.watcher).then_some(watch)
    }

    /// A collection of `p` that began at `since` is over.
    #[cold]
    pub(crate) fn watch_collection(&self, p: &Process, since: u64) {
        let Some(watch) = self.watch().filter(|watch| watch.watcher != p.id) else {
            return;
        };
        let took = (self.now().saturating_sub(since) / 1_000_000) as usize;
        if watch.long_gc.is_some_and(|limit| took >= limit) {
            self.tell_watcher(&watch, p, "long_gc", Some(took));
        }
        let words = p.heap.total_words();
        if watch.large_heap.is_some_and(|limit| words > limit) {
            self.tell_watcher(&watch, p, "large_heap", None);
        }
    }

    fn tell_watcher(&self, watch: &Watch, p: &Process, what: &str, timeout: Option<usize>) {
        let mut outer = Fragment::new(&self.budget);
        let info = (|| {
            let mut list = Vec::new();
            let sizes = super::process_info::sizes(p).into_iter();
            let sizes = sizes.filter(|(name, _)| SIZES.contains(name));
            let timeout = timeout.map(|time| ("timeout", time));
            for (name, value) in timeout.into_iter().chain(sizes) {
                let name = self.atoms.intern(name).map_err(|_| OutOfMemory)?;
                let value = outer.uint(value as u64)?;
                list.try_push(outer.tuple(&[name, value])?)?;
            }
            outer.list(&list)
        })();
        if let Ok(info) = info {
            self.send_watcher(watch, p.id, what, info);
        }
    }

    /// Sends `{monitor, Pid, What, Info}`. Without memory nobody is told.
    fn send_watcher(&self, watch: &Watch, id: Term, what: &str, info: Term) {
        let mut outer = Fragment::new(&self.budget);
        let atom = |name: &str| self.atoms.intern(name).map_err(|_| OutOfMemory);
        let message = (|| {
            let message = outer.tuple(&[atom("monitor")?, id, atom(what)?, info])?;
            Fragment::of(message, &self.budget)
        })();
        if let Ok(message) = message {
            self.signal(watch.watcher, Signal::Message(message));
        }
    }

    /// The process `id` waits for a port.
    pub(crate) fn watch_port(&self, id: Term, port: Term) {
        if self.settings.is_watched()
            && let Some(watch) = self.watch().filter(|watch| watch.busy_port)
        {
            self.send_watcher(&watch, id, "busy_port", port);
        }
    }

    /// Tells of a queue of messages that has become long, and of when it is short again.
    #[cold]
    pub(crate) fn watch_queue(&self, p: &mut Process) {
        let Some(watch) = self.watch().filter(|watch| watch.watcher != p.id) else {
            return;
        };
        let Some((low, high)) = watch.long_queue else {
            return;
        };
        let waiting = self.processes.with(p.id, |handle| handle.messages());
        let count = p.mailbox.len() + waiting.unwrap_or(0);
        let is_long = match p.flags.long_queue {
            true => count > low,
            false => count >= high,
        };
        if is_long != p.flags.long_queue {
            p.flags.long_queue = is_long;
            self.send_watcher(&watch, p.id, "long_message_queue", Term::bool(is_long));
        }
    }

    /// When a turn begins whose length is watched, and where the process is then.
    #[cold]
    pub(crate) fn watch_turn(&self, p: &Process) -> Option<(u64, Fragment)> {
        self.watch()?.long_schedule?;
        let mut place = Fragment::new(&self.budget);
        let at = self.place_of(p, &mut place);
        Some((self.now(), Fragment::of(at, &self.budget).ok()?))
    }

    /// A turn that began so is over.
    #[cold]
    pub(crate) fn watch_turn_end(&self, p: &Process, (since, from): (u64, Fragment)) {
        let Some(watch) = self.watch().filter(|watch| watch.watcher != p.id) else {
            return;
        };
        let took = (self.now().saturating_sub(since) / 1_000_000) as usize;
        if watch.long_schedule.is_none_or(|limit| took < limit) {
            return;
        }
        let mut place = Fragment::new(&self.budget);
        let to = self.place_of(p, &mut place);
        let info = (|| {
            let mut list = Vec::new();
            let took = place.uint(took as u64)?;
            for (name, value) in [("timeout", took), ("in", from.term), ("out", to)] {
                let name = self.atoms.intern(name).map_err(|_| OutOfMemory)?;
                list.try_push(place.tuple(&[name, value])?)?;
            }
            place.list(&list)
        })();
        if let Ok(info) = info {
            self.send_watcher(&watch, p.id, "long_schedule", info);
        }
    }
}
