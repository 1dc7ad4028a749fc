//! The tools, by the names that MCP clients call them and `[policy]` uses.

use serde::{Deserialize, Serialize};

use super::{Say, Standing};
use crate::domain::command::{Command, Incident, LookUp, Talk, Workflow};

macro_rules! tools {
    ($($(#[$doc:meta])* $name:ident $word:literal $agent:ident $conductor:ident;)*) => {
        /// A kind of call.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Tool { $($(#[$doc])* $name,)* }

        impl Tool {
            /// All of them.
            pub const ALL: [Self; [$($word),*].len()] = [$(Self::$name),*];

            /// The word, as written everywhere.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$name => $word,)* }
            }

            /// What becomes of a call by such a caller where the configuration says nothing.
            #[must_use]
            pub fn usual(self, standing: Standing) -> Say {
                match (standing, self) {
                    (Standing::Person, _) => Say::Allow,
                    $((Standing::Agent, Self::$name) => Say::$agent,)*
                    $((Standing::Conductor, Self::$name) => Say::$conductor,)*
                }
            }
        }
    };
}

tools! {
    /// What was asked of the caller, and the answers it got.
    CheckQueries "check_queries" Allow Allow;
    /// Asks another agent something.
    SendQuery "send_query" Allow Allow;
    /// Answers what another agent asked.
    AnswerQuery "answer_query" Allow Allow;
    /// Says what the caller does.
    UpdateStatus "update_status" Allow Allow;
    /// Says that the caller's task is done.
    MarkComplete "mark_complete" Allow Allow;
    /// Claims that the caller's branch is ready.
    MarkReady "mark_ready" Allow Allow;
    /// All the caller needs to know of its work.
    MyBriefing "my_briefing" Allow Allow;
    /// Who is there and does what.
    ListAgents "list_agents" Allow Allow;
    /// One agent, and why it is in its state.
    GetAgent "get_agent" Allow Allow;
    /// What a pane shows.
    ReadPane "read_pane" Allow Allow;
    /// Waits until something is so.
    WaitFor "wait_for" Allow Allow;
    /// A prompt as it would be sent.
    RenderPrompt "render_prompt" Allow Allow;
    /// What could be done next.
    Suggest "suggest" Allow Allow;
    /// A run as it is, or what it would be.
    ShowRun "show_run" Allow Allow;
    /// Reviews branches.
    Review "review" Allow Allow;
    /// What a branch changes.
    BranchFacts "branch_facts" Allow Allow;
    /// What merging would meet.
    Conflicts "conflicts" Allow Allow;
    /// What happened.
    History "history" Allow Allow;
    /// The incident as it is.
    ShowIncident "show_incident" Allow Allow;
    /// Hands findings of the caller in, and says that these are all.
    SubmitFindings "submit_findings" Allow Allow;
    /// Hands a postmortem in.
    SubmitPostmortem "submit_postmortem" Allow Allow;
    /// Who there is for DevOps work.
    WorkflowSpecialists "workflow_specialists" Allow Allow;
    /// Whom a request needs.
    WorkflowAdvise "workflow_advise" Allow Allow;
    /// The project as it is.
    WorkflowStatus "workflow_status" Allow Allow;
    /// What the caller says of its own task of a project: how far it is, that it is done, what it meets.
    WorkflowTell "workflow_tell" Allow Allow;
    /// Begins a project.
    WorkflowStart "workflow_start" Deny Confirm;
    /// Changes the plan of a project.
    WorkflowReprioritise "workflow_reprioritise" Deny Confirm;
    /// Decides what a project asks, or settles what it raised.
    WorkflowDecide "workflow_decide" Deny Confirm;
    /// Closes a project.
    WorkflowClose "workflow_close" Deny Confirm;
    /// Takes an incident on.
    OpenIncident "open_incident" Deny Confirm;
    /// Closes an incident.
    CloseIncident "close_incident" Deny Confirm;
    /// Prompts some agents.
    SendPrompt "send_prompt" Deny Allow;
    /// Prompts the whole team at once.
    Broadcast "broadcast" Deny Confirm;
    /// Types keys into a pane.
    SendKeys "send_keys" Deny Confirm;
    /// Starts a plan.
    RunPlan "run_plan" Deny Confirm;
    /// Changes the plan that runs.
    ChangePlan "change_plan" Deny Allow;
    /// Leaves an agent out of plan and merge, or takes it back.
    SkipAgent "skip_agent" Deny Allow;
    /// Takes an agent at its word that it is ready.
    AcceptClaim "accept_claim" Deny Confirm;
    /// Lays down an agent's state.
    PinState "pin_state" Deny Allow;
    /// Runs gates.
    Verify "verify" Deny Allow;
    /// What a merge would do.
    MergePlan "merge_plan" Deny Allow;
    /// The latest train as it is.
    MergeStatus "merge_status" Deny Allow;
    /// Merges what is ready: moves the target.
    StartMerge "start_merge" Deny Confirm;
    /// Prepares the way out of a halted train; moves nothing.
    Resolve "resolve" Deny Allow;
    /// Goes on with a halted train: moves the target.
    ContinueMerge "continue_merge" Deny Confirm;
    /// Gives a train up.
    AbortMerge "abort_merge" Deny Confirm;
    /// Takes the target back.
    UndoMerge "undo_merge" Deny Confirm;
    /// A train as a pull request.
    DraftPr "draft_pr" Deny Allow;
    /// Keeps the report beside the record.
    Report "report" Deny Allow;
    /// Stops an agent's program.
    StopAgent "stop_agent" Deny Confirm;
    /// Starts an agent's program again.
    RestartAgent "restart_agent" Deny Confirm;
    /// Changes what the session goes by: the merge order.
    ChangeConfig "change_config" Deny Confirm;
    /// Shows a line in every dashboard.
    Narrate "narrate" Deny Allow;
    /// Ends the session.
    EndSession "end_session" Deny Confirm;
    /// Looks at what changed of shared git configuration.
    LookAtTrust "look_at_trust" Allow Allow;
    /// Accepts changed git configuration and hooks.
    Trust "trust" Deny Deny;
    /// Answers what waits for a person, or looks at it.
    Confirm "confirm" Deny Deny;
    /// What an agent program's hook says of its own pane.
    Hook "hook" Allow Allow;
}

impl Tool {
    /// The tool that a command belongs to. `everybody` says whether the targets of a prompt are the whole team of
    /// more than one.
    #[must_use]
    pub fn of(command: &Command, everybody: bool) -> Self {
        match command {
            Command::Status => Self::ListAgents,
            Command::Read { .. } => Self::ReadPane,
            Command::Explain { .. } => Self::GetAgent,
            Command::Render { .. } | Command::Library => Self::RenderPrompt,
            Command::Suggest { .. } => Self::Suggest,
            Command::Send { .. } | Command::SendReasons { .. } | Command::TakeOffer if everybody => {
                Self::Broadcast
            }
            Command::Send { .. } | Command::SendReasons { .. } | Command::TakeOffer => Self::SendPrompt,
            Command::Type { .. } => Self::SendKeys,
            Command::Run { .. } => Self::RunPlan,
            Command::DryRun { .. } | Command::ShowRun { .. } => Self::ShowRun,
            Command::AddTask { .. }
            | Command::DropTask { .. }
            | Command::RepeatTask { .. }
            | Command::StartTasks { .. }
            | Command::PauseRun
            | Command::ResumeRun
            | Command::MoveTask { .. } => Self::ChangePlan,
            Command::Skip { .. } | Command::TakeBack { .. } => Self::SkipAgent,
            Command::TakeOrder { .. } => Self::ChangeConfig,
            Command::Wait { .. } => Self::WaitFor,
            Command::Ready { .. } => Self::MarkReady,
            Command::Accept { .. } => Self::AcceptClaim,
            Command::Hook { .. } => Self::Hook,
            Command::Pin { .. } => Self::PinState,
            Command::Review { .. } | Command::Gating => Self::Review,
            Command::Diff { .. } => Self::BranchFacts,
            Command::Unmerged { .. } => Self::Conflicts,
            Command::Pr { .. } => Self::DraftPr,
            Command::Report => Self::Report,
            Command::Trust { digest: None, .. } => Self::LookAtTrust,
            Command::Trust { .. } => Self::Trust,
            Command::Verify { .. } => Self::Verify,
            Command::MergePlan | Command::ContinuePlan { .. } => Self::MergePlan,
            Command::ShowTrain => Self::MergeStatus,
            Command::Merge | Command::MergePlanned { .. } => Self::StartMerge,
            Command::MergeContinue { .. } => Self::ContinueMerge,
            Command::MergeHand | Command::MergeResolve => Self::Resolve,
            Command::MergeAbort => Self::AbortMerge,
            Command::MergeUndo => Self::UndoMerge,
            Command::Stop { .. } => Self::StopAgent,
            Command::Restart { .. } => Self::RestartAgent,
            Command::Narrate { .. } => Self::Narrate,
            Command::Down => Self::EndSession,
            Command::History { .. } => Self::History,
            Command::Confirm(_) => Self::Confirm,
            Command::Incident(what) => match what {
                Incident::Show => Self::ShowIncident,
                Incident::Open { .. } => Self::OpenIncident,
                Incident::Find { .. } | Incident::Reported { .. } | Incident::CannotUse { .. } => {
                    Self::SubmitFindings
                }
                Incident::Submit { .. } => Self::SubmitPostmortem,
                Incident::Close { .. } => Self::CloseIncident,
            },
            Command::LookUp(LookUp::Specialists) => Self::WorkflowSpecialists,
            Command::LookUp(LookUp::Advice) => Self::WorkflowAdvise,
            Command::Workflow(what) => match what {
                Workflow::Show => Self::WorkflowStatus,
                Workflow::Start { .. } => Self::WorkflowStart,
                Workflow::Reprioritise { .. } => Self::WorkflowReprioritise,
                Workflow::Decide { .. } | Workflow::Settle { .. } => Self::WorkflowDecide,
                Workflow::Close { .. } => Self::WorkflowClose,
                _ => Self::WorkflowTell,
            },
            Command::Talk(talk) => match talk {
                Talk::Ask { .. } => Self::SendQuery,
                Talk::Answer { .. } => Self::AnswerQuery,
                Talk::Queries { .. } => Self::CheckQueries,
                Talk::State { .. } => Self::UpdateStatus,
                Talk::Complete { .. } => Self::MarkComplete,
                Talk::Briefing { .. } => Self::MyBriefing,
            },
        }
    }

    /// The tool of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.word() == word)
    }
}
