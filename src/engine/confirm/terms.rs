//! What a command would do, exactly, in words for the person who is asked.

use crate::domain::command::{Begin, Command, Incident, What, WhichOrder};
use crate::domain::id::AgentName;
use crate::domain::rights::Tool;
use crate::domain::train::{Built, Choice};
use crate::domain::view::{Fault, TrainView};
use crate::engine::Step;
use crate::engine::calls::{about, made_from, row, shown};
use crate::engine::run::bind;
use crate::engine::state::State;
use crate::engine::targets::resolve;
use crate::engine::train::TrainPhase;

/// Lines of a consequence; what is more is counted.
const LINES: usize = 40;
/// Characters of one line.
const WIDTH: usize = 200;
/// Lines of a prompt's text that are shown.
const TEXT_LINES: usize = 12;

/// What would be done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Terms {
    /// In one line.
    pub title: String,
    /// What would come of it.
    pub lines: Vec<String>,
    /// The same for the same consequence, another for another.
    pub mark: String,
    /// The date of the plan of a train, in seconds.
    pub date: Option<i64>,
}

/// How the consequence of a command is known.
#[derive(Clone, PartialEq, Debug)]
pub(super) enum Weighing {
    /// Here.
    Known(Terms),
    /// From the plan that this command shows.
    Plan(Command),
}

impl Terms {
    pub(super) fn new(title: impl AsRef<str>, lines: Vec<String>, mark: impl Into<String>) -> Self {
        let all = lines.len();
        let mut lines: Vec<String> = lines.into_iter().take(LINES).map(|l| shown(&l, WIDTH)).collect();
        if all > LINES {
            lines.push(format!("and {} more lines", all - LINES));
        }
        Self { title: shown(title.as_ref(), WIDTH), lines, mark: mark.into(), date: None }
    }
}

impl Step<'_> {
    /// What a command would do.
    ///
    /// # Errors
    /// Why it could not be done anyway: then nobody is asked.
    pub(super) fn weigh(&self, command: &Command) -> Result<Weighing, (Fault, String)> {
        let usage = |why: String| (Fault::Usage, why);
        let merge = |why: String| (Fault::Protected, format!("merge: {why}"));
        let terms = match command {
            Command::Merge | Command::MergePlanned { .. } => {
                return self
                    .may_start()
                    .map_or(Ok(Weighing::Plan(Command::MergePlan)), |why| Err(merge(why)));
            }
            Command::MergeContinue { skip } => {
                let show = Command::ContinuePlan { skip: skip.clone() };
                return self.may_go_on().map_or(Ok(Weighing::Plan(show)), |why| Err(merge(why)));
            }
            Command::MergeUndo => self.undo_terms()?,
            Command::MergeAbort => self.abort_terms()?,
            Command::Stop { agent } => {
                self.running_agent(agent).map_err(usage)?;
                let pid = self.pid(agent);
                let lines = vec![
                    format!("Its program (pid {pid}) and all it started are ended: HUP, TERM, then KILL."),
                    format!("Its worktree stays as it is; `orchestra restart {agent}` starts it again."),
                ];
                Terms::new(format!("Stop {agent}"), lines, format!("{agent} {pid}"))
            }
            Command::Restart { agent, begin, what } => {
                self.known(std::slice::from_ref(agent))
                    .and_then(|_| self.may_begin(agent, *begin))
                    .map_err(usage)?;
                let how = if *begin == Begin::Last { "where its last run ended" } else { "afresh" };
                let mut lines = Vec::new();
                if let Some(what) = what {
                    lines.push(format!("It begins with {}.", made_from(what)));
                    lines.extend(text_lines(what));
                }
                Terms::new(format!("Start {agent}'s program again, {how}"), lines, agent.as_str())
            }
            Command::Send { targets, what, .. } => {
                let agents = resolve(self.state, targets).map_err(usage)?;
                prompt_terms(&agents, what)
            }
            Command::SendReasons { agent } => {
                self.has_reasons(agent).map_err(usage)?;
                prompt_terms(std::slice::from_ref(agent), &What::Prompt("refused".into()))
            }
            Command::Run { plan, order, targets, prompt, red } => {
                if let Some(why) = self.held_by_red(plan, targets, *red) {
                    return Err((Fault::Protected, why));
                }
                if let Some(run) = self.state.running() {
                    return Err(usage(format!("run {plan}: {} runs already", run.plan)));
                }
                let tasks = bind(self.state, plan, targets, prompt.as_deref()).map_err(usage)?;
                let of = |t: &crate::domain::plan::Bound| {
                    format!("stage {}: {} is prompted with {} ({})", t.stage + 1, t.agent, t.prompt, t.id)
                };
                let order = format!("{order:?}").to_lowercase();
                let title = format!("Run {plan}, {order}: {} tasks", tasks.len());
                Terms::new(title, tasks.iter().map(of).collect(), format!("{tasks:?}"))
            }
            Command::Type { agent, bytes } => {
                self.running_agent(agent).map_err(usage)?;
                let title = format!("Type {} bytes into the pane of {agent}", bytes.len());
                let keys = bytes.escape_ascii().to_string();
                Terms::new(title, vec![keys], format!("{agent} {}", self.pid(agent)))
            }
            Command::Accept { agent, .. } => {
                self.member(agent).map_err(usage)?;
                let facts = self.state.agent(agent).and_then(|a| a.facts.as_ref());
                let head = facts.map_or_else(String::new, |f| f.head.to_string());
                let at = facts.map(|f| format!(" at {}", f.head.short())).unwrap_or_default();
                let lines = vec![format!("Its branch{at} counts as claimed; git and the gates decide then.")];
                Terms::new(format!("Take {agent} at its word that it is ready"), lines, head)
            }
            Command::TakeOrder { which } => {
                let (order, lines) = self.order_terms(*which);
                Terms::new("Change the merge order", lines, order)
            }
            Command::Down => {
                let up = self.state.agents.iter().filter(|a| a.pane.pid.is_some());
                let up: Vec<AgentName> = up.map(|a| a.name.clone()).collect();
                let lines = vec![
                    format!("These programs are ended: {}.", row(&up)),
                    "Worktrees, branches and the record stay.".into(),
                ];
                Terms::new(format!("End the session {}", self.state.config.session), lines, "")
            }
            Command::Incident(Incident::Open { name, report, .. }) => {
                let lines = report.lines().take(TEXT_LINES).map(|l| format!("│ {l}")).collect();
                let gap = if name.is_empty() { "" } else { " " };
                Terms::new(
                    format!("Take the incident{gap}{name} on, and engage who its route names"),
                    lines,
                    "",
                )
            }
            Command::Incident(Incident::Close { why }) => {
                let case = self.state.open_case();
                let case = case.ok_or_else(|| usage("close the incident: none is open".into()))?;
                let title = format!("Close incident {} ({}), {}", case.number, case.name, case.stage.word());
                let lines = vec![format!("Why: {why}"), "What was found so far makes its postmortem.".into()];
                Terms::new(title, lines, format!("{} {:?}", case.number, case.stage))
            }
            Command::Workflow(what) => self.project_terms(what).map_err(usage)?,
            other => {
                let (tool, of) = (Tool::of(other, false).word(), about(other));
                let gap = if of.is_empty() { "" } else { ": " };
                Terms::new(format!("{tool}{gap}{of}"), Vec::new(), "")
            }
        };
        Ok(Weighing::Known(terms))
    }

    fn pid(&self, agent: &AgentName) -> u32 {
        self.state.agent(agent).and_then(|a| a.pane.pid).unwrap_or_default()
    }

    fn undo_terms(&self) -> Result<Terms, (Fault, String)> {
        if let Some(why) = self.train_busy() {
            return Err((Fault::Protected, format!("merge: {why}")));
        }
        let train = self.state.train.as_ref().filter(|t| t.phase != TrainPhase::Undone);
        let (Some(train), Some(back)) = (train, self.way_back()) else {
            return Err((Fault::Usage, "merge: nothing has landed, so there is nothing to undo".into()));
        };
        let (from, to) = (back.old.short(), back.new.short());
        let title = format!("Take {} back {from} → {to} (train {})", back.target, back.train);
        let mut lines = vec![format!("A ref keeps {from}; the branches stay ready.")];
        lines.extend(train.merges.iter().map(|m| format!("undone: {} {}", m.oid.short(), m.agent)));
        Ok(Terms::new(title, lines, format!("{back:?}")))
    }

    fn abort_terms(&self) -> Result<Terms, (Fault, String)> {
        let Some(train) = self.state.train.as_ref().filter(|t| t.choices().contains(&Choice::Abort)) else {
            return Err((Fault::Protected, "merge: no train can be given up".into()));
        };
        let id = train.plan.id;
        let stands = match &train.landed {
            Some(at) => format!("{} stays at {} with the steps that landed.", train.plan.target, at.short()),
            None => format!("{} was not moved.", train.plan.target),
        };
        let lines = vec![stands, "Branches stay as they are, and ready.".into()];
        Ok(Terms::new(
            format!("Give train {id} up ({})", train.phase),
            lines,
            format!("{id} {:?}", train.landed),
        ))
    }

    fn order_terms(&self, which: WhichOrder) -> (String, Vec<String>) {
        let now = self.state.config.merge_sequence();
        let matrix = self.state.matrix.as_ref().and_then(|m| m.proposal.as_ref());
        let then = match (which, matrix) {
            (WhichOrder::Configured, _) => "that of the configuration".to_owned(),
            (WhichOrder::Proposed, Some(p)) => format!("{} ({})", row(&p.order), p.moves),
            (WhichOrder::Proposed, None) => "the proposed one; none is known now".to_owned(),
        };
        (then.clone(), vec![format!("now: {}", row(&now)), format!("then: {then}")])
    }
}

fn prompt_terms(agents: &[AgentName], what: &What) -> Terms {
    let title = match agents {
        [one] => format!("Prompt {one} with {}", made_from(what)),
        many => format!("Prompt {} agents with {}", many.len(), made_from(what)),
    };
    let mut lines = vec![format!("To: {}.", row(agents))];
    lines.extend(text_lines(what));
    Terms::new(title, lines, row(agents))
}

/// The first lines of a text that is sent.
fn text_lines(what: &What) -> Vec<String> {
    let (What::Text(text) | What::Fill(text)) = what else { return Vec::new() };
    let all = text.lines().count();
    let mut lines: Vec<String> = text.lines().take(TEXT_LINES).map(|l| format!("│ {l}")).collect();
    if all > TEXT_LINES {
        lines.push(format!("│ … and {} more lines", all - TEXT_LINES));
    }
    lines
}

/// What a planned train would do; none where it has nothing left to do.
pub(super) fn of_train(state: &State, train: &TrainView) -> Option<Terms> {
    if train.phase == TrainPhase::Applied {
        return None;
    }
    let (plan, mut lines) = (&train.plan, Vec::new());
    let title = match (&train.halt, &train.built) {
        (Some(halt), _) => {
            lines.push(halt.to_string());
            format!(
                "Merge {} branches into {}; they do not merge, so it halts",
                plan.steps.len(),
                plan.target
            )
        }
        (None, Some(Built::Clean { .. })) | (None, _) => train.question(),
    };
    lines.extend(train.notes.iter().cloned());
    if let Some(old) = train.replaces {
        lines.push(format!("Train {old}, which is halted, is given up for it."));
    }
    let gates: Vec<&str> = state.config.gates.iter().map(|g| g.name.as_str()).collect();
    lines.push(match gates[..] {
        [] => "No gate is run before it moves: none is configured.".into(),
        _ => format!("Gates that must be green before it moves: {}.", gates.join(", ")),
    });
    for (what, who) in [("Left out", &train.left_out), ("Skipped", &train.skipped)] {
        if !who.is_empty() {
            lines.push(format!("{what}: {}.", row(who)));
        }
    }
    let step = |s: &crate::domain::train::Step| {
        let subject = s.message.lines().next().unwrap_or_default();
        format!("{} {} {}: {subject}", s.agent, s.branch, s.oid.short())
    };
    lines.extend(plan.steps.iter().map(step));
    Some(Terms { date: Some(plan.date), ..Terms::new(title, lines, plan.digest()) })
}
