//! Merge trains: what they were made of, what stopped them, what landed and what was taken back.

use super::people::{id, push};
use super::{Teller, WIDTH};
use crate::domain::id::{AgentName, TrainId};
use crate::domain::record::Record;
use crate::domain::report::{Built as How, Came, Gone, Knot, Landed, Merge, Train, clean};
use crate::domain::train::{Applied, Built, Halt, Merged, Stuck, TrainPlan, Undone};

impl Teller {
    /// Takes in a record about a train.
    pub(super) fn train(&mut self, record: &Record) {
        match record {
            Record::TrainPlanned { plan, skipped } => self.planned(plan, skipped),
            Record::TrainBuilt { train, built } => self.built(*train, built),
            Record::TrainApplied { train, applied } => match applied {
                Applied::Moved => self.moved(*train),
                Applied::Elsewhere { found, .. } => {
                    self.halted(*train, &format!("the target stands at {} by now", found.short()));
                }
                Applied::InTheWay { files, remedy } => {
                    self.halted(*train, &format!("in the way: {}; {remedy}", files.join(", ")));
                }
            },
            Record::TrainStopped { train, why } => self.halted(*train, why),
            Record::TrainHalted { train, halt } => {
                self.halted(*train, &halt.to_string());
                if let Halt::Conflict { agent, with, paths, .. } = halt {
                    self.knot(*train, agent, with, paths);
                }
            }
            Record::TrainDropped { train } => {
                self.turn(*train, Gone::Dropped);
                self.untie("the train was given up", |k| k.train == *train);
            }
            Record::TrainUndone { train, undone } => self.undone(*train, undone),
            Record::Gate { agent: None, result } => {
                let known = self.state.train.as_ref().map(|t| t.plan.id);
                let gate = self.gate(result, "train".into());
                match known.and_then(|id| find(&mut self.report.trains, id)) {
                    Some(train) => push(&mut train.gates, gate),
                    None => push(&mut self.report.elsewhere, gate),
                }
            }
            _ => {}
        }
    }

    fn planned(&mut self, plan: &TrainPlan, skipped: &[AgentName]) {
        let at = self.when();
        let steps = plan.steps.iter().map(|s| Landed {
            agent: s.agent.clone(),
            branch: clean(&s.branch, WIDTH),
            tip: id(&s.oid),
            message: clean(s.message.lines().next().unwrap_or_default(), WIDTH),
            merge: None,
            how: String::new(),
            landed: None,
        });
        match find(&mut self.report.trains, plan.id) {
            // It goes on: what landed of it stays, the rest is planned anew.
            Some(train) => {
                train.steps.retain(|s| s.landed.is_some());
                let landed: Vec<AgentName> = train.steps.iter().map(|s| s.agent.clone()).collect();
                train.steps.extend(steps.filter(|s| !landed.contains(&s.agent)));
                train.skipped = skipped.to_vec();
                (train.state, train.over, train.built) = (Gone::Open, None, How::Unknown);
            }
            None => {
                let train = Train {
                    id: plan.id,
                    at,
                    target: clean(&plan.target, WIDTH),
                    base: id(&plan.base),
                    result: None,
                    files: None,
                    steps: steps.collect(),
                    skipped: skipped.to_vec(),
                    built: How::Unknown,
                    gates: Vec::new(),
                    halts: Vec::new(),
                    state: Gone::Open,
                    over: None,
                    undo: String::new(),
                };
                push(&mut self.report.trains, train);
            }
        }
        self.untie("the train goes without it", |k| k.train == plan.id && skipped.contains(&k.agent));
    }

    fn built(&mut self, number: TrainId, built: &Built) {
        let merges = match built {
            Built::Clean { steps, .. } | Built::Conflict(Stuck { steps, .. }) => steps,
        };
        if let Some(train) = find(&mut self.report.trains, number) {
            for merged in merges {
                if let Some(step) =
                    train.steps.iter_mut().find(|s| s.agent == merged.agent && s.landed.is_none())
                {
                    (step.merge, step.how) = (Some(id(&merged.oid)), clean(&merged.how, WIDTH));
                }
            }
            match built {
                Built::Clean { result, files, .. } => {
                    (train.result, train.files, train.built) = (Some(id(result)), Some(*files), How::Clean);
                }
                Built::Conflict(_) => train.built = How::Conflict,
            }
        }
        for merged in merges {
            let how = if merged.how.is_empty() { "its step merges cleanly now" } else { &merged.how };
            self.untie(&format!("solved: {how}"), |k| k.agent == merged.agent);
        }
        if let Built::Conflict(stuck) = built {
            let paths: Vec<String> = stuck.conflicts.iter().map(ToString::to_string).collect();
            self.knot(number, &stuck.agent, &stuck.with, &paths);
        }
    }

    /// A conflict was met, or is still there.
    fn knot(&mut self, train: TrainId, name: &AgentName, with: &[AgentName], paths: &[String]) {
        let at = self.when();
        let Some(place) = self.place(name) else { return };
        let knots = &mut self.report.agents[place].conflicts;
        let paths: Vec<String> = paths.iter().take(100).map(|p| clean(p, WIDTH)).collect();
        if knots.iter().any(|k| k.over.is_none() && k.train == train) {
            return;
        }
        let said = format!("its merge conflicts in {}", clean(&paths.join(", "), WIDTH));
        push(
            knots,
            Knot {
                at,
                train,
                agent: name.clone(),
                with: with.to_vec(),
                paths,
                solved: String::new(),
                over: None,
            },
        );
        self.came(place, said);
    }

    /// Conflicts that are open and which `which` names are over.
    fn untie(&mut self, how: &str, which: impl Fn(&Knot) -> bool) {
        let at = self.when();
        let open = self.report.agents.iter_mut().flat_map(|a| &mut a.conflicts);
        for knot in open.filter(|k| k.over.is_none() && which(k)) {
            (knot.solved, knot.over) = (clean(how, WIDTH), Some(at.clone()));
        }
    }

    /// The target moved: what the fold says has landed since is new.
    fn moved(&mut self, number: TrainId) {
        let at = self.when();
        let Some(seen) = self.state.train.as_ref().filter(|t| t.plan.id == number) else { return };
        let (merges, all): (Vec<Merged>, bool) = (seen.merges.clone(), seen.landed.as_ref() == seen.result());
        let Some(train) = find(&mut self.report.trains, number) else { return };
        let mut new = Vec::new();
        for merged in &merges {
            let open = |s: &&mut Landed| s.agent == merged.agent && s.landed.is_none();
            if let Some(step) = train.steps.iter_mut().find(open) {
                (step.landed, step.merge) = (Some(at.clone()), Some(id(&merged.oid)));
                let merge = Merge {
                    at: at.clone(),
                    train: number,
                    tip: step.tip.clone(),
                    oid: id(&merged.oid),
                    how: step.how.clone(),
                    undone: None,
                };
                new.push((merged.agent.clone(), merge));
            }
        }
        if all {
            (train.state, train.over) = (Gone::Applied, Some(at));
        }
        for (name, merge) in new {
            let said = format!("merged as {} by train {number}", merge.oid.short());
            if let Some(place) = self.place(&name) {
                push(&mut self.report.agents[place].merges, merge);
            }
            self.came_of(&name, said);
        }
    }

    fn halted(&mut self, number: TrainId, why: &str) {
        let at = self.when();
        if let Some(train) = find(&mut self.report.trains, number) {
            let text = clean(why, WIDTH);
            if train.halts.last().is_none_or(|h| h.text != text) {
                push(&mut train.halts, Came { at, text });
            }
        }
        self.turn(number, Gone::Halted);
    }

    fn undone(&mut self, number: TrainId, undone: &Undone) {
        let at = self.when();
        let said = match undone {
            Undone::Back { backup } => format!("kept at {backup}"),
            Undone::Built { found, .. } => {
                format!("not taken back: the target stands at {} by now", found.short())
            }
            Undone::Blocked { files, remedy } => {
                format!("not taken back: in the way: {}; {remedy}", files.join(", "))
            }
            Undone::Failed { why } => format!("not taken back: {why}"),
        };
        if let Some(train) = find(&mut self.report.trains, number) {
            train.undo = clean(&said, WIDTH);
        }
        if !matches!(undone, Undone::Back { .. }) {
            return;
        }
        self.turn(number, Gone::Undone);
        for place in 0..self.report.agents.len() {
            let mut any = false;
            let merges = &mut self.report.agents[place].merges;
            for merge in merges.iter_mut().filter(|m| m.train == number && m.undone.is_none()) {
                (merge.undone, any) = (Some(at.clone()), true);
            }
            if any {
                self.came(place, format!("its merge was taken back with train {number}"));
            }
        }
    }

    fn turn(&mut self, number: TrainId, to: Gone) {
        let at = self.when();
        if let Some(train) = find(&mut self.report.trains, number) {
            (train.state, train.over) = (to, Some(at));
        }
    }
}

fn find(trains: &mut [Train], id: TrainId) -> Option<&mut Train> {
    trains.iter_mut().find(|t| t.id == id)
}
