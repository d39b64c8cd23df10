//! Patches of lists of fields, which are merged by key.

use pkpass::json::{Patches, merge};
use proptest::{
    collection::{btree_map, vec},
    prelude::*,
    sample::select,
};
use serde_json::{Map, Value, json};

use crate::given::{Object, does_what_each_does_in_turn, push_all, survives_storage};

/// There are few keys, so that they meet.
const KEYS: [&str; 2] = ["p", "q"];

/// The members of a field besides its key.
fn members(values: &'static [&'static str]) -> impl Strategy<Value = Object> {
    let value = select(values).prop_map(|json| json.parse().unwrap());
    btree_map(select(&["value", "label", "semantics"][..]).prop_map(str::to_owned), value, 0..3)
        .prop_map(|members| members.into_iter().collect())
}

fn field(values: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (select(&KEYS[..]), members(values)).prop_map(|(key, mut members)| {
        members.insert("key".to_owned(), key.into());
        Value::Object(members)
    })
}

/// A list of fields, some of which may have the same key or none, in patches and in documents.
fn list() -> impl Strategy<Value = Value> {
    let field = field(&["null", "null", "1", r#""x""#, r#"{"a":null}"#]).boxed();
    let odd = prop_oneof![members(&["null", "1"]).prop_map(Value::Object), Just(Value::Null), Just(json!({ "key": 1 }))];
    prop_oneof![
        6 => vec(field.clone(), 0..4).prop_map(Value::Array),
        1 => vec(prop_oneof![field, odd], 0..4).prop_map(Value::Array),
        1 => select(&["null", "1", r#"{"p":1,"q":null}"#][..]).prop_map(|json| json.parse().unwrap()),
    ]
}

/// Members of a document or patch, one of which is a style.
fn document() -> impl Strategy<Value = Object> {
    let style = btree_map(select(&["backFields", "backFields", "transitType"][..]).prop_map(str::to_owned), list(), 1..3);
    let style = prop_oneof![
        9 => style.prop_map(|lists| Value::Object(lists.into_iter().collect())),
        1 => select(&["null", "1"][..]).prop_map(|json| json.parse().unwrap()),
    ];
    btree_map(select(&["storeCard", "storeCard", "userInfo"][..]).prop_map(str::to_owned), style, 1..3)
        .prop_map(|members| members.into_iter().collect())
}

fn history() -> impl Strategy<Value = Vec<Object>> {
    vec(document(), 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(5000))]

    /// What patches are for.
    #[test]
    fn patches_do_what_each_patch_in_turn_does(target in document(), history in history()) {
        does_what_each_does_in_turn(target, &history);
    }

    /// What is stored can be read, and does the same.
    #[test]
    fn patches_survive_storage(target in document(), history in history()) {
        survives_storage(target, &history);
    }

    /// It makes no difference which patches were put together first, or whether the list was read or pushed.
    #[test]
    fn patches_can_be_put_together_in_groups(a in history(), b in history()) {
        let mut pushed = push_all(&a);
        pushed.push(push_all(&b));
        prop_assert_eq!(&pushed, &push_all(&[a.clone(), b.clone()].concat()));
        prop_assert_eq!(Patches::parse(&serde_json::to_string(&[a, b].concat()).unwrap()), Some(pushed));
    }

    /// A change that is sent again adds nothing.
    #[test]
    fn the_same_patch_again_changes_nothing(history in history(), again in document()) {
        let again = Patches::new(again);
        let mut longer = push_all(&history);
        longer.push(again.clone());
        let mut twice = longer.clone();
        twice.push(again);
        prop_assert_eq!(twice, longer);
    }

    /// Patches differ only if they change some document differently.
    #[test]
    fn patches_with_the_same_effect_are_equal(left in vec(of_one_list(), 1..4), right in vec(of_one_list(), 1..4)) {
        let (left, right) = (push_all(&left), push_all(&right));
        let alike = targets().into_iter().all(|mut target| {
            let mut other = target.clone();
            left.apply(&mut target);
            right.apply(&mut other);
            target == other
        });
        prop_assert_eq!(alike, left == right, "{} {}", left.to_json(), right.to_json());
    }
}

/// A patch of one list of fields with two keys.
fn of_one_list() -> impl Strategy<Value = Object> {
    let field = (select(&["p", "q"][..]), select(&["{}", r#"{"value":null}"#, r#"{"value":1}"#, r#"{"label":null}"#][..]));
    let field = field.prop_map(|(key, members)| {
        let mut members: Object = serde_json::from_str(members).unwrap();
        members.insert("key".to_owned(), key.into());
        Value::Object(members)
    });
    let list = prop_oneof![4 => vec(field, 0..3).prop_map(Value::Array), 1 => Just(Value::Null)];
    list.prop_map(|list| in_a_style(&list))
}

fn in_a_style(list: &Value) -> Object {
    Map::from_iter([("storeCard".to_owned(), json!({ "backFields": list }))])
}

/// Documents with the two fields in both orders, with one of them, with none, and without the list.
fn targets() -> Vec<Object> {
    let full = |key: &str| json!({ "key": key, "value": "?", "label": "?", "unknown": "?" });
    let (p, q) = (full("p"), full("q"));
    let lists = [json!([p, q]), json!([q, p]), json!([p]), json!([q]), json!([full("r")]), json!([]), Value::Null];
    let mut targets: Vec<_> = lists.iter().map(in_a_style).collect();
    targets.push(Object::new());
    targets
}

#[test]
fn changes_of_a_field_become_one_and_those_that_go_come_first() {
    let (p, q, r) = (r#"{"key":"p","value":null}"#, r#"{"key":"q","value":null}"#, r#"{"key":"r","label":null}"#);
    let composed = |lists: &[String]| {
        let patches: Vec<_> = lists.iter().map(|list| in_a_style(&list.parse().unwrap())).collect();
        let stored: Value = push_all(&patches).to_json().parse().unwrap();
        stored.as_array().unwrap().iter().map(|patch| patch["storeCard"]["backFields"].to_string()).collect::<Vec<_>>()
    };
    for (given, kept) in [
        (vec![format!("[{r},{q}]"), format!("[{p}]")], vec![format!("[{p},{q},{r}]")]),
        (vec![format!("[{q},{r},{p}]")], vec![format!("[{p},{q},{r}]")]),
        (vec![format!("[{r}]"), r#"[{"key":"r","label":1}]"#.to_owned()], vec![r#"[{"key":"r","label":1}]"#.to_owned()]),
        // A field that goes and comes back is a new one.
        (
            vec![format!("[{p}]"), r#"[{"key":"p","label":null}]"#.to_owned()],
            vec![format!("[{p}]"), r#"[{"key":"p"}]"#.to_owned()],
        ),
        (vec![format!("[{p}]"), r#"[{"key":"p"}]"#.to_owned(), format!("[{p}]")], vec![format!("[{p}]")]),
        // So is a list.
        (vec!["[]".to_owned(), format!("[{p},{r}]")], vec!["null".to_owned(), r#"[{"key":"r"}]"#.to_owned()]),
        (vec!["null".to_owned(), format!("[{p}]")], vec!["[]".to_owned()]),
    ] {
        assert_eq!(composed(&given), kept, "{given:?}");
    }
}

#[test]
fn a_list_is_merged_by_key() {
    let before = r#"[{"key":"a","label":"A","value":1},{"key":"b","value":2},{"value":3}]"#;
    for (patch, after) in [
        (r#"[{"key":"a","value":9}]"#, r#"[{"key":"a","label":"A","value":9},{"key":"b","value":2},{"value":3}]"#),
        (r#"[{"key":"a","label":null}]"#, r#"[{"key":"a","value":1},{"key":"b","value":2},{"value":3}]"#),
        (r#"[{"key":"a","value":null,"label":"x"}]"#, r#"[{"key":"b","value":2},{"value":3}]"#),
        (
            r#"[{"key":"c","value":4,"label":null}]"#,
            r#"[{"key":"a","label":"A","value":1},{"key":"b","value":2},{"value":3},{"key":"c","value":4}]"#,
        ),
        (r#"[{"key":"c","value":null}]"#, before),
        // No key, or twice the same one: another list.
        (r"[]", r"[]"),
        (r#"[{"value":4}]"#, r#"[{"value":4}]"#),
        (r#"[{"key":1,"value":4}]"#, r#"[{"key":1,"value":4}]"#),
        (r#"[{"key":"a"},{"key":"a"}]"#, r#"[{"key":"a"},{"key":"a"}]"#),
        (r#"[{"key":"a"},null]"#, r#"[{"key":"a"},null]"#),
    ] {
        let parse = |json: &str| in_a_style(&json.parse().unwrap());
        let mut content = parse(before);
        merge(&mut content, &parse(patch));
        assert_eq!(content, parse(after), "{patch}");
    }
}

#[test]
fn only_lists_of_fields_in_a_style_are_merged_by_key() {
    let list = |values: Value| -> Vec<Object> {
        let paths = [json!({ "backFields": values }), json!({ "userInfo": { "backFields": values } })];
        let others = [json!({ "storeCard": { "others": values } }), json!({ "storeCard": { "a": { "backFields": values } } })];
        [paths, others].concat().iter().map(|value| value.as_object().unwrap().clone()).collect()
    };
    let (before, patches) = (list(json!([{ "key": "a" }])), list(json!([{ "key": "b" }])));
    for (mut content, patch) in before.into_iter().zip(patches) {
        merge(&mut content, &patch);
        assert_eq!(content, patch);
    }
}
