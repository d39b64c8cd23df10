//! How much opening a file may cost. Its writer chooses the number of iterations, and a hostile one would stop the service.

use super::fault::{Fault, MAX_ROUNDS};

/// The rounds that are left.
pub(super) struct Work(u64);

impl Work {
    pub(super) fn new() -> Self {
        Self(MAX_ROUNDS)
    }

    /// Takes the rounds of a derivation: its iterations, for each of some blocks. There is at least one of both.
    pub(super) fn spend(&mut self, iterations: u32, blocks: usize) -> Result<(), Fault> {
        let rounds = u64::from(iterations).saturating_mul(blocks.try_into().unwrap_or(u64::MAX));
        if rounds == 0 {
            return Err(Fault::Damaged);
        }
        self.0 = self.0.checked_sub(rounds).ok_or(Fault::Iterations(iterations))?;
        Ok(())
    }
}
