//! What one process is told of who becomes able to run, and who stops to be.

use super::process::{elements, settled};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::fallible::Grow;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::process::trace::{MONOTONIC, STRICT, TIMESTAMP};
use crate::process::{Process, Signal};
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use crate::vm::settings::Profile;
use alloc::vec::Vec;
use portable_atomic::Ordering;

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "system_profile", 0, system_profile_0),
    bif("erlang", "system_profile", 2, system_profile_2),
];

/// The times that messages may have, by the name of the option.
const STAMPS: [(&str, u32); 3] = [
    ("timestamp", TIMESTAMP),
    ("strict_monotonic_timestamp", STRICT),
    ("monotonic_timestamp", MONOTONIC),
];

fn system_profile_0(c: &mut Ctx<'_>, _: &[Term]) -> BifResult {
    let profile = c.rt.settings.profile();
    settings_term(c, profile)
}

/// `{Profiler, Options}`, or `undefined`.
fn settings_term(c: &mut Ctx<'_>, profile: Option<Profile>) -> BifResult {
    let Some(profile) = profile else {
        return Ok(atoms::UNDEFINED);
    };
    let switches = [
        ("exclusive", profile.exclusive),
        ("scheduler", profile.schedulers),
        ("runnable_procs", profile.processes),
        ("runnable_ports", profile.ports),
    ];
    let mut options = Vec::new();
    for (name, _) in switches.iter().filter(|(_, on)| *on) {
        options.try_push(c.rt.atoms.intern(name)?)?;
    }
    let options = c.p.heap.list(&options)?;
    Ok(c.p.heap.tuple(&[profile.profiler, options])?)
}

fn system_profile_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let [profiler, options] = [args[0], args[1]];
    let mut profile = Profile {
        profiler,
        processes: false,
        ports: false,
        schedulers: false,
        exclusive: false,
        stamp: TIMESTAMP,
    };
    for option in elements(options)? {
        match c.rt.atoms.name(option) {
            "runnable_procs" => profile.processes = true,
            "runnable_ports" => profile.ports = true,
            "scheduler" => profile.schedulers = true,
            "exclusive" => profile.exclusive = true,
            name => {
                let stamp = STAMPS.iter().find(|(n, _)| *n == name);
                profile.stamp = stamp.ok_or(Raise::BADARG)?.1;
            }
        }
    }
    let after = match profiler == atoms::UNDEFINED || options.is_nil() {
        true => None,
        false if profiler == c.p.id => Some(profile),
        false if profiler.is_pid() && settled(c, profiler)?.is_some() => Some(profile),
        false if profiler.is_port() && c.rt.ports.find(profiler).is_some() => Some(profile),
        false => return Err(Raise::BADARG),
    };
    let before = c.rt.settings.profile();
    c.rt.settings.set_profile(after);
    settings_term(c, before)
}

impl Runtime {
    /// A process has become able to run, or waits, or has ended.
    #[cold]
    pub(crate) fn profile_process(&self, p: &mut Process, is_active: bool) {
        let Some(profile) = self.settings.profile().filter(|profile| profile.processes) else {
            return;
        };
        if profile.profiler == p.id || p.flags.profiled == is_active {
            return;
        }
        p.flags.profiled = is_active;
        let mut place = Fragment::new(&self.budget);
        let at = self.place_of(p, &mut place);
        self.tell_profiler(&profile, &[p.id, state(is_active), at]);
    }

    /// A scheduler has found a process to run, or has none any more.
    #[cold]
    pub(crate) fn profile_scheduler(&self, index: usize, is_active: bool) {
        let count = &self.settings.active_schedulers;
        let active = match is_active {
            true => count.fetch_add(1, Ordering::Relaxed) + 1,
            false => count.fetch_sub(1, Ordering::Relaxed).saturating_sub(1),
        };
        if let Some(profile) = self.settings.profile().filter(|profile| profile.schedulers)
            && let Ok(kind) = self.atoms.intern("scheduler")
        {
            let (number, active) = (index as isize + 1, active as isize);
            let event = [
                kind,
                Term::small(number),
                state(is_active),
                Term::small(active),
            ];
            self.tell_profiler(&profile, &event);
        }
    }

    /// Sends `{profile, Event..., Time}`. Without memory nobody is told.
    fn tell_profiler(&self, profile: &Profile, event: &[Term]) {
        let mut outer = Fragment::new(&self.budget);
        let message = (|| {
            let time = self.trace_time(profile.stamp, &mut outer)?;
            let mut all = Vec::new();
            all.try_push(self.atoms.intern("profile").map_err(|_| OutOfMemory)?)?;
            all.try_extend(event.iter().copied().chain(time))?;
            let message = outer.tuple(&all)?;
            Fragment::of(message, &self.budget)
        })();
        if let Ok(message) = message {
            self.signal(profile.profiler, Signal::Message(message));
        }
    }
}

fn state(is_active: bool) -> Term {
    match is_active {
        true => atoms::ACTIVE,
        false => atoms::INACTIVE,
    }
}
