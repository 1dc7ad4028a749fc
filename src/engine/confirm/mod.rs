//! Calls that wait for a person: asked about with their exact consequence, and done only while that is still so.

mod project;
mod route;
mod terms;

use std::time::Duration;

use self::terms::{Terms, Weighing};
use super::Step;
use super::calls::{deed, shown};
use super::event::{Effect, ReplyTo};
use super::parts::Confirmation;
use super::state::State;
use super::train::{Shown, Then};
use crate::domain::command::{Caller, Command, Confirming, Silence};
use crate::domain::record::{Confirmed, End, Record};
use crate::domain::rights::Tool;
use crate::domain::time::{Time, rfc3339};
use crate::domain::view::{Answer, ConfirmView, Fault, TrainView};

/// Confirmations that may be open at one time; more are refused.
pub const MAX_OPEN: usize = 16;
/// Those of one pane, or of all programs outside panes together.
pub const MAX_OPEN_OF_ONE: usize = 4;

/// Calls whose consequence depends on where the target is.
pub(super) const ABOUT_TARGET: &[Tool] = &[Tool::StartMerge, Tool::ContinueMerge, Tool::UndoMerge];

/// The bit that marks a question of the engine's own: its answer says what a command would do.
const OWN: ReplyTo = 1 << 63;

/// A command whose consequence is being found out before a person is asked. Not durable.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::engine) struct Weighed {
    question: ReplyTo,
    caller: Caller,
    reply: ReplyTo,
    tool: Tool,
    command: Command,
}

/// When a confirmation is over at the latest.
pub(super) fn deadline(state: &State) -> Option<Time> {
    state.confirmations.iter().filter(|c| c.agreed.is_none()).map(|c| c.until).min()
}

/// Folds what became of a confirmation.
pub(super) fn fold(state: &mut State, step: &Confirmed, now: Time) {
    match step {
        Confirmed::Asked { id, caller, tool, title, lines, seconds, silence } => {
            state.confirmed = state.confirmed.max(*id);
            state.confirmations.push(Confirmation {
                id: *id,
                caller: caller.clone(),
                tool: tool.clone(),
                title: title.clone(),
                lines: lines.clone(),
                at: now,
                until: now.plus(Duration::from_secs(*seconds)),
                silence: *silence,
                reply: None,
                command: None,
                mark: String::new(),
                date: None,
                agreed: None,
            });
        }
        Confirmed::Ended { id, .. } => state.confirmations.retain(|c| c.id != *id),
    }
}

impl State {
    /// What waits for a person, oldest first.
    #[must_use]
    pub fn view_confirmations(&self) -> Vec<ConfirmView> {
        let view = |c: &Confirmation| ConfirmView {
            id: c.id,
            caller: c.caller.clone(),
            tool: c.tool.clone(),
            title: c.title.clone(),
            lines: c.lines.clone(),
            asked: rfc3339(c.at),
            left_ms: u64::try_from((c.until - self.now).as_millis()).unwrap_or(u64::MAX),
            silence: c.silence,
        };
        self.confirmations.iter().map(view).collect()
    }
}

impl Step<'_> {
    /// A command that is done only if a person says yes.
    pub(super) fn ask_a_person(
        &mut self,
        caller: &Caller,
        reply: Option<ReplyTo>,
        tool: Tool,
        command: Command,
    ) {
        // Where nobody waits for the answer, nobody is asked.
        let Some(reply) = reply else { return };
        if let Some(why) = self.too_many(caller) {
            return self.refuse_call(caller, Some(reply), tool, &command, why);
        }
        match self.weigh(&command) {
            Err((fault, why)) => self.reply(Some(reply), Answer::Fault { fault, why }),
            Ok(Weighing::Known(terms)) => self.put_to_a_person(caller.clone(), reply, tool, command, terms),
            Ok(Weighing::Plan(show)) => {
                let question = OWN | self.state.next_job;
                self.state.next_job += 1;
                let caller = caller.clone();
                self.state.weighed.push(Weighed { question, caller, reply, tool, command });
                // Only plans of trains are asked for, which is what this carries out.
                let _ = self.train_command(Some(question), show);
            }
        }
    }

    fn too_many(&self, caller: &Caller) -> Option<String> {
        if self.state.closing {
            return Some("ask a person: the session is ending".into());
        }
        let calls = self.state.confirmations.iter().filter(|c| c.silence == Silence::No);
        let open = calls.map(|c| &c.caller);
        let open: Vec<&Caller> = open.chain(self.state.weighed.iter().map(|w| &w.caller)).collect();
        let own = open.iter().filter(|c| c.pane() == caller.pane()).count();
        let most = match () {
            () if own >= MAX_OPEN_OF_ONE => MAX_OPEN_OF_ONE,
            () if open.len() >= MAX_OPEN => MAX_OPEN,
            () => return None,
        };
        Some(format!("ask a person: {most} calls wait for one already; wait until they are answered"))
    }

    /// Whether an answer is to a question of the engine's own; if so it is taken up.
    pub(super) fn own_answer(&mut self, to: ReplyTo, answer: &Answer) -> bool {
        if to & OWN == 0 {
            return false;
        }
        if let Some(at) = self.state.weighed.iter().position(|w| w.question == to) {
            let Weighed { caller, reply, tool, command, .. } = self.state.weighed.swap_remove(at);
            match answer {
                Answer::Train(train) if train.missing.is_empty() => {
                    match terms::of_train(self.state, train) {
                        Some(terms) => self.put_to_a_person(caller, reply, tool, command, terms),
                        // Nothing is left to be done: that is the answer.
                        None => self.reply(Some(reply), answer.clone()),
                    }
                }
                Answer::Train(train) => self.reply(Some(reply), unready(train)),
                other => self.reply(Some(reply), other.clone()),
            }
        }
        true
    }

    fn put_to_a_person(
        &mut self,
        caller: Caller,
        reply: ReplyTo,
        tool: Tool,
        command: Command,
        terms: Terms,
    ) {
        if let Command::MergePlanned { digest } = &command
            && *digest != terms.mark
        {
            return self.reply(Some(reply), other_plan(&terms.mark));
        }
        let Terms { title, lines, mark, date } = terms;
        let (id, seconds) = (self.state.confirmed + 1, self.state.config.conduct.policy.timeout);
        let (tool, said) = (tool.word().to_owned(), title.clone());
        let asked = Confirmed::Asked { id, caller, tool, title, lines, seconds, silence: Silence::No };
        self.record(Record::Confirm(Box::new(asked)));
        if let Some(open) = self.state.confirmations.iter_mut().find(|c| c.id == id) {
            (open.reply, open.command) = (Some(reply), Some(command));
            (open.mark, open.date) = (mark, date);
        }
        let text = format!(
            "waits for a person: confirmation {id}, `orchestra confirm yes {id}` outside the panes, {seconds} s: {said}"
        );
        self.out.push(Effect::Say { to: reply, text });
    }

    /// Lists what waits for a person, or takes the answer to one.
    pub(super) fn confirm(&mut self, reply: Option<ReplyTo>, what: Confirming) {
        self.expire_confirmations();
        let (id, yes) = match what {
            Confirming::List => {
                let open = self.state.view_confirmations();
                return self.reply(reply, Answer::Confirmations { open });
            }
            Confirming::Yes { id } => (id, true),
            Confirming::No { id } => (id, false),
        };
        let found = self.state.confirmations.iter().find(|c| c.id == id);
        let Some(open) = found.filter(|c| c.agreed.is_none()).cloned() else {
            let why = match found {
                Some(_) => format!("answer confirmation {id}: it was answered with yes; it is being seen to"),
                None if id <= self.state.confirmed && id > 0 => {
                    format!("answer confirmation {id}: it is over; `orchestra events` says how it ended")
                }
                None => {
                    format!("answer confirmation {id}: there is none; `orchestra confirm list` lists them")
                }
            };
            return self.reply(reply, Answer::Fault { fault: Fault::Usage, why });
        };
        if yes {
            return self.agree(reply, open);
        }
        let text = format!("{} was refused, nothing was done: {}", named(&open), open.title);
        self.decline(open, End::No);
        self.reply(reply, Answer::Done { text });
    }

    /// A person said yes: it is done if it still is what was asked about.
    fn agree(&mut self, reply: Option<ReplyTo>, open: Confirmation) {
        if open.silence == Silence::Yes {
            let text = format!("{} goes ahead: {}", named(&open), open.title);
            self.settle_route(&open, End::Yes);
            return self.reply(reply, Answer::Done { text });
        }
        let Some(command) = open.command.clone() else { return self.end(open.id, End::Left) };
        let stale = match self.weigh(&command) {
            Ok(Weighing::Known(terms)) if terms.mark == open.mark => {
                let text = format!("{} is done: {}", named(&open), open.title);
                self.end(open.id, End::Yes);
                self.reply(reply, Answer::Done { text });
                return self.carry_out(&open.caller, open.reply, command);
            }
            Ok(Weighing::Plan(_)) => {
                if let Some(c) = self.state.confirmations.iter_mut().find(|c| c.id == open.id) {
                    c.agreed = Some(reply);
                }
                let shown = Some(Shown { digest: open.mark, date: open.date });
                return match command {
                    Command::MergeContinue { skip } => self.plan_on(open.reply, Then::Go, skip, shown),
                    _ => self.plan_afresh(open.reply, Then::Go, shown),
                };
            }
            Ok(Weighing::Known(terms)) => format!("it would be now: {}", terms.title),
            Err((_, why)) => why,
        };
        self.stale(reply, &open, &stale);
        let why = format!("{}: {}; nothing was done: {stale}", did(&open), End::Stale.said());
        self.reply(open.reply, Answer::Fault { fault: Fault::Protected, why });
    }

    /// Those of such calls that nobody answered yet are over: what they would do is another thing now.
    pub(super) fn end_stale(&mut self, tools: &[Tool], why: &str) {
        let stale = |c: &&Confirmation| c.agreed.is_none() && tools.iter().any(|t| t.word() == c.tool);
        let stale: Vec<Confirmation> = self.state.confirmations.iter().filter(stale).cloned().collect();
        for open in stale {
            self.end(open.id, End::Stale);
            let why = format!("{}: {}; nothing was done: {why}", did(&open), End::Stale.said());
            self.reply(open.reply, Answer::Fault { fault: Fault::Protected, why });
        }
    }

    fn stale(&mut self, reply: Option<ReplyTo>, open: &Confirmation, why: &str) {
        self.end(open.id, End::Stale);
        let why = format!("go through with {}: {}; nothing was done: {why}", named(open), End::Stale.said());
        self.reply(reply, Answer::Fault { fault: Fault::Protected, why });
    }

    /// A train that was agreed to goes off.
    pub(super) fn train_departs(&mut self, reply: Option<ReplyTo>) {
        let Some(open) = self.agreed_with(reply) else { return };
        self.end(open.id, End::Yes);
        let text = format!("{} is being done: {}", named(&open), open.title);
        self.reply(open.agreed.flatten(), Answer::Done { text });
    }

    /// A caller is answered: what a person agreed to for it and has not begun will not.
    pub(super) fn answered_agreed(&mut self, to: ReplyTo, answer: &Answer) {
        let Some(open) = self.agreed_with(Some(to)) else { return };
        let why = match answer {
            Answer::Fault { why, .. } => why.clone(),
            _ => "there is nothing left to be done".into(),
        };
        self.stale(open.agreed.flatten(), &open, &why);
    }

    fn agreed_with(&self, reply: Option<ReplyTo>) -> Option<Confirmation> {
        let agreed = |c: &&Confirmation| c.agreed.is_some() && reply.is_some() && c.reply == reply;
        self.state.confirmations.iter().find(agreed).cloned()
    }

    /// Those that nobody answered in time are over.
    pub(super) fn expire_confirmations(&mut self) {
        if deadline(self.state).is_none_or(|t| t > self.now) {
            return;
        }
        let now = self.now;
        let late = |c: &&Confirmation| c.agreed.is_none() && c.until <= now;
        let late: Vec<Confirmation> = self.state.confirmations.iter().filter(late).cloned().collect();
        for open in late {
            self.decline(open, End::Timeout);
        }
    }

    /// It is not done, and its caller is told.
    fn decline(&mut self, open: Confirmation, end: End) {
        if open.silence == Silence::Yes {
            return self.settle_route(&open, if end == End::Timeout { End::Silence } else { end });
        }
        self.end(open.id, end);
        let said = if end == End::Left { "the session ends" } else { end.said() };
        let why = format!("{}: {said}; nothing was done", did(&open));
        if let (End::No, Some(to)) = (end, open.reply) {
            self.end_call(to, "declined", end.said());
        }
        let fault = if end == End::Timeout { Fault::Timeout } else { Fault::Protected };
        self.reply(open.reply, Answer::Fault { fault, why });
    }

    fn end(&mut self, id: u64, end: End) {
        self.record(Record::Confirm(Box::new(Confirmed::Ended { id, end })));
    }

    /// The server that asked is gone, or the session ends: whoever called does not wait any more. A route goes on waiting
    /// for its time: nobody has to be there for that.
    pub(super) fn drop_confirmations(&mut self) {
        let stays = |c: &Confirmation| c.silence == Silence::Yes && self.route_waits();
        let all: Vec<Confirmation> = self.state.confirmations.iter().filter(|c| !stays(c)).cloned().collect();
        for open in all {
            self.decline(open, End::Left);
        }
        self.state.weighed.clear();
    }

    /// Who asked for these is gone: what of it waits for a person is not done.
    pub(super) fn left(&mut self, replies: &[ReplyTo]) {
        let gone = |to: ReplyTo| replies.contains(&to);
        let left = |c: &&Confirmation| c.agreed.is_none() && c.reply.is_some_and(gone);
        let left: Vec<u64> = self.state.confirmations.iter().filter(left).map(|c| c.id).collect();
        for id in left {
            self.end(id, End::Left);
        }
        self.state.weighed.retain(|w| !gone(w.reply));
        self.state.waiters.retain(|w| !gone(w.reply));
        for to in replies {
            self.end_call(*to, "left", "its caller did not wait for the answer");
        }
    }
}

/// What would have been done, completing "failed to …".
fn did(open: &Confirmation) -> String {
    open.command.as_ref().map_or_else(|| format!("call {}", open.tool), deed)
}

/// A confirmation by its number and whose it is.
fn named(open: &Confirmation) -> String {
    format!("confirmation {} of {}", open.id, open.caller)
}

/// Why a plan is not asked about: what a merge says of it.
fn unready(train: &TrainView) -> Answer {
    let why = format!("merge: it cannot be done now: {}", train.missing.join("; "));
    Answer::Fault { fault: Fault::Protected, why }
}

/// The refusal of a plan that is another by now.
pub(in crate::engine) fn other_plan(digest: &str) -> Answer {
    let why = format!(
        "merge: what would be done is not what was planned: the plan is {} now; look at it again with \
         `orchestra merge --dry-run`",
        shown(digest, 64)
    );
    Answer::Fault { fault: Fault::Protected, why }
}
