//! The hand-in: one commit on the base, a build, a claim; with the slips that were asked for.

use std::process::Command;

use super::misbehave::Fault;
use super::pace::Pace;
use super::prompt::Base;
use super::work::{Halt, Step, Worker};
use super::{Claim, repo, topics};

/// Whether this is the first attempt at a hand-in or one after a refusal.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Effort {
    First,
    Again,
}

impl Worker {
    /// One commit on the base, a build, a claim; the first time with the slips asked for.
    pub(super) fn hand_in(&mut self, effort: Effort, pace: &mut Pace) -> Step {
        let base = self.known.base.clone().unwrap_or_else(|| Base::MergeBase("main".to_owned()));
        if !repo::here() {
            self.say("● There is no repository here, so there is nothing to hand in. I am done.");
            return Ok(());
        }
        self.step("Looking at the branch", pace)?;
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
        let message = self.message(&title, &bullets);
        if open {
            self.step("Adding open changes", pace)?;
            repo::git(&["add", "-A"])?;
        }
        if !forget_squash && (first || commits != 1) {
            self.step(&format!("git reset --soft {}", base.get(..7).unwrap_or(&base)), pace)?;
            repo::git(&["reset", "--soft", &base])?;
            repo::git(&["commit", "-q", "-m", &message])?;
        } else if open && !first {
            self.step("git commit --amend", pace)?;
            repo::git(&["commit", "-q", "--amend", "--no-edit"])?;
        } else if open {
            repo::git(&["commit", "-q", "-m", &message])?;
        }
        self.say(&format!("  ⎿ {}", repo::git(&["log", "-1", "--oneline"])?));
        if let Some(build) = self.build_command()
            && !self.build(&build, pace)?
        {
            self.say("● The build is red, so I do not report.");
            return Ok(());
        }
        if forget_open {
            self.leave_open()?;
        }
        self.claim(&title, pace)
    }

    fn build_command(&self) -> Option<String> {
        let own = std::path::Path::new("build.sh").exists().then(|| "sh build.sh".to_owned());
        self.known.build.clone().or(own)
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

    fn claim(&mut self, title: &str, pace: &mut Pace) -> Step {
        if self.settings.claim == Claim::Command {
            self.step("orchestra ready --note …", pace)?;
            match repo::run(Command::new("orchestra").args(["ready", "--note", title])) {
                Ok((true, said)) => {
                    self.say(&format!("  ⎿ {said}"));
                    return Ok(());
                }
                Ok((false, why)) | Err(why) => self.say(&format!("  ⎿ That did not work: {why}")),
            }
        }
        self.step("Reporting", pace)?;
        let code = self.known.code.clone().unwrap_or_default();
        let line = format!("{} {code}", self.phrase());
        self.say(line.trim_end());
        Ok(())
    }

    pub(super) fn phrase(&self) -> String {
        let own = || format!("[AGENT] {} READY FOR MERGE", self.settings.agent);
        self.known.phrase.clone().unwrap_or_else(own)
    }
}
