//! The issuer publishes, repeats, publishes under conditions, withdraws, and makes mistakes.

use crate::{
    files,
    ledger::{self, Stored},
    world::World,
};
use edgepass::{
    http::{Body, conditional::WriteConditions},
    issuer::{Publish, WithdrawPass},
};
use edgepass_support::storage::Fields;

impl World {
    pub(crate) fn publish_something(&mut self) {
        let number = self.chance.below(self.passes.len());
        match self.chance.below(20) {
            0 => self.withdraw(number),
            1 => self.publish_with_wrong_token(number),
            2 | 3 => self.publish(number, self.passes[number].sent.max(1), &Fields::default()),
            4 => self.publish_conditionally(number),
            5 | 6 => {
                for _ in 0..=self.chance.below(4) {
                    let number = self.chance.below(self.passes.len());
                    self.publish_next(number);
                }
            }
            _ => self.publish_next(number),
        }
    }

    /// Publishes a new content.
    pub(crate) fn publish_next(&mut self, number: usize) {
        self.contents += 1;
        self.publish(number, self.contents, &Fields::default());
    }

    /// Publishes the newest content again, until it is confirmed.
    pub(crate) fn replay(&mut self, number: usize) {
        let content = self.passes[number].sent;
        if content > 0 {
            self.publish(number, content, &Fields::default());
        }
        let pass = &mut self.passes[number];
        pass.replay = content > 0 && pass.confirmed != Some(content);
    }

    fn publish_conditionally(&mut self, number: usize) {
        let stored = self.stored(number);
        let current = stored.map_or_else(|| "none".to_owned(), |stored| stored.file);
        let fields = match self.chance.below(4) {
            0 => ("if-match", format!("\"{current}\"")),
            1 => ("if-match", "\"stale\", W/\"other\"".to_owned()),
            2 => ("if-match", "*".to_owned()),
            _ => ("if-none-match", "*".to_owned()),
        };
        self.contents += 1;
        self.publish(number, self.contents, &Fields(vec![fields]));
    }

    fn publish(&mut self, number: usize, content: u64, fields: &Fields) {
        let file = self.passes[number].file(content);
        let before = self.stored(number);
        let expected = allowed(fields, before.as_ref());
        self.publications += 1;
        let publication = format!("publication-{}", self.publications);
        let version = self.passes[number].version(file.bytes, WriteConditions::from_headers(fields));
        let publish = Publish::new(version, publication, self.clock_ms);
        let answer = self.serve(&publish);
        self.event(&format!("publish {number} content {content} {:?}: {}", fields.0, World::show(answer.as_ref())));
        let after = self.stored(number);
        self.check_change(number, before.as_ref(), after.as_ref());

        let pass = &mut self.passes[number];
        if answer.as_ref().is_some_and(|answer| answer.reply.status == 412) {
            assert!(!expected, "412 although the preconditions hold");
            return;
        }
        pass.sent = content;
        let Some(answer) = answer else {
            pass.uncertain.push(content);
            return;
        };
        assert!(expected, "published although the preconditions do not hold");
        assert!(matches!(answer.reply.status, 200 | 201), "publish: {:?}", answer.reply);
        assert_eq!(after.as_ref().map(|after| after.manifest.clone()), Some(file.manifest), "published, but not stored");
        let Body::Text(body) = &answer.reply.body else { panic!("no body") };
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["changed"], before != after, "{body}");
        assert_eq!(body["revision"], after.unwrap().revision);
        pass.confirmed = Some(content);
        pass.uncertain.clear();
    }

    fn publish_with_wrong_token(&mut self, number: usize) {
        let before = self.stored(number);
        if before.is_none() {
            return;
        }
        let pass = &self.passes[number];
        let file = files::file(pass.pass_type, &pass.serial, "another-token-entirely", self.contents + 1);
        self.publications += 1;
        let publication = format!("publication-{}", self.publications);
        let version = pass.version(file.bytes, WriteConditions::default());
        let answer = self.serve(&Publish::new(version, publication, self.clock_ms));
        assert!(answer.is_none_or(|answer| answer.reply.status == 409));
        assert_eq!(before, self.stored(number), "a refused upload changed something");
    }

    fn withdraw(&mut self, number: usize) {
        let before = self.stored(number);
        let withdraw = WithdrawPass {
            address: self.passes[number].address(),
            conditions: WriteConditions::default(),
            now: self.clock_ms / 1000,
        };
        let answer = self.serve(&withdraw);
        self.event(&format!("withdraw {number}: {}", World::show(answer.as_ref())));
        if let Some(answer) = answer {
            assert_eq!(answer.reply.status, if before.is_some() { 204 } else { 404 });
            assert_eq!(before.is_some(), self.stored(number).is_some_and(|stored| stored.withdrawn));
        }
    }

    /// A change gets a revision above all earlier ones, and a later `Last-Modified`. Without a change nothing changes.
    fn check_change(&mut self, number: usize, before: Option<&Stored>, after: Option<&Stored>) {
        let pass_type = self.passes[number].pass_type;
        let newest = self.newest_revision.entry(pass_type).or_default();
        let type_revision = ledger::type_revision(&self.database.sqlite, pass_type).unwrap_or_default();
        match (before, after) {
            (before, Some(after)) if before != Some(after) => {
                assert!(after.revision > *newest, "revision {} after {newest}", after.revision);
                assert_eq!(type_revision, after.revision);
                let same = before.is_some_and(|before| before.manifest == after.manifest && !before.withdrawn);
                assert!(!same, "the same manifest changed something");
                *newest = after.revision;
                if let Some(before) = before.filter(|before| before.manifest != after.manifest) {
                    assert!(after.modified_at > before.modified_at, "Last-Modified did not rise");
                }
                assert!(!after.withdrawn, "published, but withdrawn");
            }
            (before, after) => assert_eq!(before, after, "an upload lost the pass"),
        }
    }
}

/// A second implementation of RFC 9110's preconditions.
fn allowed(fields: &Fields, stored: Option<&Stored>) -> bool {
    fields.0.iter().all(|(name, value)| {
        let named = stored.is_some_and(|stored| value == "*" || *value == format!("\"{}\"", stored.file));
        (*name == "if-match") == named
    })
}
