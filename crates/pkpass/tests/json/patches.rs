//! Merge patches that stand for more merge patches.

use pkpass::json::{Document, Members, Patches, merge};
use proptest::{collection::vec, prelude::*};

use crate::given::{document, flat_patch, history, patch, patch_with, pushed, read};

const KEYS: [&str; 2] = ["a", "b"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What patches are for.
    #[test]
    fn patches_do_what_each_patch_in_turn_does(target in document(), history in history()) {
        let mut one_by_one = target.clone();
        for patch in &history {
            merge(&mut one_by_one, patch);
        }
        let mut at_once = target;
        pushed(&history).apply(&mut at_once);
        prop_assert_eq!(at_once, one_by_one);
    }

    /// What is stored can be read, and by any reader of RFC 7396.
    #[test]
    fn patches_survive_storage(target in document(), history in history()) {
        let patches = pushed(&history);
        let json = patches.to_json();
        prop_assert_eq!(Patches::read(&json), Some(patches.clone()));

        let (mut expected, mut got) = (target.clone(), target);
        patches.apply(&mut expected);
        let Document::Array(stored) = read(&json) else { panic!("an array") };
        prop_assert!((1..=2).contains(&stored.len()));
        for patch in &stored {
            merge(&mut got, patch);
        }
        prop_assert_eq!(got, expected);
    }

    /// It makes no difference which patches were put together first, or whether the list was read or pushed.
    #[test]
    fn patches_can_be_put_together_in_groups(a in history(), b in history(), c in history()) {
        let (mut from_left, mut from_right, mut last) = (pushed(&a), pushed(&a), pushed(&b));
        from_left.push(pushed(&b));
        from_left.push(pushed(&c));
        last.push(pushed(&c));
        from_right.push(last);
        prop_assert_eq!(&from_left, &from_right);

        let all = Document::Array([a, b, c].concat());
        prop_assert_eq!(Patches::read(&all.to_json()), Some(from_left));
    }

    /// A change that is sent again adds nothing.
    #[test]
    fn the_same_patch_again_changes_nothing(history in history(), again in patch()) {
        let again = Patches::of(again).unwrap();
        let mut longer = pushed(&history);
        longer.push(again.clone());
        for once in [again.clone(), longer] {
            let mut twice = once.clone();
            twice.push(again.clone());
            prop_assert_eq!(twice, once);
        }
    }

    /// Where members are only replaced and taken away, one patch says it, with all its nulls.
    #[test]
    fn flat_patches_stay_one(history in vec(flat_patch(), 1..7)) {
        let mut members = Members::new();
        for patch in history.iter().cloned() {
            let Document::Object(patch) = patch else { panic!("an object") };
            members.extend(patch);
        }
        let one = Document::Object(members).to_json();
        prop_assert_eq!(pushed(&history).to_json(), format!("[{one}]"));
    }

    /// There are two patches only where one cannot do: every object of the target has a member that no patch
    /// knows of, and an object in its place without that member was not merged but replaced.
    #[test]
    fn two_patches_only_where_an_object_is_replaced(history in history()) {
        let patches = pushed(&history);
        let mut target = full(&["a", "b", "c"], 4);
        patches.apply(&mut target);
        let two = matches!(read(&patches.to_json()), Document::Array(stored) if stored.len() == 2);
        prop_assert_eq!(two, lost_the_unknown(&target, 4));
    }

    /// Patches differ only if they change some document differently, so what is stored does not depend on how
    /// it came about.
    #[test]
    fn patches_with_the_same_effect_are_equal(
        left in vec(patch_with(&KEYS), 1..3),
        right in vec(patch_with(&KEYS), 1..3),
    ) {
        let (left, right) = (pushed(&left), pushed(&right));
        let alike = targets().into_iter().all(|mut target| {
            let mut other = target.clone();
            left.apply(&mut target);
            right.apply(&mut other);
            target == other
        });
        prop_assert_eq!(alike, left == right);
    }
}

/// Objects within objects, each with all `keys` and with one more that no patch knows of.
fn full(keys: &[&str], levels: u8) -> Document {
    let Some(below) = levels.checked_sub(1) else { return read("0") };
    let members = keys.iter().map(|key| ((*key).to_owned(), full(keys, below)));
    Document::Object(members.chain([("unknown".to_owned(), read("0"))]).collect())
}

/// Whether one of the objects that replaced or changed the upper `levels` levels of [`full`] was replaced.
fn lost_the_unknown(document: &Document, levels: u8) -> bool {
    let (Document::Object(members), Some(below)) = (document, levels.checked_sub(1)) else { return false };
    !members.contains_key("unknown") || members.values().any(|member| lost_the_unknown(member, below))
}

/// A full target, and every one with a scalar in the place of one of its values.
fn targets() -> Vec<Document> {
    fn variants(document: &Document) -> Vec<Document> {
        let mut all = vec![document.clone(), Document::from("scalar")];
        let Document::Object(members) = document else { return all };
        for (key, member) in members {
            for variant in variants(member).into_iter().skip(1) {
                let mut changed = members.clone();
                changed.insert(key.clone(), variant);
                all.push(Document::Object(changed));
            }
        }
        all
    }
    variants(&full(&KEYS, 4))
}
