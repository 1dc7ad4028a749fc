//! What agents and people say of a project under way.

use super::line;
use super::open::who;
use crate::domain::command::{Caller, Workflow};
use crate::domain::id::AgentName;
use crate::domain::record::Workflowed;
use crate::domain::state::TaskState;
use crate::domain::view::Answer;
use crate::domain::workflow::project::{Blocker, ENTRIES_MOST, Escalation, LINE_MOST, OF_ONE_MOST, Project};
use crate::domain::workflow::watch::{Seen, flags};
use crate::engine::Step;
use crate::engine::parts::{Dispatch, Phase};
use crate::engine::targets::unknown;

impl Step<'_> {
    /// Takes what is said, all but a handover.
    pub(super) fn take_word(&mut self, caller: &Caller, what: Workflow) -> Result<Answer, String> {
        let agent = caller.pane().filter(|name| !self.is_orchestrator(name));
        if what.takes_a_person() && agent.is_some() {
            return Err("decide for the project: only a person does, outside all panes".into());
        }
        let (step, said) = self.taken_down(caller, what)?;
        for step in step {
            self.workflowed(step);
        }
        Ok(Answer::Done { text: said })
    }

    /// What is recorded of it, and how it is answered.
    fn taken_down(&self, caller: &Caller, what: Workflow) -> Result<(Vec<Workflowed>, String), String> {
        let by = who(caller);
        let one = |step, said: String| Ok((vec![step], said));
        match what {
            Workflow::Percent { task, percent, note } => {
                let doing = "say how far the task is";
                let (_, task) = self.own_task(caller, &task, doing)?;
                if percent > 100 {
                    return Err(format!("{doing}: {percent} % is more than all of it"));
                }
                let said = format!("{task} is at {percent} %");
                one(Workflowed::Percent { task, percent, note: line(&note, LINE_MOST) }, said)
            }
            Workflow::Sync { task, text } => self.synced(caller, &task, &text),
            Workflow::Figure { name, epoch, value } => {
                let doing = "take the figure";
                let project = self.may_speak(caller, doing)?;
                room(project.figures.len(), doing)?;
                let (name, value) = (given(&name, doing, "a name")?, given(&value, doing, "a value")?);
                let said = format!("{name}: {value}");
                one(Workflowed::Figure { name, epoch, value, by }, said)
            }
            Workflow::Block { task, text, mitigation } => {
                let doing = "note what blocks the task";
                let (project, task) = self.own_task(caller, &task, doing)?;
                room(project.blockers.len(), doing)?;
                let own = |b: &&Blocker| project.plan.task(&b.task).is_some_and(|t| t.agent.as_str() == by);
                let count = project.blockers.iter().filter(own).count();
                own_room(
                    caller,
                    count,
                    doing,
                    "say more of one that blocks with `orchestra workflow mitigate`",
                )?;
                let text = given(&text, doing, "what blocks it")?;
                let id = project.blockers.last().map_or(1, |b| b.id.saturating_add(1));
                let said = format!(
                    "blocker {id} of {task} is noted; `orchestra workflow unblocked {id}` once it is gone"
                );
                one(Workflowed::Blocked { task, text, mitigation: line(&mitigation, LINE_MOST) }, said)
            }
            Workflow::Mitigate { id, mitigation } => {
                let doing = "note what is done about the blocker";
                self.own_blocker(caller, id, doing)?;
                let mitigation = given(&mitigation, doing, "what is done")?;
                one(Workflowed::Mitigated { id, mitigation }, format!("noted for blocker {id}"))
            }
            Workflow::Unblock { id } => {
                self.own_blocker(caller, id, "take the blocker away")?;
                one(Workflowed::Unblocked { id, by }, format!("blocker {id} is gone"))
            }
            Workflow::AskDecision { text } => {
                let doing = "ask a person to decide";
                let project = self.may_speak(caller, doing)?;
                room(project.questions.len(), doing)?;
                let count = project.questions.iter().filter(|q| q.by == by).count();
                own_room(caller, count, doing, "decide by yourself and say so in the section Decisions")?;
                let text = given(&text, doing, "the question")?;
                let id = project.questions.last().map_or(1, |q| q.id.saturating_add(1));
                one(Workflowed::Asked { by, text }, format!("question {id} waits for a person"))
            }
            Workflow::Decide { id, decision } => {
                let doing = format!("decide question {id}");
                let project = self.project(&doing)?;
                let Some(question) = project.questions.iter().find(|q| q.id == id) else {
                    return Err(format!("{doing}: there is none; `orchestra workflow status` lists them"));
                };
                if !question.decided.is_empty() {
                    return Err(format!("{doing}: it was decided: {}", question.decided));
                }
                let decision = given(&decision, &doing, "the decision")?;
                let said = format!("question {id} is decided: {decision}");
                one(Workflowed::Decided { id, decision, by }, said)
            }
            Workflow::Escalate { cause, evidence } => {
                let doing = "raise it to a person";
                let project = self.may_speak(caller, doing)?;
                room(project.escalations.len(), doing)?;
                let said = |e: &&Escalation| e.by() == Some(by.as_str());
                let count = project.escalations.iter().filter(said).count();
                own_room(caller, count, doing, "put it into the section Risks of the handover")?;
                let evidence = given(&evidence, doing, "what it rests on")?;
                let key = format!("{}{}", Escalation::SAID, project.escalations.len() + 1);
                let evidence = vec![format!("{by}: {evidence}")];
                one(Workflowed::Escalated { cause, key, evidence }, "it is raised to a person".into())
            }
            Workflow::Settle { id, how } => {
                let doing = format!("settle escalation {id}");
                let project = self.project(&doing)?;
                let Some(raised) = project.escalations.iter().find(|e| e.id == id) else {
                    return Err(format!("{doing}: there is none; `orchestra workflow status` lists them"));
                };
                if !raised.settled.is_empty() {
                    return Err(format!("{doing}: it is settled: {}", raised.settled));
                }
                let how = given(&how, &doing, "what was done")?;
                one(Workflowed::Settled { id, how }, format!("escalation {id} is settled"))
            }
            Workflow::Answer { flag, raised, note } => {
                let doing = "say whether the red flag is raised";
                let project = self.may_speak(caller, doing)?;
                room(project.answers.len(), doing)?;
                let all = flags(project, &Seen::default(), self.now.wall);
                if !all.iter().any(|f| f.name == flag) {
                    return Err(unknown("red flag", &flag, all.iter().map(|f| &f.name)));
                }
                let said = format!("{flag} is {}raised", if raised { "" } else { "not " });
                one(Workflowed::Answered { flag, raised, note: line(&note, LINE_MOST), by }, said)
            }
            Workflow::Tick { phase, list, point, note } => {
                let doing = "tick the point";
                let project = self.may_speak(caller, doing)?;
                room(project.ticks.len(), doing)?;
                let phase = self.phase_of(caller, project, &phase, &list, &point)?;
                let said = format!("{phase}: {list}/{point} is seen to");
                if project.ticks.iter().any(|t| t.phase == phase && t.list == list && t.point == point) {
                    return Ok((Vec::new(), said));
                }
                one(Workflowed::Ticked { phase, list, point, note: line(&note, LINE_MOST), by }, said)
            }
            Workflow::Start { .. }
            | Workflow::Show
            | Workflow::HandOver { .. }
            | Workflow::Reprioritise { .. }
            | Workflow::Close { .. } => Err("take it: it is nothing that is said".into()),
        }
    }

    /// What one task says to those beside it.
    fn synced(&self, caller: &Caller, task: &str, text: &str) -> Result<(Vec<Workflowed>, String), String> {
        let doing = "tell the tasks beside it";
        let (project, task) = self.own_task(caller, task, doing)?;
        let text = given(text, doing, "what")?;
        let others: Vec<String> = project.plan.beside(&task).map(|(t, _)| t.id.clone()).collect();
        room(project.syncs.len() + others.len().saturating_sub(1), doing)?;
        if others.is_empty() {
            return Err(format!(
                "{doing}: no task stands beside {task}; `orchestra ask AGENT` asks somebody"
            ));
        }
        let said = format!("told {}", others.join(", "));
        let one = |with| Workflowed::Synced { task: task.clone(), with, text: text.clone() };
        Ok((others.into_iter().map(one).collect(), said))
    }

    /// The project that is open, for somebody who may speak of it: a person, or an agent with a task of it.
    fn may_speak(&self, caller: &Caller, doing: &str) -> Result<&Project, String> {
        let project = self.project(doing)?;
        match caller.pane() {
            Some(name) if !self.is_orchestrator(name) && !project.plan.agents().contains(name) => {
                Err(format!("{doing}: {name} has no task of the project {}", project.name))
            }
            _ => Ok(project),
        }
    }

    fn is_orchestrator(&self, name: &AgentName) -> bool {
        self.state.agent(name).is_some_and(|a| a.spec.is_none())
    }

    /// The task that is meant, under way: an agent speaks of its own alone, a person of any.
    pub(super) fn own_task(
        &self,
        caller: &Caller,
        task: &str,
        doing: &str,
    ) -> Result<(&Project, String), String> {
        let project = self.project(doing)?;
        let pane = caller.pane().filter(|name| !self.is_orchestrator(name));
        let id = match (task, pane) {
            ("", None) => return Err(format!("{doing}: name the task")),
            ("", Some(name)) => match project.task_of(name) {
                Some(task) => task.id.clone(),
                None => return Err(format!("{doing}: {name} has no task now")),
            },
            (id, _) => id.to_owned(),
        };
        let Some(of) = project.plan.task(&id) else {
            return Err(unknown("task", &id, project.plan.tasks.iter().map(|t| &t.id)));
        };
        if let Some(name) = pane.filter(|name| of.agent != **name) {
            return Err(format!("{doing}: {id} is the task of {}, and {name} speaks of its own", of.agent));
        }
        match project.tracked(&id).map(|t| t.state) {
            // Whoever works on what was its task before must not do the next one by that.
            Some(TaskState::Sent) if pane.is_some_and(|name| self.unbriefed(name, &id)) => Err(format!(
                "{doing}: the brief of {id} is still on its way to you; nothing that you did before it counts for {id}: end \
                 your turn, and begin when it is there"
            )),
            Some(TaskState::Sent | TaskState::Running) => Ok((project, id)),
            Some(TaskState::Failed) => {
                Err(format!("{doing}: {id} has failed; `orchestra task retry {id}` has it done again"))
            }
            state => Err(format!("{doing}: {id} is {}", state.unwrap_or(TaskState::Queued).word())),
        }
    }

    /// Whether nothing of the brief of a task was given to its agent yet.
    fn unbriefed(&self, agent: &AgentName, id: &str) -> bool {
        let queue = self.state.agent(agent).map(|a| &a.queue);
        let waits = |d: &Dispatch| {
            d.task.as_ref().is_some_and(|(_, t)| t == id) && matches!(d.phase, Phase::Waiting(_))
        };
        queue.is_some_and(|q| q.iter().any(waits))
    }

    /// Whether somebody may speak of a blocker that blocks.
    fn own_blocker(&self, caller: &Caller, id: u32, doing: &str) -> Result<(), String> {
        let project = self.may_speak(caller, doing)?;
        let Some(blocker) = project.blocked().find(|b| b.id == id) else {
            let open: Vec<String> = project.blocked().map(|b| b.id.to_string()).collect();
            let open =
                if open.is_empty() { "none blocks".to_owned() } else { format!("open: {}", open.join(", ")) };
            return Err(format!("{doing}: blocker {id} is none that blocks; {open}"));
        };
        let pane = caller.pane().filter(|name| !self.is_orchestrator(name));
        let agent = project.plan.task(&blocker.task).map(|t| &t.agent);
        match pane.filter(|name| agent != Some(*name)) {
            None => Ok(()),
            Some(name) => {
                Err(format!("{doing}: blocker {id} is of {}, which is no task of {name}", blocker.task))
            }
        }
    }

    /// The phase whose point is meant.
    fn phase_of(
        &self,
        caller: &Caller,
        project: &Project,
        phase: &str,
        list: &str,
        point: &str,
    ) -> Result<String, String> {
        let has = |p: &&crate::domain::workflow::plan::Phase| {
            p.checklists.iter().any(|l| l.name == list && l.points.iter().any(|x| x.id == point))
        };
        let all: Vec<&str> = project.plan.phases.iter().filter(has).map(|p| p.id.as_str()).collect();
        let own = caller.pane().and_then(|name| project.task_of(name)).map(|t| t.phase.as_str());
        let wanted = if phase.is_empty() { own.filter(|p| all.contains(p)) } else { Some(phase) };
        match (wanted, &all[..]) {
            (Some(wanted), all) if all.contains(&wanted) => Ok(wanted.to_owned()),
            (None, [one]) => Ok((*one).to_owned()),
            (_, []) => Err(format!(
                "tick the point: no phase has {}; `orchestra workflow status --json` lists them",
                line(&format!("{list}/{point}"), 100)
            )),
            (_, all) => Err(format!("tick the point: name its phase: {}", all.join(", "))),
        }
    }
}

/// A line that has to say something.
fn given(text: &str, doing: &str, what: &str) -> Result<String, String> {
    let size = text.chars().count();
    if size > LINE_MOST {
        return Err(format!("{doing}: {size} characters are too many, at most {LINE_MOST} are taken"));
    }
    match line(text, LINE_MOST) {
        said if said.is_empty() => Err(format!("{doing}: say {what}")),
        said => Ok(said),
    }
}

/// Whether another entry of one agent is taken; people have no such bound. `instead` says what it can do.
fn own_room(caller: &Caller, entries: usize, doing: &str, instead: &str) -> Result<(), String> {
    match caller.pane() {
        Some(name) if entries >= OF_ONE_MOST => Err(format!(
            "{doing}: {name} has put {OF_ONE_MOST} of these into the project, the most that one agent may; {instead}"
        )),
        _ => Ok(()),
    }
}

/// Whether another entry is taken.
fn room(entries: usize, doing: &str) -> Result<(), String> {
    if entries < ENTRIES_MOST {
        return Ok(());
    }
    Err(format!("{doing}: there are {ENTRIES_MOST} of these already, and no more are taken"))
}
