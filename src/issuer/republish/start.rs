//! Starting a run: 202. The progress is at the same address (`Location`, relative to it). A new run replaces one that is under
//! way and starts from the beginning, so that the newest template reaches all passes.

use super::{RepublishMessage, progress::Run};
use crate::{
    endpoint::Endpoint,
    http::{ClientError, Reply},
    storage::{Batch, Rows, Unreadable, sql::issuer::republish as sql},
};

/// An issuer has all passes of a template made again.
#[derive(Debug, Clone)]
pub struct StartRepublishing {
    /// The template's name.
    pub template: String,
    /// A name that no other run has.
    pub run: String,
    /// Unix seconds.
    pub now: i64,
}

impl StartRepublishing {
    /// The first message of the run.
    #[must_use]
    pub fn message(&self) -> RepublishMessage {
        RepublishMessage { template: self.template.clone(), run: self.run.clone() }
    }
}

impl Endpoint for StartRepublishing {
    /// Not repeatable: between two runs another one may have begun.
    fn ask(&self) -> Batch<'_> {
        let (template, run) = (self.template.as_str(), self.run.as_str());
        Batch::once(vec![
            sql::Template { name: template }.query(),
            sql::Start { template, run, now: self.now }.query(),
            sql::Progress { template }.query(),
        ])
    }

    fn answer(&self, rows: &Rows) -> Result<Reply, Unreadable> {
        if !rows.any::<sql::Template>()? {
            return Ok(ClientError::NotFound("There is no template of this name.").into());
        }
        let run = Run::from_rows(&self.template, rows)?.ok_or(Unreadable)?;
        let reply = Reply::json(202, &run).with("location", "republish");
        Ok(reply.with_messages(vec![self.message().to_message()]))
    }
}
