//! Made-up records.

use std::sync::Arc;

use super::super::{Known, report};
use crate::domain::command::Via;
use crate::domain::id::{AgentName, Oid};
use crate::domain::record::{Changed, Record, Recording, Typed};
use crate::domain::report::Report;
use crate::domain::review::{BranchFacts, Conflict, ConflictKind, FileChange, GateResult, GateStatus};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::team::{AgentSpec, Config};
use crate::domain::time::Time;
use crate::domain::train::{Applied, Built, Halt, Merged, Move, Step, Stuck, TrainPlan, Undone};

pub(crate) const NASTY: &str =
    "<script>alert(1)</script> | `x` *y* [z](javascript:1) \u{1b}]0;t\u{7}\u{202e}\n# no";

pub(crate) fn name(text: &str) -> AgentName {
    AgentName::new(text).unwrap()
}

pub(crate) fn oid(text: &str) -> Oid {
    Oid(text.into())
}

pub(crate) fn known(agents: &[&str], text: &str) -> Known {
    let spec = |n: &&str| AgentSpec {
        role: format!("Role{text}"),
        branch: format!("work/{}{text}", n.to_lowercase()),
        profile: format!("shell{text}"),
        ..AgentSpec::bare(name(n))
    };
    let config = Config::bare(&format!("sprint{text}"), agents.iter().map(spec).collect());
    let repository = format!("/repo{text}");
    Known { config: Arc::new(config), repository, version: "1".into(), now: None, unknown: 0, damaged: 0 }
}

/// A record under way: seconds and events.
#[derive(Default)]
pub(crate) struct Story(pub Vec<(u64, Time, Record)>);

impl Story {
    pub(crate) fn at(mut self, seconds: u64, record: Record) -> Self {
        let wall = 1_700_000_000_000 + i64::try_from(seconds).unwrap() * 1000;
        let seq = self.0.len() as u64 + 1;
        self.0.push((seq, Time { mono: 5_000_000 + seconds * 1_000_000, wall }, record));
        self
    }

    pub(crate) fn does(self, seconds: u64, agent: &str, state: AgentState, evidence: &str) -> Self {
        let (agent, rule, evidence) = (name(agent), "rule".to_owned(), evidence.to_owned());
        self.at(seconds, Record::Activity { agent, state, rule, evidence })
    }

    pub(crate) fn asked(self, seconds: u64, agent: &str, dispatch: u64, text: &str) -> Self {
        let queued = Record::Queued {
            dispatch,
            agent: name(agent),
            prompt: Some(format!("enhance{}", if text == NASTY { NASTY } else { "" })),
            task: None,
            code: None,
            text: text.into(),
            removed: 0,
            terms: Default::default(),
            brings: None,
        };
        let (agent, outcome, why, ms) = (name(agent), Outcome::Submitted, String::new(), 400);
        self.at(seconds, queued).at(seconds, Record::Receipt { dispatch, agent, outcome, why, ms })
    }

    pub(crate) fn head(self, seconds: u64, agent: &str, head: &str, subject: &str) -> Self {
        let facts = BranchFacts {
            head: oid(head),
            base: oid("base"),
            ahead: 1,
            subject: subject.into(),
            ..BranchFacts::default()
        };
        self.at(seconds, Record::Facts { agent: name(agent), facts })
    }

    pub(crate) fn claims(self, seconds: u64, agent: &str, note: &str) -> Self {
        self.at(seconds, Record::Claimed { agent: name(agent), via: Via::Command, note: note.into() })
    }

    pub(crate) fn gate(self, seconds: u64, agent: Option<&str>, status: GateStatus, tail: &str) -> Self {
        let result =
            GateResult { ms: 1500, tail: tail.into(), ..GateResult::new("build", oid("aaaa"), status) };
        self.at(seconds, Record::Gate { agent: agent.map(name), result })
    }

    pub(crate) fn planned(self, seconds: u64, id: u64, agents: &[&str], skipped: &[&str]) -> Self {
        let step = |a: &&str| Step {
            agent: name(a),
            branch: format!("work/{a}"),
            oid: oid(&format!("tip-{a}")),
            message: format!("Merge {a}\n\nbody"),
        };
        let plan = TrainPlan {
            id,
            target: "main".into(),
            base: oid("base"),
            steps: agents.iter().map(step).collect(),
            date: 0,
            author: None,
            resolved: Vec::new(),
            sign: crate::domain::team::Signing::default(),
        };
        self.at(seconds, Record::TrainPlanned { plan, skipped: skipped.iter().map(|a| name(a)).collect() })
    }

    /// A train is built and moves the target.
    pub(crate) fn lands(self, seconds: u64, train: u64, agents: &[&str]) -> Self {
        let merged = |a: &&str| Merged::new(name(a), oid(&format!("m{train}-{a}")));
        let steps: Vec<Merged> = agents.iter().map(merged).collect();
        let result = steps.last().unwrap().oid.clone();
        let built = Built::Clean { steps, result: result.clone(), files: 3 };
        let intent = Move { train, target: "main".into(), old: oid("base"), new: result };
        self.at(seconds, Record::TrainBuilt { train, built })
            .at(seconds, Record::TrainIntent(intent))
            .at(seconds + 1, Record::TrainApplied { train, applied: Applied::Moved })
    }

    pub(crate) fn report(&self, known: &Known) -> Report {
        report(known, self.0.iter().map(|(seq, time, record)| (*seq, *time, record)))
    }
}

pub(crate) fn opened() -> Record {
    Record::Opened { version: "0.9".into(), server: 1 }
}

pub(crate) fn up(agent: &str) -> Record {
    Record::AgentUp { agent: name(agent), pid: 9, holder: 8, log: 0 }
}

/// A sprint of two in which something of everything happens.
pub(crate) fn sprint() -> Story {
    let refused = |why: &str| Record::Refused { agent: name("NET"), reasons: vec![why.into()] };
    let conflict = Conflict::new("a/b.yaml", ConflictKind::Content);
    let stuck = Stuck::new(name("NET"), vec![name("SEC")], vec![conflict]);
    let halt = Halt::conflict(&stuck, None);
    let typed = Typed { agent: name("SEC"), bytes: 2, submitted: true, text: None };
    let back = Undone::Back { backup: "refs/orchestra/backup/1".into() };
    Story::default()
        .at(0, opened())
        .at(0, up("SEC"))
        .at(0, up("NET"))
        .asked(2, "SEC", 1, "You are SEC.\n\nDo it.")
        .does(3, "SEC", AgentState::Working, "busy")
        .does(10, "SEC", AgentState::Asking, "Proceed?")
        .at(14, Record::Typed(typed))
        .does(15, "SEC", AgentState::Working, "busy")
        .head(18, "SEC", "tip-SEC", "feat: sec")
        .head(19, "SEC", "tip-SEC", "feat: sec")
        .does(20, "SEC", AgentState::Idle, "rest")
        .does(20, "NET", AgentState::Idle, "rest")
        .asked(21, "NET", 2, "You are NET.")
        .head(22, "NET", "tip-NET", "feat: net")
        .claims(23, "NET", "done")
        .at(23, changed("NET", "net/a.yaml"))
        .at(24, refused("2 commits; squash them"))
        .gate(25, Some("NET"), GateStatus::Red, "one\nlast words\n")
        .claims(26, "NET", "")
        .at(27, Record::Ready { agent: name("NET"), oid: oid("tip-NET") })
        .claims(28, "SEC", "")
        .at(29, Record::Ready { agent: name("SEC"), oid: oid("tip-SEC") })
        .planned(30, 1, &["SEC", "NET"], &[])
        .at(31, Record::TrainBuilt { train: 1, built: Built::Conflict(stuck) })
        .at(31, Record::TrainHalted { train: 1, halt })
        .planned(35, 1, &["SEC", "NET"], &[])
        .lands(36, 1, &["SEC", "NET"])
        .gate(38, None, GateStatus::Green, "")
        .at(40, Record::TrainUndone { train: 1, undone: back })
        .planned(45, 2, &["SEC", "NET"], &[])
        .lands(46, 2, &["SEC", "NET"])
}

pub(crate) fn changed(agent: &str, path: &str) -> Record {
    let files = vec![FileChange { path: path.into(), added: 3, removed: 1 }];
    Record::Changed(Box::new(Changed { agent: name(agent), head: oid("tip"), files, more: 2 }))
}

/// A session in every text of which somebody has put markup and control characters.
pub(crate) fn nasty_story() -> Story {
    let refused = Record::Refused { agent: name("SEC"), reasons: vec![NASTY.into()] };
    let down = Record::AgentDown { agent: name("NET"), status: None, orderly: false, why: NASTY.into() };
    let stuck = Stuck::new(name("SEC"), vec![], vec![Conflict::new(NASTY, ConflictKind::Content)]);
    Story::default()
        .at(0, Record::Opened { version: NASTY.into(), server: 1 })
        .at(0, up("SEC"))
        .asked(1, "SEC", 1, NASTY)
        .does(2, "SEC", AgentState::Asking, NASTY)
        .does(3, "SEC", AgentState::Working, NASTY)
        .head(4, "SEC", NASTY, NASTY)
        .claims(5, "SEC", NASTY)
        .at(5, changed("SEC", NASTY))
        .at(6, refused)
        .gate(7, Some("SEC"), GateStatus::Red, NASTY)
        .planned(8, 1, &["SEC"], &[])
        .at(9, Record::TrainBuilt { train: 1, built: Built::Conflict(stuck) })
        .at(10, Record::TrainStopped { train: 1, why: NASTY.into() })
        .at(11, down)
        .at(12, Record::Recording(Recording { agent: None, lost: 1, why: NASTY.into() }))
        .at(13, Record::Closed { why: NASTY.into() })
}

pub(crate) fn nasty() -> Report {
    nasty_story().report(&known(&["SEC", "NET"], NASTY))
}
