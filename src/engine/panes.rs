//! Panes: output, exits, sizes, typing, and the branch behind each.

use std::time::Duration;

use super::Step;
use super::event::{Effect, Ended, Feeding, TtyInfo, Writing};
use super::parts::JobKind;
use super::state::{Agent, HISTORY};
use crate::domain::id::AgentName;
use crate::domain::record::Record;
use crate::domain::review::BranchFacts;
use crate::domain::state::{AgentState, Outcome};
use crate::screen::{Feed, Screen, Signal, Size};

/// A program that ends sooner has failed, whatever its exit status.
const TOO_SOON: Duration = Duration::from_secs(2);
/// Lines of a pane that go into the reason of a failure.
const LAST_LINES: usize = 6;

impl Step<'_> {
    /// Starts what never ran, and takes up what a lost server left half done.
    pub(super) fn start(&mut self) {
        self.drop_confirmations();
        for name in self.names() {
            let Some(agent) = self.state.agent_mut(&name) else { continue };
            agent.pane.past = agent.pane.pid.is_some();
            if agent.pane.pid.is_none()
                && matches!(agent.activity, AgentState::Pending | AgentState::Starting)
            {
                self.spawn(&name);
            }
            if self.state.agent(&name).is_some_and(|a| a.claim.is_some()) {
                self.examine(&name);
            }
            self.inspect(&name);
        }
        self.reconcile_tasks();
        self.recover_ripples();
        self.review_if_due();
        self.recover_incident();
        self.recover_project();
        self.recover_train();
    }

    /// From now on a pane is seen as it is.
    pub(super) fn caught_up(&mut self, name: &AgentName) {
        if let Some(agent) = self.state.agent_mut(name) {
            agent.pane.past = false;
        }
    }

    /// Has an agent's program started.
    pub(super) fn spawn(&mut self, name: &AgentName) {
        let (rule, evidence) = ("process".to_owned(), "being started".to_owned());
        self.record(Record::Activity { agent: name.clone(), state: AgentState::Starting, rule, evidence });
        self.out.push(Effect::Spawn { agent: name.clone() });
    }

    /// Feeds a pane's screen and reads its signals.
    pub(super) fn output(&mut self, name: &AgentName, bytes: &[u8], mode: Feeding) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        let feed = agent.pane.screen.feed(bytes, now);
        self.take(name, feed, mode);
    }

    /// Passes over what makes no difference to a pane's screen.
    pub(super) fn left_out(&mut self, name: &AgentName, count: usize, styles: &[u8]) {
        if let Some(agent) = self.state.agent_mut(name) {
            agent.pane.screen.skip(count, styles);
        }
    }

    /// Takes up a pane's screen as it was kept, with what can be read off it.
    pub(super) fn screen_kept(&mut self, name: &AgentName, snapshot: &[u8]) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        // Who hands one over has looked that it can be read.
        let Ok(kept) = Screen::restore(snapshot, HISTORY) else { return };
        agent.pane.screen = kept.screen;
        let screen = &agent.pane.screen;
        let title = Some(screen.title()).filter(|t| !t.is_empty());
        let mut said: Vec<Signal> = title.map(|t| Signal::Title(t.to_owned())).into_iter().collect();
        said.extend(screen.progress().map(|p| Signal::Progress(Some(p))));
        said.extend(screen.report().map(|r| Signal::Report(r.to_owned())));
        self.take(name, Feed { signals: said, ..Feed::default() }, Feeding::Recovering);
    }

    /// Gives a pane's screen the size its terminal has got.
    pub(super) fn sized(&mut self, name: &AgentName, rows: u16, cols: u16) {
        if let Some(agent) = self.state.agent_mut(name) {
            agent.pane.screen.resize(Size { rows, cols });
        }
    }

    /// Shows a frame that a program began and never ended, once its time is over.
    pub(super) fn show_held(&mut self, name: &AgentName) {
        let now = self.now;
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.pane.screen.deadline().is_some_and(|t| t <= now) {
            let feed = agent.pane.screen.expire(now);
            self.take(name, feed, Feeding::Live);
        }
    }

    fn take(&mut self, name: &AgentName, feed: Feed, mode: Feeding) {
        if mode == Feeding::Live && !feed.replies.is_empty() {
            self.out.push(Effect::Write { agent: name.clone(), bytes: feed.replies, why: Writing::Reply });
        }
        for signal in &feed.signals {
            self.signal(name, signal, mode);
        }
        self.printed(name);
    }

    /// A program ended.
    pub(super) fn pane_ended(&mut self, name: &AgentName, how: Ended) {
        let Some(agent) = self.state.agent(name) else { return };
        let lived = agent.pane.up_at.map(|t| self.now - t).unwrap_or_default();
        let asked = agent.pane.stopping || self.state.closing;
        let lines = agent.pane.screen.last_lines(LAST_LINES).join(" | ");
        let last = crate::domain::signal::printable(lines.trim());
        let (status, orderly, why) = match how {
            Ended::Exited(code) if asked && !agent.life.stop_why.is_empty() => {
                (Some(code), true, agent.life.stop_why.clone())
            }
            Ended::Exited(code) if asked => (Some(code), true, "stopped".to_owned()),
            Ended::Exited(0) if lived >= TOO_SOON => (Some(0), true, "exited 0".to_owned()),
            Ended::Exited(code) if lived < TOO_SOON => {
                (Some(code), false, format!("exited {code} within two seconds of starting: {last}"))
            }
            Ended::Exited(code) => (Some(code), false, format!("exited {code}: {last}")),
            Ended::NeverRan(why) => (None, false, why),
            Ended::Lost(why) => (None, asked, why),
        };
        let waiting: Vec<_> = agent.queue.iter().map(|d| (d.id, d.at)).collect();
        for (dispatch, at) in waiting {
            let ms = millis(self.now - at);
            let why = "the program ended".to_owned();
            self.record(Record::Receipt {
                dispatch,
                agent: name.clone(),
                outcome: Outcome::Refused,
                why,
                ms,
            });
        }
        self.record(Record::AgentDown { agent: name.clone(), status, orderly, why });
        self.inspect(name);
    }

    /// What the holder said of a pane's terminal.
    pub(super) fn tty(&mut self, name: &AgentName, info: TtyInfo) {
        let reads =
            self.state.agent(name).and_then(|a| self.state.profile(a)).is_some_and(|p| p.foreground_idle);
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.evidence.probing = None;
        agent.evidence.unanswered = 0;
        agent.evidence.canonical = Some(info.canonical);
        let same = agent.evidence.foreground == Some(info.foreground);
        if reads {
            if !info.foreground && agent.evidence.foreground != Some(false) {
                agent.evidence.works += 1;
                agent.evidence.work_begins();
            }
            agent.evidence.foreground = Some(info.foreground);
            let stands = agent.ready.is_some();
            if same && info.foreground && (stands || self.has_running_task(name)) {
                // A command may be so quick that the terminal is never seen in other hands.
                self.inspect_anew(name);
            }
        }
    }

    /// A client wants another size. The screen follows when the terminal has it: see [`Event::Sized`].
    ///
    /// [`Event::Sized`]: super::event::Event::Sized
    pub(super) fn resize(&mut self, name: AgentName, rows: u16, cols: u16) {
        let (rows, cols) = (rows.clamp(2, 1000), cols.clamp(2, 1000));
        let Some(agent) = self.state.agent(&name) else { return };
        if (agent.pane.size.rows, agent.pane.size.cols) == (rows, cols) {
            return;
        }
        self.record(Record::Resized { agent: name.clone(), rows, cols });
        self.out.push(Effect::SetSize { agent: name, rows, cols });
    }

    /// Asks git about an agent's branch as it is from now on: an answer that is already on its
    /// way may speak of before, so it decides nothing and git is asked again.
    pub(super) fn inspect_anew(&mut self, name: &AgentName) {
        if let Some(agent) = self.state.agent_mut(name).filter(|a| a.inspecting) {
            agent.inspect_again = true;
        }
        self.inspect(name);
    }

    /// Asks git about an agent's branch, unless that question is already on its way.
    pub(super) fn inspect(&mut self, name: &AgentName) {
        let asks = self.has_branches();
        let Some(agent) = self.state.agent_mut(name) else { return };
        if agent.spec.is_some() && !agent.inspecting {
            agent.inspecting = true;
            if asks {
                self.out.push(Effect::Inspect { agent: name.clone() });
            }
        }
    }

    /// What git said of an agent's branch.
    pub(super) fn inspected(&mut self, name: &AgentName, facts: Result<BranchFacts, String>) {
        let Some(agent) = self.state.agent_mut(name) else { return };
        agent.inspecting = false;
        if std::mem::take(&mut agent.inspect_again) {
            self.inspect(name);
            return self.facts_arrived(name);
        }
        match facts {
            Ok(facts) => {
                self.seen_anew(name, &facts);
                let Some(agent) = self.state.agent(name) else { return };
                if agent.facts.as_ref() != Some(&facts) {
                    self.record(Record::Facts { agent: name.clone(), facts });
                }
                self.withdraw_if_moved(name);
                self.tasks_inspected(name);
                self.verify_facts(name, None);
            }
            Err(why) => {
                self.record(Record::Note { text: format!("{name}: failed to read its branch: {why}") });
                self.tasks_blind(name, &why);
                self.verify_facts(name, Some(&why));
            }
        }
        self.facts_arrived(name);
    }

    /// Ends the server once every program has ended.
    pub(super) fn finish_down(&mut self) {
        if !self.state.closing || self.state.agents.iter().any(Agent::runs_or_starts) {
            return;
        }
        self.record(Record::Closed { why: "asked for".into() });
        // Callers hear of it once the holders are gone too.
        self.out.push(Effect::Quit);
        for to in std::mem::take(&mut self.state.down_replies) {
            let text = "session ended; every agent is stopped".to_owned();
            self.reply(Some(to), crate::domain::view::Answer::Done { text });
        }
        self.state.closing = false;
    }

    /// Forgets a question that nobody needs answered.
    pub(super) fn drop_jobs_of(&mut self, name: &AgentName) {
        self.drop_jobs(|kind| *kind == JobKind::Claim(name.clone()));
    }
}

/// Whole milliseconds.
pub(super) fn millis(d: Duration) -> u64 {
    u64::try_from(d.as_millis()).unwrap_or(u64::MAX)
}
