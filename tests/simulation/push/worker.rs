//! A worker, as the Worker's shell has it: a message comes, a page is taken, pushed to, concluded, and what is left to do is
//! sent to the queue. And the cron trigger.

use super::{
    service::Wire,
    shadow::{Run, Who},
    world::{Port, World},
};
use edgepass::push::{self, Nudge, Worker};
use edgepass_support::storage::Stepwise;
use std::rc::Rc;

/// Whether the message is done with.
pub(crate) async fn work(world: Rc<World>, text: String) -> bool {
    let Some(Nudge(client)) = Nudge::read(&text) else { return true };
    let providers = &world.providers[world.chance.below(2)];
    if !providers.serves(client) {
        return true;
    }
    let worker = Worker { name: world.name("worker"), client, now_ms: world.now_ms() };
    let run = Rc::new(Run::new(&worker));
    let database = Stepwise(Port { world: Rc::clone(&world), who: Who::Worker(Rc::clone(&run)) });
    let Ok(claim) = push::claim(&database, &worker, &world.policy).await else { return false };
    world.send(&claim.messages);
    let Some(page) = claim.page else { return true };
    world
        .event(|| format!("{} takes {} phones, sends {:?}", worker.name, page.targets.len(), claim.messages));
    let wire = Wire { world: Rc::clone(&world), run };
    let delivered = push::deliver(page, &worker, providers, &wire).await;
    let Ok(concluded) = push::conclude(&database, &worker, &delivered).await else { return false };
    world.event(|| format!("{} concludes {concluded:?}", worker.name));
    let held = concluded.held.as_ref().map(|(_, reason)| reason.as_str());
    // The new one may expire as well, but not while a push with it is under way, which takes ten seconds at most.
    let quick = world.now_ms() - worker.now_ms < 60_000;
    let expired = quick && held == Some("ExpiredProviderToken");
    assert!(!expired, "pushes are held, though a new provider token would do");
    world.send(&concluded.messages);
    true
}

/// The cron trigger of each minute.
pub(crate) async fn cron(world: Rc<World>) -> bool {
    let database = Stepwise(Port { world: Rc::clone(&world), who: Who::Reader });
    if let Ok(left) = push::resume(&database, &world.policy, world.now_ms()).await {
        world.send(&left.messages);
    }
    true
}
