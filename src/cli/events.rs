//! `orchestra events`: the journal as it is written.

use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};

use super::args::Events as Args;
use super::exit::{Exit, Fail};
use super::place;
use crate::domain::near::did_you_mean;
use crate::domain::record::Record;
use crate::domain::signal::{escape_json, printable};
use crate::domain::view::{EventLine, History};
use crate::replay::Events;

/// How often the journal is looked at where the system does not tell of changes, and while a server is on its way out.
const LOOK: Duration = Duration::from_millis(200);

/// Prints it.
pub(super) fn run(args: Args) -> anyhow::Result<Exit> {
    known(&args.kinds)?;
    let dir = place::record_of(args.of.session.as_deref())?;
    let mut events = Events::open(&dir)?;
    for agent in &args.agents {
        events.pane(agent)?;
    }
    let told = if args.follow { Told::by(&events.journal()) } else { Told { notify: None } };
    let mut out = io::stdout().lock();
    loop {
        // Looked at first: what was written before it was over is read behind it.
        let over = !args.follow || events.is_over()?;
        let mut written = Ok(());
        let go_on = events.go_on(|event| {
            if wanted(&args, &event) {
                written = write(&mut out, &event, args.of.json);
            }
            written.is_ok()
        });
        // Whoever reads this has seen enough.
        match written.and_then(|()| out.flush()) {
            Err(e) if e.kind() == ErrorKind::BrokenPipe => return Ok(Exit::Done),
            other => other.context("print the events")?,
        }
        go_on?;
        if over || !told.wait(events.is_closed()) {
            return Ok(Exit::Done);
        }
    }
}

fn known(kinds: &[String]) -> Result<(), Fail> {
    let known = Record::kinds();
    match kinds.iter().find(|k| !known.contains(&k.as_str())) {
        None => Ok(()),
        Some(kind) => {
            let near = did_you_mean(kind, known.iter().copied());
            let (kind, known) = (printable(kind), known.join(", "));
            Err(Fail::usage(format!("find events of kind `{kind}`: there are {known}{near}")))
        }
    }
}

fn wanted(args: &Args, event: &EventLine) -> bool {
    let of_kind = args.kinds.is_empty() || args.kinds.contains(&event.kind);
    let of_agent = args.agents.is_empty() || event.agent.as_ref().is_some_and(|a| args.agents.contains(a));
    // People are not told what would only be noise, unless they ask for just that.
    let tells = args.of.json || !event.text.is_empty() || !args.kinds.is_empty();
    of_kind && of_agent && tells && args.since.is_none_or(|since| event.seq >= since)
}

fn write(out: &mut impl Write, event: &EventLine, json: bool) -> io::Result<()> {
    if json {
        let line = serde_json::to_string(event).map_err(io::Error::other)?;
        return writeln!(out, "{}", escape_json(&line));
    }
    let agent = event.agent.as_ref().map_or("-", |a| a.as_str());
    let text = if event.text.is_empty() { printable(&event.kind) } else { printable(&event.text) };
    writeln!(out, "{:>6}  {}  {agent:12}  {text}", event.seq, event.at)
}

/// Tells when the journal may have grown.
struct Told {
    /// The kernel's word; none where it gives none.
    notify: Option<OwnedFd>,
}

impl Told {
    fn by(journal: &Path) -> Self {
        let fd = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK);
        let fd = fd.and_then(|fd| add_watch(&fd, journal, WatchFlags::MODIFY).map(|_| fd));
        Self { notify: fd.ok() }
    }

    /// Waits for that; false: nobody reads what is printed any more. `leaving`: the server's going is waited for too, of
    /// which nobody tells.
    fn wait(&self, leaving: bool) -> bool {
        let stdout = io::stdout();
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(LOOK.subsec_nanos()) };
        let limit = (leaving || self.notify.is_none()).then_some(&limit);
        let mut fds = vec![PollFd::new(&stdout, PollFlags::empty())];
        fds.extend(self.notify.iter().map(|fd| PollFd::new(fd, PollFlags::IN)));
        // A signal only has it look once more.
        let _ = poll(&mut fds, limit);
        let gone = fds.first().is_some_and(|f| f.revents().intersects(PollFlags::ERR | PollFlags::HUP));
        drop(fds);
        if let Some(fd) = &self.notify {
            // What they say is that something changed, which is known by now.
            let mut said = [0_u8; 4096];
            while rustix::io::read(fd.as_fd(), &mut said).is_ok_and(|n| n > 0) {}
        }
        !gone
    }
}

/// What happened, for people.
pub(super) fn history_text(history: &History) -> String {
    let line = |e: &crate::domain::view::Happening| {
        let agent = e.agent.as_ref().map_or("-", |a| a.as_str());
        format!("{:>6}  {}  {agent:12}  {}", e.n, e.at, printable(&e.text))
    };
    let older = history.gap.then(|| "older ones are only in the record: `orchestra events`".to_owned());
    older.into_iter().chain(history.events.iter().map(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::exit::Exit;

    #[test]
    fn an_unknown_kind_is_answered_with_those_there_are() {
        assert!(known(&["ready".into(), "train_applied".into()]).is_ok());
        let fail = known(&["raedy".into()]).unwrap_err();
        assert_eq!(fail.exit, Exit::Usage);
        assert!(fail.why.contains("queued, pasting, receipt") && fail.why.ends_with("did you mean `ready`?"));
    }
}
