//! Messages to the holder of a pass: what a request says, what is doubtful about it, and the answer.

use super::{body, publish::Published};
use crate::http::{ClientError, Reply};
use pkpass::{
    Warning, WarningCode,
    card::{Difference, MESSAGE_KEY, value_of},
};
use serde::Serialize;
use serde_json::{Map, Value};

/// The largest body, in bytes: each character of the text may be written as two escapes of six bytes.
pub(crate) const BODY_LIMIT: usize = 16 * 1024;

/// The most characters of a text.
const MAX_TEXT: usize = 1000;

/// So many characters are believed to fit on a lock screen.
const MAX_SHOWN: usize = 90;

/// `{"text": "…"}`: the body of `POST /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}/messages`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRequest {
    pub(super) text: String,
}

impl MessageRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] or [`ClientError::Problem`] when it is not of this form.
    pub fn parse(body: &[u8]) -> Result<Self, ClientError> {
        let mut members = body::object(body)?;
        match (members.remove("text"), members.is_empty()) {
            (Some(Value::String(text)), true) => Self::new(&text),
            _ => Err(FORM),
        }
    }

    /// A message with this text.
    ///
    /// # Errors
    /// [`ClientError::BadRequest`] when it is empty, too long, or has control characters.
    pub fn new(text: &str) -> Result<Self, ClientError> {
        let text = text.trim().replace("\r\n", "\n");
        let is_fine = (1..=MAX_TEXT).contains(&text.chars().count())
            && !text.chars().any(|character| character.is_control() && character != '\n');
        if is_fine { Ok(Self { text }) } else { Err(FORM) }
    }

    /// What is doubtful about it, besides who has the pass. `before` is the content of the pass so far.
    fn doubts(&self, before: Option<&Map<String, Value>>, difference: &Difference) -> Vec<WarningCode> {
        let mut codes = Vec::new();
        let is_repeated = before.and_then(|before| value_of(before, MESSAGE_KEY)).is_some_and(|text| *text == self.text);
        if is_repeated {
            codes.push(WarningCode::MessageRepeated);
        } else {
            if difference.lock_screen.iter().any(|text| text.chars().count() > MAX_SHOWN) {
                codes.push(WarningCode::MessageLong);
            }
            if difference.lock_screen.len() > 1 {
                codes.push(WarningCode::MessageBesideChanges);
            }
        }
        codes
    }

    /// What is doubtful about it. `registrations` is how many devices have the pass, and `ever` whether one ever had.
    pub(super) fn warnings(
        &self,
        before: Option<&Map<String, Value>>,
        difference: &Difference,
        registrations: i64,
        ever: bool,
    ) -> Vec<Warning> {
        let mut codes = self.doubts(before, difference);
        if registrations > 0 && before.is_some_and(|before| value_of(before, MESSAGE_KEY).is_none()) {
            codes.push(WarningCode::MessageFieldNew);
        }
        if registrations == 0 {
            codes.push(if ever { WarningCode::NotRegistered } else { WarningCode::NeverRegistered });
        }
        codes.into_iter().map(|code| Warning::about_message(code, explain(code))).collect()
    }
}

const FORM: ClientError = ClientError::BadRequest(
    "The body must be {\"text\": \"…\"}, and nothing besides. The text has 1 to 1000 characters, and no control characters but \
     line breaks.",
);

fn explain(code: WarningCode) -> &'static str {
    match code {
        WarningCode::MessageRepeated => {
            "The last message to this pass had the same text. Phones show a text only if it differs. Change a word."
        }
        WarningCode::MessageLong => {
            "The text has more than 90 characters. Lock screens are believed to cut it off. The back of the pass has it whole."
        }
        WarningCode::MessageBesideChanges => {
            "Other values with a changeMessage change with this message. Phones are believed to show one general text then, \
             such as \"Store card changed\"."
        }
        WarningCode::MessageFieldNew => {
            "The pass had no field for messages so far. It is not known whether phones show the text of a new field. Put a \
             field with the key edgepass-message into the template."
        }
        WarningCode::NotRegistered => {
            "No phone has this pass any more. A phone that gets it again has the message on the back, and shows nothing."
        }
        _ => {
            "No phone has registered this pass yet. A phone that gets it later has the message on the back, and shows nothing."
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    pass_type_identifier: &'a str,
    serial_number: &'a str,
    revision: i64,
    changed: bool,
    registrations: i64,
    lock_screen: &'a [String],
    warnings: &'a [Warning],
}

/// The answer to a message that the pass has now.
pub(super) fn reply(published: &Published, changed: bool, difference: &Difference, warnings: &[Warning]) -> Reply {
    let body = Body {
        pass_type_identifier: &published.address.pass_type,
        serial_number: &published.address.serial,
        revision: published.revision,
        changed,
        registrations: published.registrations,
        lock_screen: &difference.lock_screen,
        warnings,
    };
    Reply::json(200, &body)
}
