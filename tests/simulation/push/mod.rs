//! Push: workers side by side that stop anywhere, a queue that loses messages and brings others twice, a push service that
//! fails in all ways its makers tell of, a database that fails and is restored. In the end every registered device was
//! pushed to after its pass's last change; no other push token was ever used; and nothing but the push service's word, or
//! the phone's, deleted a registration. And nobody is pushed to more often, or sooner, than there is reason to.

mod adversary;
mod bounds;
mod check;
mod configuration;
mod economy;
mod issuer;
mod phone;
mod queue;
mod service;
mod shadow;
mod simulation;
mod worker;
mod world;

use simulation::Simulation;

pub(crate) const STEPS: usize = 2500;
const ROUNDS: usize = 5;

pub(crate) fn simulate(seed: u64) {
    let mut simulation = Simulation::new(seed);
    for _ in 0..ROUNDS {
        simulation.disturb();
        for _ in 0..STEPS / ROUNDS {
            simulation.step();
        }
        simulation.settle();
    }
}
