//! The Worker's events for the queue and the cron triggers. They run the jobs with the platform's ports.

use super::{
    Fetch, Settings, SigningContext,
    log::{log_increments, log_job, log_pushed, log_queue, log_resealed, log_resumed, log_swept},
    now_ms,
    queue::WorkQueue,
    random_uuid,
};
use crate::{
    crypto::subtle::SubtleCrypto,
    endpoint::Error,
    issuer::{
        bulk::{JobMessage, Next},
        make,
        republish::RepublishMessage,
    },
    jobs::{self, Applied, RETRY_SECONDS, Resumed},
    push::{PushMessage, Worker},
    storage::{Database, d1::D1, r2::R2},
    upkeep::{self, Swept},
};
use wasm_bindgen::JsValue;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

/// Does the work of each message. A message whose work fails is delivered again.
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

/// Returns whether the message is done. A message of another form comes from another version, and is dropped.
async fn work(text: &str, env: &Env) -> bool {
    let (job, outcome) = if let Some(message) = PushMessage::parse(text) {
        ("push", push(message, env).await)
    } else if let Some(message) = RepublishMessage::parse(text) {
        ("republish", republish(&message, env).await)
    } else if let Some(message) = JobMessage::parse(text) {
        ("job", job(&message, env).await)
    } else {
        return true;
    };
    outcome.unwrap_or_else(|error| {
        log_queue(job, text, &error);
        false
    })
}

async fn republish(message: &RepublishMessage, env: &Env) -> Result<bool, Error> {
    let settings = Settings::from_env(env);
    let (context, database) = (SigningContext::new(&settings)?, D1::new(settings.database()?));
    let maker = context.maker(&database, random_uuid(), now_ms())?;
    Ok(jobs::republish(&maker, message, &WorkQueue(env)).await?)
}

async fn job(message: &JobMessage, env: &Env) -> Result<bool, Error> {
    let settings = Settings::from_env(env);
    let (context, database) = (SigningContext::new(&settings)?, D1::new(settings.database()?));
    let (worker, began_ms) = (random_uuid(), now_ms());
    let maker = context.maker(&database, worker.clone(), began_ms)?;
    let done = jobs::work(&maker, message, &worker, &WorkQueue(env)).await?;
    log_job(&done, began_ms, database.usage());
    Ok(done.next != Next::Later)
}

async fn push(PushMessage(wallet): PushMessage, env: &Env) -> Result<bool, Error> {
    let settings = Settings::from_env(env);
    let (providers, policy) = (settings.providers(), settings.push_policy()?);
    let database = D1::new(settings.database()?);
    let worker = Worker { name: random_uuid(), wallet, now_ms: now_ms() };
    let transport = Fetch::new(wallet, providers, env);
    let results = jobs::push(&worker, providers, &policy, &database, &transport, &WorkQueue(env)).await?;
    if let Some(results) = results {
        log_pushed(&worker, &results, database.usage());
    }
    Ok(true)
}

/// The cron trigger that looks for due work. All others sweep, so the operator can choose their time.
const RESUME: &str = "* * * * *";

/// Does the work of the cron trigger `cron`.
pub(crate) async fn run_cron(cron: &str, env: &Env) {
    if cron == RESUME {
        log_resumed(&resume(env).await);
        log_increments(&apply_increments(env).await);
        log_resealed(&reseal(env).await);
    } else {
        let (swept, error) = sweep(env).await;
        log_swept(swept, error.as_ref());
    }
}

async fn resume(env: &Env) -> Result<Resumed, Error> {
    let settings = Settings::from_env(env);
    let (database, queue, now_ms) = (D1::new(settings.database()?), WorkQueue(env), now_ms());
    // A wrong setting of push must not stop republications and jobs.
    let runs = jobs::resume_republishing(&database, &queue, now_ms).await?;
    let jobs = jobs::resume_jobs(&database, &queue, now_ms).await?;
    let policy = settings.push_policy()?;
    let resumed = jobs::resume_pushing(&policy, &database, &queue, now_ms).await?;
    Ok(Resumed { messages: resumed.messages.saturating_add(runs).saturating_add(jobs), ..resumed })
}

async fn apply_increments(env: &Env) -> Result<Applied, Error> {
    let settings = Settings::from_env(env);
    let (database, now_ms) = (D1::new(settings.database()?), now_ms());
    let passes = make::due(&database, now_ms.div_euclid(1000)).await?;
    if passes.is_empty() {
        return Ok(Applied::default());
    }
    let context = SigningContext::new(&settings)?;
    let maker = context.maker(&database, random_uuid(), now_ms)?;
    Ok(jobs::apply_increments(&maker, &passes, &WorkQueue(env)).await?)
}

/// Does nothing without a usable master key.
async fn reseal(env: &Env) -> Result<usize, Error> {
    let settings = Settings::from_env(env);
    let Ok(master_key) = settings.master_key() else { return Ok(0) };
    let (database, now) = (D1::new(settings.database()?), now_ms().div_euclid(1000));
    Ok(upkeep::reseal(&database, &SubtleCrypto, master_key, now).await?)
}

async fn sweep(env: &Env) -> (Swept, Option<Error>) {
    let settings = Settings::from_env(env);
    let storage = || Ok((D1::new(settings.database()?), R2(settings.bucket()?)));
    let (database, objects) = match storage() {
        Ok(storage) => storage,
        Err(error) => return (Swept::default(), Some(error)),
    };
    let wanted = settings.wanted_wallets();
    let (tracked, now) = (settings.track_lists, now_ms().div_euclid(1000));
    let (swept, error) = upkeep::sweep_all(&database, &objects, &wanted, tracked, now).await;
    (swept, error.map(Error::from))
}
