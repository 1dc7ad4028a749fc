//! The log of the hooks: one line for each run of a command of `[[hook]]`.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;

use serde::{Deserialize, Serialize};

use super::dir::{Error, SessionDir, io_at, nofollow};
use crate::domain::conduct::Occasion;

/// Bytes of the log before it becomes `hooks.log.old`, whose predecessor goes.
const MAX_LOG: u64 = 1 << 20;

/// One run of a hook's command: a JSON object on a line of its own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Run {
    /// When it began, milliseconds since 1970-01-01 UTC.
    pub wall: u64,
    /// Its place in the configuration, from 1.
    pub hook: usize,
    /// The command line.
    pub run: String,
    /// What it was told of, oldest first.
    pub occasions: Vec<Occasion>,
    /// Its exit status, 128 + n for signal n; none where it was killed for its time or never ran.
    pub status: Option<i32>,
    /// Whether that is a failure.
    pub failed: bool,
    /// How long it took, in milliseconds.
    pub ms: u64,
    /// The beginning of what it printed, without control characters but line feeds and tabs; where it failed, after
    /// the reason.
    pub said: String,
}

impl SessionDir {
    /// Appends a run to `hooks.log`. Only one thread may do so at a time.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn log_hook(&self, run: &Run) -> Result<(), Error> {
        let path = self.path().join("hooks.log");
        let failed = |source| io_at("write", &path, source);
        if fs::symlink_metadata(&path).is_ok_and(|m| m.len() > MAX_LOG) {
            fs::rename(&path, self.path().join("hooks.log.old")).map_err(failed)?;
        }
        let mut line = serde_json::to_vec(run).map_err(|e| failed(e.into()))?;
        line.push(b'\n');
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600).custom_flags(nofollow());
        options.open(&path).and_then(|mut file| file.write_all(&line)).map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_private_bounded_and_follows_no_link() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let run = Run {
            wall: 1,
            hook: 1,
            run: "x".repeat(1000),
            occasions: vec![Occasion::Asking, Occasion::Conflict],
            status: Some(0),
            failed: false,
            ms: 3,
            said: "a \"line\"\nand one more".into(),
        };
        for _ in 0..2500 {
            dir.log_hook(&run).unwrap();
        }
        let size = |name: &str| fs::metadata(dir.path().join(name)).unwrap().len();
        assert!(size("hooks.log") + size("hooks.log.old") < 2 * MAX_LOG + 4000);
        let text = fs::read_to_string(dir.path().join("hooks.log")).unwrap();
        for line in text.lines() {
            assert_eq!(serde_json::from_str::<Run>(line).unwrap(), run);
        }
        let found = super::super::check::check(dir.path()).unwrap();
        assert!(!found.findings.iter().any(|f| f.place.contains("hooks")), "{found:?}");
        fs::remove_file(dir.path().join("hooks.log")).unwrap();
        std::os::unix::fs::symlink(tmp.path().join("elsewhere"), dir.path().join("hooks.log")).unwrap();
        assert!(matches!(dir.log_hook(&run), Err(Error::Io { .. })));
        assert!(!tmp.path().join("elsewhere").exists());
    }
}
