//! Tables without an order: records in chains, by the hash of their keys.
//!
//! The number of chains grows and shrinks by one at a time (linear hashing), so that no insertion
//! has to move all records. Records with the same key stand together, the newest first.
//!
//! While somebody goes through the table it is fixed: the chains stay what they are, and what is
//! deleted stays in its chain, marked, until nobody goes through it any more.

use super::Kind;
use crate::memory::fallible::{Grow, slice_of, with_room};
use crate::memory::{Budget, OutOfMemory, Record};
use crate::sync::Arc;
use crate::term::order::equal_exact;
use crate::term::{Term, hash::hash};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Chains of a new table.
const FIRST: usize = 16;

type Chain = Option<Record>;

pub(super) struct Chains {
    /// The first segment has 16 chains, and each other one as many as all before.
    segments: Vec<Box<[Chain]>>,
    /// Chains in use.
    active: usize,
    /// Records that are not deleted.
    live: usize,
    /// Chains with records that are deleted, some perhaps several times.
    holes: Vec<usize>,
    bytes: usize,
    pub(super) key: usize,
    pub(super) kind: Kind,
    budget: Arc<Budget>,
}

/// The hash of a key, as records keep it.
#[inline]
pub(super) fn key_hash(key: Term) -> u32 {
    hash(key) & (u32::MAX >> 1)
}

/// Goes through a chain.
pub(super) fn records(chain: Option<&Record>) -> impl Iterator<Item = &Record> {
    core::iter::successors(chain, |record| record.next())
}

fn segment(chains: usize, budget: &Budget) -> Result<Box<[Chain]>, OutOfMemory> {
    let mut segment = Vec::new();
    segment.try_reserve_exact(chains).map_err(|_| OutOfMemory)?;
    budget.charge(chains * size_of::<Chain>())?;
    segment.resize_with(chains, || None);
    slice_of(segment)
}

/// The segment of a chain, and its place there.
#[inline]
fn place(chain: usize) -> (usize, usize) {
    if chain < FIRST {
        return (0, chain);
    }
    let log = chain.ilog2();
    ((log - FIRST.ilog2() + 1) as usize, chain - (1 << log))
}

fn first_segment(budget: &Budget) -> Result<Vec<Box<[Chain]>>, OutOfMemory> {
    let mut segments = with_room(1)?;
    segments.push(segment(FIRST, budget)?);
    Ok(segments)
}

impl Chains {
    pub(super) fn new(kind: Kind, key: usize, budget: &Arc<Budget>) -> Result<Self, OutOfMemory> {
        Ok(Chains {
            segments: first_segment(budget)?,
            active: FIRST,
            live: 0,
            holes: Vec::new(),
            bytes: 0,
            key,
            kind,
            budget: budget.clone(),
        })
    }

    /// Records that are not deleted.
    pub(super) fn len(&self) -> usize {
        self.live
    }

    /// The number of chains.
    pub(super) fn chains(&self) -> usize {
        self.active
    }

    /// Bytes of all records.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The records of a chain by its number.
    #[inline]
    pub(super) fn chain(&self, number: usize) -> Option<&Record> {
        let (segment, at) = place(number);
        self.segments[segment][at].as_ref()
    }

    fn chain_mut(&mut self, number: usize) -> &mut Chain {
        let (segment, at) = place(number);
        &mut self.segments[segment][at]
    }

    /// The chain of a hash.
    #[inline]
    fn number(&self, hash: u32) -> usize {
        let all = self.active.next_power_of_two();
        let number = hash as usize & (all - 1);
        if number < self.active {
            number
        } else {
            number & (all / 2 - 1)
        }
    }

    #[inline]
    fn has_key(&self, record: &Record, hash: u32, key: Term) -> bool {
        record.hash() == hash && {
            let own = record.elements()[self.key];
            own == key || equal_exact(own, key)
        }
    }

    /// The first record with this key, deleted or not.
    #[inline]
    fn seek(&self, key: Term) -> Option<&Record> {
        let hash = key_hash(key);
        let chain = self.chain(self.number(hash));
        records(chain).find(|record| self.has_key(record, hash, key))
    }

    /// The records with this key that are not deleted, the newest first.
    #[inline]
    pub(super) fn lookup(&self, key: Term) -> impl Iterator<Item = &Record> {
        let first = self.seek(key);
        let hash = first.map_or(0, Record::hash);
        records(first)
            .take_while(move |record| self.has_key(record, hash, key))
            .filter(|record| !record.is_deleted())
    }

    /// The one record with this key, in a set.
    #[inline]
    pub(super) fn get(&self, key: Term) -> Option<&Record> {
        self.seek(key).filter(|record| !record.is_deleted())
    }

    /// The first record, from a chain on, that is not deleted.
    pub(super) fn first_from(&self, chain: usize) -> Option<&Record> {
        let mut all = (chain..self.active).flat_map(|number| records(self.chain(number)));
        all.find(|record| !record.is_deleted())
    }

    /// The first record behind all with this key; `Err` when there is none with it.
    #[allow(clippy::result_unit_err)]
    pub(super) fn after(&self, key: Term) -> Result<Option<&Record>, ()> {
        let first = self.seek(key).ok_or(())?;
        let hash = first.hash();
        let behind = records(Some(first))
            .find(|record| !record.is_deleted() && !self.has_key(record, hash, key));
        Ok(behind.or_else(|| self.first_from(self.number(hash) + 1)))
    }

    /// The chain that a key belongs to.
    pub(super) fn number_of(&self, key: Term) -> usize {
        self.number(key_hash(key))
    }

    fn discard(&mut self, record: Record) {
        self.release(&record);
        drop(record);
    }

    /// A record is no longer the table's.
    fn release(&mut self, record: &Record) {
        self.budget.refund(record.bytes());
        self.bytes -= record.bytes();
    }

    /// Puts a record in its place: of a set in that of the one with its key, which is returned.
    pub(super) fn insert(&mut self, mut record: Record, fixed: bool) -> Option<Record> {
        let hash = record.hash();
        let key = record.elements()[self.key];
        let at = self.key;
        let is_same =
            |other: &Record| other.hash() == hash && equal_exact(other.elements()[at], key);
        let (number, kind, bytes) = (self.number(hash), self.kind, record.bytes());
        let first = seek(self.chain_mut(number), &is_same);
        match first {
            Some(old) if kind == Kind::Set => {
                *record.next_mut() = old.next_mut().take();
                let old = core::mem::replace(old, record);
                // What was deleted and is there again is no longer on its way out.
                self.live += usize::from(old.is_deleted());
                self.bytes += bytes;
                self.release(&old);
                return Some(old);
            }
            Some(_) if kind == Kind::Bag => {
                let is_there = records(first.as_ref())
                    .take_while(|other| is_same(other))
                    .any(|other| !other.is_deleted() && equal_exact(other.term(), record.term()));
                if is_there {
                    self.budget.refund(bytes);
                    return Some(record);
                }
            }
            _ => {}
        }
        *record.next_mut() = first.take();
        *first = Some(record);
        self.live += 1;
        self.bytes += bytes;
        if !fixed && self.live > self.active {
            self.grow();
        }
        None
    }

    /// Splits the chain whose turn it is.
    fn grow(&mut self) {
        let new = self.active;
        if place(new).0 == self.segments.len() {
            // Without memory for more chains these get longer.
            let Ok(more) = segment(new, &self.budget) else {
                return;
            };
            if self.segments.try_reserve(1).is_err() {
                self.budget.refund(new * size_of::<Chain>());
                return;
            }
            self.segments.push(more);
        }
        let half = 1 << new.ilog2();
        let mask = 2 * half - 1;
        let mut rest = self.chain_mut(new - half).take();
        let (mut stay, mut go) = (None, None);
        while let Some(mut record) = rest {
            rest = record.next_mut().take();
            let goes = record.hash() as usize & mask == new;
            push(if goes { &mut go } else { &mut stay }, record);
        }
        *self.chain_mut(new - half) = reversed(stay);
        *self.chain_mut(new) = reversed(go);
        self.active += 1;
    }

    /// Gives the last chain back to the one that it was split from.
    fn shrink(&mut self) {
        let last = self.active - 1;
        let half = 1 << last.ilog2();
        let records = self.chain_mut(last).take();
        let end = seek(self.chain_mut(last - half), &|_| false);
        *end = records;
        self.active = last;
        if last == half
            && let Some(segment) = self.segments.pop()
        {
            self.budget.refund(segment.len() * size_of::<Chain>());
        }
    }

    fn shrink_if_sparse(&mut self) {
        for _ in 0..2 {
            if self.active > FIRST && self.live < self.active / 4 {
                self.shrink();
            }
        }
    }

    /// After many deletions: as many chains as the records need.
    pub(super) fn settle(&mut self, fixed: bool) {
        while !fixed && self.active > FIRST && self.live < self.active / 4 {
            self.shrink();
        }
    }

    /// Deletes the records of a chain for which `is_it` holds; says how many.
    pub(super) fn delete_in(
        &mut self,
        number: usize,
        fixed: bool,
        mut is_it: impl FnMut(&Record) -> bool,
    ) -> usize {
        let mut deleted = 0;
        let mut out: Chain = None;
        let mut at = self.chain_mut(number);
        while let Some(record) = at {
            if record.is_deleted() || !is_it(record) {
                match at {
                    Some(record) => at = record.next_mut(),
                    None => break,
                }
                continue;
            }
            deleted += 1;
            if fixed {
                record.mark_deleted();
                continue;
            }
            let mut record = match at.take() {
                Some(record) => record,
                None => break,
            };
            *at = record.next_mut().take();
            *record.next_mut() = out.take();
            out = Some(record);
        }
        if deleted > 0 && fixed {
            self.holes.push_or_lose(number);
        }
        self.live -= deleted;
        while let Some(mut record) = out {
            out = record.next_mut().take();
            self.discard(record);
        }
        deleted
    }

    /// Replaces the records of a chain by those that `new` makes of them, with the same keys; says
    /// how many.
    pub(super) fn replace_in<E>(
        &mut self,
        number: usize,
        mut new: impl FnMut(&Record) -> Result<Option<Record>, E>,
    ) -> Result<usize, E> {
        let (mut count, mut added) = (0, 0);
        let mut out: Chain = None;
        let mut result = Ok(());
        let mut at = self.chain_mut(number);
        while let Some(record) = at {
            if !record.is_deleted() {
                match new(record) {
                    Ok(None) => {}
                    Ok(Some(mut other)) => {
                        *other.next_mut() = record.next_mut().take();
                        added += other.bytes();
                        count += 1;
                        push(&mut out, core::mem::replace(record, other));
                    }
                    Err(error) => {
                        result = Err(error);
                        break;
                    }
                }
            }
            at = record.next_mut();
        }
        self.bytes += added;
        while let Some(mut record) = out {
            out = record.next_mut().take();
            self.discard(record);
        }
        result.map(|()| count)
    }

    /// Deletes the records with a key for which `is_it` holds.
    pub(super) fn delete(
        &mut self,
        key: Term,
        fixed: bool,
        mut is_it: impl FnMut(&Record) -> bool,
    ) -> usize {
        let hash = key_hash(key);
        let number = self.number(hash);
        let at = self.key;
        let deleted = self.delete_in(number, fixed, |record| {
            record.hash() == hash && equal_exact(record.elements()[at], key) && is_it(record)
        });
        if deleted > 0 && !fixed {
            self.shrink_if_sparse();
        }
        deleted
    }

    /// Nobody goes through the table any more: removes what is only marked.
    pub(super) fn purge(&mut self) {
        let mut holes = core::mem::take(&mut self.holes);
        while let Some(number) = holes.pop() {
            let mut out: Chain = None;
            let mut at = self.chain_mut(number);
            while let Some(record) = at {
                if !record.is_deleted() {
                    match at {
                        Some(record) => at = record.next_mut(),
                        None => break,
                    }
                    continue;
                }
                let Some(mut record) = at.take() else { break };
                *at = record.next_mut().take();
                *record.next_mut() = out.take();
                out = Some(record);
            }
            while let Some(mut record) = out {
                out = record.next_mut().take();
                self.discard(record);
            }
        }
    }

    /// Changes the record with a key, which is one of a set.
    pub(super) fn get_mut(&mut self, key: Term) -> Option<&mut Record> {
        let hash = key_hash(key);
        let number = self.number(hash);
        let at = self.key;
        let is_it = |r: &Record| r.hash() == hash && equal_exact(r.elements()[at], key);
        let found = seek(self.chain_mut(number), &is_it).as_mut();
        found.filter(|record| !record.is_deleted())
    }

    /// Frees up to `count` records; `true` when none is left.
    pub(super) fn shed(&mut self, count: usize) -> bool {
        let mut left = count;
        while self.active > 0 {
            let number = self.active - 1;
            let mut chain = self.chain_mut(number).take();
            while let Some(mut record) = chain {
                chain = record.next_mut().take();
                self.discard(record);
                left = left.saturating_sub(1);
                if left == 0 {
                    *self.chain_mut(number) = chain;
                    return false;
                }
            }
            self.active -= 1;
        }
        self.live = 0;
        true
    }
}

/// The first place whose record passes, or the end of the chain.
fn seek<'a>(mut at: &'a mut Chain, passes: &dyn Fn(&Record) -> bool) -> &'a mut Chain {
    while at.as_ref().is_some_and(|record| !passes(record)) {
        match at {
            Some(record) => at = record.next_mut(),
            None => break,
        }
    }
    at
}

/// Puts a record at the start of a chain.
fn push(chain: &mut Chain, mut record: Record) {
    *record.next_mut() = chain.take();
    *chain = Some(record);
}

fn reversed(mut chain: Chain) -> Chain {
    let mut other = None;
    while let Some(mut record) = chain {
        chain = record.next_mut().take();
        push(&mut other, record);
    }
    other
}

impl Drop for Chains {
    fn drop(&mut self) {
        self.shed(usize::MAX);
        for segment in &self.segments {
            self.budget.refund(segment.len() * size_of::<Chain>());
        }
    }
}
