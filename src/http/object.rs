//! JSON objects.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::{fmt, marker::PhantomData};

/// A `T` from a JSON object. A derived `Deserialize` alone also accepts an array of the values.
#[derive(Debug, Clone, Copy)]
pub struct Object<T>(pub T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

struct Members<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    struct Point {
        x: i64,
    }

    fn x(json: &str) -> Option<i64> {
        serde_json::from_str::<Object<Point>>(json).ok().map(|Object(point)| point.x)
    }

    #[test]
    fn only_an_object_is_taken_and_no_key_twice() {
        assert_eq!(x(r#"{"y":[{}],"x":1}"#), Some(1));
        for other in ["[1]", "1", "null", "{}", r#"{"x":null}"#, r#"{"x":1,"x":1}"#, r#"{"x":1}{}"#] {
            assert_eq!(x(other), None, "{other}");
        }
    }
}
