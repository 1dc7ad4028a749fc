//! Starting holders.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::engine::event::{Ended, Event};
use crate::hold::{self, PaneEvent, Spec};
use crate::wire::pane::ToHolder;

/// How long a holder that is in the way of a new one may take to end.
const CLEARING: Duration = Duration::from_secs(5);

/// Starts a holder and says where in the pane's log its output begins.
pub(super) fn start_pane(exe: &Path, spec: &Spec) -> Event {
    let agent = spec.pane.clone();
    clear_way(&spec.socket);
    if !spec.recorded {
        // A holder that was killed left it.
        let _ = std::fs::remove_dir_all(&spec.log_dir);
    }
    let log = crate::session::log::end(&spec.log_dir);
    match hold::spawn(exe, spec).map_err(|e| e.to_string()) {
        Ok(s) => {
            let (pid, holder) = (s.child.unsigned_abs(), s.holder.unsigned_abs());
            Event::PaneUp { agent, pid, holder, log }
        }
        Err(why) => Event::PaneEnded { agent, how: Ended::NeverRan(why) },
    }
}

/// Ends a holder that still listens on a pane's socket: one whose program ended a moment ago, or one
/// that a server started just before it was lost and never knew of.
fn clear_way(socket: &Path) {
    let until = Instant::now() + CLEARING;
    let Ok(mut link) = hold::Connection::connect(socket, u64::MAX) else { return };
    tracing::info!("{}: an earlier holder is ended first", socket.display());
    link.send(&ToHolder::Stop { grace_ms: 1000 });
    while Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
        link.write_ready();
        let events = link.read_ready(64 * 1024);
        link.ack(link.offset());
        if events.iter().any(|e| matches!(e, PaneEvent::Stopped(_))) {
            link.send(&ToHolder::Bye);
        }
        if events.iter().any(|e| matches!(e, PaneEvent::Closed(_))) {
            break;
        }
    }
    drop(link);
    while std::os::unix::net::UnixStream::connect(socket).is_ok() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
}
