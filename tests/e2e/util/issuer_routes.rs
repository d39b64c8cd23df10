//! Every route of the issuer API.

/// The query parameters, by method.
type Queries = &'static [(&'static str, &'static [&'static str])];

/// A route with the methods that it allows, in the order of `Allow`.
pub(crate) struct IssuerRoute {
    pub(crate) path: String,
    pub(crate) allowed: &'static str,
    queries: Queries,
}

impl IssuerRoute {
    pub(crate) fn methods(&self) -> impl Iterator<Item = &'static str> {
        self.allowed.split(", ")
    }

    /// The query parameters that a method knows. `HEAD` has no body to name them in.
    pub(crate) fn queries(&self, method: &str) -> &'static [&'static str] {
        self.queries.iter().find(|(of, _)| *of == method).map_or(&[], |(_, queries)| queries)
    }
}

/// All routes. Those of a pass have this path, the others have unused names.
pub(crate) fn issuer_routes(pass: &str) -> Vec<IssuerRoute> {
    const DRY: &[&str] = &["dryRun"];
    const PAGED: Queries = &[("GET", &["cursor", "limit"])];
    const LISTED: Queries = &[(
        "GET",
        &[
            "passTypeIdentifier", "template", "externalId", "withdrawn", "changedSince", "registered", "push", "behind",
            "cursor", "limit",
        ],
    )];
    let routes: [(String, &'static str, Queries); 25] = [
        (pass.to_owned(), "PUT, PATCH, GET, HEAD, DELETE", &[("PUT", DRY), ("PATCH", DRY), ("DELETE", DRY)]),
        (format!("{pass}/registrations"), "GET, HEAD, DELETE", &[("GET", &["cursor", "limit"]), ("DELETE", &["device"])]),
        (format!("{pass}/links"), "POST", &[]),
        (format!("{pass}/messages"), "POST", &[("POST", DRY)]),
        (format!("{pass}/push"), "GET, HEAD", &[]),
        (format!("{pass}/diagnosis"), "GET, HEAD", &[]),
        ("/issuer/v1/passes".to_owned(), "GET, HEAD", LISTED),
        ("/issuer/v1/links".to_owned(), "POST", &[]),
        ("/issuer/v1/links/key".to_owned(), "GET, HEAD", &[]),
        ("/issuer/v1/validate".to_owned(), "POST", &[]),
        ("/issuer/v1/pass-types".to_owned(), "GET, HEAD", PAGED),
        ("/issuer/v1/pass-types/t/signing-identity".to_owned(), "PUT, GET, HEAD, DELETE", &[]),
        ("/issuer/v1/pass-types/t/certificate-request".to_owned(), "POST, GET, HEAD", &[]),
        ("/issuer/v1/pass-types/t/certificate-request/r".to_owned(), "GET, HEAD, DELETE", &[]),
        ("/issuer/v1/pass-types/t/certificate".to_owned(), "PUT", &[]),
        ("/issuer/v1/templates".to_owned(), "GET, HEAD", PAGED),
        ("/issuer/v1/templates/t".to_owned(), "PUT, GET, HEAD, DELETE", &[("PUT", DRY)]),
        ("/issuer/v1/templates/t/republish".to_owned(), "POST, GET, HEAD", &[]),
        ("/issuer/v1/push".to_owned(), "GET, HEAD", &[]),
        ("/issuer/v1/push/test".to_owned(), "POST", &[]),
        (
            "/issuer/v1/jobs".to_owned(),
            "POST, GET, HEAD",
            &[
                ("POST", &["dryRun", "validate", "template", "passTypeIdentifier", "link", "expiresIn", "uniqueExternalId"]),
                ("GET", &["cursor", "limit"]),
            ],
        ),
        ("/issuer/v1/jobs/j".to_owned(), "GET, HEAD", &[]),
        ("/issuer/v1/jobs/j/cancel".to_owned(), "POST", &[]),
        ("/issuer/v1/jobs/j/results".to_owned(), "GET, HEAD", &[]),
        ("/issuer/v1/device-log".to_owned(), "GET, HEAD", &[("GET", &["days"])]),
    ];
    routes.into_iter().map(|(path, allowed, queries)| IssuerRoute { path, allowed, queries }).collect()
}
