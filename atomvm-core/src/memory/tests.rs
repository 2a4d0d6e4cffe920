//! Random terms on the heap of a process, through collections of all kinds, moves of the block,
//! messages and changes in place, against a model of what they should be.

use super::{Budget, Fragment, Heap, OffHeapBinary, append};
use crate::memory::ProcessHeap;
use crate::process::Process;
use crate::sync::Arc;
use crate::term::boxed::Subtag;
use crate::term::{Header, Term, Word};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::vec::Vec;
use proptest::prelude::*;

/// What a term should be. Parts are shared as those of terms are.
enum Node {
    Small(isize),
    Cons(Model, Model),
    Tuple(Vec<Model>),
    Float(f64),
    Big(Vec<Word>),
    Bytes(Vec<u8>),
}

#[derive(Clone)]
struct Model {
    node: Rc<Node>,
    /// Words of a copy without sharing, about.
    words: usize,
}

impl Model {
    fn new(node: Node) -> Model {
        let words = match &node {
            Node::Small(_) => 0,
            Node::Cons(head, tail) => 2 + head.words + tail.words,
            Node::Tuple(parts) => 1 + parts.iter().map(|p| 1 + p.words).sum::<usize>(),
            _ => 10,
        };
        Model {
            node: Rc::new(node),
            words,
        }
    }
}

/// Terms larger than this are not put into others: copies do not share parts.
const LARGE: usize = 3000;

#[derive(Clone, Debug)]
enum Op {
    Small(i16),
    Cons(usize, usize),
    Tuple(Vec<usize>),
    Large(usize, usize),
    Float(i32),
    Big(u64, u8),
    Bytes(u8, usize),
    Part(usize, usize, usize),
    Append(usize, Vec<u8>),
    Replace(usize, usize, usize),
    Send(usize),
    Receive,
    Signal(usize),
    Push(Vec<usize>),
    Pop,
    Put(usize, usize),
    Forget(usize),
    Collect { need: usize, full: bool },
    Move { need: usize },
}

fn op() -> impl Strategy<Value = Op> {
    let i = || any::<usize>();
    prop_oneof![
        1 => any::<i16>().prop_map(Op::Small),
        4 => (i(), i()).prop_map(|(a, b)| Op::Cons(a, b)),
        3 => prop::collection::vec(i(), 0..6).prop_map(Op::Tuple),
        1 => (20usize..300, i()).prop_map(|(n, of)| Op::Large(n, of)),
        1 => any::<i32>().prop_map(Op::Float),
        1 => (1u64.., 1u8..4).prop_map(|(limb, n)| Op::Big(limb, n)),
        3 => (any::<u8>(), 0usize..200).prop_map(|(b, n)| Op::Bytes(b, n)),
        2 => (i(), i(), i()).prop_map(|(of, a, n)| Op::Part(of, a, n)),
        2 => (i(), prop::collection::vec(any::<u8>(), 0..90)).prop_map(|(of, b)| Op::Append(of, b)),
        3 => (i(), i(), i()).prop_map(|(t, at, by)| Op::Replace(t, at, by)),
        2 => i().prop_map(Op::Send),
        2 => Just(Op::Receive),
        1 => i().prop_map(Op::Signal),
        2 => prop::collection::vec(i(), 0..4).prop_map(Op::Push),
        2 => Just(Op::Pop),
        1 => (i(), i()).prop_map(|(k, v)| Op::Put(k, v)),
        4 => i().prop_map(Op::Forget),
        4 => (0usize..40, prop::bool::weighted(0.25))
            .prop_map(|(need, full)| Op::Collect { need, full }),
        1 => (0usize..8).prop_map(|need| Op::Move { need }),
    ]
}

/// A process and what it should hold.
struct World {
    budget: Arc<Budget>,
    p: Process,
    /// The registers.
    live: Vec<Term>,
    models: Vec<Model>,
    /// Frames, the last on top.
    frames: Vec<Vec<Model>>,
    entries: BTreeMap<isize, Model>,
    mailbox: Vec<Model>,
    /// Messages of the mailbox that were looked at.
    seen: usize,
}

fn pick<T: Clone>(from: &[T], i: usize) -> Option<T> {
    (!from.is_empty()).then(|| from[i % from.len()].clone())
}

impl World {
    fn new(growth: super::process_heap::Growth) -> World {
        let budget = Arc::new(Budget::new(usize::MAX));
        let mut heap = ProcessHeap::new(0, &budget).unwrap();
        heap.growth = growth;
        heap.fullsweep_after = 20;
        World {
            p: Process::new(Term::pid(1), heap),
            budget,
            live: Vec::new(),
            models: Vec::new(),
            frames: Vec::new(),
            entries: BTreeMap::new(),
            mailbox: Vec::new(),
            seen: 0,
        }
    }

    fn root(&self, i: usize) -> Option<(Term, Model)> {
        Some((pick(&self.live, i)?, pick(&self.models, i)?))
    }

    fn add(&mut self, term: Term, node: Node) {
        self.live.push(term);
        self.models.push(Model::new(node));
    }

    fn collect(&mut self, need: usize, full: bool) {
        self.p.collect(need, full, &mut self.live).unwrap();
        assert!(self.p.heap.free_words() >= need + super::process_heap::STACK_RESERVE);
        assert!(!self.p.heap.has_extra());
    }

    fn apply(&mut self, op: &Op) -> Option<()> {
        match *op {
            Op::Small(value) => self.add(Term::small(value as isize), Node::Small(value as isize)),
            Op::Cons(head, tail) => {
                let ((a, m), (b, n)) = (self.root(head)?, self.root(tail)?);
                if m.words + n.words < LARGE {
                    let term = self.p.heap.cons(a, b).unwrap();
                    self.add(term, Node::Cons(m, n));
                }
            }
            Op::Tuple(ref parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|&i| self.root(i)).collect();
                let (terms, models): (Vec<_>, Vec<_>) = parts?.into_iter().unzip();
                if models.iter().map(|m| m.words).sum::<usize>() < LARGE {
                    let term = self.p.heap.tuple(&terms).unwrap();
                    self.add(term, Node::Tuple(models));
                }
            }
            Op::Large(len, of) => {
                let (term, model) = self.root(of)?;
                if model.words * len < LARGE {
                    let tuple = self.p.heap.tuple(&alloc::vec![term; len]).unwrap();
                    self.add(tuple, Node::Tuple(alloc::vec![model; len]));
                }
            }
            Op::Float(value) => {
                let term = self.p.heap.float(value as f64).unwrap();
                self.add(term, Node::Float(value as f64));
            }
            Op::Big(limb, len) => {
                let limbs = alloc::vec![limb as Word | 1 << (Word::BITS - 1); len as usize];
                let term = self.p.heap.limbs(limb % 2 == 0, &limbs).unwrap();
                self.add(term, Node::Big(limbs));
            }
            Op::Bytes(byte, len) => {
                let bytes = alloc::vec![byte; len];
                let term = self.p.heap.binary(&bytes).unwrap();
                self.add(term, Node::Bytes(bytes));
            }
            Op::Part(of, from, len) => {
                let (whole, model) = self.root(of)?;
                if let Node::Bytes(bytes) = &*model.node {
                    let from = from % (bytes.len() + 1);
                    let len = len % (bytes.len() - from + 1);
                    let part = self.p.heap.sub_bits(whole, from * 8, len * 8).unwrap();
                    self.add(part, Node::Bytes(bytes[from..from + len].to_vec()));
                }
            }
            Op::Append(of, ref more) => {
                let (whole, model) = self.root(of)?;
                if let Node::Bytes(bytes) = &*model.node {
                    let to = append::append(&mut self.p.heap, whole, more.len() * 8);
                    let to = to.unwrap().unwrap();
                    to.data.copy_from_slice(more);
                    let (term, all) = (to.term, [&bytes[..], &more[..]].concat());
                    self.add(term, Node::Bytes(all));
                }
            }
            Op::Replace(tuple, at, by) => self.replace(tuple, at, by)?,
            Op::Send(i) => {
                let (term, model) = self.root(i)?;
                let message = Fragment::of(term, &self.budget).unwrap();
                self.p.mailbox.push(message);
                self.mailbox.push(model);
            }
            Op::Receive => self.receive(),
            Op::Signal(i) => {
                let (term, model) = self.root(i)?;
                let message = Fragment::of(term, &self.budget).unwrap();
                let term = self.p.bring(&message).unwrap();
                self.live.push(term);
                self.models.push(model);
            }
            Op::Push(ref slots) => self.push(slots)?,
            Op::Pop => {
                let frame = self.frames.pop()?;
                // SAFETY: the frame and its return address are on the stack.
                self.p.heap.stop = unsafe { self.p.heap.stop.add(frame.len() + 2) };
            }
            Op::Put(key, value) => {
                let (term, model) = self.root(value)?;
                let key = (key % 5) as isize;
                self.p
                    .dictionary
                    .put(Term::small(key), term, |a, b| a == b)
                    .unwrap();
                self.entries.insert(key, model);
            }
            Op::Forget(i) => {
                let i = i % self.live.len().max(1);
                if i < self.live.len() {
                    self.live.swap_remove(i);
                    self.models.swap_remove(i);
                }
            }
            Op::Collect { need, full } => self.collect(need, full),
            Op::Move { need } => {
                self.collect(need, false);
                self.p.move_block(need, &mut self.live).unwrap();
            }
        }
        Some(())
    }

    /// Changes an element of a new copy of a tuple, as `set_tuple_element` does, perhaps after
    /// a collection has made it old, and other terms have come.
    fn replace(&mut self, tuple: usize, at: usize, by: usize) -> Option<()> {
        let (tuple, model) = self.root(tuple)?;
        let (value, by) = self.root(by)?;
        let Node::Tuple(parts) = &*model.node else {
            return None;
        };
        if parts.is_empty() || model.words + by.words > LARGE {
            return None;
        }
        let mut parts = parts.clone();
        let i = at % parts.len();
        let copy = self.p.heap.tuple(tuple.as_tuple()?).unwrap();
        self.live.push(copy);
        self.live.push(value);
        if at.is_multiple_of(2) {
            self.collect(at % 16, false);
        }
        if at.is_multiple_of(3) {
            let value = self.live.last_mut()?;
            *value = self.p.heap.tuple(&[*value; 40]).unwrap();
        }
        let (value, copy) = (self.live.pop()?, self.live.pop()?);
        if at.is_multiple_of(3) {
            parts[i] = Model::new(Node::Tuple(alloc::vec![by; 40]));
        } else {
            parts[i] = by;
        }
        let top = self.p.heap.top;
        assert!(self.p.heap.open_for_change(copy, top));
        // SAFETY: the element is one of the tuple's.
        unsafe { copy.ptr().add(1 + i).write(value) };
        self.add(copy, Node::Tuple(parts));
        Some(())
    }

    /// Looks at the next message, and takes out every other.
    fn receive(&mut self) {
        if !self.p.mailbox.has_current() {
            self.p.mailbox.restart();
            self.seen = 0;
        }
        let words = self.p.mailbox.current_words();
        if self.p.heap.free_words() < words + super::process_heap::STACK_RESERVE {
            self.collect(words, false);
        }
        let heap = &mut self.p.heap;
        let Some(term) = self.p.mailbox.current(|fragment| heap.adopt(fragment)) else {
            return;
        };
        let model = self.mailbox[self.seen].clone();
        if words.is_multiple_of(2) {
            self.p.mailbox.remove_current();
            self.mailbox.remove(self.seen);
            self.seen = 0;
        } else {
            self.p.mailbox.advance();
            self.seen += 1;
        }
        self.live.push(term);
        self.models.push(model);
    }

    fn push(&mut self, slots: &[usize]) -> Option<()> {
        if self.p.heap.free_words() < slots.len() + 2 + super::process_heap::STACK_RESERVE {
            self.collect(slots.len() + 2, false);
        }
        let slots: Option<Vec<_>> = slots.iter().map(|&i| self.root(i)).collect();
        let (terms, models): (Vec<_>, Vec<_>) = slots?.into_iter().unzip();
        // Any addresses that are multiples of four.
        self.p.heap.push_return(0x1000, 0x2000);
        for (i, term) in terms.iter().rev().enumerate() {
            // SAFETY: there is room, as was made sure.
            unsafe { self.p.heap.stop.sub(1 + i).write(*term) };
        }
        // SAFETY: as above.
        self.p.heap.stop = unsafe { self.p.heap.stop.sub(terms.len()) };
        self.frames.push(models);
        Some(())
    }

    /// Every term there is, and what it should be.
    fn all(&self) -> Vec<(Term, Model)> {
        let mut all: Vec<_> = self.live.iter().copied().zip(self.models.clone()).collect();
        let mut slot = self.p.heap.stop;
        for frame in self.frames.iter().rev() {
            for model in frame {
                // SAFETY: the frames are on the stack.
                unsafe {
                    all.push((*slot, model.clone()));
                    slot = slot.add(1);
                }
            }
            // SAFETY: a return address follows a frame.
            slot = unsafe { slot.add(2) };
        }
        assert_eq!(slot, self.p.heap.stack_end());
        for (key, value) in self.p.dictionary.entries() {
            all.push((*value, self.entries[&key.small_value()].clone()));
        }
        let messages: Vec<Term> = self.p.mailbox.iter().collect();
        assert_eq!(messages.len(), self.mailbox.len());
        all.extend(messages.into_iter().zip(self.mailbox.clone()));
        all
    }

    /// All terms are what they should be.
    fn check(&self) {
        let mut seen = BTreeSet::new();
        let mut pending = self.all();
        while let Some((term, model)) = pending.pop() {
            if !seen.insert((term.word(), Rc::as_ptr(&model.node) as Word)) {
                continue;
            }
            match &*model.node {
                Node::Small(value) => assert_eq!(term, Term::small(*value)),
                Node::Cons(head, tail) => {
                    assert!(term.is_cons());
                    pending.push((term.head(), head.clone()));
                    pending.push((term.tail(), tail.clone()));
                }
                Node::Tuple(parts) => {
                    let elements = term.as_tuple().unwrap();
                    assert_eq!(elements.len(), parts.len());
                    pending.extend(elements.iter().copied().zip(parts.iter().cloned()));
                }
                Node::Float(value) => assert_eq!(term.float_value(), *value),
                Node::Big(limbs) => {
                    assert_eq!(term.header().arity(), limbs.len());
                    assert!((0..limbs.len()).all(|i| term.boxed_word(1 + i) == limbs[i]));
                }
                Node::Bytes(bytes) => assert_eq!(term.as_binary().as_deref(), Some(&bytes[..])),
            }
        }
    }

    /// The binaries in the heap's list and how often; of those that have no other owner the
    /// counts agree.
    fn check_counts(&mut self) {
        let mut counts: BTreeMap<Word, usize> = BTreeMap::new();
        let mut object = *self.p.heap.off_heap();
        while object != Term::NONE {
            *counts.entry(object.boxed_word(2)).or_default() += 1;
            object = Term::from_word(object.boxed_word(4));
        }
        for message in self.mailbox_binaries() {
            *counts.entry(message).or_default() += 1;
        }
        for (binary, count) in counts {
            // SAFETY: the list keeps the binary alive.
            let binary = unsafe { &*(binary as *const OffHeapBinary) };
            assert_eq!(binary.reference_count(), count);
        }
    }

    /// The binaries of messages that are not on the heap.
    fn mailbox_binaries(&self) -> Vec<Word> {
        let mut found = Vec::new();
        // A copy shares nothing but binaries, and each of their references is counted.
        let is_away = |t: &Term| !t.is_immediate() && !self.p.heap.holds(*t);
        let mut pending: Vec<Term> = self.p.mailbox.iter().filter(is_away).collect();
        while let Some(term) = pending.pop() {
            if term.is_cons() {
                pending.extend([term.head(), term.tail()]);
            } else if term.is_boxed() {
                let header: Header = term.header();
                if header.subtag() == Subtag::RefcBin {
                    found.push(term.boxed_word(2));
                }
                let words = header.term_words();
                pending.extend(words.map(|i| Term::from_word(term.boxed_word(i))));
            }
        }
        found
    }

    /// After a full collection the list has just the references that can be reached.
    fn check_nothing_is_kept(&mut self) {
        self.collect(0, true);
        let mut listed = BTreeSet::new();
        let mut object = *self.p.heap.off_heap();
        while object != Term::NONE {
            assert!(listed.insert(object.word()));
            object = Term::from_word(object.boxed_word(4));
        }
        let mut reached = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut pending: Vec<Term> = self.all().into_iter().map(|(term, _)| term).collect();
        while let Some(term) = pending.pop() {
            if term.is_immediate() || !self.p.heap.holds(term) || !seen.insert(term.word()) {
                continue;
            }
            if term.is_cons() {
                pending.extend([term.head(), term.tail()]);
                continue;
            }
            if term.header().subtag() == Subtag::RefcBin {
                reached.insert(term.word());
            }
            let words = term.header().term_words();
            pending.extend(words.map(|i| Term::from_word(term.boxed_word(i))));
        }
        assert_eq!(listed, reached);
        // Every word of the heap belongs to an object that is reached.
        let words = |t: &Word| match Term::from_word(*t) {
            term if term.is_cons() => 2,
            term => 1 + term.header().arity(),
        };
        assert_eq!(
            self.p.heap.used_words(),
            seen.iter().map(words).sum::<usize>()
        );
    }
}

fn run(ops: &[Op], growth: super::process_heap::Growth) {
    let mut world = World::new(growth);
    for op in ops {
        let _ = world.apply(op);
        world.check();
        world.check_counts();
    }
    world.check_nothing_is_kept();
    world.check();
    let budget = world.budget.clone();
    drop(world);
    assert_eq!(budget.used(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn terms_survive_whatever_happens_to_their_heap(
        ops in prop::collection::vec(op(), 1..250),
        growth in prop::sample::select(&[
            super::process_heap::Growth::Minimum,
            super::process_heap::Growth::BoundedFree,
            super::process_heap::Growth::Fibonacci,
        ][..]),
    ) {
        run(&ops, growth);
    }
}

/// An old tuple is changed to refer to what lies outside the block: the old generation had no
/// room set aside for that.
#[test]
fn what_an_old_tuple_comes_to_refer_to_has_room() {
    let mut world = World::new(super::process_heap::Growth::Minimum);
    let _ = world.apply(&Op::Small(1));
    let _ = world.apply(&Op::Tuple(alloc::vec![0]));
    world.collect(0, false);
    let large = world.p.heap.tuple(&[Term::small(2); 1000]).unwrap();
    assert!(world.p.heap.has_extra());
    let (tuple, top) = (world.live[1], world.p.heap.top);
    assert!(world.p.heap.open_for_change(tuple, top));
    // SAFETY: the tuple has one element.
    unsafe { tuple.ptr().add(1).write(large) };
    let two = Model::new(Node::Small(2));
    let large = Model::new(Node::Tuple(alloc::vec![two; 1000]));
    world.models[1] = Model::new(Node::Tuple(alloc::vec![large]));
    world.collect(0, false);
    world.check();
    world.check_nothing_is_kept();
}
