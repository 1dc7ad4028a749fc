//! Checkouts that gates run in: kept between jobs, never shared by two at one time.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;

use serde::{Deserialize, Serialize};

use super::Ground;
use crate::domain::gates::Gate;
use crate::domain::id::Oid;
use crate::domain::review::GateStatus;
use crate::{gate, git};

/// Seconds the setup command of a checkout may take: half an hour, as in a worktree.
const SETUP_LIMIT: u64 = 1800;

/// Which of a slot's checkouts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Side {
    /// That of what is judged.
    Judged,
    /// That of the base, so that the caches of builds are not thrown about.
    Base,
}

/// The right to use a slot's checkouts.
pub(super) struct Slot<'a> {
    ground: &'a Ground,
    number: usize,
    /// What was made ready in this job.
    ready: Vec<(Side, Oid, PathBuf)>,
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.ground.slots.lock().unwrap_or_else(PoisonError::into_inner).push(self.number);
    }
}

/// What is known of a checkout; lies beside it.
#[derive(Default, Serialize, Deserialize)]
struct Stamp {
    /// The folder: another one is a fresh checkout.
    inode: u64,
    /// A digest of what the setup that succeeded last was made of.
    setup: String,
    /// Files that were copied in.
    included: Vec<String>,
}

impl<'a> Slot<'a> {
    /// Takes a free slot. There are as many as threads that take one.
    pub(super) fn take(ground: &'a Ground) -> Self {
        let mut free = ground.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let number = free.pop().unwrap_or(0);
        Self { ground, number, ready: Vec::new() }
    }

    /// Checks a commit out, once a job: exactly its files, those of `.worktreeinclude` as they are now, and the
    /// setup, which runs where the checkout is fresh or the setup, its environment, the files copied in or a file
    /// that names dependencies has changed. `setup` is told of its begin (none) and of its last lines.
    pub(super) fn ready(
        &mut self,
        oid: &Oid,
        side: Side,
        beside: &str,
        cancel: &AtomicBool,
        setup: &dyn Fn(Option<String>),
    ) -> Result<PathBuf, String> {
        if let Some((.., path)) = self.ready.iter().find(|(s, o, _)| *s == side && o == oid) {
            return Ok(path.clone());
        }
        self.ready.retain(|(s, ..)| *s != side);
        let ground = self.ground;
        let name = match side {
            Side::Judged => self.number.to_string(),
            Side::Base => format!("{}-base", self.number),
        };
        let wanted = ground.scratch.join(&name);
        let path =
            git::scratch_checkout(&ground.repository, &wanted, oid).map_err(|e| format!("failed to {e}"))?;
        let file = wanted.with_file_name(format!("{name}.json"));
        let inode = std::fs::metadata(&path).map(|m| m.ino()).unwrap_or_default();
        let mut stamp = read(&file).filter(|s| s.inode == inode).unwrap_or_default();
        let included = git::renew_included(&ground.repository, &path, &stamp.included);
        stamp = Stamp { inode, included: included.map_err(|e| format!("failed to {e}"))?.files, ..stamp };
        let locks = git::lock_files(&ground.repository, oid).map_err(|e| format!("failed to {e}"))?;
        let digest = gate::key(&ground.setup, &Oid::default(), &[], &format!("{beside}\n{locks}"));
        if !ground.setup.run.is_empty() && stamp.setup != digest {
            // Until it has succeeded nothing is known to be set up.
            write(&file, &Stamp { setup: String::new(), ..stamp });
            stamp = read(&file).unwrap_or_default();
            self.set_up(oid, &path, cancel, setup)?;
        }
        write(&file, &Stamp { setup: digest, ..stamp });
        self.ready.push((side, oid.clone(), path.clone()));
        Ok(path)
    }

    fn set_up(
        &self,
        oid: &Oid,
        checkout: &Path,
        cancel: &AtomicBool,
        tell: &dyn Fn(Option<String>),
    ) -> Result<(), String> {
        let ground = self.ground;
        tell(None);
        let (gate, env) = (&ground.setup, git::quiet_env());
        let number = ground.record_number();
        let out_dir = ground.dir.gate(number);
        let mask = &ground.mask;
        let order = gate::Order { gate, oid, checkout, env: &env, out_dir: &out_dir, mask };
        let result = gate::run(&order, cancel, &mut |lines| tell(Some(lines)));
        match result.status {
            GateStatus::Green => Ok(()),
            _ if result.tail.ends_with(gate::CANCELLED) => Err(gate::CANCELLED.to_owned()),
            GateStatus::Timeout => {
                Err(format!("the setup took longer than {SETUP_LIMIT} s; see gates/{number}"))
            }
            GateStatus::Red | GateStatus::Error => {
                let last = result.tail.lines().last().unwrap_or("no output");
                Err(format!("the setup `{}` failed, see gates/{number}: {last}", gate.run))
            }
        }
    }
}

impl Ground {
    /// What a checkout holds beside its tree, as a digest that decides verdicts.
    pub(super) fn beside(&self) -> Result<String, String> {
        let included = git::included_state(&self.repository).map_err(|e| format!("failed to {e}"))?;
        Ok(gate::key(&self.setup, &Oid::default(), &git::quiet_env(), &included))
    }
}

/// The setup command as a gate, with what worktrees' setups get of the environment.
pub(super) fn setup(run: &str, pass_env: &[String]) -> Gate {
    Gate { timeout: SETUP_LIMIT, env: pass_env.to_vec(), ..Gate::new("setup", run) }
}

fn read(file: &Path) -> Option<Stamp> {
    serde_json::from_slice(&std::fs::read(file).ok()?).ok()
}

/// Without its stamp a checkout is set up once more: nothing worse.
fn write(file: &Path, stamp: &Stamp) {
    let text = serde_json::to_vec(stamp).unwrap_or_default();
    if let Err(e) = std::fs::write(file, text) {
        tracing::warn!("failed to write {}: {e}", file.display());
    }
}
