//! `PUT /issuer/v1/passes/{passTypeIdentifier}/{serialNumber}` with `application/vnd.apple.pkpass`
//!
//! A pass that was made and signed elsewhere. The service checks everything that Wallet would check.

use super::{Publish, Version, list_defects};
use crate::{crypto::Crypto, endpoint::Error, http::conditional::WriteConditions, issuer::Address};
use pkpass::{Expected, signature::Trust};

/// The largest file, in bytes.
pub(crate) const BODY_LIMIT: usize = 5 * 1024 * 1024;

/// Checks an upload: archive, manifest, content and signature. `publication` is unique to it. `now_ms` is unix milliseconds.
///
/// # Errors
/// [`ClientError::Problem`](crate::http::ClientError::Problem) with all defects of the file, [`Error::InternalError`] when the
/// platform fails.
pub(crate) async fn check<C: Crypto>(
    address: Address,
    file: Vec<u8>,
    conditions: WriteConditions,
    trust: &Trust,
    crypto: &C,
    publication: String,
    now_ms: i64,
) -> Result<Publish, Error> {
    let expected = Expected { pass_type: &address.pass_type, serial: &address.serial };
    let inspected = pkpass::inspect(&file, Some(&expected), trust, now_ms.div_euclid(1000), crypto).await;
    let pass = inspected.map_err(|report| list_defects(&report))?;
    let file_sha256 = crypto.sha256_hex(&file).await?;
    let version = Version { address, pass, file, file_sha256, conditions, made: None };
    Ok(Publish::new(version, publication, now_ms))
}
