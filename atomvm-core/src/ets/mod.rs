//! Tables of objects that processes share (`ets`).
//!
//! ```text
//!   Ets        the tables by identity and by name, and who owns them
//!   recent     those that a scheduler has used last
//!   table      one table: its records behind a lock that readers share
//!   chains     the records of tables without an order, by the hash of their keys
//!   tree       the records of ordered tables, by their keys
//!   bounds     which part of a table a match specification is about
//!   scan       going through a table with a match specification, in steps
//!   ending     what happens to tables when their owner ends
//!   compiled   match specifications that programs hold
//! ```
//!
//! An object is copied in when it is inserted and copied out when it is looked up; large binaries
//! are shared. A function looks its table up and then takes the table's lock. With several
//! schedulers, readers of the registry and of tables with `read_concurrency` write to no word of
//! memory that others write to. Nobody takes the registry's lock while holding that of a table.

pub(crate) mod bounds;
mod chains;
pub(crate) mod compiled;
mod ending;
mod recent;
pub(crate) mod scan;
pub mod table;
#[cfg(all(test, feature = "std"))]
mod tests;
mod tree;

pub use recent::RecentTables;
pub use table::{State, Table};

use crate::memory::fallible::{Grow, collect_or_lose, lose};
use crate::memory::{Budget, Fragment, OutOfMemory};
use crate::sync::{Arc, Mutex, Shared, SharedLock};
use crate::term::{Reference, Term};
use alloc::vec::Vec;
use compiled::CompiledSpecs;
use hashbrown::HashMap;
use portable_atomic::{AtomicBool, Ordering};
use table::{Store, Unused};

/// Tables with at most so many records are freed at once, others bit by bit.
const FREED_AT_ONCE: usize = 1000;

/// What kind of table it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One object for each key, by `=:=`.
    Set,
    /// One object for each key, by `==`, in the order of the keys.
    OrderedSet,
    /// Any number of objects for each key, all different.
    Bag,
    /// Any number of objects for each key.
    DuplicateBag,
}

/// What processes other than the owner may do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protection {
    /// Read and write.
    Public,
    /// Read.
    Protected,
    /// Nothing.
    Private,
}

/// What a table was made with that only [`info`](State) tells about.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Is it known by its name?
    pub named: bool,
    /// `true`, `false` or `auto`.
    pub write_concurrency: Term,
    /// `read_concurrency`
    pub read_concurrency: bool,
    /// `decentralized_counters`
    pub decentralized_counters: bool,
    /// `compressed`
    pub compressed: bool,
}

#[derive(Default)]
struct Tables {
    by_id: HashMap<Reference, Shared<Table>>,
    by_name: HashMap<Term, Shared<Table>>,
}

impl Tables {
    /// Makes room for one table more.
    fn reserve(&mut self) -> Result<(), OutOfMemory> {
        self.by_id.try_reserve(1).map_err(|_| OutOfMemory)?;
        self.by_name.try_reserve(1).map_err(|_| OutOfMemory)
    }

    #[inline]
    fn find(&self, table: Term) -> Option<&Shared<Table>> {
        if table.is_atom() {
            return self.by_name.get(&table);
        }
        self.by_id.get(&table.as_reference()?)
    }
}

/// The tables that a process owns or goes through.
#[derive(Default)]
struct Holdings {
    owned: Vec<Reference>,
    fixed: Vec<Reference>,
}

/// All tables of a VM.
pub struct Ets {
    tables: SharedLock<Tables>,
    /// May several threads read at the same time?
    is_shared: bool,
    holdings: Mutex<HashMap<Term, Holdings>>,
    has_holdings: AtomicBool,
    unused: Mutex<Vec<Unused>>,
    has_unused: AtomicBool,
    /// Match specifications that programs hold.
    pub(crate) specs: CompiledSpecs,
    budget: Arc<Budget>,
    limit: usize,
}

/// Why there is no new table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NewError {
    /// There is one with this name.
    Exists,
    /// There are too many tables, or there is no memory.
    Limit,
}

/// What a table costs besides its records.
const TABLE_BYTES: usize = size_of::<Table>() + 4 * size_of::<(Reference, Shared<Table>)>();

impl Ets {
    /// No table, and at most `limit` of them.
    pub fn new(limit: usize, budget: &Arc<Budget>) -> Ets {
        Ets {
            tables: SharedLock::default(),
            is_shared: false,
            holdings: Mutex::default(),
            has_holdings: AtomicBool::new(false),
            unused: Mutex::default(),
            has_unused: AtomicBool::new(false),
            specs: CompiledSpecs::new(budget),
            budget: budget.clone(),
            limit,
        }
    }

    /// How many tables there are.
    pub fn len(&self) -> usize {
        self.tables.read().by_id.len()
    }

    /// Is there no table?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many tables there may be.
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Before there is a table: several threads will use them at the same time.
    pub(crate) fn share(&mut self) {
        self.is_shared = true;
        self.tables = SharedLock::spread(Tables::default());
    }

    /// The table with this identity or name.
    #[inline]
    pub fn find(&self, table: Term) -> Option<Shared<Table>> {
        self.tables.read().find(table).cloned()
    }

    /// The table with this identity.
    pub(crate) fn by_id(&self, id: Reference) -> Option<Shared<Table>> {
        self.tables.read().by_id.get(&id).cloned()
    }

    /// All tables, the oldest first.
    pub fn all(&self) -> Vec<Shared<Table>> {
        let mut all = collect_or_lose(self.tables.read().by_id.values().cloned());
        all.sort_unstable_by_key(|table| {
            let [low, middle, high] = table.id.0;
            (high, middle, low)
        });
        all
    }

    /// Bytes of all tables and their objects.
    pub fn bytes(&self) -> usize {
        let bytes = |table: Shared<Table>| TABLE_BYTES + table.state.read().bytes();
        self.all().into_iter().map(bytes).sum()
    }

    /// Makes a table.
    ///
    /// # Errors
    /// See [`NewError`].
    pub(crate) fn create(&self, new: NewTable) -> Result<Shared<Table>, NewError> {
        let mut tables = self.tables.write();
        if new.options.named && tables.by_name.contains_key(&new.name) {
            return Err(NewError::Exists);
        }
        if tables.by_id.len() >= self.limit || self.budget.charge(TABLE_BYTES).is_err() {
            return Err(NewError::Limit);
        }
        let Ok(store) = Store::new(new.kind, new.key, &self.budget) else {
            self.budget.refund(TABLE_BYTES);
            return Err(NewError::Limit);
        };
        let refund = |_| {
            self.budget.refund(TABLE_BYTES);
            NewError::Limit
        };
        tables.reserve().map_err(refund)?;
        self.reserve_holding(new.owner).map_err(refund)?;
        let state = State {
            name: new.name,
            owner: new.owner,
            protection: new.protection,
            heir: new.heir,
            fixed: Vec::new(),
            fixed_at: (0, 0),
            is_alive: true,
            store,
        };
        let table = Shared::new(Table {
            id: new.id,
            kind: new.kind,
            key: new.key,
            options: new.options,
            state: match self.is_shared && new.options.read_concurrency {
                true => SharedLock::spread(state),
                false => SharedLock::new(state),
            },
        })
        .map_err(refund)?;
        tables.by_id.insert(new.id, table.clone());
        if new.options.named {
            tables.by_name.insert(new.name, table.clone());
        }
        drop(tables);
        self.holdings(new.owner, |h| h.owned.push_or_lose(new.id));
        Ok(table)
    }

    /// Gives a table another name; `false` when a named one cannot have it.
    pub(crate) fn rename(&self, table: &Shared<Table>, name: Term) -> bool {
        let mut tables = self.tables.write();
        if table.options.named {
            if tables.by_name.contains_key(&name) {
                return false;
            }
            let old = table.state.read().name;
            tables.by_name.remove(&old);
            if tables.reserve().is_err() {
                lose();
                return false;
            }
            tables.by_name.insert(name, table.clone());
        }
        table.state.write().name = name;
        true
    }

    /// Takes a table out, so that nobody finds it any more, and deletes it.
    pub(crate) fn delete(&self, table: &Shared<Table>) {
        let mut tables = self.tables.write();
        if tables.by_id.remove(&table.id).is_none() {
            return;
        }
        // Before there can be another of its name: schedulers remember tables.
        let mut state = table.state.write();
        state.is_alive = false;
        if table.options.named {
            tables.by_name.remove(&state.name);
        }
        drop(tables);
        state.heir = None;
        let (owner, fixed) = (state.owner, core::mem::take(&mut state.fixed));
        if let Ok(empty) = Store::new(table.kind, table.key, &self.budget) {
            let old = core::mem::replace(&mut state.store, empty);
            self.discard(Some(Unused(old)));
        }
        drop(state);
        self.budget.refund(TABLE_BYTES);
        self.holdings(owner, |h| h.owned.retain(|id| *id != table.id));
        for (who, _) in fixed {
            self.holdings(who, |h| h.fixed.retain(|id| *id != table.id));
        }
    }

    /// Sees to it that records are freed: at once if they are few, else by [`Ets::sweep`].
    pub(crate) fn discard(&self, unused: Option<Unused>) {
        let Some(Unused(mut store)) = unused else {
            return;
        };
        if store.len() <= FREED_AT_ONCE {
            store.shed(usize::MAX);
            return;
        }
        let mut unused = self.unused.lock();
        if unused.try_reserve(1).is_err() {
            drop(unused);
            store.shed(usize::MAX);
            return;
        }
        unused.push(Unused(store));
        drop(unused);
        self.has_unused.store(true, Ordering::Release);
    }

    /// Are there records to be freed?
    #[inline]
    pub(crate) fn has_unused(&self) -> bool {
        self.has_unused.load(Ordering::Acquire)
    }

    /// Frees about `count` of the records that nobody can reach; `true` when none is left.
    pub(crate) fn sweep(&self, count: usize) -> bool {
        if !self.has_unused() {
            return true;
        }
        let mut unused = self.unused.lock();
        if let Some(Unused(store)) = unused.last_mut()
            && store.shed(count)
        {
            unused.pop();
        }
        let is_done = unused.is_empty();
        if is_done {
            self.has_unused.store(false, Ordering::Release);
        }
        is_done
    }

    /// Frees some of them; all where the VM has used much of what it may.
    pub(crate) fn sweep_some(&self) {
        let is_tight = self.budget.used() > self.budget.limit() / 2;
        if is_tight {
            while !self.sweep(usize::MAX) {}
        } else {
            self.sweep(FREED_AT_ONCE);
        }
    }

    /// Makes room for one table more that a process owns.
    fn reserve_holding(&self, id: Term) -> Result<(), OutOfMemory> {
        let mut all = self.holdings.lock();
        all.try_reserve(1).map_err(|_| OutOfMemory)?;
        let owned = &mut all.entry(id).or_default().owned;
        owned.try_reserve(1).map_err(|_| OutOfMemory)
    }

    fn holdings(&self, id: Term, change: impl FnOnce(&mut Holdings)) {
        let mut all = self.holdings.lock();
        if all.try_reserve(1).is_err() {
            return lose();
        }
        let holdings = all.entry(id).or_default();
        change(holdings);
        if holdings.owned.is_empty() && holdings.fixed.is_empty() {
            all.remove(&id);
        }
        self.has_holdings.store(!all.is_empty(), Ordering::Release);
    }

    /// Notes that a process goes through a table.
    pub(crate) fn fix(&self, table: &Table, id: Term, now: (u64, u64)) {
        table.state.write().fix(id, now);
        self.holdings(id, |h| {
            if !h.fixed.contains(&table.id) {
                h.fixed.push_or_lose(table.id);
            }
        });
    }

    /// Notes that a process has gone through a table.
    pub(crate) fn unfix(&self, table: &Table, id: Term) {
        if !table.state.write().unfix(id, false) {
            self.holdings(id, |h| h.fixed.retain(|other| *other != table.id));
        }
    }
}

/// What a table is to be.
pub(crate) struct NewTable {
    pub(crate) id: Reference,
    pub(crate) name: Term,
    pub(crate) owner: Term,
    pub(crate) kind: Kind,
    pub(crate) key: usize,
    pub(crate) protection: Protection,
    pub(crate) heir: Option<(Term, Fragment)>,
    pub(crate) options: Options,
}

impl From<OutOfMemory> for NewError {
    fn from(_: OutOfMemory) -> NewError {
        NewError::Limit
    }
}

impl Drop for Ets {
    fn drop(&mut self) {
        self.budget.refund(self.len() * TABLE_BYTES);
    }
}
