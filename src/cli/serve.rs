//! `orchestra serve`: one session's server, its log beside its record.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Mutex;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

use super::exit::Exit;
use crate::server;

/// Names what the server writes to its log, as `debug` or `orchestra::server=debug`; `info` without it.
const LOG_VAR: &str = "ORCHESTRA_LOG";
/// A log beyond this many bytes is put aside when a server starts; one such is kept.
const MAX_LOG: u64 = 8 << 20;

/// Serves the session in `dir` until it ends.
pub fn run(dir: &Path, wake: server::Wake) -> anyhow::Result<Exit> {
    let log = open_log(dir).with_context(|| format!("write the log of {}", dir.display()))?;
    let filter = EnvFilter::builder()
        .with_default_directive(tracing::level_filters::LevelFilter::INFO.into())
        .with_env_var(LOG_VAR)
        .from_env_lossy();
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false);
    // Refused only where there is one already, as in a test; it serves as well.
    let _ = subscriber.with_writer(Mutex::new(log)).try_init();
    crate::gate::run_by(super::place::exe()?);
    tracing::info!("serving {} as process {}", dir.display(), std::process::id());
    let result = match wake {
        server::Wake::Lost if !server::runs(dir) => Err(server::Error::Ended),
        _ => server::serve(dir),
    };
    match &result {
        Ok(()) => tracing::info!("ended"),
        Err(e) => tracing::error!("failed to {e}"),
    }
    result?;
    Ok(Exit::Done)
}

fn open_log(dir: &Path) -> std::io::Result<File> {
    let path = dir.join("server.log");
    if std::fs::symlink_metadata(&path).is_ok_and(|m| m.len() > MAX_LOG) {
        std::fs::rename(&path, dir.join("server.log.old"))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}
