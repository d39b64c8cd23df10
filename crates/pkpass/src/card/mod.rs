//! A pass as its issuer speaks of it: a template, patches over it, and values for its fields.
//!
//! The content of a pass is the template's `pass.json`, then the pass's own patches, then its own values. A value is set as
//! `value` of each field with its key, and it is written into the template's placeholders, such as `{{points}}`. So a pass has
//! little of its own, and a changed template reaches every pass.
//!
//! | Module | Knows |
//! |---|---|
//! | `values` | the values, and adding to them |
//! | `decimal` | sums of numbers as people write them |
//! | `keys` | which keys a template has |
//! | `placeholder` | `{{key}}` in a text |
//! | `resolve` | the content of a pass |
//! | `message` | the field that a message is written into |
//! | `difference`, `display` | what a phone shows of a change |

mod decimal;
mod difference;
mod display;
mod keys;
mod message;
pub(crate) mod placeholder;
mod resolve;
mod values;

pub use self::{
    difference::{Difference, FieldChange, difference},
    keys::{MESSAGE_KEY, keys, value_of, values_set_by},
    message::message_patch,
    resolve::{fill, resolve},
    values::Values,
};
pub use crate::content::types::type_changes;
