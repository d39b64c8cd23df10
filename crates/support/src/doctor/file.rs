//! The file: what Wallet refuses in it, and where it sends phones.

use super::{Finding, Options};
use crate::{crypto::RustRsa, storage::block_on};
use pkpass::{DefectCode, Report, fault_of_host, fault_of_web_service_url, inspect, parts::content_of};
use serde_json::{Map, Value, json};

/// What a phone needs to ask for a pass.
pub(super) struct Keys {
    pub(super) url: String,
    pub(super) token: String,
    pub(super) pass_type: String,
    pub(super) serial: String,
}

impl Keys {
    /// `None` when the pass lacks one of them, or when nobody can ask at its address.
    pub(super) fn read(pass: &[u8], url: Option<&str>) -> Option<Self> {
        let content = content_of(pass)?;
        let text = |key: &str| Some(content.get(key)?.as_str()?.to_owned());
        let url = url.map(str::to_owned).or_else(|| text("webServiceURL"))?;
        let is_http = ["http://", "https://"].iter().any(|scheme| url.to_ascii_lowercase().starts_with(scheme));
        is_http.then_some(())?;
        Some(Self {
            url,
            token: text("authenticationToken")?,
            pass_type: text("passTypeIdentifier")?,
            serial: text("serialNumber")?,
        })
    }
}

pub(super) fn examine(pass: &[u8], options: &Options) -> Vec<Finding> {
    let Report { defects, warnings } = match block_on(inspect(pass, None, &options.trust, options.now, &RustRsa)) {
        Ok(pass) => Report { defects: Vec::new(), warnings: pass.warnings },
        Err(report) => report,
    };
    let mut findings: Vec<Finding> = defects
        .iter()
        // The address is examined below.
        .filter(|defect| !matches!(defect.code, DefectCode::WebServiceUrl))
        .map(|defect| Finding::problem(&name(&json!(defect.code)), text(defect.file.as_deref(), &defect.message)))
        .collect();
    if findings.is_empty() {
        findings.push(Finding::ok("file", "Wallet takes the file: content, certificates and signature are right."));
    }
    findings.extend(
        warnings
            .iter()
            .map(|warning| Finding::warning(&name(&json!(warning.code)), text(warning.file.as_deref(), &warning.message))),
    );
    match content_of(pass) {
        Some(content) => findings.extend(address(&content)),
        None => findings.push(Finding::problem("pass_json", "pass.json cannot be read.")),
    }
    findings
}

/// A message, with the file that it is about.
fn text(file: Option<&str>, message: &str) -> String {
    file.map_or_else(|| message.to_owned(), |file| format!("{file}: {message}"))
}

/// The name of a code, as the issuer API writes it.
fn name(code: &Value) -> String {
    code.as_str().unwrap_or_default().to_owned()
}

fn address(content: &Map<String, Value>) -> Vec<Finding> {
    let url = content.get("webServiceURL").filter(|url| !url.is_null());
    if url.is_none() && content.get("authenticationToken").is_none_or(Value::is_null) {
        let text = "The pass has neither webServiceURL nor authenticationToken, so Wallet never asks for updates.";
        let remedy = "Add both keys, sign the pass, and have people add it again: phones that have it do not ask.";
        return vec![Finding::problem("service_keys", text).with_remedy(remedy)];
    }
    let Some(url) = url else { return Vec::new() };
    let url = url.as_str().unwrap_or_default();
    let form = match fault_of_web_service_url(url) {
        None => Finding::ok("web_service_url", format!("webServiceURL is {url}.")),
        Some(rule) => {
            Finding::problem("web_service_url", format!("webServiceURL is \"{url}\", but it {rule}.")).with_remedy(RESIGN)
        }
    };
    let host = fault_of_host(url).map(|fault| {
        let text = format!("webServiceURL is {url}: its host {fault}. Phones outside cannot reach it.");
        Finding::problem("web_service_host", text).with_remedy(RESIGN)
    });
    [Some(form), host].into_iter().flatten().collect()
}

const RESIGN: &str =
    "Put webServiceURL right and sign the pass again. People have to add it again: phones go to the old address.";
