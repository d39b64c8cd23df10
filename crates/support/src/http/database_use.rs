//! The `Server-Timing` header, by which the service shows what a request cost.

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DatabaseUse {
    pub calls: u32,
    /// Rows read, as billed.
    pub read: u32,
    /// Rows written, index entries included, as billed.
    pub written: u32,
    pub milliseconds: f64,
}

impl DatabaseUse {
    /// Reads the metric `db` of a header such as `db;dur=3.9;desc="calls=1 read=2 written=0"`.
    pub fn parse(header: &str) -> Option<Self> {
        let metric = header.split(',').map(str::trim).find(|metric| metric.starts_with("db;"))?;
        let parameter = |name: &str| {
            let parameters = metric.split(';').filter_map(|parameter| parameter.trim().split_once('='));
            parameters.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"'))
        };
        let description = parameter("desc")?;
        let count = |name: &str| {
            let counts = description.split(' ').filter_map(|count| count.split_once('='));
            counts.into_iter().find(|(key, _)| *key == name).and_then(|(_, value)| value.parse().ok())
        };
        Some(Self {
            calls: count("calls")?,
            read: count("read")?,
            written: count("written")?,
            milliseconds: parameter("dur").and_then(|duration| duration.parse().ok()).unwrap_or_default(),
        })
    }
}
