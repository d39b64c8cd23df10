//! The queue and its consumer.

use super::{Settings, Workshop, binding, log_pushed, log_queue, now_ms, random_uuid, transport::Fetch};
use crate::{
    endpoint::{Failure, Trouble},
    issuer::republish,
    jobs::{self, Queue, RETRY_SECONDS, Resumed},
    message::Message,
    push::{Nudge, Worker},
    store::{Database, d1::D1},
    thrown,
};
use js_sys::{Array, JsString, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

/// The most messages that the platform takes at once.
const MOST_AT_ONCE: usize = 100;

/// The queue that is bound to the Worker.
pub(crate) struct WorkQueue<'a>(pub(crate) &'a Env);

impl Queue for WorkQueue<'_> {
    async fn send(&self, messages: &[Message]) {
        for messages in messages.chunks(MOST_AT_ONCE) {
            if let Err(failure) = sent(self.0, messages).await {
                log_queue("send", messages.first().map_or("", |message| message.text.as_str()), &failure);
            }
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

async fn republished(message: &republish::Message, env: &Env) -> Result<bool, Failure> {
    let (workshop, database) = (Workshop::of(env)?, D1::new(binding::database(env)?));
    let maker = workshop.maker(&database, random_uuid(), now_ms())?;
    Ok(jobs::republish(&maker, message, &WorkQueue(env)).await?)
}

async fn pushed(Nudge(client): Nudge, env: &Env) -> Result<bool, Failure> {
    let settings = Settings::of(env);
    let (providers, policy) = (settings.providers(), settings.push_policy()?);
    let database = D1::new(binding::database(env)?);
    let worker = Worker { name: random_uuid(), client, now_ms: now_ms() };
    let transport = Fetch::to(client, providers, env);
    let queue = WorkQueue(env);
    let concluded = jobs::push(&worker, providers, &policy, &database, &transport, &queue).await?;
    if let Some(concluded) = concluded {
        log_pushed(&worker, &concluded, database.usage());
    }
    Ok(true)
}

/// Sends the messages that seem to be lost, or whose time has come; `now_ms` is unix milliseconds.
pub(crate) async fn resume(env: &Env, now_ms: i64) -> Result<Resumed, Failure> {
    let (database, queue) = (D1::new(binding::database(env)?), WorkQueue(env));
    // Runs go on also where push is set up wrongly.
    let runs = jobs::resume_republishing(&database, &queue, now_ms).await?;
    let policy = Settings::of(env).push_policy()?;
    let resumed = jobs::resume_pushing(&policy, &database, &queue, now_ms).await?;
    Ok(Resumed { messages: resumed.messages.saturating_add(runs), ..resumed })
}
