//! Push: parallel workers that crash anywhere, a queue that loses and repeats messages, a push service that fails in all
//! documented ways, a database that fails and is restored. At the end every registered device was pushed to after the last
//! change of its pass. No other push token was used. Only the push service's answer or the phone deleted a registration.
//! Nobody was pushed to more often, or sooner, than necessary.

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
