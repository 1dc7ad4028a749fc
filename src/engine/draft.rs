//! Prompts in the making. A template speaks of what git says of the branches, so git is asked first;
//! the text is made when its answer comes, and only then is a prompt accepted for a pane.
//!
//! A draft is not durable: what was being made when a server was lost was sent to nobody. A task
//! whose prompt was being made is sent anew (see `reconcile_tasks`).

use std::collections::BTreeMap;

use super::Step;
use super::dispatch::{Prompting, Template};
use super::event::{Effect, ReplyTo};
use super::letter::{CODE, Letter, check, vars, write};
use super::parts::Undelivered;
use super::state::{MAX_QUEUED, State};
use crate::domain::brief::Brief;
use crate::domain::command::{Begin, Order, Terms};
use crate::domain::id::{AgentName, RunId};
use crate::domain::plan::Bound;
use crate::domain::prompt::{OWN, Vars};
use crate::domain::record::Record;
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, Fault, Receipt, Rendered};

/// Drafts that callers may have under way at one time.
const MAX_DRAFTS: usize = 256;

/// Longest prompt that is shown, in bytes: an answer travels in one frame of 1 MiB, as JSON.
pub(super) const MAX_SHOWN: usize = 480 * 1024;

/// What git said of each branch asked for.
pub(in crate::engine) type Briefs = BTreeMap<AgentName, Result<Brief, String>>;

/// A draft under way.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Draft {
    /// The number of the question put to git.
    job: u64,
    /// The prompts, one an agent.
    letters: Vec<Letter>,
    purpose: Purpose,
    /// The answer, once it is there.
    briefs: Option<Briefs>,
}

/// What a draft is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) enum Purpose {
    /// A prompt that belongs to no plan.
    Send(Option<ReplyTo>),
    /// The orchestrator's first prompt.
    First,
    /// The same, on terms.
    SendOn(Box<Sending>),
    /// The reasons of a refusal.
    Reasons(Option<ReplyTo>),
    /// The prompt that a program is started again with.
    Restart(Option<ReplyTo>, Begin),
    /// The prompt of a task.
    Task(RunId, String),
    /// What is wrong with what a task handed in.
    Retry(RunId, String),
    /// Somebody wants to see what a run would do.
    DryRun { reply: Option<ReplyTo>, plan: String, order: Order, tasks: Vec<Bound> },
    /// Somebody wants to see a prompt.
    Render(Option<ReplyTo>),
    /// Somebody wants to see suggestions.
    Suggest(Option<ReplyTo>),
}

/// Somebody sends a prompt on terms.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::engine) struct Sending {
    pub reply: Option<ReplyTo>,
    pub terms: Terms,
    /// The receipts of those who were sent it before.
    pub known: Vec<Receipt>,
}

impl Purpose {
    /// Whether it ends in panes, so that its turn in their queues counts.
    fn sends(&self) -> bool {
        matches!(
            self,
            Self::Send(_)
                | Self::First
                | Self::SendOn(_)
                | Self::Reasons(_)
                | Self::Restart(..)
                | Self::Task(..)
                | Self::Retry(..)
        )
    }

    fn reply(&self) -> Option<ReplyTo> {
        match self {
            Self::Send(reply) | Self::Reasons(reply) | Self::Render(reply) | Self::Suggest(reply) => *reply,
            Self::DryRun { reply, .. } | Self::Restart(reply, _) => *reply,
            Self::SendOn(sending) => sending.reply,
            Self::First | Self::Task(..) | Self::Retry(..) => None,
        }
    }
}

impl Step<'_> {
    /// Begins a draft: refuses at once what can be refused without git, else asks git where a
    /// template is among the letters.
    pub(super) fn draft(&mut self, purpose: Purpose, letters: Vec<Letter>) {
        let callers = self.state.drafts.iter().filter(|d| !matches!(d.purpose, Purpose::Task(..))).count();
        let fault = if callers >= MAX_DRAFTS && !matches!(purpose, Purpose::Task(..)) {
            let why = format!("{MAX_DRAFTS} prompts are already being made; try again later");
            Some((Fault::Failed, why))
        } else if self.state.drafts.iter().map(Draft::bytes).sum::<usize>() > MAX_QUEUED {
            let why = format!("over {MAX_QUEUED} bytes wait behind prompts being made; try again later");
            Some((Fault::Failed, why))
        } else {
            let wrong = letters.iter().find_map(|l| check(self.state, l).err());
            wrong.map(|why| (Fault::Usage, why))
        };
        if let Some((fault, why)) = fault {
            return self.give_up(&purpose, fault, why);
        }
        let wanted = branches(self.state, &letters, &purpose);
        let job = self.state.next_job;
        self.state.next_job += 1;
        let briefs = self.known_briefs(&wanted);
        let known = briefs.is_some();
        self.state.drafts.push(Draft { job, letters, purpose, briefs });
        if !known {
            self.out.push(Effect::Brief { job, agents: wanted });
        }
        self.finish_drafts();
    }

    /// What git said of the branches of a draft.
    pub(super) fn briefed(&mut self, job: u64, briefs: Vec<(AgentName, Result<Brief, String>)>) {
        if let Some(draft) = self.state.drafts.iter_mut().find(|d| d.job == job) {
            draft.briefs = Some(briefs.into_iter().collect());
            self.finish_drafts();
        }
    }

    /// Forgets the draft of a task that is over.
    pub(super) fn drop_draft(&mut self, run: RunId, task: &str) {
        let own = [Purpose::Task(run, task.to_owned()), Purpose::Retry(run, task.to_owned())];
        self.state.drafts.retain(|d| !own.contains(&d.purpose));
    }

    /// Finishes what can be finished: an earlier prompt for the same pane goes first.
    fn finish_drafts(&mut self) {
        while let Some(at) = self.next_finished() {
            let Draft { letters, purpose, briefs, .. } = self.state.drafts.remove(at);
            self.finish(&letters, &purpose, &briefs.unwrap_or_default());
        }
    }

    fn next_finished(&self) -> Option<usize> {
        let drafts = &self.state.drafts;
        let meets = |a: &Draft, b: &Draft| b.letters.iter().any(|l| a.is_for(&l.agent));
        let free = |at: usize, draft: &Draft| {
            !draft.purpose.sends() || !drafts.iter().take(at).any(|d| d.purpose.sends() && meets(d, draft))
        };
        drafts.iter().enumerate().find(|(at, d)| d.briefs.is_some() && free(*at, d)).map(|(at, _)| at)
    }

    fn finish(&mut self, letters: &[Letter], purpose: &Purpose, briefs: &Briefs) {
        if let Purpose::Suggest(reply) = purpose {
            let suggestions = self.suggestions(letters, briefs);
            return self.reply(*reply, Answer::Suggestions { suggestions });
        }
        if let Purpose::DryRun { reply, plan, order, tasks } = purpose {
            let answer = self.dry_run(plan, *order, tasks, letters, briefs);
            let answer = answer.unwrap_or_else(|why| Answer::Fault { fault: Fault::Usage, why });
            return self.reply(*reply, answer);
        }
        let mut made = Vec::new();
        for letter in letters {
            match self.prompting(letter, briefs) {
                Ok(prompting) => made.push((letter, prompting)),
                Err(Obstacle::Branch(why)) => return self.unread(letters, purpose, why),
                Err(Obstacle::Template(why)) => return self.give_up(purpose, Fault::Usage, why),
            }
        }
        match purpose {
            Purpose::Task(run, task) => {
                for (letter, prompting) in &made {
                    self.send_drafted(*run, task, &letter.agent, prompting);
                }
            }
            Purpose::Retry(run, task) => {
                for (letter, prompting) in &made {
                    self.send_retry(*run, task, &letter.agent, prompting);
                }
            }
            Purpose::Restart(reply, begin) => {
                for (letter, prompting) in &made {
                    let begun = self.begin(&letter.agent, *begin, Some(prompting));
                    let fault = |why| Answer::Fault { fault: Fault::Usage, why };
                    self.reply(*reply, begun.map_or_else(fault, |text| Answer::Done { text }));
                }
            }
            Purpose::Render(reply) => {
                for (letter, prompting) in &made {
                    let answer = self.shown(letter, prompting);
                    self.reply(*reply, answer);
                }
            }
            _ => {
                let (terms, known) = match purpose {
                    Purpose::SendOn(sending) => (sending.terms.clone(), sending.known.clone()),
                    _ => Default::default(),
                };
                let new = made.iter().map(|(letter, made)| self.accept(&letter.agent, made, &terms));
                let receipts = known.into_iter().chain(new).collect();
                self.accepted(purpose, receipts);
            }
        }
    }

    /// A letter as it can be queued, its branch read and its template tried.
    pub(super) fn prompting(&self, letter: &Letter, briefs: &Briefs) -> Result<Prompting, Obstacle> {
        let Some(model) = letter.model() else {
            let (text, removed) = letter.text();
            return Ok(Prompting::Text(text, removed));
        };
        let vars = vars(self.state, letter, briefs).map_err(Obstacle::Branch)?;
        let template = Template { model: model.clone(), vars: Box::new(vars), brings: None };
        self.render(&template, CODE).map_err(Obstacle::Template)?;
        Ok(Prompting::Template(template))
    }

    fn accept(&mut self, agent: &AgentName, prompting: &Prompting, terms: &Terms) -> Receipt {
        // It may have been sent since this was begun.
        if let Some(receipt) = self.sent_before(agent, terms) {
            return receipt;
        }
        let agent = agent.clone();
        match self.enqueue_on(&agent, prompting, None, terms.clone()) {
            Ok(dispatch) => {
                let removed = if let Prompting::Text(_, removed) = prompting { *removed } else { 0 };
                Receipt { dispatch, agent, outcome: None, why: "queued".into(), removed, ms: 0 }
            }
            Err(why) => refused(&agent, &why),
        }
    }

    fn accepted(&mut self, purpose: &Purpose, receipts: Vec<Receipt>) {
        let answer = match (purpose, &receipts[..]) {
            (Purpose::Reasons(_), [Receipt { outcome: None, agent, dispatch, .. }]) => Answer::Done {
                text: format!("the reasons are on their way to {agent} (dispatch {dispatch})"),
            },
            (Purpose::Reasons(_), [Receipt { why, .. }]) => {
                Answer::Fault { fault: Fault::Usage, why: why.clone() }
            }
            _ => Answer::Receipts { receipts },
        };
        self.reply(purpose.reply(), answer);
    }

    /// A branch cannot be read: nothing is sent to anybody, and everybody's receipt says so.
    fn unread(&mut self, letters: &[Letter], purpose: &Purpose, why: String) {
        let known = match purpose {
            Purpose::Send(_) => Vec::new(),
            Purpose::SendOn(sending) => sending.known.clone(),
            _ => return self.give_up(purpose, Fault::Failed, why),
        };
        let refused = letters.iter().map(|l| refused(&l.agent, &why));
        let receipts = known.into_iter().chain(refused).collect();
        self.reply(purpose.reply(), Answer::Receipts { receipts });
    }

    fn give_up(&mut self, purpose: &Purpose, fault: Fault, why: String) {
        match purpose {
            Purpose::Task(run, task) => self.set_task(*run, task, TaskState::Failed, &why),
            Purpose::Retry(_, task) => {
                self.record(Record::Note { text: format!("what is wrong with {task} was not sent: {why}") });
            }
            Purpose::First => {
                self.record(Record::Note { text: format!("the orchestrator got no first prompt: {why}") });
            }
            _ => self.reply(purpose.reply(), Answer::Fault { fault, why }),
        }
    }

    fn shown(&self, letter: &Letter, prompting: &Prompting) -> Answer {
        let template = match prompting {
            Prompting::Template(template) => template,
            Prompting::Text(text, _) | Prompting::Again(Undelivered { text, .. }) => {
                let (agent, prompt, bytes) = (letter.agent.clone(), OWN.to_owned(), text.len());
                return match bytes > MAX_SHOWN {
                    true => too_large(bytes),
                    false => Answer::Rendered(Rendered { agent, prompt, bytes, text: text.to_string() }),
                };
            }
        };
        let made = self.render(template, CODE).map(|text| text.len());
        match made.and_then(|bytes| Ok((bytes, self.render(template, "<code>")?))) {
            Ok((bytes, _)) if bytes > MAX_SHOWN => too_large(bytes),
            Ok((bytes, text)) => {
                let (agent, prompt) = (letter.agent.clone(), template.model.name().to_owned());
                Answer::Rendered(Rendered { agent, prompt, bytes, text })
            }
            Err(why) => Answer::Fault { fault: Fault::Usage, why },
        }
    }

    /// The size of a letter as it would be sent; none where its branch cannot be read.
    pub(super) fn size(&self, letter: &Letter, briefs: &Briefs) -> Result<Result<usize, String>, String> {
        match self.prompting(letter, briefs) {
            Ok(Prompting::Template(template)) => Ok(Ok(self.render(&template, CODE)?.len())),
            Ok(Prompting::Text(text, _)) => Ok(Ok(text.len())),
            Ok(Prompting::Again(last)) => Ok(Ok(last.text.len())),
            Err(Obstacle::Branch(why)) => Ok(Err(why)),
            Err(Obstacle::Template(why)) => Err(why),
        }
    }

    /// Renders a template, as it would be sent with `code`.
    pub(super) fn render(&self, template: &Template, code: &str) -> Result<String, String> {
        let vars = Vars { code: code.to_owned(), ..(*template.vars).clone() };
        write(self.state, &template.model, &vars)
    }
}

impl Draft {
    /// Bytes of the text it holds; everybody's is the same.
    fn bytes(&self) -> usize {
        self.letters.first().map_or(0, |l| l.text().0.len())
    }

    /// Whether it is for that agent's pane.
    pub(in crate::engine) fn is_for(&self, agent: &AgentName) -> bool {
        self.purpose.sends() && self.letters.iter().any(|l| l.agent == *agent)
    }
}

fn too_large(bytes: usize) -> Answer {
    let why = format!("the prompt has {bytes} bytes; at most {MAX_SHOWN} are shown");
    Answer::Fault { fault: Fault::Failed, why }
}

pub(super) fn refused(agent: &AgentName, why: &str) -> Receipt {
    let (agent, why) = (agent.clone(), why.to_owned());
    Receipt { dispatch: 0, agent, outcome: Some(Outcome::Refused), why, removed: 0, ms: 0 }
}

/// Why a letter cannot be sent.
pub(super) enum Obstacle {
    /// Its agent's branch cannot be read.
    Branch(String),
    /// Its template does not render.
    Template(String),
}

/// The branches that the letters speak of: each its own agent's, the orchestrator's everybody's.
fn branches(state: &State, letters: &[Letter], purpose: &Purpose) -> Vec<AgentName> {
    let speaking = |l: &&Letter| l.model().is_some() || matches!(purpose, Purpose::Suggest(_));
    let asked: Vec<&AgentName> = letters.iter().filter(speaking).map(|l| &l.agent).collect();
    let everybody = asked.iter().any(|a| state.agent(a).is_some_and(|a| a.spec.is_none()));
    let team = state.team().map(|a| &a.name);
    team.filter(|name| everybody || asked.contains(name)).cloned().collect()
}
