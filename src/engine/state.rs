//! What the engine knows. The dashboard draws it; only [`super::step`] changes it.

mod agent;

use std::collections::VecDeque;
use std::sync::Arc;

use super::calls::Call;
use super::confirm::Weighed;
use super::draft::Draft;
use super::event::{Intake, ReplyTo};
use super::evidence::Evidence;
use super::foresee::Foresight;
use super::ledger::Ledger;
use super::notify::Notices;
use super::outside::Sight;
use super::parts::{
    Asked, Claim, Confirmation, Dispatch, Expected, Gating, Held, Job, Life, Limit, LogLine, Offer, Pin,
    Receipt, Run, Train, Undelivered, Verifying, Waiter,
};
use super::programs::Known;
use super::reading::Marks;
use super::rules::Rules;
use crate::domain::command::Command;
use crate::domain::gates::Place;
use crate::domain::guard::{Snapshot, Tampering};
use crate::domain::id::{AgentName, DispatchId, Oid};
use crate::domain::incident::case::Case;
use crate::domain::profile::Profile;
use crate::domain::record::Recording;
use crate::domain::review::{BranchFacts, GateResult, Matrix, Review};
use crate::domain::state::AgentState;
use crate::domain::team::{AgentSpec, Config};
use crate::domain::time::Time;
use crate::domain::train::ConflictVar;
use crate::domain::usage::Usage;
use crate::domain::view::TrainView;
use crate::domain::workflow::project::Project;
use crate::screen::{Screen, Size};

/// Rows of history a live screen keeps; the rest is in the pane log.
pub const HISTORY: usize = 2000;
/// Lines the journal view keeps.
pub const LOG_LINES: usize = 2000;
/// Texts of earlier prompts that are kept to be sent again.
pub const MAX_PAST: usize = 50;
/// The longest of them, in bytes.
pub const MAX_PAST_TEXT: usize = 16 * 1024;
/// Dispatches that may wait for one pane.
pub const MAX_QUEUE: usize = 16;
/// Bytes of all texts that may wait for one pane.
pub const MAX_QUEUED: usize = 8 << 20;
/// Bytes a person types that are kept back while a prompt goes in; more are refused.
pub const MAX_HELD: usize = 64 * 1024;

/// What a server tells the engine of its surroundings.
#[derive(Clone, Debug, Default)]
pub struct Info {
    /// The session's directory.
    pub dir: String,
    /// The repository's top.
    pub repository: String,
    /// The server's process id.
    pub server_pid: u32,
    /// Worktree of each agent in team order, then the orchestrator's folder.
    pub worktrees: Vec<String>,
    /// Minutes by which the server's clock is ahead of UTC, for texts that name a time of day.
    pub utc_offset: i32,
    /// A secret from which claim codes are made, so that no prompt or screen can foretell one.
    pub secret: u64,
}

/// The whole state of a session.
#[derive(Clone, Debug)]
pub struct State {
    /// The configuration.
    pub config: Arc<Config>,
    /// Surroundings.
    pub info: Info,
    /// The team in order, then the orchestrator's pane.
    pub agents: Vec<Agent>,
    /// Runs of plans, oldest first.
    pub runs: Vec<Run>,
    /// The latest merge train.
    pub train: Option<Train>,
    /// The latest review.
    pub reviews: Vec<Review>,
    /// What merging would meet, as last predicted.
    pub matrix: Option<Box<Matrix>>,
    /// The configuration's merge order, while another one is in force.
    pub configured_order: Option<Vec<Vec<AgentName>>>,
    /// Gate jobs under way, in the order they were asked for. Not durable.
    pub gating: Vec<Gating>,
    /// Gates known of commits that are no branch's tip and no train's, latest last, at most 32.
    pub elsewhere: Vec<(Place, GateResult)>,
    /// What is offered to the orchestrator's pane.
    pub offer: Option<Offer>,
    /// Shared git configuration and hooks as the session knows them; none before they were looked at.
    pub accepted: Option<Snapshot>,
    /// What differs from that.
    pub tampering: Tampering,
    /// What is not recorded now, and why.
    pub unrecorded: Vec<Recording>,
    /// Recent happenings, oldest first.
    pub log: VecDeque<LogLine>,
    /// Lines that happenings gave in all, also those that are not kept.
    pub logged: u64,
    /// Texts that people sent, each once, the latest last, at most [`MAX_PAST`].
    pub past: VecDeque<Arc<str>>,
    /// A line shown in every dashboard; may be empty.
    pub narration: String,
    /// Calls that wait for a person, oldest first.
    pub confirmations: Vec<Confirmation>,
    /// Queries between agents, oldest first: all that are open, and the last of those that are over.
    pub queries: Vec<Asked>,
    /// The latest incident; only fleets have one.
    pub incident: Option<Box<Case>>,
    /// The latest project.
    pub project: Option<Box<Project>>,
    /// Whether the session is ending.
    pub closing: bool,
    pub(super) rules: Rules,
    /// What an incident's findings may be of, and how they are correlated.
    pub(super) known_incident: super::incident::Known,
    pub(super) known: Known,
    pub(super) doing: super::workflow::Doing,
    /// What was last said of profiles that cannot be used.
    pub(super) said: Vec<String>,
    pub(super) notices: Notices,
    pub(super) foresight: Foresight,
    pub(super) sight: Sight,
    pub(super) dry_trains: Vec<(TrainView, Option<ReplyTo>)>,
    /// What was asked of a train while its target was on the move: done when it stands.
    pub(super) after_move: Vec<(Option<ReplyTo>, Command)>,
    /// Whose conflict a prompt is being written about, and what it says.
    pub(super) conflict: Option<(AgentName, ConflictVar)>,
    pub(super) down_replies: Vec<ReplyTo>,
    /// The number of the last confirmation.
    pub(super) confirmed: u64,
    pub(super) weighed: Vec<Weighed>,
    pub(super) calls: Vec<Call>,
    /// The moment of the last event.
    pub now: Time,
    pub(super) next_dispatch: DispatchId,
    pub(super) next_job: u64,
    pub(super) jobs: Vec<Job>,
    pub(super) waiters: Vec<Waiter>,
    pub(super) drafts: Vec<Draft>,
    /// Whether the orchestrator's first prompt was made, in this opening of the session.
    pub(super) conducted: bool,
    pub(super) verifying: Vec<Verifying>,
}

/// One agent and its pane.
#[derive(Clone, Debug)]
pub struct Agent {
    /// Its name.
    pub name: AgentName,
    /// Its entry in the team; none for the orchestrator.
    pub spec: Option<AgentSpec>,
    /// Its worktree, or the repository's top for the orchestrator.
    pub worktree: String,
    /// Its pane.
    pub pane: Pane,
    /// What its signals say it does. See [`Agent::state`] for what is shown.
    pub activity: AgentState,
    /// Since when.
    pub since: Time,
    /// Why.
    pub why: Why,
    /// The state that somebody laid down, which holds against all evidence.
    pub pin: Option<Pin>,
    /// The usage limit it is at, or was at last.
    pub limit: Option<Limit>,
    /// The state last shown, and since when.
    pub shown: (AgentState, Time),
    /// The commit its work is counted from.
    pub base: Option<Oid>,
    /// What git said last.
    pub facts: Option<BranchFacts>,
    /// Its claim under examination.
    pub claim: Option<Claim>,
    /// Why its last claim was refused.
    pub reasons: Vec<String>,
    /// What it printed to say that it is ready, without the code that makes it a claim.
    pub hint: Option<String>,
    /// The very commit that was proved ready.
    pub ready: Option<Oid>,
    /// The tip that a train merged.
    pub merged: Option<Oid>,
    /// Whether the lead leaves it out of the merge.
    pub left_out: bool,
    /// Gates known of its commits, latest last, at most 32.
    pub gates: Vec<GateResult>,
    /// What it says it works on, or has done; may be empty.
    pub task: String,
    /// When it last said what, latest last; the state where it said one.
    pub(in crate::engine) said: VecDeque<(Time, Option<AgentState>, String)>,
    /// Dispatches on their way; the first is being delivered.
    pub queue: VecDeque<Dispatch>,
    /// Receipts, latest last, at most 32.
    pub receipts: Vec<Receipt>,
    /// What it was sent under keys.
    pub(super) ledger: Ledger,
    /// Its last prompt, where that was not submitted.
    pub undelivered: Option<Undelivered>,
    /// The last text it was sent that was submitted, queries and answers aside; may be empty.
    pub told: Arc<str>,
    /// Dispatches accepted in all.
    pub sent: u32,
    /// What its running task lacks although the agent is idle; may be empty.
    pub stuck: String,
    /// The stage (from 0) its next task waits for, while a plan runs.
    pub waits_for_stage: Option<usize>,
    /// What its program says it has used.
    pub usage: Option<Usage>,
    /// How its program begins and ends.
    pub life: Life,
    /// How often it has begun to work.
    pub(super) turns: u64,
    /// What a claim by text must say.
    pub(super) expects: Option<Expected>,
    pub(super) scanned: u64,
    pub(super) evidence: Evidence,
    pub(super) inspecting: bool,
    pub(super) inspect_again: bool,
}

/// The terminal of one agent.
#[derive(Clone, Debug)]
pub struct Pane {
    /// What it shows.
    pub screen: Screen,
    /// The program's process id while it runs.
    pub pid: Option<u32>,
    /// Exit status, once it ended.
    pub status: Option<i32>,
    /// What happened to it, for people; empty while it runs.
    pub ended: String,
    /// When it last printed.
    pub last_output: Option<Time>,
    /// Whether a person has typed something that is not yet submitted.
    pub draft: bool,
    /// The stalled dispatch that may still sit in the composer.
    pub leftover: Option<DispatchId>,
    /// What became of the bytes last written to it.
    pub intake: Intake,
    /// Whether what it printed for an earlier server is still to be read: until then its recorded state stands.
    pub(super) past: bool,
    /// What was read of it lately.
    pub(super) marks: Marks,
    /// When a person last typed.
    pub(super) typed_at: Option<Time>,
    /// What a person types while a prompt goes in: it follows the receipt.
    pub(super) held: Held,
    /// The size last asked for.
    pub size: Size,
    pub(super) up_at: Option<Time>,
    pub(super) stopping: bool,
}

impl Pane {
    /// Forgets what a person was typing: there is no composer any more.
    pub(super) fn typing_over(&mut self) {
        self.draft = false;
        self.leftover = None;
        self.intake = Intake::Taken;
        self.past = false;
        self.held = Held::default();
    }
}

/// Why a state was chosen.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Why {
    /// The rule's name.
    pub rule: String,
    /// The text it matched.
    pub evidence: String,
}

impl State {
    /// A session in which nothing has happened yet.
    #[must_use]
    pub fn new(config: Arc<Config>, info: Info) -> Self {
        let rules = Rules::new(&config.profiles);
        let known = Known::new(&config.profiles);
        let known_incident = super::incident::Known::of(config.fleet.as_deref());
        let folder = |i: usize| info.worktrees.get(i).cloned().unwrap_or_default();
        let mut agents: Vec<Agent> = config
            .team
            .iter()
            .enumerate()
            .map(|(i, spec)| Agent::new(spec.name.clone(), Some(spec.clone()), folder(i)))
            .collect();
        agents.push(Agent::new(AgentName::orchestrator(), None, info.repository.clone()));
        Self {
            config,
            info,
            agents,
            runs: Vec::new(),
            train: None,
            reviews: Vec::new(),
            matrix: None,
            configured_order: None,
            gating: Vec::new(),
            elsewhere: Vec::new(),
            offer: None,
            accepted: None,
            tampering: Tampering::default(),
            unrecorded: Vec::new(),
            log: VecDeque::new(),
            logged: 0,
            past: VecDeque::new(),
            narration: String::new(),
            confirmations: Vec::new(),
            queries: Vec::new(),
            incident: None,
            project: None,
            closing: false,
            rules,
            known_incident,
            known,
            doing: Default::default(),
            said: Vec::new(),
            notices: Notices::default(),
            foresight: Foresight::default(),
            sight: Sight::default(),
            dry_trains: Vec::new(),
            after_move: Vec::new(),
            conflict: None,
            down_replies: Vec::new(),
            confirmed: 0,
            weighed: Vec::new(),
            calls: Vec::new(),
            now: Time::default(),
            next_dispatch: 1,
            next_job: 1,
            jobs: Vec::new(),
            waiters: Vec::new(),
            drafts: Vec::new(),
            conducted: false,
            verifying: Vec::new(),
        }
    }

    /// The agent (or the orchestrator) of that name.
    #[must_use]
    pub fn agent(&self, name: &AgentName) -> Option<&Agent> {
        self.agents.iter().find(|a| a.name == *name)
    }

    pub(super) fn agent_mut(&mut self, name: &AgentName) -> Option<&mut Agent> {
        self.agents.iter_mut().find(|a| a.name == *name)
    }

    /// The team without the orchestrator.
    pub fn team(&self) -> impl Iterator<Item = &Agent> {
        self.agents.iter().filter(|a| a.spec.is_some())
    }

    /// Where the target stands as far as is known: the result of the last merge, else the commit
    /// the first agent's work is counted from.
    #[must_use]
    pub fn target_tip(&self) -> Option<&Oid> {
        let merged = self.train.as_ref().and_then(|t| t.landed.as_ref());
        merged.or_else(|| self.team().find_map(|a| a.base.as_ref()))
    }

    /// The run that has not ended, latest first.
    #[must_use]
    pub fn running(&self) -> Option<&Run> {
        self.runs.iter().rev().find(|r| !r.ended)
    }

    /// The profile of an agent. The orchestrator's pane is read by that of its program, else as a plain shell.
    #[must_use]
    pub fn profile(&self, agent: &Agent) -> Option<&Profile> {
        let profiles = &self.config.profiles;
        let Some(spec) = &agent.spec else {
            return self.config.conductor().or_else(|| profiles.get("shell"));
        };
        profiles.get(spec.profile.as_str())
    }
}
