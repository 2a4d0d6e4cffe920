//! Going through a table with a match specification, in steps between which others run.
//!
//! A scan that is not done after one step goes on in `ets:internal_continue/1`, with all that it
//! knows in a tuple. Tables without an order are fixed meanwhile, so that it meets each object
//! once.

use super::bounds::{Bounds, compare_to_prefix};
use super::chains::{Chains, records};
use super::table::Store;
use super::tree::{Entry, Tree};
use super::{Ets, Table};
use crate::bif::{BifResult, Ctx, Raise};
use crate::matchspec::{MatchSpec, Scratch};
use crate::memory::fallible::{self, Grow};
use crate::memory::{Heap, OutOfMemory, Record, copy};
use crate::sync::Shared;
use crate::term::construct::{list_of, reversed};
use crate::term::order::compare;
use crate::term::{AtomTable, Term, atoms};
use alloc::vec::Vec;
use core::cmp::Ordering::{Greater, Less};

/// Objects that one step looks at.
const STEP: usize = 2000;

/// What is done with the values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Job {
    /// They become a list.
    Collect,
    /// Those that are `true` are counted.
    Count,
    /// Objects whose value is `true` are deleted.
    Delete,
    /// Objects are replaced by their values.
    Replace,
}

const JOBS: [Job; 4] = [Job::Collect, Job::Count, Job::Delete, Job::Replace];

/// Where a scan goes on.
#[derive(Clone, Copy)]
enum Position {
    Start,
    Chain(usize),
    /// Behind this key.
    Behind(Term),
    End,
}

/// A scan between two steps.
pub(crate) struct Scan {
    pub(crate) table: Shared<Table>,
    /// The table as the program names it.
    pub(crate) name: Term,
    pub(crate) spec: Shared<MatchSpec>,
    /// The reference of the specification, once there is one.
    pub(crate) spec_term: Term,
    pub(crate) job: Job,
    /// Against the order of keys?
    pub(crate) descending: bool,
    /// The most values of one list; 0: no limit.
    pub(crate) limit: usize,
    position: Position,
    /// The values so far, the last one first.
    values: Term,
    count: usize,
    /// Has it fixed the table?
    fixes: bool,
}

impl Scan {
    /// A scan that has not begun.
    pub(crate) fn new(table: Shared<Table>, name: Term, spec: Shared<MatchSpec>, job: Job) -> Scan {
        Scan {
            table,
            name,
            spec,
            spec_term: Term::NONE,
            job,
            descending: false,
            limit: 0,
            position: Position::Start,
            values: Term::NIL,
            count: 0,
            fixes: false,
        }
    }

    /// Runs to the end, or gives way and goes on later.
    pub(crate) fn run(mut self, c: &mut Ctx<'_>) -> BifResult {
        let result = self.step(c);
        match result {
            Ok(()) => {}
            Err(error) => {
                self.release(c);
                return Err(error);
            }
        }
        if matches!(self.position, Position::End) || self.is_full() {
            self.release(c);
            return self.result(c);
        }
        self.pause(c)
    }

    fn is_full(&self) -> bool {
        self.limit > 0 && self.count >= self.limit
    }

    fn release(&mut self, c: &mut Ctx<'_>) {
        if self.fixes {
            self.fixes = false;
            c.rt.ets.unfix(&self.table, c.p.id);
        }
    }

    fn step(&mut self, c: &mut Ctx<'_>) -> Result<(), Raise> {
        if self.is_full() {
            return Ok(());
        }
        let table = self.table.clone();
        let spec = self.spec.clone();
        let visited = match self.job {
            Job::Collect | Job::Count => {
                let state = table.state.read();
                if !state.is_alive {
                    return Err(Raise::BADARG);
                }
                self.read(c, &spec, &state.store)?
            }
            Job::Delete | Job::Replace => {
                let mut state = table.state.write();
                if !state.is_alive {
                    return Err(Raise::BADARG);
                }
                let fixed = state.is_fixed();
                match &mut state.store {
                    Store::Chains(chains) => self.change_chains(c, &spec, chains, fixed)?,
                    Store::Tree(tree) => self.change_tree(c, &spec, tree)?,
                }
            }
        };
        c.p.reductions = c.p.reductions.saturating_add(visited as u64 / 4);
        Ok(())
    }

    fn read(
        &mut self,
        c: &mut Ctx<'_>,
        spec: &MatchSpec,
        store: &Store,
    ) -> Result<usize, OutOfMemory> {
        let mut scratch = Scratch::default();
        let mut visitor = Visitor {
            scan: self,
            spec,
            scratch: &mut scratch,
            visited: 0,
        };
        match store {
            Store::Chains(chains) => visitor.chains(c, chains)?,
            Store::Tree(tree) => visitor.tree(c, tree)?,
        }
        Ok(visitor.visited)
    }

    /// Takes a value into account.
    #[inline]
    fn take(
        &mut self,
        c: &mut Ctx<'_>,
        spec: &MatchSpec,
        scratch: &mut Scratch,
        record: &Record,
    ) -> Result<(), OutOfMemory> {
        if self.job == Job::Count {
            let value = spec.run(c, record.term(), scratch)?;
            self.count += usize::from(value == Some(atoms::TRUE));
            return Ok(());
        }
        let value = match spec.run_sharing(c, record.term(), scratch)? {
            None => return Ok(()),
            Some(Some(value)) => value,
            Some(None) => record.copy_to(&mut c.p.heap)?,
        };
        self.values = c.p.heap.cons(value, self.values)?;
        self.count += 1;
        Ok(())
    }

    fn change_chains(
        &mut self,
        c: &mut Ctx<'_>,
        spec: &MatchSpec,
        chains: &mut Chains,
        fixed: bool,
    ) -> Result<usize, Raise> {
        let mut scratch = Scratch::default();
        let mut visited = 0;
        let bounds = Bounds::of(spec, &self.table, &c.rt.atoms);
        if let Bounds::Keys(keys) = bounds {
            let numbers = keys.iter().map(|key| chains.number_of(*key));
            let mut numbers = fallible::collect(numbers)?;
            numbers.sort_unstable();
            numbers.dedup();
            for number in numbers {
                self.change_chain(c, spec, (chains, number, fixed), &mut scratch)?;
            }
            self.position = Position::End;
            chains.settle(fixed);
            return Ok(keys.len());
        }
        let mut number = match self.position {
            Position::Chain(number) => number,
            _ => 0,
        };
        while number < chains.chains() && visited < STEP {
            visited += 1 + self.change_chain(c, spec, (chains, number, fixed), &mut scratch)?;
            number += 1;
        }
        self.position = Position::Chain(number);
        if number >= chains.chains() {
            self.position = Position::End;
            chains.settle(fixed);
        }
        Ok(visited)
    }

    /// Deletes or replaces in one chain; says how many objects it has.
    fn change_chain(
        &mut self,
        c: &mut Ctx<'_>,
        spec: &MatchSpec,
        (chains, number, fixed): (&mut Chains, usize, bool),
        scratch: &mut Scratch,
    ) -> Result<usize, Raise> {
        let mut visited = 0;
        let mut failed = false;
        if self.job == Job::Delete {
            self.count += chains.delete_in(number, fixed, |record| {
                visited += 1;
                match spec.run(c, record.term(), scratch) {
                    Ok(value) => value == Some(atoms::TRUE),
                    Err(OutOfMemory) => {
                        failed = true;
                        false
                    }
                }
            });
        } else {
            let table = &self.table;
            let replaced = chains.replace_in(number, |record| {
                visited += 1;
                let value = spec.run(c, record.term(), scratch)?;
                value.map(|v| table.record(v, &c.rt.budget)).transpose()
            });
            self.count += replaced?;
        }
        match failed {
            true => Err(Raise::OutOfMemory),
            false => Ok(visited),
        }
    }

    fn change_tree(
        &mut self,
        c: &mut Ctx<'_>,
        spec: &MatchSpec,
        tree: &mut Tree,
    ) -> Result<usize, Raise> {
        let mut scratch = Scratch::default();
        let mut visited = 0;
        let mut doomed: Vec<Term> = Vec::new();
        let mut new: Vec<Record> = Vec::new();
        let mut visit = |c: &mut Ctx<'_>, entry: &Record, key: Term, table: &Table, job: Job| {
            let value = spec.run(c, entry.term(), &mut scratch)?;
            match value {
                Some(atoms::TRUE) if job == Job::Delete => doomed.try_push(key)?,
                Some(value) if job == Job::Replace => {
                    new.try_push(table.record(value, &c.rt.budget)?)?;
                }
                _ => {}
            }
            Ok::<(), OutOfMemory>(())
        };
        let bounds = Bounds::of(spec, &self.table, &c.rt.atoms);
        let table = self.table.clone();
        if let Bounds::Keys(keys) = &bounds {
            for key in keys {
                if let Some(record) = tree.get(&c.rt.atoms, *key) {
                    visit(c, record, record.elements()[table.key], &table, self.job)?;
                }
            }
            self.position = Position::End;
        } else {
            while visited < STEP {
                let entries = entries(self, &c.rt.atoms, tree, &bounds, false);
                let Some(last) = entries.last() else {
                    self.position = Position::End;
                    break;
                };
                visited += entries.len();
                for entry in entries {
                    visit(c, &entry.record, entry.key, &table, self.job)?;
                }
                self.position = Position::Behind(last.key);
            }
        }
        // Before the record goes whose key it may be.
        if let Position::Behind(key) = self.position {
            let key = copy::copy(key, copy::size(key), &mut c.p.heap)?;
            self.position = Position::Behind(key);
        }
        self.count += doomed.len() + new.len();
        for key in doomed {
            tree.delete(&c.rt.atoms, key);
        }
        for record in new {
            tree.insert(&c.rt.atoms, record)?;
        }
        Ok(visited)
    }

    fn result(mut self, c: &mut Ctx<'_>) -> BifResult {
        if self.job != Job::Collect {
            return Ok(c.p.heap.uint(self.count as u64)?);
        }
        if self.limit == 0 {
            return Ok(self.values);
        }
        if self.count == 0 {
            return Ok(atoms::END_OF_TABLE);
        }
        let is_ordered = self.table.kind == super::Kind::OrderedSet;
        let count = self.count.min(self.limit);
        let mut rest = self.values;
        let mut chunk = fallible::with_room(count)?;
        while chunk.len() < count
            && let Some((value, tail)) = rest.as_cons()
        {
            chunk.push(value);
            rest = tail;
        }
        let values = match is_ordered {
            true => reversed(&mut c.p.heap, count, chunk.iter().copied(), Term::NIL)?,
            false => list_of(&mut c.p.heap, count, chunk.iter().copied(), Term::NIL)?,
        };
        self.values = rest;
        self.count -= count;
        let is_end = matches!(self.position, Position::End) && self.count == 0;
        let may_go_on = is_ordered && count == self.limit;
        let next = match (is_end && !may_go_on) || (is_ordered && self.has_one_key(c)) {
            true => atoms::END_OF_TABLE,
            false => self.continuation(c)?,
        };
        Ok(c.p.heap.tuple(&[values, next])?)
    }

    /// Is there only one key whose object could match?
    fn has_one_key(&self, c: &Ctx<'_>) -> bool {
        let bounds = Bounds::of(&self.spec, &self.table, &c.rt.atoms);
        matches!(bounds, Bounds::Keys(keys) if keys.len() == 1)
    }

    fn reference(&mut self, c: &mut Ctx<'_>) -> Result<Term, OutOfMemory> {
        if self.spec_term == Term::NONE {
            let spec = self.spec.clone();
            self.spec_term = c.rt.ets.specs.keep(c.rt, &mut c.p.heap, spec)?;
        }
        Ok(self.spec_term)
    }

    /// The position as a term: `[]` at the start, a chain's number (-1 at the end), or `[Key]`.
    fn position(&self, c: &mut Ctx<'_>) -> Result<Term, OutOfMemory> {
        Ok(match self.position {
            Position::Start => Term::NIL,
            Position::End => Term::small(-1),
            Position::Chain(number) => Term::small(number as isize),
            Position::Behind(key) => {
                let key = copy::copy(key, copy::size(key), &mut c.p.heap)?;
                c.p.heap.cons(key, Term::NIL)?
            }
        })
    }

    /// What `ets:select/1` and so on continue with, in the shape that OTP's has.
    fn continuation(&mut self, c: &mut Ctx<'_>) -> Result<Term, OutOfMemory> {
        let spec = self.reference(c)?;
        let limit = Term::small(self.limit as isize);
        let count = Term::small(self.count as isize);
        if self.table.kind == super::Kind::OrderedSet {
            let key = match self.position {
                Position::Behind(key) => copy::copy(key, copy::size(key), &mut c.p.heap)?,
                _ => atoms::END_OF_TABLE,
            };
            let descending = Term::small(isize::from(self.descending));
            let end = Term::small(isize::from(matches!(self.position, Position::End)));
            return c.p.heap.tuple(&[
                self.name,
                key,
                Term::NIL,
                limit,
                spec,
                Term::NIL,
                descending,
                end,
            ]);
        }
        let number = match self.position {
            Position::Chain(number) => number as isize,
            _ => -1,
        };
        let number = Term::small(number);
        let table = c.p.heap.reference(self.table.id)?;
        c.p.heap
            .tuple(&[table, number, limit, spec, self.values, count])
    }

    /// A scan that goes on where a continuation says; `None` when it is not one.
    ///
    /// # Errors
    /// The table's name is given: there is none.
    pub(crate) fn from_continuation(ets: &Ets, term: Term) -> Option<Result<Scan, ()>> {
        let found = |name: Term| ets.find(name);
        match *term.as_tuple()? {
            [
                name,
                key,
                Term::NIL,
                limit,
                spec_term,
                Term::NIL,
                descending,
                end,
            ] => {
                let spec = ets.specs.find(spec_term)?;
                let (limit, descending) = (limit.as_usize()?, descending.as_usize()?);
                let end = end.as_usize()?;
                let Some(table) = found(name) else {
                    return Some(Err(()));
                };
                let mut scan = Scan::new(table, name, spec, Job::Collect);
                scan.spec_term = spec_term;
                (scan.limit, scan.descending) = (limit.max(1), descending == 1);
                scan.position = match end {
                    0 => Position::Behind(key),
                    _ => Position::End,
                };
                Some(Ok(scan))
            }
            [name, number, limit, spec_term, values, count] => {
                let spec = ets.specs.find(spec_term)?;
                let (number, limit) = (number.as_small()?, limit.as_usize()?);
                let count = count.as_usize()?;
                if values.list_len() != Some(count) {
                    return None;
                }
                let Some(table) = found(name) else {
                    return Some(Err(()));
                };
                let mut scan = Scan::new(table, name, spec, Job::Collect);
                scan.spec_term = spec_term;
                (scan.limit, scan.values, scan.count) = (limit.max(1), values, count);
                scan.position = match usize::try_from(number) {
                    Ok(number) => Position::Chain(number),
                    Err(_) => Position::End,
                };
                Some(Ok(scan))
            }
            _ => None,
        }
    }

    /// Gives way, and goes on with [`Scan::resume`].
    fn pause(mut self, c: &mut Ctx<'_>) -> BifResult {
        if !self.fixes && self.table.kind != super::Kind::OrderedSet {
            c.rt.ets.fix(&self.table, c.p.id, c.rt.time().both());
            self.fixes = true;
        }
        let spec = self.reference(c)?;
        let job = JOBS.iter().position(|job| *job == self.job).unwrap_or(0);
        let position = self.position(c)?;
        let table = c.p.heap.reference(self.table.id)?;
        let state = [
            Term::small(job as isize),
            table,
            self.name,
            spec,
            position,
            self.values,
            Term::small(self.count as isize),
            Term::small(self.limit as isize),
            Term::bool(self.descending),
            Term::bool(self.fixes),
        ];
        let state = c.p.heap.tuple(&state)?;
        let function = c.rt.atoms.intern("internal_continue")?;
        let export = c.rt.export(atoms::ETS, function, 1)?;
        Err(c.p.trap_to(export, &[state]))
    }

    /// Goes on with a scan that gave way.
    pub(crate) fn resume(c: &mut Ctx<'_>, state: Term) -> BifResult {
        let Some(
            &[
                job,
                table,
                name,
                spec_term,
                position,
                values,
                count,
                limit,
                descending,
                fixes,
            ],
        ) = state.as_tuple()
        else {
            return Err(Raise::BADARG);
        };
        let table = c.rt.ets.find(table).ok_or(Raise::BADARG)?;
        let spec = c.rt.ets.specs.find(spec_term).ok_or(Raise::BADARG)?;
        let job = job.as_usize().and_then(|job| JOBS.get(job));
        let mut scan = Scan::new(table, name, spec, *job.ok_or(Raise::BADARG)?);
        scan.spec_term = spec_term;
        scan.position = match (position.as_cons(), position.as_usize()) {
            (Some((key, _)), _) => Position::Behind(key),
            (_, Some(number)) => Position::Chain(number),
            _ if position.is_nil() => Position::Start,
            _ => Position::End,
        };
        scan.values = values;
        scan.count = count.as_usize().ok_or(Raise::BADARG)?;
        scan.limit = limit.as_usize().ok_or(Raise::BADARG)?;
        scan.descending = descending == atoms::TRUE;
        scan.fixes = fixes == atoms::TRUE;
        if !values.is_list() {
            return Err(Raise::BADARG);
        }
        scan.run(c)
    }
}

/// One step of a scan that only reads.
struct Visitor<'a> {
    scan: &'a mut Scan,
    spec: &'a MatchSpec,
    scratch: &'a mut Scratch,
    visited: usize,
}

impl Visitor<'_> {
    #[inline]
    fn visit(&mut self, c: &mut Ctx<'_>, record: &Record) -> Result<(), OutOfMemory> {
        self.visited += 1;
        self.scan.take(c, self.spec, self.scratch, record)
    }

    fn chains(&mut self, c: &mut Ctx<'_>, chains: &Chains) -> Result<(), OutOfMemory> {
        let mut number = match self.scan.position {
            Position::Chain(number) => number,
            Position::End => return Ok(()),
            _ => 0,
        };
        if let Bounds::Keys(keys) = Bounds::of(self.spec, &self.scan.table, &c.rt.atoms) {
            for key in keys {
                for record in chains.lookup(key) {
                    self.visit(c, record)?;
                }
            }
            self.scan.position = Position::End;
            return Ok(());
        }
        while number < chains.chains() && self.visited < STEP && !self.scan.is_full() {
            self.visited += 1;
            for record in records(chains.chain(number)) {
                if !record.is_deleted() {
                    self.visit(c, record)?;
                }
            }
            number += 1;
        }
        self.scan.position = match number < chains.chains() {
            true => Position::Chain(number),
            false => Position::End,
        };
        Ok(())
    }

    fn tree(&mut self, c: &mut Ctx<'_>, tree: &Tree) -> Result<(), OutOfMemory> {
        if matches!(self.scan.position, Position::End) {
            return Ok(());
        }
        // A list is made from its end, unless it is made in parts.
        let backwards =
            self.scan.job == Job::Collect && (self.scan.limit == 0) != self.scan.descending;
        let bounds = Bounds::of(self.spec, &self.scan.table, &c.rt.atoms);
        if let Bounds::Keys(keys) = &bounds {
            return self.keys(c, tree, keys, backwards);
        }
        while self.visited < STEP {
            let entries = entries(self.scan, &c.rt.atoms, tree, &bounds, backwards);
            let count = entries.len();
            if count == 0 {
                self.scan.position = Position::End;
                return Ok(());
            }
            for at in 0..count {
                let entry = &entries[if backwards { count - 1 - at } else { at }];
                self.visit(c, &entry.record)?;
                self.scan.position = Position::Behind(entry.key);
                if self.scan.is_full() {
                    return self.keep_position(c);
                }
            }
        }
        self.keep_position(c)
    }

    /// The table may change before the next step.
    fn keep_position(&mut self, c: &mut Ctx<'_>) -> Result<(), OutOfMemory> {
        if let Position::Behind(key) = self.scan.position {
            let key = copy::copy(key, copy::size(key), &mut c.p.heap)?;
            self.scan.position = Position::Behind(key);
        }
        Ok(())
    }

    fn keys(
        &mut self,
        c: &mut Ctx<'_>,
        tree: &Tree,
        keys: &[Term],
        backwards: bool,
    ) -> Result<(), OutOfMemory> {
        let behind = match self.scan.position {
            Position::Behind(key) => Some(key),
            _ => None,
        };
        for at in 0..keys.len() {
            let key = keys[if backwards { keys.len() - 1 - at } else { at }];
            let wanted = if backwards { Less } else { Greater };
            if behind.is_some_and(|behind| compare(&c.rt.atoms, key, behind) != wanted) {
                continue;
            }
            if let Some(record) = tree.get(&c.rt.atoms, key) {
                self.visit(c, record)?;
                self.scan.position = Position::Behind(key);
                if self.scan.is_full() {
                    return self.keep_position(c);
                }
            }
        }
        self.scan.position = Position::End;
        Ok(())
    }
}

/// The next entries of a leaf, within the bounds.
fn entries<'t>(
    scan: &Scan,
    atoms: &AtomTable,
    tree: &'t Tree,
    bounds: &Bounds,
    backwards: bool,
) -> &'t [Entry] {
    let prefix = match bounds {
        Bounds::Prefix(pattern) => Some(*pattern),
        _ => None,
    };
    let all = match (scan.position, prefix, backwards) {
        (Position::Behind(key), _, false) => tree.from(|k| compare(atoms, k, key) != Greater),
        (Position::Behind(key), _, true) => tree.up_to(|k| compare(atoms, k, key) != Less),
        (_, None, false) => tree.from(|_| false),
        (_, None, true) => tree.up_to(|_| false),
        (_, Some(p), false) => tree.from(|k| compare_to_prefix(atoms, k, p) == Less),
        (_, Some(p), true) => tree.up_to(|k| compare_to_prefix(atoms, k, p) == Greater),
    };
    let Some(prefix) = prefix else { return all };
    if backwards {
        let outside = all.partition_point(|e| compare_to_prefix(atoms, e.key, prefix) == Less);
        &all[outside..]
    } else {
        let inside = all.partition_point(|e| compare_to_prefix(atoms, e.key, prefix) != Greater);
        &all[..inside]
    }
}
