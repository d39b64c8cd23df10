//! Keys of files in the bucket. A person can read them. Each upload has its own. They are shorter than R2's limit of 1,024
//! bytes.

use crate::{http::path, issuer::Address};

/// The folder of templates. No pass type has this name, as each begins with `pass.`.
const TEMPLATES: &str = "templates";

/// `{passTypeIdentifier}/{serial number, percent-encoded}/{SHA-256 of the file}-{publication}.pkpass`
pub(super) fn key_of_pass(address: &Address, file_sha256: &str, publication: &str) -> String {
    let Address { pass_type, serial } = address;
    format!("{}/{}/{file_sha256}-{publication}.pkpass", path::encode(pass_type), path::encode(serial))
}

/// The pass that an object belongs to. `None` when publishing does not make such keys.
pub(crate) fn address_of_object(key: &str) -> Option<Address> {
    let mut segments = key.split('/');
    let address = Address::decode(segments.next()?, segments.next()?).ok()?;
    (segments.next()?.ends_with(".pkpass") && segments.next().is_none()).then_some(address)
}

/// `templates/{name, percent-encoded}/{SHA-256 of the file}-{publication}.zip`
pub(crate) fn key_of_template(name: &str, file_sha256: &str, publication: &str) -> String {
    format!("{TEMPLATES}/{}/{file_sha256}-{publication}.zip", path::encode(name))
}

/// The name of the template that an object belongs to.
pub(crate) fn template_of_object(key: &str) -> Option<String> {
    let mut segments = key.split('/');
    let name = segments.next().filter(|folder| *folder == TEMPLATES).and_then(|_| segments.next())?;
    let name = path::identifier(name)?;
    let (_, ending) = segments.next()?.rsplit_once('.')?;
    (ending == "zip" && segments.next().is_none()).then_some(name)
}
