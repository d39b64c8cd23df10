//! What the queue and the cron trigger start: the jobs, with the platform's ports.

use super::{
    Fetch, Settings, SigningContext, bindings,
    log::{log_pushed, log_queue, log_resealed, log_resumed, log_swept},
    now_ms,
    queue::WorkQueue,
    random_uuid,
};
use crate::{
    crypto::subtle::SubtleCrypto,
    endpoint::Error,
    issuer::republish::RepublishMessage,
    jobs::{self, RETRY_SECONDS, Resumed},
    push::{PushMessage, Worker},
    storage::{Database, d1::D1, r2::R2},
    upkeep::{self, Swept},
};
use wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

/// Does the work of each message. One whose storage fails comes again; the others are done.
pub(crate) async fn consume(batch: MessageBatch<JsValue>, env: &Env) {
    for message in batch.raw_iter() {
        if work(&message.body().as_string().unwrap_or_default(), env).await {
            message.ack();
        } else {
            let options = QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_SECONDS).build();
            message.retry_with_options(&options);
        }
    }
}

/// Whether the message is done with. A message of another form comes from another version: there is nothing to do with it.
async fn work(text: &str, env: &Env) -> bool {
    let (job, outcome) = if let Some(nudge) = PushMessage::read(text) {
        ("push", push(nudge, env).await)
    } else if let Some(message) = RepublishMessage::parse(text) {
        ("republish", republish(&message, env).await)
    } else {
        return true;
    };
    outcome.unwrap_or_else(|failure| {
        log_queue(job, text, &failure);
        false
    })
}

async fn republish(message: &RepublishMessage, env: &Env) -> Result<bool, Error> {
    let settings = Settings::from_env(env);
    let (context, database) = (SigningContext::new(env, &settings)?, D1::new(settings.database()?));
    let maker = context.maker(&database, random_uuid(), now_ms())?;
    Ok(jobs::republish(&maker, message, &WorkQueue(env)).await?)
}

async fn push(PushMessage(client): PushMessage, env: &Env) -> Result<bool, Error> {
    let settings = Settings::from_env(env);
    let (providers, policy) = (settings.providers(), settings.push_policy()?);
    let database = D1::new(settings.database()?);
    let worker = Worker { name: random_uuid(), client, now_ms: now_ms() };
    let transport = Fetch::to(client, providers, env);
    let results = jobs::push(&worker, providers, &policy, &database, &transport, &WorkQueue(env)).await?;
    if let Some(results) = results {
        log_pushed(&worker, &results, database.usage());
    }
    Ok(true)
}

/// The cron trigger that looks for work that was left. Any other one sweeps, so that the operator may choose its time.
const RESUME: &str = "* * * * *";

/// Runs what the cron trigger `cron` is for.
pub(crate) async fn run_cron(cron: &str, env: &Env) {
    if cron == RESUME {
        log_resumed(&resume(env).await);
        log_resealed(&reseal(env).await);
    } else {
        let (swept, failure) = sweep(env).await;
        log_swept(swept, failure.as_ref());
    }
}

/// Sends the messages that seem to be lost, or that are due.
async fn resume(env: &Env) -> Result<Resumed, Error> {
    let settings = Settings::from_env(env);
    let (database, queue, now_ms) = (D1::new(settings.database()?), WorkQueue(env), now_ms());
    // Runs go on also where push is set up wrongly.
    let runs = jobs::resume_republishing(&database, &queue, now_ms).await?;
    let policy = settings.push_policy()?;
    let resumed = jobs::resume_pushing(&policy, &database, &queue, now_ms).await?;
    Ok(Resumed { messages: resumed.messages.saturating_add(runs), ..resumed })
}

/// Seals private keys with the newest master key. Without a usable one there is nothing to do.
async fn reseal(env: &Env) -> Result<usize, Error> {
    let settings = Settings::from_env(env);
    let Ok(master_key) = settings.master_key() else { return Ok(0) };
    let (database, now) = (D1::new(settings.database()?), now_ms().div_euclid(1000));
    Ok(upkeep::reseal(&database, &SubtleCrypto, master_key, now).await?)
}

async fn sweep(env: &Env) -> (Swept, Option<Error>) {
    let settings = Settings::from_env(env);
    let bound = || Ok((D1::new(settings.database()?), R2(bindings::bucket(env)?)));
    let (database, objects) = match bound() {
        Ok(bound) => bound,
        Err(failure) => return (Swept::default(), Some(failure)),
    };
    let wanted = settings.wanted_clients();
    let (swept, trouble) = upkeep::sweep_all(&database, &objects, &wanted, now_ms().div_euclid(1000)).await;
    (swept, trouble.map(Error::from))
}
