//! Variables and secrets, read once per isolate: they change only by a deployment, which starts new isolates.

use super::binding::{is_bound, variable};
use crate::{
    crypto::MasterKey,
    http::Refusal,
    pass::{is_web_service_url, signature::Trust},
};
use std::{cell::OnceCell, rc::Rc};
use worker::Env;

/// What the operator set.
pub(crate) struct Settings {
    /// Secret `ISSUER_KEY`. An empty one counts as none: the issuer API is never open.
    pub(crate) issuer_key: Option<String>,
    /// Variable `BASE_PATH`: the path the service is mounted at, if not the root.
    pub(crate) base_path: String,
    /// Variable `SERVER_TIMING`: whether answers tell what they asked of the database.
    pub(crate) server_timing: bool,
    master_key: Option<String>,
    public_url: Option<String>,
    /// `None`: it is set to something that is no text, which must not count as "no anchors".
    trust_anchors: Option<String>,
    /// What only making and checking passes needs is read when it is first needed: phones do not wait for it.
    read: Late,
}

#[derive(Default)]
struct Late {
    master_key: OnceCell<Option<MasterKey>>,
    trust: OnceCell<Option<Trust>>,
}

thread_local! {
    static SETTINGS: OnceCell<Rc<Settings>> = const { OnceCell::new() };
}

impl Settings {
    /// The settings of this isolate.
    pub(crate) fn of(env: &Env) -> Rc<Self> {
        SETTINGS.with(|settings| Rc::clone(settings.get_or_init(|| Rc::new(Self::read(env)))))
    }

    fn read(env: &Env) -> Self {
        Self {
            issuer_key: variable(env, "ISSUER_KEY"),
            base_path: variable(env, "BASE_PATH").unwrap_or_default(),
            server_timing: variable(env, "SERVER_TIMING").is_some_and(|value| value == "true"),
            master_key: variable(env, "MASTER_KEY"),
            public_url: variable(env, "PUBLIC_URL"),
            trust_anchors: variable(env, "TRUST_ANCHORS")
                .or_else(|| (!is_bound(env, "TRUST_ANCHORS")).then(String::new)),
            read: Late::default(),
        }
    }

    /// Secret `MASTER_KEY`: private keys are sealed with it, tokens and links made.
    pub(crate) fn master_key(&self) -> Result<&MasterKey, Refusal> {
        let secret = self.master_key.as_deref().ok_or(Refusal::NotConfigured(
            "Passes cannot be signed without a master key. Set one, and keep the file in a safe place: \
             openssl rand -hex 32 | tee master.key | npx wrangler secret put MASTER_KEY",
        ))?;
        self.read.master_key.get_or_init(|| MasterKey::of_secret(secret)).as_ref().ok_or(
            Refusal::NotConfigured(
                "The secret MASTER_KEY is shorter than 32 characters. Set another, and keep the file in a safe place: \
                 openssl rand -hex 32 | tee master.key | npx wrangler secret put MASTER_KEY",
            ),
        )
    }

    /// Variable `PUBLIC_URL`: the `webServiceURL` of passes that are made here.
    pub(crate) fn public_url(&self) -> Result<&str, Refusal> {
        let url = self.public_url.as_deref().ok_or(Refusal::NotConfigured(
            "The variable PUBLIC_URL is missing in wrangler.toml: the https address at which phones reach this service.",
        ))?;
        is_web_service_url(url).then_some(url).ok_or(Refusal::NotConfigured(
            "The variable PUBLIC_URL is not an address for phones: https, without query and without /v1 at its end.",
        ))
    }

    /// Variable `TRUST_ANCHORS`: certificates in PEM up to which those of an uploaded pass must lead.
    pub(crate) fn trust(&self) -> Result<&Trust, Refusal> {
        let read = || Trust::from_pem(self.trust_anchors.as_deref()?).ok();
        self.read.trust.get_or_init(read).as_ref().ok_or(
            Refusal::NotConfigured(
                "The variable TRUST_ANCHORS must be a text with certificates in PEM, each with a name and an RSA key of its own.",
            ),
        )
    }
}
