//! Stopping other processes for a while.

use super::process::{elements, settled};
use super::{Bif, BifResult, Ctx, Raise, bif};
use crate::memory::Fragment;
use crate::process::Signal;
use crate::term::{Term, atoms};

pub(super) const TABLE: &[Bif] = &[
    bif("erlang", "suspend_process", 1, suspend_process_1),
    bif("erlang", "suspend_process", 2, suspend_process_2),
    bif("erlang", "resume_process", 1, resume_process_1),
];

/// How a process is to be suspended.
#[derive(Default)]
struct Options {
    unless_suspending: bool,
    asynchronous: bool,
    tag: Option<Term>,
}

impl Options {
    fn of_list(c: &Ctx<'_>, list: Term) -> Result<Options, Raise> {
        let mut options = Options::default();
        for option in elements(list)? {
            match (c.rt.atoms.name(option), option.as_tuple()) {
                ("unless_suspending", _) => options.unless_suspending = true,
                ("asynchronous", _) => options.asynchronous = true,
                (_, Some(&[key, tag])) if c.rt.atoms.name(key) == "asynchronous" => {
                    options.asynchronous = true;
                    options.tag = Some(tag);
                }
                _ => return Err(Raise::BADARG),
            }
        }
        Ok(options)
    }
}

fn suspend_process_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    suspend(c, args[0], &Options::default())
}

fn suspend_process_2(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    if !args[0].is_pid() {
        return Err(Raise::BADARG);
    }
    let options = Options::of_list(c, args[1]).map_err(Raise::of_options)?;
    suspend(c, args[0], &options)
}

fn suspend(c: &mut Ctx<'_>, id: Term, options: &Options) -> BifResult {
    let number = id.as_pid().filter(|_| id != c.p.id).ok_or(Raise::BADARG)?;
    if c.p.flags.yielded {
        // The signal was sent; the process runs on another thread until it sees it.
        return finish(c, id, number);
    }
    let from = c.p.id;
    let tag = options.tag.map(|tag| Fragment::of(tag, &c.rt.budget));
    let mut tag = tag.transpose()?;
    let known = c.p.rare().and_then(|rare| rare.suspending.get(&number));
    if options.unless_suspending && known.is_some() {
        if let Some(tag) = &tag {
            c.rt.suspend_reply(from, tag, atoms::SUSPENDED);
        }
        return Ok(atoms::FALSE);
    }
    if !options.asynchronous {
        tag = None;
    }
    c.p.rare_mut()?.suspending.reserve()?;
    let sent = c.rt.signal(id, Signal::Suspend { from, tag });
    if !sent {
        return match options.asynchronous {
            true => Ok(atoms::TRUE),
            false => Err(Raise::BADARG),
        };
    }
    let suspending = &mut c.p.rare_mut()?.suspending;
    match suspending.get_mut(&number) {
        Some(count) => *count += 1,
        None => drop(suspending.insert(number, 1)),
    }
    match options.asynchronous {
        true => Ok(atoms::TRUE),
        false => finish(c, id, number),
    }
}

/// Returns when the process has seen the signal.
fn finish(c: &mut Ctx<'_>, id: Term, number: usize) -> BifResult {
    c.p.flags.yielded = true;
    let is_there = settled(c, id)?.is_some();
    c.p.flags.yielded = false;
    if !is_there {
        c.p.rare_mut()?.suspending.remove(&number);
        return Err(Raise::BADARG);
    }
    Ok(atoms::TRUE)
}

fn resume_process_1(c: &mut Ctx<'_>, args: &[Term]) -> BifResult {
    let number = args[0].as_pid().ok_or(Raise::BADARG)?;
    if settled(c, args[0])?.is_none() {
        return Err(Raise::BADARG);
    }
    let suspending = &mut c.p.rare_mut()?.suspending;
    let count = suspending.get_mut(&number).ok_or(Raise::BADARG)?;
    *count -= 1;
    if *count == 0 {
        suspending.remove(&number);
    }
    c.rt.signal(args[0], Signal::Resume { count: 1 });
    Ok(atoms::TRUE)
}
