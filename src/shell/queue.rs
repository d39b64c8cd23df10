//! The queue of work that goes on after its request was answered.

use super::{Settings, Workshop, binding, log_pushed, log_queue, now_ms, random_uuid, transport::Fetch};
use crate::{
    client::Client,
    endpoint::{Failure, Trouble},
    issuer::republish::{self, Next},
    message::Message,
    push::{self, Nudge, Worker},
    store::{Database, d1::D1},
    thrown,
};
use js_sys::{Array, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

/// The most messages that the platform takes at once.
const MOST_AT_ONCE: usize = 100;

/// Sends messages. Losing one loses nothing, since the work is noted in the database and the cron trigger finds it: so a
/// failure goes to the log, and nowhere else.
pub(crate) async fn send(env: &Env, messages: &[Message]) {
    for messages in messages.chunks(MOST_AT_ONCE) {
        if let Err(failure) = sent(env, messages).await {
            log_queue("send", messages.first().map_or("", |message| message.text.as_str()), &failure);
        }
    }
}

async fn sent(env: &Env, messages: &[Message]) -> Result<(), Failure> {
    let queue = binding::queue(env)?;
    let sending = messages.iter().map(to_js).collect::<Result<Array, JsValue>>();
    let sent = match sending.and_then(|batch| queue.send_batch(batch, JsValue::UNDEFINED)) {
        Ok(sending) => JsFuture::from(sending).await.map(drop),
        Err(thrown) => Err(thrown),
    };
    sent.map_err(|thrown| Trouble::Queue(thrown::message(thrown)).into())
}

/// A message as the platform takes it (Cloudflare Queues, `MessageSendRequest`).
fn to_js(message: &Message) -> Result<JsValue, JsValue> {
    let request = Object::new();
    Reflect::set(&request, &JsValue::from_str("body"), &JsValue::from_str(&message.text))?;
    Reflect::set(&request, &JsValue::from_str("delaySeconds"), &JsValue::from(message.delay))?;
    Ok(request.into())
}

/// Seconds until a message whose work failed comes again.
const RETRY_SECONDS: u32 = 30;

/// Does the work of each message. One whose storage fails comes again; the others are done.
pub(crate) async fn consume(batch: MessageBatch<JsValue>, env: &Env) {
    for message in batch.raw_iter() {
        let text = message.body().dyn_into::<JsString>().map(String::from).unwrap_or_default();
        if work(&text, env).await {
            message.ack();
        } else {
            let options = QueueRetryOptionsBuilder::new().with_delay_seconds(RETRY_SECONDS).build();
            message.retry_with_options(&options);
        }
    }
}

/// Whether the message is done with. One of another form is of a version that is not this one: nothing to be done with it,
/// ever.
async fn work(text: &str, env: &Env) -> bool {
    if let Some(nudge) = Nudge::read(text) {
        return done("push", text, pushed(nudge, env).await);
    }
    match republish::Message::read(text) {
        Some(message) => done("republish", text, republished(&message, env).await),
        None => true,
    }
}

fn done(what: &'static str, text: &str, outcome: Result<bool, Failure>) -> bool {
    outcome.unwrap_or_else(|failure| {
        log_queue(what, text, &failure);
        false
    })
}

/// Makes the next passes of a template, and lets their devices know.
async fn republished(message: &republish::Message, env: &Env) -> Result<bool, Failure> {
    let (workshop, database) = (Workshop::of(env)?, D1::new(binding::database(env)?));
    let maker = workshop.maker(&database, random_uuid(), now_ms())?;
    let next = republish::batch(&maker, message).await?;
    let mut messages = maker.told.take();
    if next == Next::Batch {
        messages.push(message.message());
    }
    send(env, &messages).await;
    Ok(next != Next::Later)
}

/// Pushes to a page of devices. As soon as it is taken another worker may take the next one.
async fn pushed(Nudge(client): Nudge, env: &Env) -> Result<bool, Failure> {
    let settings = Settings::of(env);
    let (providers, policy) = (settings.providers(), settings.push_policy()?);
    if !providers.serves(client) {
        return Ok(true);
    }
    let database = D1::new(binding::database(env)?);
    let worker = Worker { name: random_uuid(), client, now_ms: now_ms() };
    let claim = push::claim(&database, &worker, &policy).await?;
    send(env, &claim.messages).await;
    let Some(page) = claim.page else { return Ok(true) };
    let transport = Fetch::to(client, providers, env);
    let delivered = push::deliver(page, &worker, providers, &transport).await;
    let concluded = push::conclude(&database, &worker, &delivered).await?;
    log_pushed(&worker, &concluded, database.usage());
    send(env, &concluded.messages).await;
    Ok(true)
}

/// What was found by the cron trigger.
#[derive(Default)]
pub(crate) struct Resumed {
    /// Messages that were sent.
    pub(crate) messages: usize,
    /// Wallets with something to tell whose push service is not configured.
    pub(crate) not_configured: Vec<&'static str>,
}

/// Sends the messages that seem to be lost, or whose time has come; `now_ms` is unix milliseconds.
pub(crate) async fn resume(env: &Env, now_ms: i64) -> Result<Resumed, Failure> {
    let (database, policy) = (D1::new(binding::database(env)?), Settings::of(env).push_policy());
    // These are noted as sent: whatever becomes of push, they are.
    let runs = republish::resume(&database, now_ms.div_euclid(1000)).await?;
    send(env, &runs.iter().map(republish::Message::message).collect::<Vec<_>>()).await;
    let left = push::resume(&database, &*policy?, now_ms).await?;
    send(env, &left.messages).await;
    let messages = runs.len().saturating_add(left.messages.len());
    Ok(Resumed { messages, not_configured: left.unusable.into_iter().map(Client::name).collect() })
}
