//! Command lines of the examples.

use std::{
    collections::{HashMap, HashSet},
    env,
};

/// A command line: options with a value each, flags, and the rest.
#[derive(Debug, Default)]
pub struct Arguments {
    options: HashMap<String, String>,
    flags: HashSet<String>,
    pub help: bool,
    /// The other arguments, in their order.
    pub rest: Vec<String>,
}

impl Arguments {
    /// Reads the command line of the process. `names` are the options with a value, such as `--url`, and `flags` those
    /// without one, such as `--count`.
    pub fn from_env(names: &[&str], flags: &[&str]) -> Result<Self, String> {
        let mut parsed = Self::default();
        let mut arguments = env::args();
        let _program = arguments.next();
        while let Some(argument) = arguments.next() {
            if matches!(argument.as_str(), "--help" | "-h") {
                parsed.help = true;
            } else if names.contains(&argument.as_str()) {
                let value = arguments.next().ok_or_else(|| format!("{argument} lacks its value"))?;
                parsed.options.insert(argument, value);
            } else if flags.contains(&argument.as_str()) {
                parsed.flags.insert(argument);
            } else if argument.starts_with('-') {
                return Err(format!("there is no option {argument}"));
            } else {
                parsed.rest.push(argument);
            }
        }
        Ok(parsed)
    }

    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.get(name).map(String::as_str)
    }

    pub fn flag(&self, name: &str) -> bool {
        self.flags.contains(name)
    }
}
