//! The issuer publishes new contents and old ones, withdraws, and publishes again.

use super::{shadow::Who, simulation::Simulation, world::World};
use crate::issued::{Issued, PASSES};
use edgepass::{
    http::conditional::WriteConditions,
    issuer::{Publish, WithdrawPass},
};
use std::rc::Rc;

impl Issued {
    /// Publishes the next content, and sends its messages unless the answer is lost.
    pub(crate) fn publish_next(&mut self, world: &Rc<World>) {
        self.sent += 1;
        self.publish(world);
    }

    pub(crate) fn publish(&self, world: &Rc<World>) {
        let version = self.version(self.file(self.sent).bytes, WriteConditions::default());
        let publication = world.name("publication");
        let publish = Publish::new(version, publication, world.now_ms()).with_policy(Rc::clone(&world.policy));
        let answer = world.serve(&publish, Who::Issuer);
        let status = answer.as_ref().map(|answer| answer.reply.status);
        world.event(|| format!("publish {} content {}: {status:?}", self.serial, self.sent));
        if let Some(answer) = answer {
            world.enqueue(&answer.reply.messages);
        }
    }
}

impl Simulation {
    pub(crate) fn publish_something(&mut self) {
        let number = self.world.chance.below(PASSES);
        match self.world.chance.below(12) {
            0 => self.withdraw(number),
            1 => self.passes[number].publish(&self.world),
            2 => {
                for _ in 0..self.world.chance.below(PASSES) {
                    let number = self.world.chance.below(PASSES);
                    self.passes[number].publish_next(&self.world);
                }
            }
            _ => self.passes[number].publish_next(&self.world),
        }
    }

    /// A change during the lap that tells the pass's devices of the change before.
    pub(crate) fn publish_in_mid_lap(&mut self) {
        let serials: Vec<String> = {
            let database = self.world.database.borrow();
            let sql = "SELECT serial FROM push_jobs WHERE due_at IS NOT NULL AND after_device <> '' ORDER BY serial";
            let mut statement = database.sqlite.connection().prepare_cached(sql).unwrap();
            let rows = statement.query_map((), |row| row.get(0)).unwrap();
            rows.collect::<Result<_, _>>().unwrap()
        };
        let Some(serial) = self.world.chance.pick(&serials) else { return };
        let number = self.passes.iter().position(|issued| issued.serial == *serial).unwrap();
        self.passes[number].publish_next(&self.world);
    }

    fn withdraw(&self, number: usize) {
        let (address, conditions) = (self.passes[number].address(), WriteConditions::default());
        let withdraw = WithdrawPass { address, conditions, now: self.world.now_ms() / 1000 };
        let _ = self.world.serve(&withdraw, Who::Issuer);
        self.world.event(|| format!("withdraw {number}"));
    }

    pub(crate) fn is_available(&self, number: usize) -> bool {
        let issued = &self.passes[number];
        let shadow = self.world.shadow.borrow();
        let passes = &shadow.as_ref().unwrap().passes;
        passes.get(&(issued.pass_type.to_owned(), issued.serial.clone())).is_some_and(|pass| !pass.withdrawn)
    }
}
