//! Header fields of a request.

use edgepass::http::Headers;

/// Header fields, each with its name in lower case.
#[derive(Debug, Default)]
pub struct Fields(pub Vec<(&'static str, String)>);

impl Headers for Fields {
    fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|(given, _)| *given == name).map(|(_, value)| value.clone())
    }
}
