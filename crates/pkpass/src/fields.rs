//! Where a pass has fields: in the lists of its styles.

use serde_json::{Map, Value};

/// Every style that an issuer can use.
pub(crate) const STYLES: [&str; 6] = ["boardingPass", "coupon", "eventTicket", "generic", "storeCard", "posterGeneric"];

/// The lists of fields that a style may have.
pub(crate) const LISTS: [&str; 7] = [
    "headerFields",
    "primaryFields",
    "secondaryFields",
    "auxiliaryFields",
    "footerFields",
    "backFields",
    "additionalInfoFields",
];

/// A field and its place.
#[derive(Clone, Copy)]
pub(crate) struct Field<'a> {
    pub(crate) style: &'static str,
    pub(crate) list: &'static str,
    pub(crate) members: &'a Map<String, Value>,
}

impl<'a> Field<'a> {
    /// The member of this name, if it is a text.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.members.get(name)?.as_str()
    }

    /// Its value. `null` is its absence.
    pub(crate) fn value(&self) -> Option<&'a Value> {
        self.members.get("value").filter(|value| !value.is_null())
    }
}

/// All fields of a `pass.json`, in its order.
pub(crate) fn all(content: &Map<String, Value>) -> impl Iterator<Item = Field<'_>> {
    let lists = STYLES.into_iter().flat_map(|style| LISTS.into_iter().map(move |list| (style, list)));
    lists.flat_map(|(style, list)| {
        let items = content.get(style).and_then(|fields| fields.get(list)?.as_array()).map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(Value::as_object).map(move |members| Field { style, list, members })
    })
}

/// The members of each field of a `pass.json`, to be changed.
pub(crate) fn all_mut(content: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let styles = content.iter_mut().filter(|(style, _)| STYLES.contains(&style.as_str()));
    let lists = styles.filter_map(|(_, lists)| lists.as_object_mut()).flatten();
    let items = lists.filter(|(list, _)| LISTS.contains(&list.as_str())).filter_map(|(_, items)| items.as_array_mut());
    items.flatten().filter_map(Value::as_object_mut)
}
