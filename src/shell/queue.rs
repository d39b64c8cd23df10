//! The queue of work that goes on after its request was answered.

use super::{Workshop, binding, log_queue, now_ms, random_uuid};
use crate::{
    endpoint::{Failure, Trouble},
    issuer::republish::{self, Message, Next},
    store::d1::D1,
    thrown,
};
use js_sys::JsString;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::{Env, MessageBatch, MessageExt, QueueRetryOptionsBuilder};

/// Sends a message. Losing one loses nothing, since the work is noted in the database and the cron trigger sends it again:
/// so a failure goes to the log, and nowhere else.
pub(crate) async fn send(env: &Env, message: &Message) {
    if let Err(failure) = sent(env, message).await {
        log_queue("send", message, &failure);
    }
}

async fn sent(env: &Env, message: &Message) -> Result<(), Failure> {
    let text = JsValue::from_str(&message.to_json());
    let sending = binding::queue(env)?.send(text, JsValue::UNDEFINED);
    let sent = match sending {
        Ok(sending) => JsFuture::from(sending).await.map(drop),
        Err(thrown) => Err(thrown),
    };
    sent.map_err(|thrown| Trouble::Queue(thrown::message(thrown)).into())
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

/// Whether the message is done with.
async fn work(text: &str, env: &Env) -> bool {
    // A message of another form is of a version that is not this one: nothing to be done with it, ever.
    let Some(message) = Message::read(text) else { return true };
    match republished(&message, env).await {
        Ok(Next::Batch) => {
            send(env, &message).await;
            true
        }
        Ok(Next::Nothing) => true,
        Ok(Next::Later) => false,
        Err(failure) => {
            log_queue("consume", &message, &failure);
            false
        }
    }
}

async fn republished(message: &Message, env: &Env) -> Result<Next, Failure> {
    let (workshop, database) = (Workshop::of(env)?, D1::new(binding::database(env)?));
    let maker = workshop.maker(&database, random_uuid(), now_ms())?;
    Ok(republish::batch(&maker, message).await?)
}

/// Sends the messages that seem to be lost; `now` is unix seconds.
pub(crate) async fn resume(env: &Env, now: i64) -> Result<usize, Failure> {
    let messages = republish::resume(&D1::new(binding::database(env)?), now).await?;
    for message in &messages {
        send(env, message).await;
    }
    Ok(messages.len())
}
