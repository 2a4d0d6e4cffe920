//! Compiled match specifications that programs hold, as references: results of
//! `ets:match_spec_compile/1` and parts of continuations.
//!
//! Such a reference has memory of its own, which counts its copies. A specification is forgotten
//! some time after the last copy but the one that is kept here.

use crate::matchspec::MatchSpec;
use crate::memory::cells::new_cells;
use crate::memory::charge::CountedMap;
use crate::memory::{Budget, Fragment, Heap, OutOfMemory};
use crate::sync::{Arc, Mutex, Shared};
use crate::term::{Reference, Term};
use crate::vm::Runtime;

/// What the cells of such a reference are used for.
const KIND: u32 = 0x4d53;

/// So many are kept before those without a holder are looked for.
const FEW: usize = 64;

struct Specs {
    by_reference: CountedMap<Reference, (Shared<MatchSpec>, Fragment)>,
    /// How many make it worth to look for those without a holder.
    enough: usize,
}

/// The match specifications that programs hold.
pub(crate) struct CompiledSpecs(Mutex<Specs>);

impl CompiledSpecs {
    /// No specifications.
    pub(crate) fn new(budget: &Arc<Budget>) -> CompiledSpecs {
        CompiledSpecs(Mutex::new(Specs {
            by_reference: CountedMap::new(budget),
            enough: 0,
        }))
    }

    /// The specification of a reference.
    pub(crate) fn find(&self, term: Term) -> Option<Shared<MatchSpec>> {
        let reference = term.as_reference()?;
        let specs = self.0.lock();
        specs
            .by_reference
            .get(&reference)
            .map(|(spec, _)| spec.clone())
    }

    /// A reference for a specification.
    pub(crate) fn keep<H: Heap + ?Sized>(
        &self,
        rt: &Runtime,
        heap: &mut H,
        spec: Shared<MatchSpec>,
    ) -> Result<Term, OutOfMemory> {
        let reference = Reference::from_serial(rt.next_reference());
        let term = new_cells(heap, reference, KIND, 1)?;
        let kept = Fragment::of(term, &rt.budget)?;
        let mut specs = self.0.lock();
        if specs.by_reference.len() >= specs.enough.max(FEW) {
            specs
                .by_reference
                .retain(|_, (_, kept)| !kept.term.is_last_copy());
            specs.enough = 2 * specs.by_reference.len();
        }
        specs.by_reference.reserve()?;
        specs.by_reference.insert(reference, (spec, kept));
        Ok(term)
    }
}
