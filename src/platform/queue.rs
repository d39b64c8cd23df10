//! The queue port on the queue binding.

use super::{bindings, log::log_queue};
use crate::{
    endpoint::{Error, InternalError},
    jobs::Queue,
    message::Message,
    thrown,
};
use wasm_bindgen::JsValue;
use worker::{BatchMessageBuilder, Env, QueueContentType, RawMessageBuilder};

/// The most messages in one call of the platform.
const MOST_AT_ONCE: usize = 100;

/// The queue binding.
pub(crate) struct WorkQueue<'a>(pub(crate) &'a Env);

impl Queue for WorkQueue<'_> {
    async fn send(&self, messages: &[Message]) {
        for messages in messages.chunks(MOST_AT_ONCE) {
            if let Err(error) = send(self.0, messages).await {
                log_queue("send", messages.first().map_or("", |message| message.text.as_str()), &error);
            }
        }
    }
}

async fn send(env: &Env, messages: &[Message]) -> Result<(), Error> {
    let queue = bindings::queue(env)?;
    let messages = messages.iter().map(|message| {
        RawMessageBuilder::new(JsValue::from_str(&message.text))
            .delay_seconds(message.delay)
            .build_with_content_type(QueueContentType::Json)
    });
    let batch = BatchMessageBuilder::new().messages(messages).build();
    queue.send_raw_batch(batch).await.map_err(|error| InternalError::Queue(thrown::error_message(error)).into())
}
