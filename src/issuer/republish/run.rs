//! A run, batch by batch, from the queue.

use crate::{
    crypto::Crypto,
    endpoint::{InternalError, run},
    issuer::{
        Address,
        make::{PassMaker, Remade},
    },
    storage::{
        Batch, Database, Objects, Unreadable,
        sql::issuer::republish::{Advance, Passes, PassesRow, Resume, ResumeRow, State},
    },
};

/// Passes made for one message. Each is up to two calls of the database, with 9 statements, and three of the bucket, and as
/// much again for each time that another writer was faster; an invocation has 1,000 of each on the paid plan.
const BATCH: usize = 20;

/// Failures that a run remembers.
const MOST_FAILURES: usize = 20;

/// After how many seconds without progress the next message of a run counts as lost.
pub const STALE_SECONDS: i64 = 300;

/// Runs that one cron trigger sends messages for.
const MOST_RUNS: i64 = 100;

/// A message: go on with this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The template's name.
    pub template: String,
    /// The run; an older one is not gone on with.
    pub run: String,
}

/// What follows a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send the message again: there are more passes.
    Batch,
    /// Let the message come again later: a pass is being changed by others all the time.
    Later,
    /// Nothing: the run is finished, was replaced, or another consumer goes on with it.
    Nothing,
}

impl Message {
    /// The message as it is sent: JSON, so that the queue's dashboard can show it.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&("republish", &self.template, &self.run)).unwrap_or_default()
    }

    /// The message on its way.
    #[must_use]
    pub fn message(&self) -> crate::message::Message {
        crate::message::Message::now(self.to_json())
    }

    /// Reads a message. `None` when it is of another form.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (kind, template, run): (String, String, String) = serde_json::from_str(text).ok()?;
        (kind == "republish").then_some(Self { template, run })
    }
}

/// Makes the next passes of a run again.
///
/// A crash in the middle leaves some of them made and not counted: they are made again, which changes nothing.
///
/// # Errors
/// [`InternalError`] when storage does not answer: the message should come again later.
pub async fn batch<D: Database, O: Objects, C: Crypto>(
    maker: &PassMaker<'_, D, O, C>,
    message: &Message,
) -> Result<Next, InternalError> {
    let Message { template, run: id } = message;
    let asked =
        vec![State { template, run: id }.query(), Passes { template, limit: i64::try_from(BATCH).unwrap_or(i64::MAX) }.query()];
    let rows = run(maker.database, &Batch::repeatable(asked)).await?;
    let Some(state) = rows.first::<State>()? else { return Ok(Next::Nothing) };
    let passes = rows.all::<Passes>()?;
    let mut counted = Counted::continuing(&state.failures)?;
    let done = counted.remake(maker, template, &passes).await?;
    let interrupted = done.len() < passes.len();
    let finished = !interrupted && passes.len() < BATCH;
    let (from_type, from_serial) = (state.after_type.as_str(), state.after_serial.as_str());
    let (to_type, to_serial) = done.last().map_or((from_type, from_serial), |last| (&last.pass_type, &last.serial));
    let advance = Advance {
        template,
        run: id,
        from_type,
        from_serial,
        to_type,
        to_serial,
        changed: counted.changed,
        unchanged: counted.unchanged,
        failed: counted.failed,
        failures: &counted.failures(),
        finished: finished.into(),
        now: maker.now(),
    };
    let rows = run(maker.database, &Batch::once(vec![advance.query()])).await?;
    // Without a row another consumer of the same message was faster, and goes on.
    Ok(if !rows.any::<Advance>()? || finished {
        Next::Nothing
    } else if interrupted {
        Next::Later
    } else {
        Next::Batch
    })
}

/// Runs whose next message seems to be lost. They are noted as sent again, so that a run that is merely slow does not get
/// a message each minute. `now` is unix seconds.
///
/// # Errors
/// [`InternalError`] when the database does not answer.
pub async fn resume<D: Database>(database: &D, now: i64) -> Result<Vec<Message>, InternalError> {
    let statement = Resume { before: now.saturating_sub(STALE_SECONDS), limit: MOST_RUNS, now };
    let rows = run(database, &Batch::once(vec![statement.query()])).await?;
    let runs = rows.all::<Resume>()?.into_iter();
    Ok(runs.map(|ResumeRow { template, run }| Message { template, run }).collect())
}

/// What became of a batch's passes.
#[derive(Default)]
struct Counted {
    changed: i64,
    unchanged: i64,
    failed: i64,
    /// Pass type, serial number and reason of each.
    failures: Vec<[String; 3]>,
}

impl Counted {
    /// Goes on with the failures of the batches before.
    fn continuing(failures: &str) -> Result<Self, Unreadable> {
        let failures = serde_json::from_str(failures).map_err(|_| Unreadable)?;
        Ok(Self { failures, ..Self::default() })
    }

    /// Makes passes again, and returns those that were done before one that others change all the time.
    async fn remake<'p, D: Database, O: Objects, C: Crypto>(
        &mut self,
        maker: &PassMaker<'_, D, O, C>,
        template: &str,
        passes: &'p [PassesRow],
    ) -> Result<&'p [PassesRow], InternalError> {
        for (place, PassesRow { pass_type, serial }) in passes.iter().enumerate() {
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

    fn failures(&self) -> String {
        serde_json::to_string(&self.failures).unwrap_or_default()
    }
}
