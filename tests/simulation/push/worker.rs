//! The queue's consumer and the cron trigger run the Worker's own loops on the simulation's ports.

use super::{
    service::Wire,
    shadow::{Run, Who},
    world::{Port, World},
};
use edgepass::{
    jobs::{self, Queue},
    message::Message,
    push::{PushMessage, Worker},
};
use edgepass_support::storage::Stepwise;
use std::rc::Rc;

impl Queue for World {
    async fn send(&self, messages: &[Message]) {
        self.enqueue(messages);
    }
}

pub(crate) async fn work(world: Rc<World>, text: String) -> bool {
    let Some(PushMessage(wallet)) = PushMessage::parse(&text) else { return true };
    let providers = &world.providers[world.chance.below(2)];
    let worker = Worker { name: world.name("worker"), wallet, now_ms: world.now_ms() };
    let run = Rc::new(Run::new(&worker));
    let database = Stepwise(Port { world: Rc::clone(&world), who: Who::Worker(Rc::clone(&run)) });
    let wire = Wire { world: Rc::clone(&world), run };
    let done = jobs::push(&worker, providers, &world.policy, &database, &wire, &*world).await;
    let Ok(concluded) = done else { return false };
    let Some(concluded) = concluded else { return true };
    world.event(|| format!("{} concludes {concluded:?}", worker.name));
    let held = concluded.held.as_ref().map(|(_, reason)| reason.as_str());
    // A new token may expire too, but not during a push with it, which takes ten seconds at most.
    let quick = world.now_ms() - worker.now_ms < 60_000;
    let expired = quick && held == Some("ExpiredProviderToken");
    assert!(!expired, "pushes are held, though a new provider token would do");
    true
}

pub(crate) async fn cron(world: Rc<World>) -> bool {
    let database = Stepwise(Port { world: Rc::clone(&world), who: Who::Reader });
    let _ = jobs::resume_pushing(&world.policy, &database, &*world, world.now_ms()).await;
    true
}
