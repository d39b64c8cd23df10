//! The settings and the cache for making passes.

use super::Settings;
use crate::{
    crypto::subtle::SubtleCrypto,
    http::ClientError,
    issuer::make::{Cache, PassMaker, PendingMessages, PublicationIds},
    push::Policy,
    storage::{d1::D1, r2::R2},
};
use std::rc::Rc;
use web_sys::CryptoKey;

thread_local! {
    static CACHE: Rc<Cache<CryptoKey>> = Rc::default();
}

/// The settings and ports for making passes, and the isolate's cache.
pub(crate) struct SigningContext {
    settings: Rc<Settings>,
    objects: R2,
    cache: Rc<Cache<CryptoKey>>,
    public_url: String,
    policy: Rc<Policy>,
}

impl SigningContext {
    /// Refuses when a needed secret or variable is missing.
    pub(crate) fn new(settings: &Rc<Settings>) -> Result<Self, ClientError> {
        settings.master_key()?;
        Ok(Self {
            public_url: settings.public_url()?.to_owned(),
            policy: settings.push_policy()?,
            objects: settings.bucket().map(R2)?,
            settings: Rc::clone(settings),
            cache: CACHE.with(Rc::clone),
        })
    }

    /// The maker of a pass, for one request or message.
    pub(crate) fn maker<'a>(
        &'a self,
        database: &'a D1,
        unique: String,
        now_ms: i64,
    ) -> Result<PassMaker<'a, D1, R2, SubtleCrypto>, ClientError> {
        Ok(PassMaker {
            database,
            objects: &self.objects,
            crypto: &SubtleCrypto,
            cache: &self.cache,
            master_key: self.settings.master_key()?,
            public_url: &self.public_url,
            publication_ids: PublicationIds::new(unique),
            policy: Rc::clone(&self.policy),
            messages: PendingMessages::default(),
            now_ms,
            dry_run: false,
            job_line: None,
        })
    }
}
