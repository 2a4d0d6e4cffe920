//! Signals between processes that nobody runs: the test is the scheduler.

use super::relation::{Link, Watched};
use super::{Fetched, Mailbox, Process, Signal};
use crate::memory::{Fragment, ProcessHeap};
use crate::platform::Platform;
use crate::sched::Timers;
use crate::sched::timer::Event;
use crate::term::{Reference, Term, atoms};
use crate::vm::{Limits, Runtime};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::time::Duration;
use proptest::prelude::*;

struct Still;

impl Platform for Still {
    fn monotonic(&self) -> Duration {
        Duration::from_secs(1)
    }
}

fn runtime() -> Runtime {
    Runtime::new(Box::new(Still), Limits::default())
}

/// A process in the table whose body the test holds.
fn process(rt: &Runtime) -> Process {
    let id = rt.processes.insert().unwrap().unwrap().id();
    rt.budget.charge(super::spawn::PROCESS_BYTES).unwrap();
    Process::new(id, ProcessHeap::new(0, &rt.budget).unwrap())
}

fn end(rt: &Runtime, mut p: Process, reason: Term) {
    let handle = rt.processes.find(p.id).unwrap();
    p.end_with(reason);
    rt.bury(&handle, p);
}

fn link(rt: &Runtime, from: &mut Process, to: &Process) {
    from.relations_mut()
        .unwrap()
        .links
        .insert(to.number(), Link::Active);
    rt.signal(to.id, Signal::Link { from: from.id });
}

fn fragment(rt: &Runtime, term: Term) -> Fragment {
    Fragment::of(term, &rt.budget).unwrap()
}

#[test]
fn the_end_reaches_links_once() {
    let rt = runtime();
    let (mut a, mut b) = (process(&rt), process(&rt));
    link(&rt, &mut a, &b);
    assert_eq!(b.fetch_signals(&rt), Fetched::Nothing);
    b.flags.trap_exit = true;
    end(&rt, a, atoms::SHUTDOWN);
    assert_eq!(b.fetch_signals(&rt), Fetched::Messages);
    assert_eq!(b.mailbox.len(), 1);
    assert!(b.relations.as_ref().unwrap().links.is_empty());
}

#[test]
fn a_link_to_nobody_says_noproc() {
    let rt = runtime();
    let (mut a, b) = (process(&rt), process(&rt));
    let gone = b.id;
    end(&rt, b, atoms::NORMAL);
    a.relations_mut()
        .unwrap()
        .links
        .insert(gone.as_pid().unwrap(), Link::Active);
    rt.signal(gone, Signal::Link { from: a.id });
    assert_eq!(a.fetch_signals(&rt), Fetched::Exit);
    assert_eq!(a.exit_reason_term(), Some(atoms::NOPROC));
}

#[test]
fn an_exit_that_crosses_an_unlink_is_ignored() {
    let rt = runtime();
    let (mut a, mut b) = (process(&rt), process(&rt));
    link(&rt, &mut a, &b);
    b.fetch_signals(&rt);
    let number = b.number();
    a.relations_mut()
        .unwrap()
        .links
        .insert(number, Link::Unlinking(1));
    rt.signal(b.id, Signal::Unlink { from: a.id, id: 1 });
    // It ends without having seen the request.
    end(&rt, b, atoms::KILLED);
    assert_eq!(a.fetch_signals(&rt), Fetched::Nothing);
    assert!(a.relations.as_ref().unwrap().links.is_empty());
}

#[test]
fn a_new_link_survives_the_answer_to_the_old_unlink() {
    let rt = runtime();
    let (mut a, mut b) = (process(&rt), process(&rt));
    link(&rt, &mut a, &b);
    a.relations_mut()
        .unwrap()
        .links
        .insert(b.number(), Link::Unlinking(7));
    rt.signal(b.id, Signal::Unlink { from: a.id, id: 7 });
    link(&rt, &mut a, &b);
    b.fetch_signals(&rt);
    a.fetch_signals(&rt);
    let active = Some(&Link::Active);
    assert_eq!(a.relations.as_ref().unwrap().links.get(&b.number()), active);
    assert_eq!(b.relations.as_ref().unwrap().links.get(&a.number()), active);
}

#[test]
fn kill_is_only_special_when_sent() {
    let rt = runtime();
    let (mut a, mut b) = (process(&rt), process(&rt));
    a.flags.trap_exit = true;
    link(&rt, &mut b, &a);
    a.fetch_signals(&rt);
    // Ending with reason `kill` is an ordinary reason for those who are linked.
    end(&rt, b, atoms::KILL);
    assert_eq!(a.fetch_signals(&rt), Fetched::Messages);
    let exit = Signal::Exit {
        from: a.id,
        reason: fragment(&rt, atoms::KILL),
        linked: false,
    };
    rt.signal(a.id, exit);
    assert_eq!(a.fetch_signals(&rt), Fetched::Exit);
    assert_eq!(a.exit_reason_term(), Some(atoms::KILLED));
}

#[test]
fn a_monitor_reports_once_and_then_no_more() {
    let rt = runtime();
    let (mut a, mut b) = (process(&rt), process(&rt));
    let options = super::spawn::MonitorOptions::default();
    let monitor = |a: &mut Process, b: Term| {
        let reference = rt
            .new_monitor(a, b, Term::NONE, Watched::Process, &options, None)
            .unwrap();
        let from = a.id;
        rt.signal(b, Signal::Monitor { from, reference });
        reference
    };
    let kept = monitor(&mut a, b.id);
    let dropped = monitor(&mut a, b.id);
    b.fetch_signals(&rt);
    assert!(a.drop_monitor(&rt, dropped));
    let gone = b.id;
    end(&rt, b, atoms::SHUTDOWN);
    assert_eq!(a.fetch_signals(&rt), Fetched::Messages);
    assert_eq!(a.mailbox.len(), 1);
    assert!(!a.drop_monitor(&rt, kept));
    monitor(&mut a, gone);
    assert_eq!(a.fetch_signals(&rt), Fetched::Messages);
    assert_eq!(a.mailbox.len(), 2);
}

#[test]
fn what_a_process_held_comes_back() {
    let rt = runtime();
    let before = rt.budget.used();
    let (mut a, mut b) = (process(&rt), process(&rt));
    link(&rt, &mut a, &b);
    b.fetch_signals(&rt);
    rt.names.register(atoms::USER, b.id, || true).unwrap();
    let message = fragment(&rt, Term::small(1));
    rt.timers.start_send(5, 77, b.id, message).unwrap();
    rt.signal(a.id, Signal::Message(fragment(&rt, Term::small(2))));
    end(&rt, b, atoms::NORMAL);
    assert_eq!(rt.names.whereis(atoms::USER), None);
    assert!(rt.timers.is_empty());
    a.fetch_signals(&rt);
    end(&rt, a, atoms::NORMAL);
    assert_eq!(rt.processes.count(), 0);
    assert_eq!(rt.budget.used(), before);
}

/// What a receive and its senders do to a mailbox.
#[derive(Clone, Debug)]
enum Step {
    Push,
    Advance,
    Restart,
    Remove,
    Mark(u8),
    Use(u8),
    Clear(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => Just(Step::Push),
        3 => Just(Step::Advance),
        1 => Just(Step::Restart),
        2 => Just(Step::Remove),
        1 => (0..4u8).prop_map(Step::Mark),
        1 => (0..4u8).prop_map(Step::Use),
        1 => (0..4u8).prop_map(Step::Clear),
    ]
}

proptest! {
    #[test]
    fn a_mailbox_keeps_the_order(steps in prop::collection::vec(step(), 0..200)) {
        let rt = runtime();
        let mut heap = ProcessHeap::new(64, &rt.budget).unwrap();
        use crate::memory::Heap;
        let keys: Vec<Term> =
            (0..4).map(|i| heap.reference(Reference::from_serial(i + 1)).unwrap()).collect();
        let mut mailbox = Mailbox::default();
        // The model: messages in order, the place, and for each key the messages before it.
        let (mut model, mut at, mut next) = (Vec::<isize>::new(), 0usize, 0);
        let mut marks: [Option<usize>; 4] = [None; 4];
        for step in steps {
            match step {
                Step::Push => {
                    mailbox.push(fragment(&rt, Term::small(next)));
                    model.push(next);
                    next += 1;
                }
                Step::Advance if at < model.len() => {
                    mailbox.advance();
                    at += 1;
                }
                Step::Advance => {}
                Step::Restart => {
                    mailbox.restart();
                    at = 0;
                }
                Step::Remove if at < model.len() => {
                    mailbox.remove_current();
                    model.remove(at);
                    for mark in marks.iter_mut().flatten() {
                        *mark -= usize::from(*mark > at);
                    }
                    at = 0;
                }
                Step::Remove => {}
                Step::Mark(key) => {
                    let marker = mailbox.marker_reserve();
                    mailbox.marker_bind(marker, keys[key as usize]);
                    marks[key as usize] = Some(model.len());
                }
                Step::Use(key) => {
                    mailbox.marker_use(keys[key as usize]);
                    at = marks[key as usize].unwrap_or(at);
                }
                Step::Clear(key) => {
                    mailbox.marker_clear(keys[key as usize]);
                    marks[key as usize] = None;
                }
            }
            prop_assert_eq!(mailbox.len(), model.len());
            prop_assert_eq!(mailbox.has_current(), at < model.len());
            let current = mailbox.current(Err);
            prop_assert_eq!(current, model.get(at).map(|&m| Term::small(m)));
            let all: Vec<Term> = mailbox.iter().collect();
            prop_assert!(all.iter().copied().eq(model.iter().map(|&m| Term::small(m))));
        }
    }

    #[test]
    fn timers_expire_in_order(
        starts in prop::collection::vec((0u64..50, any::<bool>()), 0..100),
        steps in prop::collection::vec(0u64..60, 0..10),
        scale in 0u32..50,
    ) {
        let rt = runtime();
        let timers = Timers::new(&rt.budget);
        let mut model = Vec::new();
        for (i, &(deadline, cancelled)) in starts.iter().enumerate() {
            let serial = i as u64 + 1;
            let deadline = deadline << scale;
            let message = fragment(&rt, Term::small(serial as isize));
            let to = Term::pid(1 + i % 3);
            prop_assert!(timers.start_send(deadline, serial, to, message).is_ok());
            model.push((deadline, serial));
            if cancelled {
                let reference = Reference::from_serial(serial);
                prop_assert_eq!(timers.read(reference), Some(deadline));
                prop_assert_eq!(timers.cancel(reference), Some(deadline));
                prop_assert_eq!(timers.cancel(reference), None);
                model.pop();
            }
        }
        model.sort_unstable();
        for now in steps {
            let now = now << scale;
            let next = timers.next();
            prop_assert_eq!(next.is_some(), !model.is_empty());
            prop_assert!(model.first().is_none_or(|m| next <= Some(m.0)));
            while let Some(event) = timers.expire(now) {
                let (deadline, serial) = model.remove(0);
                prop_assert!(deadline <= now);
                let Event::Send { message, .. } = event else {
                    return Err(TestCaseError::fail("no message"));
                };
                prop_assert_eq!(message.term, Term::small(serial as isize));
            }
            prop_assert!(model.first().is_none_or(|m| m.0 > now));
        }
        timers.forget(2);
        prop_assert_eq!(timers.len(), model.iter().filter(|m| (m.1 - 1) % 3 != 1).count());
    }
}
