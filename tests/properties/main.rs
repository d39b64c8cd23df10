//! Properties of the core: they hold for every input, not only for those somebody thought of.

mod conditions;
mod credentials;
mod dates;
mod log_lines;
mod paths;
mod pkpass;
mod tags;
