//! What the service knows of a pass, for the checks.

use crate::{
    crypto::Crypto,
    endpoint::InternalError,
    issuer::{Address, push::Counted},
    storage::{
        Objects, Rows, Unreadable,
        sql::issuer::{
            diagnosis::{Lists, ListsRow, PassRow, Refusals, RefusalsRow, Reports, ReportsRow, Wallets, WalletsRow},
            push::{Devices, Holds, HoldsRow, Jobs, JobsRow},
            registrations::Page,
            signing_identity::{Show, ShowRow},
        },
    },
    wallet::Wallet,
};
use pkpass::{Defect, Expected, inspect, parts::content_of, signature::Trust};
use serde_json::{Map, Value};

/// The operator's settings that matter.
pub(crate) struct Setup<'a> {
    /// The variable `PUBLIC_URL`. `None` when it is missing or wrong.
    pub(crate) public_url: Option<&'a str>,
    /// Whom certificates must lead to.
    pub(crate) trust: &'a Trust,
    /// The wallets, with the reason why nothing can be pushed to each.
    pub(crate) wallets: Vec<(Wallet, Option<&'static str>)>,
    /// Whether lists to devices are noted.
    pub(crate) track_lists: bool,
    /// Unix milliseconds.
    pub(crate) now_ms: i64,
}

impl Setup<'_> {
    /// Unix seconds.
    pub(super) fn now(&self) -> i64 {
        self.now_ms.div_euclid(1000)
    }
}

/// The pass file.
pub(super) enum File {
    /// The bucket does not have it.
    Missing,
    /// It is there.
    Read {
        /// `None` when `pass.json` cannot be read.
        content: Option<Map<String, Value>>,
        /// What phones refuse.
        defects: Vec<Defect>,
    },
}

impl File {
    /// Reads and checks the file. Phones have accepted an earlier version, so warnings are left out.
    pub(super) async fn read<O: Objects, C: Crypto>(
        key: &str,
        address: &Address,
        setup: &Setup<'_>,
        objects: &O,
        crypto: &C,
    ) -> Result<Self, InternalError> {
        let Some(file) = objects.read(key).await? else { return Ok(Self::Missing) };
        let expected = Expected { pass_type: &address.pass_type, serial: &address.serial };
        let checked = inspect(&file, Some(&expected), setup.trust, setup.now(), crypto).await;
        let defects = checked.err().map(|report| report.defects).unwrap_or_default();
        Ok(Self::Read { content: content_of(&file), defects })
    }

    /// A member of `pass.json`, if it is a text.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.value(key)?.as_str()
    }

    /// A member of `pass.json`.
    pub(super) fn value(&self, key: &str) -> Option<&Value> {
        let Self::Read { content: Some(content), .. } = self else { return None };
        content.get(key).filter(|value| !value.is_null())
    }
}

/// What the checks look at.
pub(super) struct Facts<'a> {
    pub(super) setup: &'a Setup<'a>,
    pub(super) address: &'a Address,
    pub(super) pass: PassRow,
    pub(super) file: File,
    pub(super) identity: Option<ShowRow>,
    /// The wallets that registered the pass.
    pub(super) wallets: Vec<WalletsRow>,
    /// Some of the devices, shortened.
    pub(super) devices: Vec<String>,
    pub(super) refusals: Option<RefusalsRow>,
    pub(super) jobs: Vec<JobsRow>,
    pub(super) pushes: Counted,
    /// The holds of all push services that concern the pass type.
    pub(super) holds: Vec<HoldsRow>,
    pub(super) lists: ListsRow,
    pub(super) reports: Vec<ReportsRow>,
}

impl<'a> Facts<'a> {
    pub(super) fn from_rows(
        setup: &'a Setup<'a>,
        address: &'a Address,
        pass: PassRow,
        file: File,
        rows: &Rows,
    ) -> Result<Self, InternalError> {
        let mut holds = rows.all::<Holds>()?;
        holds.retain(|hold| hold.pass_type.is_empty() || hold.pass_type == address.pass_type);
        let devices = rows.all::<Page>()?;
        Ok(Self {
            setup,
            address,
            pass,
            file,
            identity: rows.first::<Show>()?,
            wallets: rows.all::<Wallets>()?,
            devices: devices.iter().map(|row| crate::issuer::registrations::shorten(&row.device)).collect(),
            refusals: rows.first::<Refusals>()?,
            jobs: rows.all::<Jobs>()?,
            pushes: Counted::from_rows(rows.all::<Devices>()?),
            holds,
            lists: rows.first::<Lists>()?.ok_or(Unreadable)?,
            reports: rows.all::<Reports>()?,
        })
    }

    /// How many devices have registered the pass.
    pub(super) fn registrations(&self) -> i64 {
        self.wallets.iter().fold(0, |sum, wallet| sum.saturating_add(wallet.registrations))
    }
}
