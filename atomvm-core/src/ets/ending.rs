//! What becomes of tables when a process ends: they go to their heirs, or are deleted; and nobody
//! waits for one who can no longer finish going through a table.

use super::Table;
use crate::memory::fallible::Grow;
use crate::memory::{Fragment, Heap, OutOfMemory};
use crate::process::Signal;
use crate::sync::Shared;
use crate::term::{Term, atoms};
use crate::vm::Runtime;
use portable_atomic::Ordering;

impl Runtime {
    /// A process has ended.
    pub(crate) fn release_tables(&self, id: Term) {
        if !self.ets.has_holdings.load(Ordering::Acquire) {
            return;
        }
        let Some(holdings) = self.ets.holdings.lock().remove(&id) else {
            return;
        };
        for table in holdings.fixed {
            if let Some(table) = self.ets.by_id(table) {
                table.state.write().unfix(id, true);
            }
        }
        for table in holdings.owned {
            if let Some(table) = self.ets.by_id(table)
                && !self.inherit(&table, id)
            {
                self.ets.delete(&table);
            }
        }
    }

    /// Gives a table to the heir of its owner, if there is one that is alive.
    fn inherit(&self, table: &Shared<Table>, from: Term) -> bool {
        let mut state = table.state.write();
        if state.owner != from {
            // It was given away at the last moment.
            return true;
        }
        let heir = match &state.heir {
            Some((heir, _)) if *heir != from => *heir,
            _ => return false,
        };
        if !self.processes.is_alive(heir) {
            return false;
        }
        let data = state.heir.as_ref().map_or(Term::NIL, |(_, data)| data.term);
        let message = self.transfer_message(table, state.name, from, data);
        state.owner = heir;
        drop(state);
        self.ets.holdings(heir, |h| h.owned.push_or_lose(table.id));
        if let Ok(message) = message
            && !self.signal(heir, Signal::Message(message))
        {
            // It has ended meanwhile, perhaps before it was known to own the table.
            self.release_tables(heir);
        }
        true
    }

    /// `{'ETS-TRANSFER', Table, FromPid, Data}`
    pub(crate) fn transfer_message(
        &self,
        table: &Table,
        name: Term,
        from: Term,
        data: Term,
    ) -> Result<Fragment, OutOfMemory> {
        let mut parts = Fragment::new(&self.budget);
        let id = match table.options.named {
            true => name,
            false => parts.reference(table.id)?,
        };
        let message = parts.tuple(&[atoms::ETS_TRANSFER, id, from, data])?;
        Fragment::of(message, &self.budget)
    }

    /// Gives a table to another process.
    pub(crate) fn give_table(
        &self,
        table: &Shared<Table>,
        from: Term,
        to: Term,
        data: Term,
    ) -> Result<(), OutOfMemory> {
        let name = table.state.read().name;
        let message = self.transfer_message(table, name, from, data)?;
        table.state.write().owner = to;
        self.ets
            .holdings(from, |h| h.owned.retain(|id| *id != table.id));
        self.ets.holdings(to, |h| h.owned.push_or_lose(table.id));
        if !self.signal(to, Signal::Message(message)) {
            // It has ended meanwhile, perhaps before it was known to own the table.
            self.release_tables(to);
        }
        Ok(())
    }
}
