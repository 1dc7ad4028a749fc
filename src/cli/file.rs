//! Files that are named on the command line: read and written without waiting for anybody.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// Opens a file to be read. A pipe or device in its place would make the reading wait for ever, or give no end.
///
/// # Errors
/// When it is not there, may not be read, or is no regular file.
pub(super) fn open(path: &Path) -> io::Result<File> {
    if fs::metadata(path)?.is_file() {
        return File::open(path);
    }
    let why = "it is not a regular file; put `-` and hand it over standard input";
    Err(io::Error::new(io::ErrorKind::InvalidInput, why))
}

/// Writes a file whole. One that is there is replaced; a pipe that nobody reads would be waited for.
///
/// # Errors
/// When it cannot be written, or a pipe or socket is in its place.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let kind = fs::metadata(path).map(|about| about.file_type());
    if kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket()) {
        let why = "a pipe or socket is there; name a file, or leave --out away and use standard output";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_be_waited_for_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        for path in [&pipe, Path::new("/dev/zero"), dir.path()] {
            assert!(open(path).unwrap_err().to_string().contains("not a regular file"), "{}", path.display());
        }
        assert!(write(&pipe, "x").unwrap_err().to_string().contains("a pipe or socket is there"));
        let file = dir.path().join("file");
        write(&file, "text").unwrap();
        assert_eq!(io::read_to_string(open(&file).unwrap()).unwrap(), "text");
        assert_eq!(open(&dir.path().join("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
