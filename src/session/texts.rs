//! Texts too long for a line of the journal: `texts/<number>.txt`, on the disk before the line that names them.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;

use serde::{Deserialize, Serialize};

use super::dir::{Error, SessionDir, io_at, read_text, replace};

/// A longer text stands beside the journal, in bytes.
pub const INLINE: usize = 64 * 1024;
/// The longest text that is read, in bytes.
const LONGEST: u64 = 16 << 20;

/// Where a text stands and what it must be.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Beside {
    /// Its file's name in the folder `texts`.
    pub file: String,
    /// How long it is, in bytes.
    pub bytes: u64,
    /// The CRC-32 (IEEE) of its bytes, eight hexadecimal digits.
    pub crc: String,
}

/// Writes text number `number`; when this returns it is on the disk (mode 0600).
///
/// # Errors
/// [`Error::Io`].
pub fn write(dir: &SessionDir, number: u64, text: &str) -> Result<Beside, Error> {
    let folder = dir.path().join("texts");
    match DirBuilder::new().mode(0o700).create(&folder) {
        Ok(()) => {
            let synced = File::open(dir.path()).and_then(|d| d.sync_all());
            synced.map_err(|e| io_at("sync", dir.path(), e))?;
        }
        Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
        Err(e) => return Err(io_at("create the directory", &folder, e)),
    }
    let file = format!("{number}.txt");
    replace(&folder.join(&file), text.as_bytes())?;
    let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
    Ok(Beside { file, bytes, crc: checksum(text) })
}

/// Reads a text and checks that it is the one that was written.
///
/// # Errors
/// [`Error::Io`] when it cannot be read, [`Error::Content`] when it is another.
pub fn read(dir: &SessionDir, beside: &Beside) -> Result<String, Error> {
    let path = dir.path().join("texts").join(&beside.file);
    let wrong = |reason: &str| Error::Content { path: path.clone(), reason: reason.to_owned() };
    // The name comes from a file that somebody else may have made.
    let stem = beside.file.strip_suffix(".txt").unwrap_or_default();
    if stem.is_empty() || !stem.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong("that is no name of a text"));
    }
    let text = read_text(&path, LONGEST)?;
    if u64::try_from(text.len()).ok() != Some(beside.bytes) || checksum(&text) != beside.crc {
        return Err(wrong("it is not what was written there"));
    }
    Ok(text)
}

fn checksum(text: &str) -> String {
    format!("{:08x}", crc32fast::hash(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    #[test]
    fn a_text_is_private_and_only_itself() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let beside = write(&dir, 7, "grüße").unwrap();
        assert_eq!((beside.file.as_str(), beside.bytes), ("7.txt", 7));
        let path = dir.path().join("texts/7.txt");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(dir.path().join("texts")).unwrap().mode() & 0o777, 0o700);
        assert_eq!(read(&dir, &beside).unwrap(), "grüße");
        fs::write(&path, "grüssE").unwrap();
        assert!(read(&dir, &beside).unwrap_err().to_string().contains("not what was written"));
        fs::remove_file(&path).unwrap();
        assert!(matches!(read(&dir, &beside), Err(Error::Io { .. })));
    }

    #[test]
    fn a_name_that_leads_elsewhere_is_refused() {
        let tmp = tempfile::tempdir().unwrap();
        let dir = SessionDir::create(&tmp.path().join("s")).unwrap();
        let beside = write(&dir, 1, "x").unwrap();
        for file in ["../FORMAT", "1.txt/../../FORMAT", ".txt", "1", "/etc/hostname", "a.txt"] {
            let beside = Beside { file: file.to_owned(), ..beside.clone() };
            assert!(matches!(read(&dir, &beside), Err(Error::Content { .. })), "{file}");
        }
    }
}
