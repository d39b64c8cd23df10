//! A run, batch by batch, from the queue.

use crate::{
    crypto::Crypto,
    endpoint::{InternalError, run},
    issuer::{
        Address,
        make::{PassMaker, Remade},
    },
    message::Message,
    storage::{Batch, Database, Objects, Unreadable, sql::issuer::republish as sql},
};

/// Passes made for one message. Each costs up to two calls of the database, with 9 statements, and three of the bucket. It
/// costs as much again each time that another writer was faster. An invocation has 1,000 of each on the paid plan.
const BATCH: usize = 20;

/// How many failures a run keeps.
const MOST_FAILURES: usize = 20;

/// After so many seconds without progress, the next message of a run counts as lost.
pub const STALE_SECONDS: i64 = 300;

/// For how many runs one cron trigger sends messages.
const MOST_RUNS: i64 = 100;

/// A message: continue this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepublishMessage {
    /// The template's name.
    pub template: String,
    /// The run. If a newer one has replaced it, the message does nothing.
    pub run: String,
}

/// The next step after a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send the message again: there are more passes.
    Batch,
    /// Let the message come again later: other writers keep changing a pass.
    Later,
    /// Nothing: the run is finished, was replaced, or another consumer continues it.
    Nothing,
}

impl RepublishMessage {
    /// The JSON that is sent.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&("republish", &self.template, &self.run)).unwrap_or_default()
    }

    /// The message for the queue.
    #[must_use]
    pub fn to_message(&self) -> Message {
        Message::now(self.to_json())
    }

    /// Reads a message. `None` when it is of another form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, template, run): (String, String, String) = serde_json::from_str(text).ok()?;
        (kind == "republish").then_some(Self { template, run })
    }
}

/// Makes the next passes of a run again.
///
/// A crash in the middle leaves some passes made and not counted. They are made again, which changes nothing.
///
/// # Errors
/// [`InternalError`] when storage does not answer. The message should come again later.
pub async fn remake_batch<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    message: &RepublishMessage,
) -> Result<Next, InternalError> {
    let RepublishMessage { template, run: id } = message;
    let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
    let queries = vec![sql::State { template, run: id }.query(), sql::Passes { template, limit }.query()];
    let rows = run(maker.database, &Batch::repeatable(queries)).await?;
    let Some(state) = rows.first::<sql::State>()? else { return Ok(Next::Nothing) };
    let passes = rows.all::<sql::Passes>()?;
    let mut tally = Tally::from_failures(&state.failures)?;
    let done = tally.remake(maker, template, &passes).await?;
    let interrupted = done.len() < passes.len();
    let finished = !interrupted && passes.len() < BATCH;
    let (from_type, from_serial) = (state.after_type.as_str(), state.after_serial.as_str());
    let (to_type, to_serial) = done.last().map_or((from_type, from_serial), |last| (&last.pass_type, &last.serial));
    let advance = sql::Advance {
        template,
        run: id,
        from_type,
        from_serial,
        to_type,
        to_serial,
        changed: tally.changed,
        unchanged: tally.unchanged,
        failed: tally.failed,
        failures: &serde_json::to_string(&tally.failures).unwrap_or_default(),
        finished: finished.into(),
        now: maker.now(),
    };
    let rows = run(maker.database, &Batch::once(vec![advance.query()])).await?;
    // Without a row, another consumer of the same message was faster and continues.
    Ok(if !rows.any::<sql::Advance>()? || finished {
        Next::Nothing
    } else if interrupted {
        Next::Later
    } else {
        Next::Batch
    })
}

/// The runs whose next message seems to be lost. The database notes that they are sent again, so that a slow run does not get a
/// message each minute. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn resume<D: Database>(database: &D, now: i64) -> Result<Vec<RepublishMessage>, InternalError> {
    let statement = sql::Resume { before: now.saturating_sub(STALE_SECONDS), limit: MOST_RUNS, now };
    let rows = run(database, &Batch::once(vec![statement.query()])).await?;
    let runs = rows.all::<sql::Resume>()?.into_iter();
    Ok(runs.map(|sql::ResumeRow { template, run }| RepublishMessage { template, run }).collect())
}

/// The results of a batch.
#[derive(Default)]
struct Tally {
    changed: i64,
    unchanged: i64,
    failed: i64,
    /// Pass type, serial number and reason of each.
    failures: Vec<[String; 3]>,
}

impl Tally {
    /// Starts with the failures of the batches before.
    fn from_failures(failures: &str) -> Result<Self, Unreadable> {
        let failures = serde_json::from_str(failures).map_err(|_| Unreadable)?;
        Ok(Self { failures, ..Self::default() })
    }

    /// Makes passes again, up to one that other writers keep changing. Returns those that are done.
    async fn remake<'p, D: Database, O: Objects, C: Crypto>(
        &mut self,
        maker: &PassMaker<'_, D, O, C>,
        template: &str,
        passes: &'p [sql::PassesRow],
    ) -> Result<&'p [sql::PassesRow], InternalError> {
        for (place, sql::PassesRow { pass_type, serial }) in passes.iter().enumerate() {
            let address = Address { pass_type: pass_type.clone(), serial: serial.clone() };
            match maker.remake(&address, template).await? {
                Remade::Overtaken => return Ok(passes.get(..place).unwrap_or_default()),
                remade => self.count(address, remade),
            }
        }
        Ok(passes)
    }

    fn count(&mut self, Address { pass_type, serial }: Address, remade: Remade) {
        let counter = match remade {
            Remade::Changed => &mut self.changed,
            Remade::Unchanged | Remade::Overtaken => &mut self.unchanged,
            Remade::Failed(reason) => {
                if self.failures.len() < MOST_FAILURES {
                    self.failures.push([pass_type, serial, reason]);
                }
                &mut self.failed
            }
        };
        *counter = counter.saturating_add(1);
    }
}
