//! A disk that is soon full, also for the tests of the server.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A disk of 3 MiB, which goes with its value.
pub struct Disk(PathBuf);

impl Disk {
    /// Mounts one at an empty directory; none where that is not allowed.
    pub fn mount(at: &Path) -> Option<Self> {
        let done =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=3m,mode=0700", "tmpfs"]).arg(at).output();
        done.is_ok_and(|out| out.status.success()).then(|| Self(at.to_owned()))
    }

    /// Leaves no room on it.
    pub fn fill(&self) {
        let mut file = std::fs::File::create(self.0.join("ballast")).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        while file.write_all(&[0]).is_ok() {}
    }

    /// Takes back what filled it.
    pub fn make_room(&self) {
        std::fs::remove_file(self.0.join("ballast")).unwrap();
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
