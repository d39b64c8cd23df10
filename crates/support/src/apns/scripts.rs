//! Scripts: what the service does with the next requests.

use super::behaviour::Behaviour;
use std::collections::{HashMap, VecDeque};

/// Scripts by push token, or by path.
#[derive(Default)]
pub(super) struct Scripts(HashMap<String, Script>);

struct Script {
    steps: VecDeque<Behaviour>,
    last_stays: bool,
}

impl Scripts {
    /// Sets a script. It replaces the rest of the one before.
    pub(super) fn set(&mut self, name: &str, steps: impl IntoIterator<Item = Behaviour>, last_stays: bool) {
        let script = Script { steps: steps.into_iter().collect(), last_stays };
        self.0.insert(name.to_owned(), script);
    }

    /// The next step. `None` without a script, or after the last step if that does not stay.
    pub(super) fn next(&mut self, name: &str) -> Option<Behaviour> {
        let script = self.0.get_mut(name)?;
        if script.last_stays && script.steps.len() == 1 {
            return script.steps.front().cloned();
        }
        script.steps.pop_front()
    }
}
