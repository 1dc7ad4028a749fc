//! The binary: hands over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args_os().nth(1) {
        Some(arg) if arg == "hold" => orchestra::hold::run(),
        _ => ExitCode::from(2),
    }
}
