//! A task of a project: files that its specialist could have made, a word now and then, a handover. All by the commands
//! that any agent would use.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::brief::Brief;
use super::handed::Handed;
use super::misbehave::Fault;
use super::seed::Dice;
use super::tool::{orchestra, short};
use super::trade::{self, Trade};
use super::work::{Step, Worker};
use super::{handover, repo};

/// How much of the planned time a task takes, in percent.
const SHARE: (usize, usize) = (88, 102);
/// The same of one that is slow.
const SLOW: (usize, usize) = (220, 260);
/// How much of that it works, in percent, before it hears what somebody beside it says: that takes the rest.
const BEFORE_SYNC: u32 = 35;
/// What passes between the brief and the first step, and from one task to the next.
const BETWEEN: Duration = Duration::from_millis(300);
/// The least that a task takes.
const LEAST: Duration = Duration::from_millis(300);
/// How long mending takes at speed 1.
const MEND: Duration = Duration::from_millis(600);
/// The longest that it is blocked.
const BLOCKED_MOST: Duration = Duration::from_secs(30);
/// How often it hands the same work over before it gives up.
const TRIES: u32 = 5;
/// How many points of checklists it sees to in one task at the most, and how often it asks which are left.
const POINTS: usize = 40;
const LOOKS: usize = 4;
/// The file that everybody writes into who is to conflict.
const SHARED: &str = "docs/owners.md";
/// The file of a task that it adds to where there is nothing else to commit.
const AGAIN: &str = "again.md";

/// The pauses of one task: what is left until its end is shared out among the steps that are left, however long they
/// take by themselves.
struct Until {
    end: Instant,
    steps: u32,
}

impl Until {
    fn next(&mut self) -> Duration {
        let left = self.end.saturating_duration_since(Instant::now());
        let share = left / self.steps.max(1);
        self.steps = self.steps.saturating_sub(1);
        share
    }
}

impl Worker {
    /// Does the task that this pane's agent has, or mends what is held against it.
    pub(super) fn task(&mut self) -> Step {
        let since = Instant::now();
        let (planned, brief) = match told() {
            Ok(told) => told,
            Err(why) => {
                self.say(&format!("● There is nothing for me to do now: {why}"));
                return Ok(());
            }
        };
        let key = format!("{}#{}", brief.text("task"), brief.round());
        if self.handed.begins(key) {
            return self.make(&brief, planned, since);
        }
        if brief.list("held").is_empty() {
            self.say("● That is handed over already.");
            return Ok(());
        }
        self.mend(&brief)
    }

    fn make(&mut self, brief: &Brief, planned: Duration, since: Instant) -> Step {
        let (task, trade) = (brief.text("task").to_owned(), trade::of(brief.text("specialist")));
        let share = if self.settings.faults.contains(&Fault::Slow) { SLOW } else { SHARE };
        let round = brief.round().to_string();
        let mut dice = Dice::new(self.settings.seed, &[&self.settings.agent, &task, &round]);
        let percent = u32::try_from(dice.between(share.0, share.1)).unwrap_or(100);
        let percent = if brief.list("beside").is_empty() { percent } else { percent * BEFORE_SYNC / 100 };
        let takes = (planned * percent / 100).saturating_sub(BETWEEN).max(LEAST);
        let files = files(brief, trade);
        let steps = u32::try_from(files.len()).unwrap_or(1) * 2 + 3;
        let mut until = Until { end: since + takes, steps };
        self.talk_and_ask(&format!("Edit files in {}", trade.folder))?;
        self.on(&format!("Reading the brief of {task}"), &mut until)?;
        let all = files.len();
        for (n, (path, text)) in files.iter().enumerate() {
            self.on(&format!("Writing {}", path.display()), &mut until)?;
            write(path, text)?;
            self.commit(brief, &path.display().to_string())?;
            let done = 10 + 80 * (n + 1) / all.max(1);
            self.tool(&[
                "workflow",
                "progress",
                &done.to_string(),
                "--note",
                &format!("wrote {}", path.display()),
            ])?;
            if n == 0 {
                self.in_the_middle(brief, trade, planned)?;
            }
            self.on("Looking it over", &mut until)?;
        }
        self.shared(brief)?;
        self.points(brief)?;
        self.on("Handing over", &mut until)?;
        self.hand_over(brief, &files)
    }

    /// What comes between the first file and the others.
    fn in_the_middle(&mut self, brief: &Brief, trade: &Trade, planned: Duration) -> Step {
        for beside in brief.list("beside") {
            let sync = beside.get("sync").and_then(Value::as_str).unwrap_or_default();
            let text = format!("{}: see {}/{}", short(sync), trade.folder, brief.text("task"));
            self.tool(&["workflow", "sync", &text])?;
        }
        if let (Some((name, before, now)), 1) = (trade.figure, brief.round()) {
            self.tool(&["workflow", "figure", name, before, "--before"])?;
            self.tool(&["workflow", "figure", name, now, "--after"])?;
        }
        if self.once(Fault::Blocked) {
            let id = self.tool(&["workflow", "blocked", "an access right is missing"])?;
            self.wait(planned.min(BLOCKED_MOST))?;
            // Somebody may have been quicker.
            if let Some(id) = number(&id) {
                self.tool(&["workflow", "mitigate", &id, "the right was asked for"])?;
                self.tool(&["workflow", "unblocked", &id])?;
            }
        }
        if self.once(Fault::Crash) {
            return self.crash();
        }
        Ok(())
    }

    /// Writes its name where others with the same fault write theirs.
    fn shared(&mut self, brief: &Brief) -> Step {
        if !self.once(Fault::Conflict) {
            return Ok(());
        }
        let path = Path::new(SHARED);
        let old = std::fs::read_to_string(path).unwrap_or_default();
        let rest: String = old.lines().skip(1).map(|l| format!("{l}\n")).collect();
        write(path, &format!("Everything here belongs to {}.\n{rest}", self.settings.agent))?;
        self.commit(brief, SHARED)
    }

    /// Sees to the points of checklists that are open in its phase; a brief names the first of them.
    fn points(&mut self, brief: &Brief) -> Step {
        let named = |brief: &Brief| -> Vec<String> {
            brief.texts("points").filter_map(|p| Some(p.split_once(": ")?.0.to_owned())).collect()
        };
        let (mut open, mut seen) = (named(brief), BTreeSet::new());
        for _ in 0..LOOKS {
            let new: Vec<String> = open.into_iter().filter(|p| !seen.contains(p)).collect();
            if new.is_empty() || seen.len() >= POINTS {
                break;
            }
            for point in new {
                self.tool(&["workflow", "tick", &point, "--note", brief.text("task")])?;
                seen.insert(point);
            }
            open = named(&told()?.1);
        }
        Ok(())
    }

    fn hand_over(&mut self, brief: &Brief, files: &[(PathBuf, String)]) -> Step {
        let picky = self.handed.times() == 0 && !brief.text("judges").is_empty() && self.once(Fault::Picky);
        let first = || if picky { handover::Verdict::Again } else { handover::Verdict::Met };
        let verdict = self.handed.again(first);
        let forgets = !brief.list("hands_over").is_empty() && self.once(Fault::NoHandover);
        let items = if forgets { handover::Items::AllButOne } else { handover::Items::All };
        let names: Vec<String> = files.iter().map(|(path, _)| path.display().to_string()).collect();
        let text = handover::text(brief, &names, items, verdict);
        for _ in 0..TRIES {
            let ran = orchestra(&["workflow", "done", "--handover", "-"], &text)?;
            self.say(&format!("  ⎿ {}", short(ran.first())));
            if ran.good {
                self.say(&format!("● {} is handed over.", brief.text("task")));
                return Ok(());
            }
            // What it belongs to may not be there yet, or not any more.
            self.wait(MEND.div_f64(self.settings.speed))?;
        }
        // It may be no longer ours, or ours again with a brief that is on its way: then it is begun anew.
        self.handed = Handed::default();
        self.say(&format!("● {} could not be handed over.", brief.text("task")));
        Ok(())
    }

    fn mend(&mut self, brief: &Brief) -> Step {
        for reason in brief.texts("held") {
            self.say(&format!("  ⎿ held: {}", short(reason)));
        }
        if self.handed.times() >= TRIES {
            self.say("● I cannot mend that; somebody has to look.");
            return Ok(());
        }
        self.say("● Mending it");
        self.wait(MEND.div_f64(self.settings.speed))?;
        if brief.texts("held").any(|reason| reason.contains("no commit")) {
            // What it made for an earlier brief is there already: something of this one has to be.
            let file =
                Path::new(trade::of(brief.text("specialist")).folder).join(brief.text("task")).join(AGAIN);
            let old = std::fs::read_to_string(&file).unwrap_or_default();
            write(&file, &format!("{old}- looked over once more\n"))?;
        }
        if repo::here() && !repo::git(&["status", "--porcelain"])?.is_empty() {
            self.commit(brief, ".")?;
        }
        let files = files(brief, trade::of(brief.text("specialist")));
        self.hand_over(brief, &files)
    }

    fn commit(&mut self, brief: &Brief, path: &str) -> Step {
        if !repo::here() {
            return Ok(());
        }
        repo::git(&["add", "--", path])?;
        if repo::git(&["diff", "--cached", "--name-only"])?.is_empty() {
            return Ok(());
        }
        let who = brief.text("specialist").trim_end_matches("-specialist");
        let message = self.message(&format!("feat({who}): {}", brief.text("title")), &[format!("- {path}")]);
        repo::git(&["commit", "-q", "-m", &message])?;
        Ok(())
    }

    /// Runs the command, and shows what came of it.
    fn tool(&mut self, args: &[&str]) -> Result<String, String> {
        let ran = orchestra(args, "")?;
        let first = short(ran.first());
        self.say(&format!("  ⎿ {first}"));
        Ok(first)
    }

    fn on(&mut self, what: &str, until: &mut Until) -> Step {
        self.status(what);
        self.wait(until.next())
    }
}

/// How long this pane's agent has for its task, and its brief.
fn told() -> Result<(Duration, Brief), String> {
    let asked = orchestra(&["workflow", "brief", "--json"], "")?;
    let told = serde_json::from_str::<Value>(&asked.out).unwrap_or_default();
    let brief = told.get("brief").filter(|_| asked.good).cloned().map(Brief);
    let planned = told.get("planned_ms").and_then(Value::as_u64).unwrap_or_default();
    Ok((Duration::from_millis(planned), brief.ok_or_else(|| short(asked.first()))?))
}

/// The files of a task, each in a folder of the task's own; from the second round on also what was mended.
fn files(brief: &Brief, trade: &Trade) -> Vec<(PathBuf, String)> {
    let folder = Path::new(trade.folder).join(brief.text("task"));
    let mut files: Vec<_> =
        trade.files.iter().map(|(name, text)| (folder.join(name), (*text).to_owned())).collect();
    if brief.round() > 1 {
        let mended: String = brief.texts("feedback").map(|f| format!("- {}\n", short(f))).collect();
        let name = format!("round-{}.md", brief.round());
        files = vec![(folder.join(name), format!("# What was mended\n\n{mended}"))];
    }
    files
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{} could not be written: {e}", path.display());
    std::fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(failed)?;
    std::fs::write(path, text).map_err(failed)
}

/// The first number in a text.
fn number(text: &str) -> Option<String> {
    let from = text.find(|c: char| c.is_ascii_digit())?;
    Some(text[from..].chars().take_while(char::is_ascii_digit).collect())
}
