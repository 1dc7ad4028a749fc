//! The work itself, on a thread of its own: steps with pauses, real files, real commits, a claim.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use super::Claim;
use super::handed::Handed;
use super::handin::Effort;
use super::misbehave::Fault;
use super::pace::Pace;
use super::prompt::{Orders, Request, understand};
use super::question::Answer;
use super::seed::Dice;
use super::term::Waker;
use super::topics::Outline;
use super::{repo, topics};

/// Bytes a flood prints, in pieces of a size that lets the rest go on between them.
const FLOOD: usize = 20 << 20;
const FLOOD_PIECE: usize = 64 << 10;
/// How long a silence lasts at speed 1.
const SILENCE: Duration = Duration::from_secs(10);
/// How long tasks take at speed 1, milliseconds. A sprint of four stages and a wrap-up is to stay
/// near half a minute of this, so that all of it can be watched.
const CHAT_TIME: (usize, usize) = (400, 1000);
const WORK_TIME: (usize, usize) = (4000, 6000);
const HAND_IN_TIME: (usize, usize) = (2000, 3000);
const LOOK_TIME: (usize, usize) = (5000, 8000);
const WRITE_TIME: (usize, usize) = (2500, 3500);

/// What the worker tells the screen.
pub(super) enum News {
    Status(String),
    Say(String),
    Raw(Vec<u8>),
    /// Show nothing until `Speak`.
    Hush,
    Speak,
    Ask(String),
    Limit(String),
    /// The end, with a last line.
    Crash(String),
    Done,
}

/// What the screen tells the worker.
pub(super) enum Control {
    Job(String),
    /// The answer to a question.
    Answer(Answer),
    /// Try again after a limit.
    Go,
    Stop,
}

/// Why a task ended before its end.
pub(super) enum Halt {
    Interrupted,
    Declined,
    Crashed,
    Trouble(String),
}

impl From<String> for Halt {
    fn from(trouble: String) -> Self {
        Self::Trouble(trouble)
    }
}

/// What stays the same all along.
pub(super) struct Settings {
    pub(super) agent: String,
    pub(super) seed: u64,
    pub(super) speed: f64,
    pub(super) faults: BTreeSet<Fault>,
    pub(super) claim: Claim,
    /// Paths to work in, the first that is there if any is; the agent's name in lower case when empty.
    pub(super) focus: Vec<String>,
}

/// The worker: what it is, what it remembers, whom it tells.
pub(super) struct Worker {
    pub(super) settings: Settings,
    pub(super) news: SyncSender<News>,
    pub(super) control: Receiver<Control>,
    pub(super) waker: Waker,
    /// Faults that happen once and did.
    pub(super) past: BTreeSet<Fault>,
    /// What earlier prompts said.
    pub(super) known: Orders,
    /// The round of a project's task that was handed over last.
    pub(super) handed: Handed,
}

pub(super) type Step = Result<(), Halt>;

impl Worker {
    /// Takes jobs until the screen is gone.
    pub(super) fn run(mut self) {
        while let Ok(control) = self.control.recv() {
            let Control::Job(text) = control else { continue };
            match self.perform(&text) {
                Ok(()) => {}
                Err(Halt::Interrupted) => self.say("  ⎿ Interrupted."),
                Err(Halt::Declined) => self.say("  ⎿ Not allowed, so I stop here."),
                Err(Halt::Crashed) => return,
                Err(Halt::Trouble(why)) => self.say(&format!("● I could not go on: {why}")),
            }
            self.tell(News::Done);
        }
    }

    fn perform(&mut self, text: &str) -> Step {
        let pace = |time, steps| {
            let dice = Dice::new(self.settings.seed, &[&self.settings.agent, text, "pace"]);
            Pace::new(dice, time, steps, self.settings.speed)
        };
        match understand(text) {
            Request::Chat => {
                let pause = pace(CHAT_TIME, 1).next();
                self.wait(pause)?;
                self.say("● I am here. Tell me what to improve, or to wrap up.");
                Ok(())
            }
            Request::Investigate(data) => {
                let files = Self::files_of(data.as_deref());
                let mut pace = pace(LOOK_TIME, files.len() + 2);
                self.investigate(data.as_deref(), &files, &mut pace)
            }
            Request::Postmortem => {
                let mut pace = pace(WRITE_TIME, 3);
                self.write_up(&mut pace)
            }
            Request::Project => self.task(),
            Request::Anew => {
                self.handed = Handed::default();
                self.task()
            }
            Request::Synced => {
                let pause = pace(CHAT_TIME, 1).next();
                self.wait(pause)?;
                self.say("● Good to know.");
                Ok(())
            }
            Request::Work(orders) => {
                let least = if self.settings.faults.contains(&Fault::NoSquash) { 2 } else { 1 };
                let outline = topics::outline(self.settings.seed, &self.settings.agent, text, least);
                let writes: usize = outline.commits.iter().map(|changes| changes.len() + 1).sum();
                let steps = outline.looks + writes + usize::from(orders.build.is_some());
                let mut pace = pace(WORK_TIME, steps);
                // A code belongs to the hand-in it came with.
                self.recall(Orders { code: None, ..orders.clone() });
                self.work(&outline, &orders, &mut pace)
            }
            Request::WrapUp(orders) => {
                let mut pace = pace(HAND_IN_TIME, 4);
                self.recall(orders);
                self.hand_in(Effort::First, &mut pace)
            }
            Request::Refused(orders) => {
                let mut pace = pace(HAND_IN_TIME, 4);
                self.recall(orders);
                self.hand_in(Effort::Again, &mut pace)
            }
        }
    }

    /// Keeps what a prompt said; what it left out stays as it was.
    fn recall(&mut self, orders: Orders) {
        let known = std::mem::take(&mut self.known);
        self.known = Orders {
            base: orders.base.or(known.base),
            code: orders.code.or(known.code),
            build: orders.build.or(known.build),
            phrase: orders.phrase.or(known.phrase),
            trailer: orders.trailer.or(known.trailer),
        };
    }

    fn work(&mut self, outline: &Outline, orders: &Orders, pace: &mut Pace) -> Step {
        let agent = self.settings.agent.clone();
        let folders: Vec<_> = self.settings.focus.iter().filter_map(|f| repo::folder(f)).collect();
        let folder = folders.iter().find(|f| f.is_dir()).or(folders.first());
        let folder = folder.cloned().unwrap_or_else(|| agent.to_ascii_lowercase().into());
        let shown = folder.display().to_string();
        self.talk_and_ask(&format!("Edit files in {shown}"))?;
        for look in 0..outline.looks {
            let what = ["Reading", "Searching", "Comparing"][look % 3];
            self.step(&format!("{what} {shown}"), pace)?;
        }
        self.hindrances(pace)?;
        let prefix = match topics::well_known(&agent) {
            true => String::new(),
            false => format!("{}-", agent.to_ascii_lowercase()),
        };
        for changes in &outline.commits {
            let mut paths = Vec::new();
            for change in changes {
                self.step(&format!("Writing {shown}: {}", change.slug), pace)?;
                for path in repo::apply(&agent, &prefix, &folder, change)? {
                    self.say(&format!("  ⎿ {}", path.display()));
                    paths.push(path.display().to_string());
                }
                if self.once(Fault::Crash) {
                    return self.crash();
                }
            }
            if !repo::here() {
                continue;
            }
            let bullets: Vec<String> = changes.iter().map(|c| format!("- {}", c.said)).collect();
            let title = format!("feat({}): enhance {}", agent.to_ascii_lowercase(), outline.area);
            let message = self.message(&title, &bullets);
            self.step("Committing", pace)?;
            let mut add = vec!["add", "--"];
            add.extend(paths.iter().map(String::as_str));
            repo::git(&add)?;
            let mut commit = vec!["commit", "-q", "-m", &message, "--"];
            commit.extend(paths.iter().map(String::as_str));
            repo::git(&commit)?;
            self.say(&format!("  ⎿ {}", repo::git(&["log", "-1", "--oneline"])?));
        }
        if let Some(build) = &orders.build {
            self.build(build, pace)?;
        }
        self.say(&format!("● Done: {} commit(s) in {shown}.", outline.commits.len()));
        Ok(())
    }

    /// What comes before the first step, which is asked for.
    pub(super) fn talk_and_ask(&mut self, step: &str) -> Step {
        if self.once(Fault::Quotes) {
            let phrase = self.phrase();
            self.say(&format!("● Later, once all is committed, I am to print \"{phrase}\". That looks like"));
            self.say(&phrase);
            self.say("  and means that I am finished, which I am not. First the work.");
        }
        if self.once(Fault::Asks) {
            self.tell(News::Ask(step.to_owned()));
            loop {
                match self.control.recv() {
                    Ok(Control::Answer(Answer::Yes)) => break,
                    Ok(Control::Answer(Answer::No)) => return Err(Halt::Declined),
                    Ok(Control::Stop) | Err(_) => return Err(Halt::Interrupted),
                    Ok(_) => {}
                }
            }
        }
        Ok(())
    }

    /// What gets in the way in the middle.
    pub(super) fn hindrances(&mut self, pace: &mut Pace) -> Step {
        if self.once(Fault::Limit) {
            self.tell(News::Limit(format!("usage limit reached — resets at {}", in_two_hours())));
            loop {
                match self.control.recv() {
                    Ok(Control::Go) => break,
                    Ok(Control::Stop) | Err(_) => return Err(Halt::Interrupted),
                    Ok(_) => {}
                }
            }
        }
        if self.once(Fault::Silent) {
            self.tell(News::Hush);
            let waited = self.wait(SILENCE.div_f64(self.settings.speed));
            self.tell(News::Speak);
            waited?;
        }
        if self.once(Fault::Flood) {
            self.step("Printing everything", pace)?;
            let line: String =
                (0..FLOOD_PIECE - 2).map(|i| char::from(b' ' + u8::try_from(i % 95).unwrap_or(0))).collect();
            let line = format!("{line}\r\n").into_bytes();
            for _ in 0..FLOOD.div_ceil(FLOOD_PIECE) {
                self.tell(News::Raw(line.clone()));
                self.wait(Duration::ZERO)?;
            }
        }
        Ok(())
    }

    pub(super) fn build(&mut self, command: &str, pace: &mut Pace) -> Result<bool, Halt> {
        self.step(&format!("Running {command}"), pace)?;
        let (passed, last) = repo::shell(command)?;
        self.say(&format!("  ⎿ {}: {last}", if passed { "passed" } else { "failed" }));
        Ok(passed)
    }

    /// Whether the fault is asked for and did not happen yet; from now on it did.
    pub(super) fn once(&mut self, fault: Fault) -> bool {
        self.settings.faults.contains(&fault) && self.past.insert(fault)
    }

    /// A commit message: title, what was done, and the last line that the prompts ask for.
    pub(super) fn message(&self, title: &str, bullets: &[String]) -> String {
        let parts = [Some(title.to_owned()), Some(bullets.join("\n")), self.known.trailer.clone()];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }

    pub(super) fn step(&mut self, what: &str, pace: &mut Pace) -> Step {
        self.status(what);
        self.wait(pace.next())
    }

    /// Says what it does now.
    pub(super) fn status(&self, what: &str) {
        self.tell(News::Status(what.to_owned()));
        self.say(&format!("● {what}"));
    }

    /// Ends in the middle of everything.
    pub(super) fn crash(&self) -> Step {
        self.tell(News::Crash("fatal: out of ideas at work.rs (pretended)".to_owned()));
        Err(Halt::Crashed)
    }

    /// Lets time pass; ends early when told to stop.
    pub(super) fn wait(&mut self, time: Duration) -> Step {
        let end = Instant::now() + time;
        loop {
            match self.control.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => return Err(Halt::Interrupted),
                Ok(_) => {}
            }
        }
    }

    pub(super) fn say(&self, text: &str) {
        self.tell(News::Say(text.to_owned()));
    }

    fn tell(&self, news: News) {
        // When the screen is gone, the next wait ends the work.
        let _ = self.news.send(news);
        self.waker.wake();
    }
}

/// The local time of day two hours from now, by `date`.
fn in_two_hours() -> String {
    let now = repo::run(Command::new("date").arg("+%H:%M")).map(|(_, text)| text).unwrap_or_default();
    let (hour, minute) = now.split_once(':').unwrap_or(("21", "59"));
    let hour = (hour.parse().unwrap_or(21) + 2) % 24;
    format!("{hour:02}:{minute}")
}
