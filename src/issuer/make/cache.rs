//! An isolate's cache: signing identities whose key is ready to sign, and parsed templates.
//!
//! Each entry has its version. For every pass, the database tells whether that is still the newest, so an entry that was
//! replaced is never used.

use pkpass::{
    Parts,
    signature::{Certificate, Signer},
};
use std::{cell::RefCell, rc::Rc};

/// The most bytes of templates. An isolate has 128 MB.
const MOST_TEMPLATE_BYTES: usize = 24 * 1024 * 1024;

/// The most signing identities. Each takes some kilobytes.
const MOST_IDENTITIES: usize = 256;

/// A signing identity that is ready to sign.
pub(super) struct Identity<K> {
    /// The fields of signatures that describe the signer.
    pub(super) signer: Signer,
    /// The private key, which cannot be read.
    pub(super) key: K,
    /// The pass certificate.
    pub(super) certificate: Certificate,
    /// `teamIdentifier`, as the certificate names it.
    pub(super) team: String,
    /// When the certificate or its intermediate ends, in unix seconds.
    pub(super) not_after: i64,
}

/// Identities and templates. Those that were not used for the longest time are dropped first.
pub struct Cache<K> {
    identities: RefCell<Recent<Rc<Identity<K>>>>,
    templates: RefCell<Recent<Rc<Parts>>>,
}

impl<K> Default for Cache<K> {
    fn default() -> Self {
        Self {
            identities: RefCell::new(Recent::new(MOST_IDENTITIES)),
            templates: RefCell::new(Recent::new(MOST_TEMPLATE_BYTES)),
        }
    }
}

impl<K> Cache<K> {
    /// The identity of a pass type, and its version.
    pub(super) fn identity(&self, pass_type: &str) -> Option<(String, Rc<Identity<K>>)> {
        self.identities.borrow_mut().get(pass_type)
    }

    pub(super) fn keep_identity(&self, pass_type: &str, version: &str, identity: &Rc<Identity<K>>) {
        self.identities.borrow_mut().keep(pass_type, version, Rc::clone(identity), 1);
    }

    /// The template, if the cache has this version.
    pub(super) fn template(&self, name: &str, version: &str) -> Option<Rc<Parts>> {
        self.templates.borrow_mut().get(name).filter(|(kept, _)| kept == version).map(|(_, parts)| parts)
    }

    pub(super) fn keep_template(&self, name: &str, version: &str, parts: &Rc<Parts>) {
        self.templates.borrow_mut().keep(name, version, Rc::clone(parts), parts.weight());
    }
}

/// Values by name and version, up to a total weight. The one that was used last is at the end.
struct Recent<V> {
    entries: Vec<Entry<V>>,
    most: usize,
}

struct Entry<V> {
    name: String,
    version: String,
    value: V,
    weight: usize,
}

impl<V: Clone> Recent<V> {
    fn new(most: usize) -> Self {
        Self { entries: Vec::new(), most }
    }

    /// The value and its version.
    fn get(&mut self, name: &str) -> Option<(String, V)> {
        let at = self.entries.iter().position(|entry| entry.name == name)?;
        let entry = self.entries.remove(at);
        let found = (entry.version.clone(), entry.value.clone());
        self.entries.push(entry);
        Some(found)
    }

    fn keep(&mut self, name: &str, version: &str, value: V, weight: usize) {
        self.entries.retain(|entry| entry.name != name);
        if weight > self.most {
            return;
        }
        self.entries.push(Entry { name: name.to_owned(), version: version.to_owned(), value, weight });
        while self.weight() > self.most {
            self.entries.remove(0);
        }
    }

    fn weight(&self) -> usize {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.weight))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(recent: &mut Recent<char>, name: &str) -> Option<char> {
        recent.get(name).map(|(_, value)| value)
    }

    #[test]
    fn a_new_version_takes_the_place_of_the_old_one() {
        let mut recent = Recent::new(10);
        recent.keep("a", "1", 'x', 4);
        recent.keep("a", "2", 'y', 4);
        assert_eq!(recent.get("a"), Some(("2".to_owned(), 'y')));
        assert_eq!(recent.entries.len(), 1);
    }

    #[test]
    fn what_was_used_least_goes_first_and_what_is_too_heavy_is_not_kept() {
        let mut recent = Recent::new(10);
        recent.keep("a", "1", 'a', 4);
        recent.keep("b", "1", 'b', 4);
        recent.get("a");
        recent.keep("c", "1", 'c', 4);
        assert_eq!(["a", "b", "c"].map(|name| kept(&mut recent, name)), [Some('a'), None, Some('c')]);
        recent.keep("d", "1", 'd', 11);
        assert_eq!(["d", "a"].map(|name| kept(&mut recent, name)), [None, Some('a')]);
    }
}
