//! The steps of the demo, each as a person would do it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::project::CARELESS;
use super::tell::Tell;
use super::verify;
use crate::cli::answer;
use crate::cli::exit::{Exit, Fail};
use crate::client::Control;
use crate::domain::command::{Command, Order, Until};
use crate::domain::ending::Red;
use crate::domain::id::{AgentName, Oid, RunId};
use crate::domain::review::{Engines, GateStatus};
use crate::domain::state::{AgentState, TaskState};
use crate::domain::train::Built;
use crate::domain::view::{Answer, Fault, RunView, Status, TrainView};

/// The longest one plan of the demo may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How often the progress of a plan is looked at, in milliseconds.
const LOOK_MS: u64 = 500;
/// How long an agent has to put a refused claim right before it is told once more.
const AGAIN: Duration = Duration::from_secs(30);

/// The demo under way.
pub(super) struct Steps<'a> {
    /// A connection of its own.
    pub control: Control,
    /// Whoever listens.
    pub tell: Tell,
    /// Set when the user left.
    pub stop: &'a AtomicBool,
    /// Task states told already.
    pub told: BTreeMap<String, TaskState>,
    /// Who was sent the reasons of a refusal, and when.
    pub refused: BTreeMap<AgentName, Instant>,
    /// The repository, which is read with nothing of ours believed.
    pub repo: PathBuf,
}

impl Steps<'_> {
    /// Does everything between `up` and `down`, and gives the train that moved the target.
    pub(super) fn all(&mut self) -> anyhow::Result<TrainView> {
        self.tell.step(
            "enhancement, stage by stage: each agent works on its own branch",
            "orchestra run enhancement --order staged --wait",
            "r",
        )?;
        self.plan("enhancement", Order::Staged)?;
        self.tell.step(
            "wrap-up, to all at once: one commit each, then READY FOR MERGE",
            "orchestra run wrap-up --order broadcast --wait",
            "r",
        )?;
        self.plan("wrap-up", Order::Broadcast)?;
        if !self.refused.keys().any(|name| *name == CARELESS) {
            bail!("see the claim of {CARELESS} refused: it was not, though it had two commits");
        }
        self.review()?;
        self.plan_merge()?;
        let first = self.merge()?;
        self.undo(&first)?;
        let again = self.merge()?;
        let tree = |train: &TrainView| result(train).map(|oid| verify::tree(&self.repo, &oid)).transpose();
        if tree(&first)? != tree(&again)? {
            bail!("merge the same twice: the files differ");
        }
        Ok(again)
    }

    fn plan(&mut self, plan: &str, order: Order) -> anyhow::Result<()> {
        let command =
            Command::Run { plan: plan.to_owned(), order, targets: vec![], prompt: None, red: Red::Accept };
        let run = match self.ask(command)? {
            Answer::Run(run) => run.run,
            other => bail!("run {plan}: unexpected answer: {}", answer::text(&other).trim()),
        };
        self.told.clear();
        let end = Instant::now() + LIMIT;
        loop {
            let wait = Command::Wait { targets: vec![], until: Until::Run(run), timeout_ms: LOOK_MS };
            let over = !matches!(self.control.ask(wait)?, Answer::Fault { fault: Fault::Timeout, .. });
            if self.stop.load(Ordering::SeqCst) {
                return Err(Fail::new(Exit::Failed, "finish the demo: it was left before its end").into());
            }
            let status = self.status()?;
            let view = self.report(&status, run)?;
            self.answer_refusals(&status)?;
            if over || view.tasks.iter().any(|t| t.state == TaskState::Failed) {
                return all_done(&view);
            }
            if Instant::now() >= end {
                let why =
                    format!("finish {plan} within {} s: {}", LIMIT.as_secs(), open_tasks(&view, &status));
                return Err(Fail::new(Exit::Timeout, why).into());
            }
        }
    }

    /// Tells what changed since the last look.
    fn report(&mut self, status: &Status, run: RunId) -> anyhow::Result<RunView> {
        let view = status.runs.iter().find(|r| r.run == run).cloned();
        let view = view.with_context(|| format!("find run {run} in the status"))?;
        for state in [TaskState::Done, TaskState::Skipped, TaskState::Failed] {
            let new = view.tasks.iter().filter(|t| t.state == state && self.told.get(&t.id) != Some(&state));
            let agents: Vec<&str> = new.map(|t| t.agent.as_str()).collect();
            if !agents.is_empty() {
                let ended = view.tasks.iter().filter(|t| t.state.ended()).count();
                let of = view.tasks.len();
                self.tell.seen(&format!("{} {} ({ended}/{of})", agents.join(" "), state.word()))?;
            }
        }
        self.told.extend(view.tasks.iter().map(|t| (t.id.clone(), t.state)));
        Ok(view)
    }

    /// Hands the reasons of a refused claim back to its agent.
    fn answer_refusals(&mut self, status: &Status) -> anyhow::Result<()> {
        for agent in status.agents.iter().filter(|a| !a.reasons.is_empty()) {
            if matches!(agent.state, AgentState::Working | AgentState::Ready | AgentState::Merged)
                || self.refused.get(&agent.name).is_some_and(|at| at.elapsed() < AGAIN)
            {
                continue;
            }
            let name = &agent.name;
            self.tell.seen(&format!(
                "{name} claims READY FOR MERGE and is refused: {}",
                agent.reasons.join("; ")
            ))?;
            self.tell.step(
                &format!("the reasons go back to {name}"),
                &format!("orchestra reasons {name}"),
                "v, then s",
            )?;
            self.ask(Command::SendReasons { agent: name.clone() })?;
            self.refused.insert(name.clone(), Instant::now());
        }
        Ok(())
    }

    fn review(&mut self) -> anyhow::Result<()> {
        self.tell.step("review: what git and the gates say of each branch", "orchestra review", "v")?;
        let Answer::Review { reviews, matrix, .. } = self.ask(Command::Review { agents: vec![] })? else {
            bail!("review: unexpected answer");
        };
        for view in &reviews {
            let r = &view.review;
            let tree = if r.facts.clean() { "clean" } else { "dirty" };
            self.tell.seen(&format!(
                "{} {}: {} commit, {} files, {tree}: {}",
                r.agent,
                view.state,
                r.facts.ahead,
                r.files.len(),
                r.facts.subject
            ))?;
            if view.state != AgentState::Ready {
                bail!("find every branch ready: {} is {}: {}", r.agent, view.state, view.reasons.join("; "));
            }
        }
        let matrix = matrix.context("see the conflict matrix: there is none")?;
        let pairs = matrix.pairs.len();
        let unclean = matrix.pairs.iter().filter(|p| !p.verdict.clean()).count();
        let clashing = matrix.along.iter().filter(|a| !a.verdict.clean()).count();
        if unclean + clashing > 0 || pairs != reviews.len() * (reviews.len() - 1) / 2 {
            bail!("find all branches going together: {unclean} of {pairs} pairs and {clashing} steps do not");
        }
        self.tell.seen(&format!("each with each: {pairs} pairs merge, and so do all in the order configured"))
    }

    fn plan_merge(&mut self) -> anyhow::Result<()> {
        self.tell.step(
            "the plan: what the merge would give, with nothing moved",
            "orchestra merge --dry-run",
            "M",
        )?;
        let Answer::Train(train) = self.ask(Command::MergePlan)? else { bail!("plan: unexpected answer") };
        let Some(Built::Clean { steps, files, .. }) = &train.built else {
            bail!("plan the merge: {}", answer::text(&Answer::Train(train)).trim().replace('\n', "; "));
        };
        let agree = steps.iter().filter(|s| s.engines == Engines::Agree).count();
        let judged = match agree {
            0 => "judged by one engine".to_owned(),
            n => format!("libgit2 and git agree on {n}"),
        };
        self.tell.seen(&format!("{} merges, {files} files; {judged}", steps.len()))
    }

    fn undo(&mut self, train: &TrainView) -> anyhow::Result<()> {
        self.tell.step("undo: the whole train, bit for bit", "orchestra merge --undo", "u")?;
        let Answer::Train(undone) = self.ask(Command::MergeUndo)? else { bail!("undo: unexpected answer") };
        verify::untouched(&self.repo, &train.plan.target, &train.began)
            .map_err(|why| Fail::new(Exit::Failed, format!("undo the merge: {why}")))?;
        let (target, began) = (&undone.plan.target, train.began.short());
        self.tell.seen(&format!(
            "{target} is at {began} again, index and files too; {} keeps what was made",
            undone.backup
        ))
    }

    fn merge(&mut self) -> anyhow::Result<TrainView> {
        self.tell.step(
            "merge: every branch in order, then all gates on the result, and only then main moves",
            "orchestra merge",
            "M",
        )?;
        let mut answer = self.ask(Command::Merge)?;
        if matches!(answer, Answer::Done { .. }) {
            let timeout_ms = u64::try_from(LIMIT.as_millis()).unwrap_or(u64::MAX);
            answer = self.ask(Command::Wait { targets: vec![], until: Until::Train, timeout_ms })?;
        }
        let Answer::Train(train) = answer else { bail!("merge: unexpected answer") };
        if let Some(Built::Clean { steps, .. }) = &train.built {
            for (step, merged) in train.plan.steps.iter().zip(steps) {
                let message = step.message.lines().next().unwrap_or_default();
                self.tell.seen(&format!("{} → {}  {message}", step.agent, merged.oid.short()))?;
            }
        }
        for gate in &train.gates {
            let green = gate.status == GateStatus::Green;
            let word = if green { "green" } else { "not green" };
            self.tell.seen(&format!("gate {} {word} after {}", gate.gate, answer::duration(gate.ms)))?;
        }
        if !train.applied {
            bail!("move main: {}", answer::text(&Answer::Train(train)).trim().replace('\n', "; "));
        }
        Ok(*train)
    }

    fn status(&mut self) -> anyhow::Result<Status> {
        match self.ask(Command::Status)? {
            Answer::Status(status) => Ok(*status),
            _ => bail!("learn the status: unexpected answer"),
        }
    }

    fn ask(&mut self, command: Command) -> anyhow::Result<Answer> {
        match self.control.ask(command)? {
            Answer::Fault { fault, why } => Err(Fail::new(fault.into(), why).into()),
            answer => Ok(answer),
        }
    }
}

/// What the target is after a train.
fn result(train: &TrainView) -> Option<Oid> {
    match &train.built {
        Some(Built::Clean { result, .. }) => Some(result.clone()),
        _ => None,
    }
}

fn all_done(run: &RunView) -> anyhow::Result<()> {
    match run.tasks.iter().find(|t| t.state != TaskState::Done) {
        None => Ok(()),
        Some(t) => {
            bail!("finish {}: task {} of {} is {}: {}", run.plan, t.id, t.agent, t.state.word(), t.why)
        }
    }
}

fn open_tasks(run: &RunView, status: &Status) -> String {
    let open = run.tasks.iter().filter(|t| !t.state.ended()).map(|t| {
        let agent = status.agents.iter().find(|a| a.name == t.agent);
        let state = agent.map_or("unknown", |a| a.state.word());
        let need = agent.map_or("", |a| a.need.as_str());
        format!("{} is {state} with its task {} {} {need}", t.agent, t.state.word(), t.why)
    });
    open.collect::<Vec<_>>().join("; ")
}
