mod accepted;
mod data;
mod init;
mod prefs;
mod record;
mod rejected;
mod review;
mod tech;

use super::{Dirs, parse};

/// The start of a configuration that is right, for tests that add what is wrong.
const TEAM: &str =
    "[team]\nprofile = \"shell\"\n[[team.agent]]\nname = \"ARCH\"\n[[team.agent]]\nname = \"SEC\"\n";

/// What a configuration is rejected with, or `""`.
fn rejection(text: &str) -> String {
    parse(text, "orchestra.toml", &Dirs::built_in()).err().map(|e| e.to_string()).unwrap_or_default()
}
