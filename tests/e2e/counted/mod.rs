//! A Worker that counts the calls between JavaScript and WebAssembly. It is the Worker that is deployed, with the two
//! modules in here before it.

use std::{collections::BTreeMap, fmt, sync::LazyLock};

use edgepass_support::{
    http::{Answer, Body},
    server::{Options, Server},
};

const BEFORE: [(&str, &str); 2] =
    [("worker.mjs", include_str!("worker.mjs")), ("boundary.mjs", include_str!("boundary.mjs"))];

/// The Worker. It counts whatever happens between two questions, so its requests have to be sent one after the other.
pub(crate) fn server() -> &'static Server {
    static COUNTED: LazyLock<Server> = LazyLock::new(|| {
        let limits = ["REGISTRATION_LIMIT", "CLIENT_LIMIT", "LOG_LIMIT"].map(|name| (name, u32::MAX));
        let without = &["LOG_ALL"];
        Server::start(Options { before: &BEFORE, without, limits: &limits, ..Options::default() })
    });
    &COUNTED
}

/// What one request cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cost {
    /// Calls of the database.
    pub(crate) calls: u32,
    /// Rows read, as billed.
    pub(crate) read: u32,
    /// Rows and entries of indexes written, as billed.
    pub(crate) written: u32,
    /// Calls from WebAssembly to JavaScript.
    pub(crate) imports: u32,
    /// Calls from JavaScript to WebAssembly.
    pub(crate) exports: u32,
}

impl Cost {
    /// The figures that are others than in another cost, each in words.
    pub(crate) fn unlike(&self, told: &Self) -> Vec<String> {
        let figures = [
            ("calls of the database", self.calls, told.calls),
            ("rows read", self.read, told.read),
            ("rows written", self.written, told.written),
            ("imports called", self.imports, told.imports),
            ("exports called", self.exports, told.exports),
        ];
        let unlike = figures.into_iter().filter(|(_, figure, told)| figure != told);
        unlike.map(|(name, figure, told)| format!("{figure} {name}, not {told}")).collect()
    }
}

/// A request that was measured.
#[derive(Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) cost: Cost,
    /// How often each function was called, by `import` or `export` and its name in the glue (`build/index.js`).
    functions: BTreeMap<String, u32>,
}

/// Sends a request to the Worker and measures it, with what it does after its answer.
#[track_caller]
pub(crate) fn measure(send: impl FnOnce() -> Answer) -> (Answer, Measured) {
    take();
    let answer = send();
    let functions = take();
    let called = |direction| {
        let functions = functions.iter().filter(|(name, _)| name.starts_with(direction));
        functions.map(|(_, calls)| calls).sum()
    };
    let used = answer.database().unwrap_or_else(|| panic!("no Server-Timing: {answer:#}"));
    let (imports, exports) = (called("import "), called("export "));
    assert!(imports > 0 && exports > 0, "boundary.mjs is not between the two: {functions:?}");
    let cost = Cost { calls: used.calls, read: used.read, written: used.written, imports, exports };
    (answer, Measured { cost, functions })
}

/// How often each function was called since this was last asked.
fn take() -> BTreeMap<String, u32> {
    let answer = server().request("GET", "/crossings", &[], Body::Empty).expect(200);
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:#}"))
}

/// The cost, and below it the functions, those that were called most first.
impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cost { calls, read, written, imports, exports } = self.cost;
        write!(formatter, "calls={calls} read={read} written={written} imports={imports} exports={exports}")?;
        let mut functions: Vec<_> = self.functions.iter().collect();
        functions.sort_by_key(|(name, calls)| (name.starts_with("export "), u32::MAX - **calls));
        functions.iter().try_for_each(|(name, calls)| write!(formatter, "\n{calls:>6} {name}"))
    }
}
