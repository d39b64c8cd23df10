//! Merge patches that stand for more merge patches.

use pkpass::json::Patches;
use proptest::{collection::vec, prelude::*};
use serde_json::Value;

use crate::given::{
    Object, does_what_each_does_in_turn, flat_patch, history, patch, patch_with, push_all, survives_storage, target,
};

const KEYS: [&str; 2] = ["a", "b"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// What patches are for.
    #[test]
    fn patches_do_what_each_patch_in_turn_does(target in target(), history in history()) {
        does_what_each_does_in_turn(target, &history);
    }

    /// What is stored can be read, and by any reader of RFC 7396.
    #[test]
    fn patches_survive_storage(target in target(), history in history()) {
        survives_storage(target, &history);
    }

    /// It makes no difference which patches were put together first, or whether the list was read or pushed.
    #[test]
    fn patches_can_be_put_together_in_groups(a in history(), b in history(), c in history()) {
        let (mut from_left, mut from_right, mut last) = (push_all(&a), push_all(&a), push_all(&b));
        from_left.push(push_all(&b));
        from_left.push(push_all(&c));
        last.push(push_all(&c));
        from_right.push(last);
        prop_assert_eq!(&from_left, &from_right);

        let all = serde_json::to_string(&[a, b, c].concat()).unwrap();
        prop_assert_eq!(Patches::parse(&all), Some(from_left));
    }

    /// A change that is sent again adds nothing.
    #[test]
    fn the_same_patch_again_changes_nothing(history in history(), again in patch()) {
        let again = Patches::new(again);
        let mut longer = push_all(&history);
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
        let pushed = push_all(&history).to_json();
        let one: Object = history.into_iter().flatten().collect();
        prop_assert_eq!(pushed, serde_json::to_string(&[one]).unwrap());
    }

    /// There are two patches only where one cannot do: every object of the target has a member that no patch knows of, and an
    /// object in its place without that member was not merged but replaced.
    #[test]
    fn two_patches_only_where_an_object_is_replaced(history in history()) {
        let patches = push_all(&history);
        let mut target = full(&["a", "b", "c"], 4);
        patches.apply(&mut target);
        let stored: Vec<Object> = serde_json::from_str(&patches.to_json()).unwrap();
        prop_assert_eq!(stored.len() == 2, lost_the_unknown(&target, 4));
    }

    /// Patches differ only if they change some document differently, so what is stored does not depend on how it came about.
    #[test]
    fn patches_with_the_same_effect_are_equal(
        left in vec(patch_with(&KEYS), 1..3),
        right in vec(patch_with(&KEYS), 1..3),
    ) {
        let (left, right) = (push_all(&left), push_all(&right));
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
fn full(keys: &[&str], levels: u8) -> Object {
    let below = |key: &&str| match levels.checked_sub(1) {
        Some(below) if below > 0 => ((*key).to_owned(), full(keys, below).into()),
        _ => ((*key).to_owned(), 0.into()),
    };
    keys.iter().map(below).chain([("unknown".to_owned(), 0.into())]).collect()
}

/// Whether one of the objects that replaced or changed the upper `levels` levels of [`full`] was replaced.
fn lost_the_unknown(members: &Object, levels: u8) -> bool {
    let Some(below) = levels.checked_sub(1) else { return false };
    let inner = members.values().filter_map(Value::as_object);
    !members.contains_key("unknown") || { inner }.any(|inner| lost_the_unknown(inner, below))
}

/// A full target, and every one with a scalar in the place of one of its values.
fn targets() -> Vec<Object> {
    fn with_a_scalar(members: &Object) -> Vec<Object> {
        let mut all = Vec::new();
        for (key, member) in members {
            let inner = member.as_object().map(with_a_scalar).unwrap_or_default().into_iter().map(Value::Object);
            for variant in inner.chain(["scalar".into()]) {
                let mut changed = members.clone();
                changed.insert(key.clone(), variant);
                all.push(changed);
            }
        }
        all
    }
    let full = full(&KEYS, 4);
    let mut all = with_a_scalar(&full);
    all.push(full);
    all
}
