//! Certificates without openssl
//!
//! | Request | Does |
//! |---|---|
//! | `POST …/pass-types/{passTypeIdentifier}/certificate-request` | makes a key, and a request for Apple's site |
//! | `GET …/certificate-request`, `GET`, `DELETE …/certificate-request/{id}` | the requests that wait |
//! | `PUT …/certificate` | takes the certificate, and makes it and its key the signing identity |
//!
//! The key is stored sealed with the request, and moves to the signing identity in the transaction that deletes the request. A
//! request changes nothing of the identity in use. Nothing deletes a request by itself, because its certificate may still come,
//! so each pass type has a few at most.

mod certificate;
mod create;
mod remove;
mod show;

pub use certificate::{StoreCertificate, StoreContext};
pub use create::{CreateRequest, create};
pub use remove::RemoveRequest;
pub use show::{Form, ListRequests, ShowRequest};

use crate::http::ClientError;

/// The most requests of a pass type that wait.
pub const MOST_WAITING: i64 = 5;

/// The largest body of `POST`, in bytes. It has none: Apple writes the names of its certificates itself.
pub(crate) const BODY_LIMIT: usize = 1024;

/// Refuses a body: a name in it would not be heeded.
pub(crate) const NO_BODY: ClientError =
    ClientError::BadRequest("This request has no body. Apple writes the names in its certificates itself.");

const UNKNOWN: ClientError = ClientError::NotFound(
    "No such certificate request of this pass type waits. GET /issuer/v1/pass-types/{passTypeIdentifier}/certificate-request \
     lists those that do.",
);
