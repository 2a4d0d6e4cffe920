//! The order of terms, and the two equalities.
//!
//! ```text
//!   number < atom < reference < fun < port < pid < tuple < record < map < [] < list < bit string
//! ```
//!
//! Numbers compare by value (`1 == 1.0`), except as keys of maps, where every integer comes before
//! every float. Tuples compare by arity first, maps by size, then keys in order, then values;
//! everything else from left to right.
//!
//! Nothing here recurses: what is left to compare stands on an explicit stack, which stays empty
//! for terms that do not nest.

use super::seen::Seen;
use super::{AtomTable, Subtag, Term, Word, atoms, map};
use crate::code::FunEntry;
use crate::etf::decode::PID_NUMBER_BITS;
use crate::memory::fallible::{Grow, Pending, boxed, collect_or_lose, lose};
use crate::term::arith::{compare_numbers, equal_numbers};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Ordering::{self, Equal, Greater, Less};

/// The order that `<`, `>` and `==` see: an integer and a float of the same value are equal.
#[inline]
pub fn compare(atoms: &AtomTable, a: Term, b: Term) -> Ordering {
    compare_in(atoms, a, b, false)
}

/// The order of the keys of a map: as [`compare`], but integers come before floats. Terms are
/// equal in it exactly when they are [`equal_exact`].
#[inline]
pub fn compare_exact(atoms: &AtomTable, a: Term, b: Term) -> Ordering {
    compare_in(atoms, a, b, true)
}

#[inline]
fn compare_in(atoms: &AtomTable, a: Term, b: Term, exact: bool) -> Ordering {
    compare_counting(atoms, a, b, exact, &mut 0)
}

/// As [`compare`], or as [`compare_exact`]; adds to `steps` how many parts of the terms were
/// looked at.
#[inline]
pub fn compare_counting(
    atoms: &AtomTable,
    a: Term,
    b: Term,
    exact: bool,
    steps: &mut usize,
) -> Ordering {
    if a == b {
        Equal
    } else if a.is_small() && b.is_small() {
        (a.word() as isize).cmp(&(b.word() as isize))
    } else if a.is_atom() && b.is_atom() {
        atoms.compare(a, b)
    } else {
        shallow(atoms, a, b).unwrap_or_else(|| {
            let mut comparison = Comparison {
                atoms,
                left: Vec::new(),
                seen: Seen::default(),
            };
            let order = comparison.run(Pair { a, b, exact });
            *steps += comparison.seen.steps();
            order
        })
    }
}

/// The order of tuples, small integers and atoms as far as words decide it: keys of tables are
/// often such terms.
fn shallow(atoms: &AtomTable, a: Term, b: Term) -> Option<Ordering> {
    let is_less = |t: Term| t.is_small() || t.is_atom();
    let (x, y) = match (a.as_tuple(), b.as_tuple()) {
        (Some(x), Some(y)) => (x, y),
        (Some(_), None) if is_less(b) => return Some(Greater),
        (None, Some(_)) if is_less(a) => return Some(Less),
        _ => return None,
    };
    if x.len() != y.len() {
        return Some(x.len().cmp(&y.len()));
    }
    let Some((&s, &t)) = x.iter().zip(y).find(|(s, t)| s != t) else {
        return Some(Equal);
    };
    if s.is_small() && t.is_small() {
        Some(s.small_value().cmp(&t.small_value()))
    } else if s.is_atom() && t.is_atom() {
        Some(atoms.compare(s, t))
    } else {
        None
    }
}

/// `==`
#[inline]
pub fn equal(a: Term, b: Term) -> bool {
    if a == b {
        return true;
    }
    // Two different immediates are never equal; nor is one equal to an object, unless a small
    // integer to a float.
    if a.is_immediate() && b.is_immediate() {
        return false;
    }
    equal_in(a, b, false, &mut 0)
}

/// As [`equal`]; adds to `steps` how many parts of the terms were looked at.
#[inline]
pub fn equal_counting(a: Term, b: Term, steps: &mut usize) -> bool {
    a == b || !(a.is_immediate() && b.is_immediate()) && equal_in(a, b, false, steps)
}

/// `=:=`
#[inline]
pub fn equal_exact(a: Term, b: Term) -> bool {
    equal_exact_counting(a, b, &mut 0)
}

/// As [`equal_exact`]; adds to `steps` how many parts of the terms were looked at.
#[inline]
pub fn equal_exact_counting(a: Term, b: Term, steps: &mut usize) -> bool {
    a == b || (!a.is_immediate() && a.tag() == b.tag() && equal_in(a, b, true, steps))
}

/// The kinds of terms, in their order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    Number,
    Atom,
    Reference,
    Fun,
    Port,
    Pid,
    Tuple,
    Record,
    Map,
    Nil,
    Cons,
    Bits,
}

fn class(term: Term) -> Class {
    let Some(subtag) = term.subtag() else {
        return match term {
            t if t.is_small() => Class::Number,
            t if t.is_atom() => Class::Atom,
            t if t.is_cons() => Class::Cons,
            t if t.is_pid() => Class::Pid,
            t if t.is_port() => Class::Port,
            _ => Class::Nil,
        };
    };
    match subtag {
        Subtag::PosBig | Subtag::NegBig | Subtag::Float => Class::Number,
        Subtag::Ref | Subtag::ExtRef => Class::Reference,
        Subtag::Fun | Subtag::ExtFun => Class::Fun,
        Subtag::ExtPort => Class::Port,
        Subtag::ExtPid => Class::Pid,
        Subtag::Tuple => Class::Tuple,
        Subtag::Record => Class::Record,
        Subtag::Map => Class::Map,
        Subtag::HeapBin | Subtag::RefcBin | Subtag::SubBin | Subtag::Match => Class::Bits,
    }
}

/// Two terms to compare.
#[derive(Clone, Copy)]
struct Pair {
    a: Term,
    b: Term,
    exact: bool,
}

/// What to do with the result of a comparison.
enum Left<'t> {
    /// When equal, go on with these.
    Pair(Pair),
    /// When equal, go on with these, which are as many.
    Slices(&'t [Term], &'t [Term], bool),
    /// Of large maps.
    Keys(Box<KeySearch>),
    /// Of large maps with the same keys.
    Values(Box<ValueSearch>),
}

/// A result, or what else to compare first.
enum Step {
    Done(Ordering),
    Next(Pair),
}

/// What a comparison comes to that had no memory.
fn no_memory() -> Step {
    lose();
    Step::Done(Equal)
}

/// Large maps with different keys: the least key that only one has decides. It belongs to the
/// lesser map, as the other has a greater key in that place.
struct KeySearch {
    /// Keys of one map only, and how that map's side compares.
    keys: Vec<(Term, Ordering)>,
    best: usize,
    next: usize,
}

/// Large maps with the same keys: of the keys with different values, the least decides.
struct ValueSearch {
    /// Key and both values.
    entries: Vec<(Term, Term, Term)>,
    next: usize,
    best: Option<(Term, Ordering)>,
    /// The difference of the values at hand, while its key is compared with the best.
    candidate: Option<Ordering>,
    exact: bool,
}

struct Comparison<'t> {
    atoms: &'t AtomTable,
    left: Vec<Left<'t>>,
    seen: Seen,
}

impl Comparison<'_> {
    fn run(&mut self, pair: Pair) -> Ordering {
        let mut pair = pair;
        loop {
            let mut result = match self.step(pair) {
                Step::Next(next) => {
                    pair = next;
                    continue;
                }
                Step::Done(result) => result,
            };
            loop {
                match self.resume(result) {
                    None => return result,
                    Some(Step::Done(other)) => result = other,
                    Some(Step::Next(next)) => {
                        pair = next;
                        break;
                    }
                }
            }
        }
    }

    /// Gives the result of a comparison to what waits for it; `None` if nothing does.
    fn resume(&mut self, result: Ordering) -> Option<Step> {
        let next = self.left.pop()?;
        if result != Equal && matches!(next, Left::Keys(_) | Left::Values(_)) {
            self.seen.forget();
        }
        Some(match next {
            Left::Keys(search) => self.key_compared(search, result),
            Left::Values(search) => self.value_compared(search, result),
            _ if result != Equal => Step::Done(result),
            Left::Pair(pair) => Step::Next(pair),
            Left::Slices(a, b, exact) => self.slices(a, b, exact),
        })
    }

    fn step(&mut self, Pair { a, b, exact }: Pair) -> Step {
        if a == b {
            return Step::Done(Equal);
        }
        if a.is_small() && b.is_small() {
            return Step::Done(a.small_value().cmp(&b.small_value()));
        }
        if self.seen.met(a, b, exact) {
            return Step::Done(Equal);
        }
        if a.is_cons() && b.is_cons() {
            return self.lists(a, b, exact);
        }
        let (ca, cb) = (class(a), class(b));
        if ca != cb {
            return Step::Done(ca.cmp(&cb));
        }
        match ca {
            Class::Number => Step::Done(numbers(a, b, exact)),
            Class::Atom => Step::Done(self.atoms.compare(a, b)),
            Class::Reference => Step::Done(self.references(a, b)),
            Class::Fun => self.funs(a, b, exact),
            Class::Port | Class::Pid => Step::Done(self.identifiers(a, b)),
            Class::Tuple => self.arrays(a, b, exact),
            Class::Record => self.records(a, b, exact),
            Class::Map => self.maps(a, b, exact),
            Class::Nil | Class::Cons => Step::Done(Equal),
            Class::Bits => {
                self.seen.count(bits_steps(a, b));
                Step::Done(compare_bits(a, b))
            }
        }
    }

    fn lists(&mut self, mut a: Term, mut b: Term, exact: bool) -> Step {
        loop {
            self.seen.count(1);
            let (x, y) = (a.head(), b.head());
            (a, b) = (a.tail(), b.tail());
            if x != y {
                if !(x.is_small() && y.is_small()) {
                    self.left.push_or_lose(Left::Pair(Pair { a, b, exact }));
                    return Step::Next(Pair { a: x, b: y, exact });
                }
                return Step::Done(x.small_value().cmp(&y.small_value()));
            }
            if a == b {
                return Step::Done(Equal);
            }
            if !(a.is_cons() && b.is_cons()) {
                return Step::Next(Pair { a, b, exact });
            }
        }
    }

    fn arrays(&mut self, a: Term, b: Term, exact: bool) -> Step {
        let (a, b) = (a.term_slice(), b.term_slice());
        match a.len().cmp(&b.len()) {
            Equal => self.slices(a, b, exact),
            other => Step::Done(other),
        }
    }

    /// By module, name, whether they are exported, number of fields, their names, and then the
    /// values, each in the order of the definition.
    fn records(&mut self, a: Term, b: Term, exact: bool) -> Step {
        let (Some(a), Some(b)) = (a.as_record(), b.as_record()) else {
            return Step::Done(Equal);
        };
        let atoms = |a: &[Term], b: &[Term]| {
            let mut pairs = a.iter().zip(b).map(|(&a, &b)| self.atoms.compare(a, b));
            pairs.find(|&order| order != Equal).unwrap_or(Equal)
        };
        let order = atoms(a.head(), b.head())
            .then(a.values.len().cmp(&b.values.len()))
            .then_with(|| atoms(a.names(), b.names()));
        match order {
            Equal => self.slices(a.values, b.values, exact),
            other => Step::Done(other),
        }
    }

    /// Compares the elements of slices of the same length.
    fn slices(&mut self, a: &[Term], b: &[Term], exact: bool) -> Step {
        let Some(i) = (0..a.len()).find(|&i| a[i] != b[i]) else {
            return Step::Done(Equal);
        };
        // What decides is not equal, so that the rest need not be kept.
        if a[i].is_small() && b[i].is_small() {
            return Step::Done(a[i].small_value().cmp(&b[i].small_value()));
        }
        if i + 1 < a.len() {
            let (a, b) = (rest_of(a, i + 1), rest_of(b, i + 1));
            self.left.push_or_lose(Left::Slices(a, b, exact));
        }
        Step::Next(Pair {
            a: a[i],
            b: b[i],
            exact,
        })
    }

    fn funs(&mut self, a: Term, b: Term, exact: bool) -> Step {
        let (x, y) = match (a.as_closure(), b.as_closure()) {
            (Some(x), Some(y)) => (x, y),
            // Local funs come first.
            (Some(_), None) => return Step::Done(Less),
            (None, Some(_)) => return Step::Done(Greater),
            (None, None) => return Step::Done(self.external_funs(a, b)),
        };
        let order = self
            .atoms
            .compare(x.entry.module, y.entry.module)
            .then(x.entry.index.cmp(&y.entry.index))
            .then((x.entry.old_uniq as i32).cmp(&(y.entry.old_uniq as i32)))
            .then(x.env.len().cmp(&y.env.len()));
        match order {
            Equal => self.slices(x.env, y.env, exact),
            other => Step::Done(other),
        }
    }

    fn external_funs(&self, a: Term, b: Term) -> Ordering {
        let (Some(x), Some(y)) = (a.as_external_fun(), b.as_external_fun()) else {
            return Equal;
        };
        self.atoms
            .compare(x.module, y.module)
            .then_with(|| self.atoms.compare(x.function, y.function))
            .then(x.arity.cmp(&y.arity))
    }

    /// By node, then by number, of which the last part counts most.
    fn references(&self, a: Term, b: Term) -> Ordering {
        match (a.as_reference(), b.as_reference()) {
            (Some(x), Some(y)) => x.0.iter().rev().cmp(y.0.iter().rev()),
            (Some(x), None) => self.node(b).reverse().then_with(|| {
                let x = x.0.iter().rev().map(|&word| word as Word);
                x.cmp(reference_words(b))
            }),
            (None, Some(_)) => self.references(b, a).reverse(),
            (None, None) => self
                .nodes(a, b)
                .then_with(|| reference_words(a).cmp(reference_words(b))),
        }
    }

    /// Process identifiers by serial, number and node; port identifiers by node and number.
    fn identifiers(&self, a: Term, b: Term) -> Ordering {
        let low_bits = PID_NUMBER_BITS;
        let number = |t: Term| match (t.as_pid(), t.as_port()) {
            (Some(n), _) => (n >> low_bits, n & ((1 << low_bits) - 1)),
            (_, Some(n)) => (0, n),
            // Serial, or the high half of a port's number, counts most.
            _ => (t.boxed_word(4), t.boxed_word(3)),
        };
        let by_node = match (a.is_immediate(), b.is_immediate()) {
            (true, true) => Equal,
            (true, false) => self.node(b).reverse(),
            (false, true) => self.node(a),
            (false, false) => self.nodes(a, b),
        };
        let by_number = number(a).cmp(&number(b));
        if a.is_pid() || a.subtag() == Some(Subtag::ExtPid) {
            by_number.then(by_node)
        } else {
            by_node.then(by_number)
        }
    }

    /// How the node of an identifier of another node compares to this one.
    fn node(&self, external: Term) -> Ordering {
        let node = Term::from_word(external.boxed_word(1));
        self.atoms.compare(node, atoms::NONODE_NOHOST).then(Greater)
    }

    /// How the nodes of two identifiers of other nodes compare: by name, then by creation.
    fn nodes(&self, a: Term, b: Term) -> Ordering {
        let name = |t: Term| Term::from_word(t.boxed_word(1));
        self.atoms
            .compare(name(a), name(b))
            .then(a.boxed_word(2).cmp(&b.boxed_word(2)))
    }

    fn maps(&mut self, a: Term, b: Term, exact: bool) -> Step {
        self.seen.count(map::size(a));
        let by_size = map::size(a).cmp(&map::size(b));
        if by_size != Equal {
            return Step::Done(by_size);
        }
        match (map::flat_parts(a), map::flat_parts(b)) {
            (Some((keys_a, values_a)), Some((keys_b, values_b))) => {
                self.left
                    .push_or_lose(Left::Slices(values_a, values_b, exact));
                self.slices(keys_a, keys_b, true)
            }
            _ => self.large_maps(a, b, exact),
        }
    }

    fn large_maps(&mut self, a: Term, b: Term, exact: bool) -> Step {
        let only_in = |map: Term, other: Term, side: Ordering| {
            map::iter(map)
                .filter(move |&(key, _)| map::get(other, key).is_none())
                .map(move |(key, _)| (key, side))
        };
        let mut keys = collect_or_lose(only_in(a, b, Less));
        if !keys.is_empty() {
            keys.extend_or_lose(only_in(b, a, Greater));
            let search = KeySearch {
                keys,
                best: 0,
                next: 1,
            };
            return match boxed(search) {
                Ok(search) => self.next_key(search),
                Err(_) => no_memory(),
            };
        }
        let entries = map::iter(a)
            .zip(map::iter(b))
            .filter(|((_, x), (_, y))| x != y)
            .map(|((key, x), (_, y))| (key, x, y));
        let search = boxed(ValueSearch {
            entries: collect_or_lose(entries),
            next: 0,
            best: None,
            candidate: None,
            exact,
        });
        match search {
            Ok(search) => self.next_value(search),
            Err(_) => no_memory(),
        }
    }

    fn next_key(&mut self, search: Box<KeySearch>) -> Step {
        let (best, side) = search.keys[search.best];
        let Some(&(next, _)) = search.keys.get(search.next) else {
            return Step::Done(side);
        };
        self.left.push_or_lose(Left::Keys(search));
        Step::Next(Pair {
            a: next,
            b: best,
            exact: true,
        })
    }

    fn key_compared(&mut self, mut search: Box<KeySearch>, result: Ordering) -> Step {
        if result == Less {
            search.best = search.next;
        }
        search.next += 1;
        self.next_key(search)
    }

    fn next_value(&mut self, search: Box<ValueSearch>) -> Step {
        let Some(&(_, a, b)) = search.entries.get(search.next) else {
            return Step::Done(search.best.map_or(Equal, |(_, result)| result));
        };
        let exact = search.exact;
        self.left.push_or_lose(Left::Values(search));
        Step::Next(Pair { a, b, exact })
    }

    fn value_compared(&mut self, mut search: Box<ValueSearch>, result: Ordering) -> Step {
        let key = search.entries[search.next].0;
        match (search.candidate.take(), search.best) {
            // Two keys were compared.
            (Some(candidate), _) => {
                if result == Less {
                    search.best = Some((key, candidate));
                }
            }
            (None, _) if result == Equal => {}
            (None, None) => search.best = Some((key, result)),
            (None, Some((best, _))) => {
                search.candidate = Some(result);
                self.left.push_or_lose(Left::Values(search));
                return Step::Next(Pair {
                    a: key,
                    b: best,
                    exact: true,
                });
            }
        }
        search.next += 1;
        self.next_value(search)
    }
}

/// The numbers of a reference of another node, that which counts most first.
fn reference_words(t: Term) -> impl Iterator<Item = Word> {
    (3..=t.header().arity()).rev().map(move |i| t.boxed_word(i))
}

/// The slice from `from` on, with the lifetime that terms have.
fn rest_of<'t>(slice: &[Term], from: usize) -> &'t [Term] {
    let rest = &slice[from..];
    // SAFETY: the elements belong to a term; nothing is moved or freed while terms are compared
    // (see the invariant of `term`).
    unsafe { core::slice::from_raw_parts(rest.as_ptr(), rest.len()) }
}

fn numbers(a: Term, b: Term, exact: bool) -> Ordering {
    match (exact, a.is_float(), b.is_float()) {
        (true, false, true) => Less,
        (true, true, false) => Greater,
        _ => compare_numbers(a, b),
    }
}

/// What it counts to compare two bit strings: as bytes are faster, less than their size.
fn bits_steps(a: Term, b: Term) -> usize {
    let len = |t: Term| t.as_bits().map_or(0, |bits| bits.len);
    len(a).min(len(b)) / (8 * 64)
}

fn compare_bits(a: Term, b: Term) -> Ordering {
    let (Some(x), Some(y)) = (a.as_bits(), b.as_bits()) else {
        return Equal;
    };
    if let (0, 0, Some(s), Some(t)) = (x.len % 8, y.len % 8, x.aligned_bytes(), y.aligned_bytes()) {
        return s.cmp(t);
    }
    let common = x.len.min(y.len);
    let whole = common / 8;
    let bytes = (0..whole)
        .map(|i| x.byte(i))
        .cmp((0..whole).map(|i| y.byte(i)));
    let bits = || {
        (whole * 8..common)
            .map(|i| x.bit(i))
            .cmp((whole * 8..common).map(|i| y.bit(i)))
    };
    bytes.then_with(bits).then(x.len.cmp(&y.len))
}

fn equal_bits(a: Term, b: Term) -> bool {
    let (Some(x), Some(y)) = (a.as_bits(), b.as_bits()) else {
        return false;
    };
    if x.len != y.len {
        return false;
    }
    let bytes = match (x.aligned_bytes(), y.aligned_bytes()) {
        (Some(s), Some(t)) => s == t,
        _ => (0..x.len / 8).all(|i| x.byte(i) == y.byte(i)),
    };
    bytes && x.tail() == y.tail()
}

/// What is left to find equal.
#[derive(Clone, Copy)]
enum Unequal<'t> {
    Terms(&'t [Term], &'t [Term], bool),
    Pair(Term, Term, bool),
    /// Children of inner nodes of large maps; those have the same shape when their keys are the
    /// same.
    Nodes(&'t [Term], &'t [Term], bool),
}

/// Are the terms equal, given that they are not the same word?
fn equal_in(a: Term, b: Term, exact: bool, steps: &mut usize) -> bool {
    let mut seen = Seen::default();
    let is_equal = equal_seeing(a, b, exact, &mut seen);
    *steps += seen.steps();
    is_equal
}

fn equal_seeing(a: Term, b: Term, exact: bool, seen: &mut Seen) -> bool {
    let mut left = Pending::new();
    let (mut a, mut b, mut exact) = (a, b, exact);
    loop {
        if a != b && !seen.met(a, b, exact) && !equal_step(a, b, exact, &mut left, seen) {
            return false;
        }
        loop {
            let Some(next) = left.pop() else {
                return !left.lost;
            };
            match next {
                Unequal::Pair(x, y, e) => {
                    (a, b, exact) = (x, y, e);
                    break;
                }
                Unequal::Terms(x, y, e) => {
                    let Some(i) = (0..x.len()).find(|&i| x[i] != y[i]) else {
                        continue;
                    };
                    if x[i].is_immediate() && y[i].is_immediate() {
                        return false;
                    }
                    if i + 1 < x.len() {
                        left.push_or_lose(Unequal::Terms(&x[i + 1..], &y[i + 1..], e));
                    }
                    (a, b, exact) = (x[i], y[i], e);
                    break;
                }
                Unequal::Nodes(x, y, e) => {
                    if !push_nodes(x, y, e, &mut left) {
                        return false;
                    }
                }
            }
        }
    }
}

/// Compares two terms as far as they do not nest; what nests is pushed.
fn equal_step(
    a: Term,
    b: Term,
    exact: bool,
    left: &mut Pending<Unequal<'_>>,
    seen: &mut Seen,
) -> bool {
    if a.is_cons() {
        return b.is_cons() && equal_lists(a, b, exact, left, seen);
    }
    let (Some(x), Some(y)) = (a.subtag(), b.subtag()) else {
        return !exact && a.is_number() && b.is_number() && equal_numbers(a, b);
    };
    match (x, y) {
        (Subtag::Tuple, Subtag::Tuple) | (Subtag::Record, Subtag::Record) => {
            let (x, y) = (a.term_slice(), b.term_slice());
            let same = x.len() == y.len();
            if same {
                seen.count(x.len() / 8);
                left.push_or_lose(Unequal::Terms(x, y, exact));
            }
            same
        }
        (Subtag::Float, Subtag::Float) => a.float_value() == b.float_value(),
        (Subtag::Map, Subtag::Map) => equal_maps(a, b, exact, left),
        (Subtag::Fun, Subtag::Fun) => match (a.as_closure(), b.as_closure()) {
            (Some(x), Some(y)) => {
                let same = same_fun(x.entry, y.entry) && x.env.len() == y.env.len();
                if same {
                    left.push_or_lose(Unequal::Terms(x.env, y.env, exact));
                }
                same
            }
            _ => false,
        },
        (Subtag::Ref, Subtag::Ref) => a.as_reference() == b.as_reference(),
        _ if a.is_bitstring() => {
            seen.count(bits_steps(a, b));
            b.is_bitstring() && equal_bits(a, b)
        }
        (x, y) if x != y => !exact && a.is_number() && b.is_number() && equal_numbers(a, b),
        // Big integers, external funs, identifiers of other nodes: the same words.
        _ => {
            let (n, m) = (a.header().arity(), b.header().arity());
            n == m && (1..=n).all(|i| a.boxed_word(i) == b.boxed_word(i))
        }
    }
}

fn equal_lists(
    mut a: Term,
    mut b: Term,
    exact: bool,
    left: &mut Pending<Unequal<'_>>,
    seen: &mut Seen,
) -> bool {
    loop {
        seen.count(1);
        let (x, y) = (a.head(), b.head());
        (a, b) = (a.tail(), b.tail());
        if x != y {
            if x.is_immediate() && (exact || y.is_immediate()) {
                return false;
            }
            left.push_or_lose(Unequal::Pair(a, b, exact));
            left.push_or_lose(Unequal::Pair(x, y, exact));
            return true;
        }
        if a == b {
            return true;
        }
        if !(a.is_cons() && b.is_cons()) {
            left.push_or_lose(Unequal::Pair(a, b, exact));
            return true;
        }
    }
}

fn equal_maps(a: Term, b: Term, exact: bool, left: &mut Pending<Unequal<'_>>) -> bool {
    if map::size(a) != map::size(b) {
        return false;
    }
    match (map::flat_parts(a), map::flat_parts(b)) {
        (Some((keys_a, values_a)), Some((keys_b, values_b))) => {
            left.push_or_lose(Unequal::Terms(values_a, values_b, exact));
            if !core::ptr::eq(keys_a, keys_b) {
                left.push_or_lose(Unequal::Terms(keys_a, keys_b, true));
            }
        }
        // Both are large, as they have the same size.
        _ => left.push_or_lose(Unequal::Nodes(
            map::root_slice(a),
            map::root_slice(b),
            exact,
        )),
    }
    true
}

/// Pushes what differs between the children of two inner nodes.
fn push_nodes<'t>(
    x: &'t [Term],
    y: &'t [Term],
    exact: bool,
    left: &mut Pending<Unequal<'t>>,
) -> bool {
    if x.len() != y.len() {
        return false;
    }
    for (&s, &t) in x.iter().zip(y) {
        if s == t {
            continue;
        }
        match (s.as_cons(), t.as_cons()) {
            (Some((key_s, value_s)), Some((key_t, value_t))) => {
                left.push_or_lose(Unequal::Pair(value_s, value_t, exact));
                left.push_or_lose(Unequal::Pair(key_s, key_t, true));
            }
            (None, None) if s.is_boxed() && t.is_boxed() => {
                if s.header() != t.header() {
                    return false;
                }
                left.push_or_lose(Unequal::Nodes(s.term_slice(), t.term_slice(), exact));
            }
            // A bitmap differs, or a leaf meets a node.
            _ => return false,
        }
    }
    true
}

/// Funs of versions of a module that were made by the same expression are equal, as in OTP.
fn same_fun(a: &FunEntry, b: &FunEntry) -> bool {
    core::ptr::eq(a, b) || a.module == b.module && a.index == b.index && a.old_uniq == b.old_uniq
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Budget, Fragment, Heap};
    use crate::sync::Arc;
    use crate::term::hash::hash;

    /// `[X, X | X]`, so often.
    fn deep(heap: &mut Fragment, levels: usize, last: Term) -> Term {
        let mut term = last;
        for _ in 0..levels {
            let pair = heap.tuple(&[term, term]).unwrap();
            term = heap.list_with_tail(&[pair, term], term).unwrap();
        }
        term
    }

    #[test]
    fn terms_whose_parts_are_shared_are_compared_in_time() {
        let budget = Arc::new(Budget::new(usize::MAX));
        let atoms = AtomTable::new(1000, budget.clone());
        let mut heap = Fragment::new(&budget);
        let (one, two) = (Term::small(1), Term::small(2));
        let (a, b) = (deep(&mut heap, 100, one), deep(&mut heap, 100, one));
        let c = deep(&mut heap, 100, two);
        assert!(a != b && equal(a, b) && equal_exact(a, b));
        assert_eq!(compare(&atoms, a, b), Equal);
        assert_eq!(hash(a), hash(b));
        assert!(!equal(a, c));
        assert_eq!(compare(&atoms, a, c), Less);
        assert_eq!(compare_exact(&atoms, c, a), Greater);
        // In large maps, whose differences are searched for, too.
        let pairs = |value: Term| (0..50).map(|i| (Term::small(i), value)).collect::<Vec<_>>();
        let map =
            |heap: &mut Fragment, value| map::from_pairs(heap, &atoms, &pairs(value)).unwrap();
        let (x, y, z) = (map(&mut heap, a), map(&mut heap, b), map(&mut heap, c));
        assert_eq!(compare(&atoms, x, y), Equal);
        assert_eq!(compare(&atoms, x, z), Less);
        assert!(equal(x, y) && !equal(x, z));
    }
}
