//! Makes what differs simpler.

use std::time::{Duration, Instant};

use super::choices::simpler;
use super::{Choices, Difference, Runner, Unit};

/// Candidates that are tried at once.
const BATCH: usize = 60;

/// The simplest unit that still differs, as far as it is found in this time.
pub fn shrink(runner: &mut Runner<'_>, mut found: Difference, time: Duration) -> Difference {
    let start = Instant::now();
    let mut tried = std::collections::BTreeSet::new();
    while start.elapsed() < time {
        let candidates = simpler(&found.unit.choices, &found.unit.spans);
        let mut units = Vec::new();
        // Large steps first, and then from all sizes.
        let step = (candidates.len() / BATCH).max(1);
        let ordered = candidates
            .iter()
            .take(BATCH / 2)
            .chain(candidates.iter().step_by(step))
            .chain(&candidates);
        for choices in ordered {
            // Calls choose their arguments by the name, so that stays.
            let unit = Unit::new(&found.unit.name, Choices::replay(choices.clone()));
            if is_simpler(&unit, &found.unit) && tried.insert(unit.text.clone()) {
                units.push(unit);
                if units.len() == BATCH {
                    break;
                }
            }
        }
        if units.is_empty() {
            break;
        }
        let modules: Vec<_> = units
            .into_iter()
            .map(|unit| (found.options, vec![unit]))
            .collect();
        let differ = runner.differences(&modules);
        if let Some(best) = differ
            .into_iter()
            .min_by_key(|it| (it.unit.choices.len(), it.unit.text.len()))
        {
            found = best;
        }
    }
    found
}

fn is_simpler(unit: &Unit, than: &Unit) -> bool {
    let key = |unit: &Unit| {
        (
            unit.choices.len(),
            unit.choices.iter().map(|it| u64::from(*it)).sum::<u64>(),
        )
    };
    key(unit) < key(than)
        || (unit.choices.len() == than.choices.len() && unit.text.len() < than.text.len())
}
