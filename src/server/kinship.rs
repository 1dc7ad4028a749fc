//! Who calls: the ancestry of the calling process decides over any token it shows.
//!
//! A pane's holder reaps all its descendants, so whatever a program in a pane does (`setsid`, a double fork), its
//! processes stay below the holder: who is below the holder of a pane is that pane.

use std::collections::BTreeSet;

use rustix::process::{Pid, test_kill_process};

use super::run::Server;
use crate::domain::command::Caller;
use crate::domain::id::AgentName;
use crate::hold::look;
use crate::wire::sock;

/// Processes above a caller that are looked at; who has more of them is nobody we know.
const DEPTH: usize = 256;
/// How often is looked again when a process above a caller ends under our eyes.
const TRIES: usize = 8;
/// Holders remembered of one pane: that of its program, and those of programs that have ended.
const ROOTS: usize = 4;

/// What a caller's process says of who it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Kin {
    /// It runs in that pane.
    Pane(AgentName),
    /// It runs outside all panes.
    Outside,
    /// The server itself has started it, and not for a person: it belongs to a gate.
    Gate,
    /// It has ended, or cannot be traced.
    Gone,
    /// This system does not tell.
    Untold,
}

/// The holders of a pane, the latest last.
#[derive(Debug, Default)]
pub(super) struct Roots {
    /// Each with when it started: its id may become another's.
    known: Vec<(i32, u64)>,
    /// Whose tokens were shown from this pane, so that each is noted once.
    strays: BTreeSet<AgentName>,
}

impl Roots {
    /// That process is a holder of the pane.
    pub fn know(&mut self, pid: i32) {
        let Some(found) = look(pid) else { return };
        // Where server and holder are one process (in tests), it says nothing of anybody.
        if pid == own() || self.known.contains(&(pid, found.started)) {
            return;
        }
        self.known.push((pid, found.started));
        if self.known.len() > ROOTS {
            self.known.remove(0);
        }
    }

    fn has(&self, pid: i32, started: u64) -> bool {
        self.known.contains(&(pid, started))
    }
}

impl Server {
    /// What a process says of who it is.
    pub(super) fn kin(&mut self, pid: i32) -> Kin {
        let kin = self.trace(pid);
        if self.spawning == 0 || matches!(kin, Kin::Pane(_)) {
            return kin;
        }
        // A program may call before its holder has reported; its holder listens since before it ran.
        let names: Vec<AgentName> = self.holders.iter().map(|h| h.name.clone()).collect();
        for name in names {
            let Ok(socket) = self.holder_socket(&name) else { continue };
            if let Ok((_, peer)) = sock::connect(&socket) {
                self.with_holder(&name, |h| h.roots.know(peer.pid));
            }
        }
        self.trace(pid)
    }

    fn trace(&self, pid: i32) -> Kin {
        if look(own()).is_none() {
            return Kin::Untold;
        }
        (0..TRIES).find_map(|_| self.climb(pid)).unwrap_or(Kin::Gone)
    }

    /// One look at all above a process; none when one of them ended meanwhile.
    fn climb(&self, peer: i32) -> Option<Kin> {
        let (mut pid, mut below) = (peer, 0);
        for _ in 0..DEPTH {
            if pid == own() {
                // Whoever talks to itself is a test, or as good as one.
                let person = below == 0 || self.hooks.has(below);
                return Some(if person { Kin::Outside } else { Kin::Gate });
            }
            if pid <= 0 {
                return (below != 0).then_some(Kin::Outside);
            }
            let Some(found) = look(pid) else {
                // Another user's process that is hidden from us is no holder of ours.
                let hidden = Pid::from_raw(pid).map(test_kill_process);
                return (below != 0 && hidden == Some(Err(rustix::io::Errno::PERM))).then_some(Kin::Outside);
            };
            if let Some(holder) = self.holders.iter().find(|h| h.roots.has(pid, found.started)) {
                return Some(Kin::Pane(holder.name.clone()));
            }
            (below, pid) = (pid, found.parent);
        }
        None
    }

    /// The token of another pane was shown in one: that is worth knowing, once.
    pub(super) fn strayed(&mut self, pane: &AgentName, shown: &AgentName) {
        if pane == shown {
            return;
        }
        let mut news = false;
        self.with_holder(pane, |h| news = h.roots.strays.insert(shown.clone()));
        if news {
            self.note(format!(
                "a process in the pane of {pane} showed the token of {shown}; it counts as {pane}"
            ));
        }
    }
}

/// Who a caller is, from its process and the token it shows: none, an unknown one, or that of a pane.
///
/// # Errors
/// Why it is not listened to.
pub(super) fn who(kin: &Kin, shown: Option<Option<&AgentName>>) -> Result<Caller, String> {
    match (kin, shown) {
        (Kin::Pane(name), _) => Ok(Caller::Pane(name.clone())),
        (Kin::Gate, _) => {
            Err("a gate's command may not speak to the session: it runs what agents wrote".into())
        }
        (_, Some(Some(name))) => Ok(Caller::Pane(name.clone())),
        // To take it for somebody outside would give a pane more rights than its own.
        (_, Some(None)) => Err("the token shown belongs to no pane of this session; \
             a program in a pane gets its own as ORCHESTRA_TOKEN when it is started"
            .into()),
        (Kin::Gone, None) => {
            Err("it cannot be told who connects: the process has ended or its parents cannot be \
             traced; connect from the process that asks"
                .into())
        }
        (Kin::Outside | Kin::Untold, None) => Ok(Caller::Outside),
    }
}

fn own() -> i32 {
    std::process::id().cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancestry_decides_over_any_token_and_who_cannot_be_traced_needs_one() {
        let name = |n: &str| AgentName::new(n).unwrap();
        let (sec, obs) = (name("SEC"), name("OBS"));
        for shown in [None, Some(None), Some(Some(&obs)), Some(Some(&sec))] {
            assert_eq!(who(&Kin::Pane(sec.clone()), shown), Ok(Caller::Pane(sec.clone())));
            assert!(who(&Kin::Gate, shown).is_err());
        }
        for kin in [Kin::Outside, Kin::Gone, Kin::Untold] {
            assert_eq!(who(&kin, Some(Some(&obs))), Ok(Caller::Pane(obs.clone())), "{kin:?}");
            assert!(who(&kin, Some(None)).is_err(), "{kin:?}");
        }
        assert_eq!(who(&Kin::Outside, None), Ok(Caller::Outside));
        assert_eq!(who(&Kin::Untold, None), Ok(Caller::Outside));
        assert!(who(&Kin::Gone, None).is_err());
    }
}
