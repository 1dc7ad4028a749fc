//! The work itself, on a thread of its own: steps with pauses, real files, real commits, a claim.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::time::{Duration, Instant};

use super::Claim;
use super::misbehave::Fault;
use super::prompt::{Base, Orders, Request, understand};
use super::seed::Dice;
use super::term::Waker;
use super::{repo, topics};

/// Bytes a flood prints, in pieces of a size that lets the rest go on between them.
const FLOOD: usize = 20 << 20;
const FLOOD_PIECE: usize = 64 << 10;
/// How long a silence lasts at speed 1.
const SILENCE: Duration = Duration::from_secs(10);

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

/// How a permission was answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    Yes,
    No,
}

/// Why a task ended before its end.
enum Halt {
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
    /// Paths to work in; the agent's name in lower case when empty.
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
}

type Step = Result<(), Halt>;

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
        let mut dice = Dice::new(self.settings.seed, &[&self.settings.agent, text, "pace"]);
        match understand(text) {
            Request::Chat => {
                self.pause(&mut dice)?;
                self.say("● I am here. Tell me what to improve, or to wrap up.");
                Ok(())
            }
            Request::Work(orders) => self.work(text, &orders, &mut dice),
            Request::WrapUp(orders) => {
                self.recall(orders);
                self.hand_in(Effort::First, &mut dice)
            }
            Request::Refused(orders) => {
                self.recall(orders);
                self.hand_in(Effort::Again, &mut dice)
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
        };
    }

    fn work(&mut self, text: &str, orders: &Orders, dice: &mut Dice) -> Step {
        let agent = self.settings.agent.clone();
        let least = if self.settings.faults.contains(&Fault::NoSquash) { 2 } else { 1 };
        let outline = topics::outline(self.settings.seed, &agent, text, least);
        let folder = self
            .settings
            .focus
            .iter()
            .find_map(|f| repo::folder(f))
            .unwrap_or_else(|| agent.to_ascii_lowercase().into());
        let shown = folder.display().to_string();
        self.talk_and_ask(&shown)?;
        for look in 0..outline.looks {
            let what = ["Reading", "Searching", "Comparing"][look % 3];
            self.step(&format!("{what} {shown}"), dice)?;
        }
        self.hindrances(dice)?;
        let prefix = match topics::well_known(&agent) {
            true => String::new(),
            false => format!("{}-", agent.to_ascii_lowercase()),
        };
        for changes in &outline.commits {
            let mut paths = Vec::new();
            for change in changes {
                self.step(&format!("Writing {shown}: {}", change.slug), dice)?;
                for path in repo::apply(&agent, &prefix, &folder, change)? {
                    self.say(&format!("  ⎿ {}", path.display()));
                    paths.push(path.display().to_string());
                }
                if self.once(Fault::Crash) {
                    self.tell(News::Crash("fatal: out of ideas at work.rs (pretended)".to_owned()));
                    return Err(Halt::Crashed);
                }
            }
            let bullets: Vec<String> = changes.iter().map(|c| format!("- {}", c.said)).collect();
            let title = format!("feat({}): enhance {}", agent.to_ascii_lowercase(), outline.area);
            let message =
                format!("{title}\n\n{}\n\nPart of orchestra enhancement phase.", bullets.join("\n"));
            self.step("Committing", dice)?;
            let mut add = vec!["add", "--"];
            add.extend(paths.iter().map(String::as_str));
            repo::git(&add)?;
            let mut commit = vec!["commit", "-q", "-m", &message, "--"];
            commit.extend(paths.iter().map(String::as_str));
            repo::git(&commit)?;
            self.say(&format!("  ⎿ {}", repo::git(&["log", "-1", "--oneline"])?));
        }
        if let Some(build) = &orders.build {
            self.build(build, dice)?;
        }
        self.say(&format!("● Done: {} commit(s) in {shown}.", outline.commits.len()));
        Ok(())
    }

    /// What comes before the first step.
    fn talk_and_ask(&mut self, folder: &str) -> Step {
        if self.once(Fault::Quotes) {
            let phrase = self.phrase();
            self.say(&format!("● Later, once all is committed, I am to print \"{phrase}\". That looks like"));
            self.say(&phrase);
            self.say("  and means that I am finished, which I am not. First the work.");
        }
        if self.once(Fault::Asks) {
            self.tell(News::Ask(format!("Edit files in {folder}")));
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
    fn hindrances(&mut self, dice: &mut Dice) -> Step {
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
            self.step("Printing everything", dice)?;
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

    /// One commit on the base, a build, a claim; the first time with the slips asked for.
    fn hand_in(&mut self, effort: Effort, dice: &mut Dice) -> Step {
        let base = self.known.base.clone().unwrap_or_else(|| Base::MergeBase("main".to_owned()));
        self.step("Looking at the branch", dice)?;
        let base = repo::resolve(&base)?;
        let (commits, open) = repo::standing(&base)?;
        if commits == 0 && !open {
            self.say("● There is nothing to hand in: no commit above the base, no open change.");
            return Ok(());
        }
        let first = effort == Effort::First;
        let forget_squash = first && self.once(Fault::NoSquash);
        let forget_open = first && self.once(Fault::Dirty);
        let title = topics::summary(&self.settings.agent);
        let mut bullets = repo::bullets(&base)?;
        if bullets.is_empty() {
            bullets.push("- Finished what was open".to_owned());
        }
        let message = format!("{title}\n\n{}\n\nPart of orchestra enhancement phase.", bullets.join("\n"));
        if open {
            self.step("Adding open changes", dice)?;
            repo::git(&["add", "-A"])?;
        }
        if !forget_squash && (first || commits != 1) {
            self.step(&format!("git reset --soft {}", base.get(..7).unwrap_or(&base)), dice)?;
            repo::git(&["reset", "--soft", &base])?;
            repo::git(&["commit", "-q", "-m", &message])?;
        } else if open && !first {
            self.step("git commit --amend", dice)?;
            repo::git(&["commit", "-q", "--amend", "--no-edit"])?;
        } else if open {
            repo::git(&["commit", "-q", "-m", &message])?;
        }
        self.say(&format!("  ⎿ {}", repo::git(&["log", "-1", "--oneline"])?));
        if let Some(build) = self.build_command()
            && !self.build(&build, dice)?
        {
            self.say("● The build is red, so I do not report.");
            return Ok(());
        }
        if forget_open {
            self.leave_open()?;
        }
        self.claim(&title, dice)
    }

    fn build_command(&self) -> Option<String> {
        let own = std::path::Path::new("build.sh").exists().then(|| "sh build.sh".to_owned());
        self.known.build.clone().or(own)
    }

    fn build(&mut self, command: &str, dice: &mut Dice) -> Result<bool, Halt> {
        self.step(&format!("Running {command}"), dice)?;
        let (passed, last) = repo::shell(command)?;
        self.say(&format!("  ⎿ {}: {last}", if passed { "passed" } else { "failed" }));
        Ok(passed)
    }

    /// Changes a tracked file and leaves another that git does not know.
    fn leave_open(&mut self) -> Step {
        let files =
            repo::git(&["diff-tree", "--no-commit-id", "--name-only", "--diff-filter=AM", "-r", "HEAD"])?;
        if let Some(path) = files.lines().find(|f| !f.starts_with('"')) {
            let text = std::fs::read_to_string(path).map_err(|e| format!("{path}: {e}"))?;
            std::fs::write(path, text + "# Once more over this.\n").map_err(|e| format!("{path}: {e}"))?;
        }
        let scratch = format!("scratch-{}.txt", self.settings.agent.to_ascii_lowercase());
        std::fs::write(&scratch, "to be thrown away\n").map_err(|e| Halt::Trouble(format!("{scratch}: {e}")))
    }

    fn claim(&mut self, title: &str, dice: &mut Dice) -> Step {
        if self.settings.claim == Claim::Command {
            self.step("orchestra ready --note …", dice)?;
            match repo::run(Command::new("orchestra").args(["ready", "--note", title])) {
                Ok((true, said)) => {
                    self.say(&format!("  ⎿ {said}"));
                    return Ok(());
                }
                Ok((false, why)) | Err(why) => self.say(&format!("  ⎿ That did not work: {why}")),
            }
        }
        self.step("Reporting", dice)?;
        let code = self.known.code.clone().unwrap_or_default();
        let line = format!("{} {code}", self.phrase());
        self.say(line.trim_end());
        Ok(())
    }

    fn phrase(&self) -> String {
        let own = || format!("[AGENT] {} READY FOR MERGE", self.settings.agent);
        self.known.phrase.clone().unwrap_or_else(own)
    }

    /// Whether the fault is asked for and did not happen yet; from now on it did.
    fn once(&mut self, fault: Fault) -> bool {
        self.settings.faults.contains(&fault) && self.past.insert(fault)
    }

    fn step(&mut self, what: &str, dice: &mut Dice) -> Step {
        self.tell(News::Status(what.to_owned()));
        self.say(&format!("● {what}"));
        self.pause(dice)
    }

    fn pause(&mut self, dice: &mut Dice) -> Step {
        let pace = Duration::from_millis(dice.between(400, 1000) as u64);
        self.wait(pace.div_f64(self.settings.speed))
    }

    /// Lets time pass; ends early when told to stop.
    fn wait(&mut self, time: Duration) -> Step {
        let end = Instant::now() + time;
        loop {
            match self.control.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Err(RecvTimeoutError::Timeout) => return Ok(()),
                Ok(Control::Stop) | Err(RecvTimeoutError::Disconnected) => return Err(Halt::Interrupted),
                Ok(_) => {}
            }
        }
    }

    fn say(&self, text: &str) {
        self.tell(News::Say(text.to_owned()));
    }

    fn tell(&self, news: News) {
        // When the screen is gone, the next wait ends the work.
        let _ = self.news.send(news);
        self.waker.wake();
    }
}

/// Whether this is the first attempt at a hand-in or one after a refusal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    First,
    Again,
}

/// The local time of day two hours from now, by `date`.
fn in_two_hours() -> String {
    let now = repo::run(Command::new("date").arg("+%H:%M")).map(|(_, text)| text).unwrap_or_default();
    let (hour, minute) = now.split_once(':').unwrap_or(("21", "59"));
    let hour = (hour.parse().unwrap_or(21) + 2) % 24;
    format!("{hour:02}:{minute}")
}
