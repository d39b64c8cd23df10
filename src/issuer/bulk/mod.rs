//! `/issuer/v1/jobs`: work on many passes
//!
//! A job is a list of lines, each a request for one pass. The request stores all lines in the bucket, in chunks, and the job in
//! the database. The queue works through them: each message does one [step](run). The row decides what is next, so a message
//! that comes twice or never does no harm.
//!
//! | State | A message |
//! |---|---|
//! | `collecting` | makes lines of some passes that a filter finds |
//! | `running` | does some lines, or stores the outcomes of a chunk in the bucket |
//! | `pushing` | writes the changes of a chunk into the outbox of push |
//! | `finished` | does nothing |
//!
//! **Each line once.** A message first takes the job over: its *worker* is the only one whose transactions count from then on.
//! So a worker that was believed dead changes nothing any more. The transaction that publishes a line's pass inserts the line's
//! row in `job_outcomes`. The next worker skips lines with a row. If the row has no outcome yet, the worker before stopped
//! between the two: the outcome is made from the pass as it is.
//!
//! **One push for each phone.** Lines write no outbox. Phones are told when all changes are published. One push then covers all
//! passes of a phone, because it covers all revisions so far.
//!
//! | A crash | leaves | Who continues |
//! |---|---|---|
//! | while the lines are stored | objects that no row names | the sweep deletes them; the issuer got no answer |
//! | after the job was stored | the job | the cron trigger sends its message |
//! | between two lines | lines that are done and noted, or marked | the message comes again |
//! | while outcomes are stored | objects that no row names | the message comes again, and the sweep deletes them |
//! | while phones are told | chunks that are told, and others | the message comes again |

mod by_filter;
mod cancel;
mod collect;
mod delete;
mod fault;
mod intake;
mod key;
mod line;
mod list;
mod message;
mod outcome;
mod perform;
mod preview;
mod progress;
mod results;
mod run;
mod start;
mod store;
mod tell;
mod work;

pub(crate) use by_filter::BODY_LIMIT;
pub use by_filter::ChangeByFilter;
pub use cancel::CancelJob;
pub use delete::delete_outdated;
pub use intake::{Defaults, Form, Intake, MOST_BYTES, Taken, check_change};
pub(crate) use key::job_of_object;
pub use list::ListJobs;
pub use message::{JobMessage, STALE_SECONDS, resume};
pub use preview::preview;
pub use progress::ShowJob;
pub(crate) use results::{ResultsForm, results};
pub use run::{Done, Next, step};
pub use start::StartJob;

use crate::http::ClientError;

/// The longest name of a job, in bytes.
const LONGEST_NAME: usize = 64;

/// Reads a job's name from its path segment.
pub(crate) fn parse_name(segment: &str) -> Result<String, ClientError> {
    let is_name =
        (1..=LONGEST_NAME).contains(&segment.len()) && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_name.then(|| segment.to_owned()).ok_or(UNKNOWN)
}

const UNKNOWN: ClientError = ClientError::NotFound("There is no such job. Jobs are deleted 30 days after they finished.");
