//! The postmortem: written by the coordinator and checked, or else by the program; and the end of an incident.

use super::follow::{refused, writer};
use super::{LEAD, clean, line};
use crate::domain::command::Caller;
use crate::domain::id::{AgentName, RunId};
use crate::domain::incident::case::{Draft, POSTMORTEM_MOST, RETRIES, Stage};
use crate::domain::incident::postmortem::{House, check, write};
use crate::domain::record::{Incidented, Record};
use crate::domain::state::TaskState;
use crate::domain::view::{Answer, Fault};
use crate::engine::Step;
use crate::engine::dispatch::Prompting;
use crate::engine::draft::Purpose;
use crate::engine::event::Effect;
use crate::engine::letter::Letter;

/// Who wrote what nobody else did.
pub(super) const BUILT_IN: &str = "built-in";
/// The prompt that says what is wrong with a postmortem.
const RETRY: &str = "incident-retry";
/// The most texts that are looked at for one incident.
const DRAFTS_MOST: usize = 32;
/// The most problems that are kept of one text, and the most characters of each.
const PROBLEMS_MOST: usize = 50;
const PROBLEM: usize = 400;
/// The most characters of why an incident is closed.
const WHY: usize = 400;

impl Step<'_> {
    pub(super) fn take_postmortem(&mut self, caller: &Caller, text: &str) -> Result<Answer, String> {
        let doing = "take the postmortem";
        let case = self.case(doing)?;
        let by = match caller.pane() {
            None => LEAD.to_owned(),
            Some(name) if self.is_coordinator(name) => name.to_string(),
            Some(name) => {
                return Err(format!("{doing} of {name}: only the coordinator writes it, or a person"));
            }
        };
        if case.stage != Stage::Writing {
            return Err(format!(
                "{doing}: its specialists are not through ({}); `orchestra incident close` ends it as it is",
                case.stage.word()
            ));
        }
        if text.len() > POSTMORTEM_MOST {
            return Err(format!("{doing}: it has {} bytes, at most {POSTMORTEM_MOST} are taken", text.len()));
        }
        if case.drafts.len() >= DRAFTS_MOST {
            return Err(format!("{doing}: {DRAFTS_MOST} were refused; `orchestra incident close` ends it"));
        }
        let text = format!("{}\n", clean(text));
        let mut problems: Vec<String> =
            check(&text, case, self.house()).iter().map(|p| line(p, PROBLEM)).collect();
        let more = problems.len().saturating_sub(PROBLEMS_MOST);
        problems.truncate(PROBLEMS_MOST);
        problems.extend((more > 0).then(|| format!("and {more} more")));
        if problems.is_empty() {
            self.written(&by, text, Vec::new());
            if let Some((run, task)) = self.writing_task() {
                self.set_task(run, &task, TaskState::Done, "");
            }
            return Ok(Answer::Done { text: format!("the postmortem of {by} stands") });
        }
        self.written(&by, text, problems.clone());
        let left = self.ask_again(caller);
        let why = format!("{doing} of {by}: {}; {left}", problems.join("; "));
        Ok(Answer::Fault { fault: Fault::Failed, why })
    }

    /// Has the coordinator told what is wrong with its text, and says how often it may try again.
    fn ask_again(&mut self, caller: &Caller) -> String {
        let Some(name) = caller.pane().filter(|n| self.is_coordinator(n)).cloned() else {
            return "put it right and hand it in again".into();
        };
        let refused = self.state.open_case().map_or(0, |c| refused(c, &name));
        let left = (usize::from(RETRIES) + 1).saturating_sub(refused);
        if left == 0 {
            return "the program's own stands instead".into();
        }
        self.send_what_is_wrong();
        format!("attempts left: {left}")
    }

    /// Sends the coordinator what is wrong with its latest text, in place of what still waits for it.
    pub(in crate::engine) fn send_what_is_wrong(&mut self) {
        let Some(case) = self.state.open_case() else { return };
        let Some((run, task)) = writer(self.state, case) else { return };
        let (agent, task) = (task.bound.agent.clone(), task.bound.id.clone());
        self.take_back(&agent, run, &task, "it handed another text in");
        let letter = Letter::of_template(agent, RETRY, None, "");
        self.draft(Purpose::Retry(run, task), vec![letter]);
    }

    /// That prompt is made: it goes into the pane's queue while its task is still to be done.
    pub(in crate::engine) fn send_retry(
        &mut self,
        run: RunId,
        task: &str,
        agent: &AgentName,
        made: &Prompting,
    ) {
        if self.task(run, task).is_none_or(|t| t.state.ended()) {
            return;
        }
        if let Err(why) = self.enqueue(agent, made, Some((run, task.to_owned()))) {
            let text = format!("{agent} was not told what is wrong with its postmortem: {why}");
            self.record(Record::Note { text });
        }
    }

    /// A server took over: what it lost of the prompts is sent again, and what it was to keep is kept.
    pub(in crate::engine) fn recover_incident(&mut self) {
        let Some(case) = self.state.incident.as_deref() else { return };
        if !case.postmortem.is_empty() {
            let text = case.postmortem.clone();
            self.out.push(Effect::Report { name: "postmortem.md".into(), text });
        }
        let Some(case) = self.state.open_case() else { return };
        let Some((run, task)) = writer(self.state, case) else { return };
        let (own, agent) = ((run, task.bound.id.clone()), &task.bound.agent);
        let asked = |prompt: &Option<String>, of: &Option<(RunId, String)>| {
            prompt.as_deref() == Some(RETRY) && of.as_ref() == Some(&own)
        };
        let sent = self.state.agent(agent).map_or(0, |a| {
            let waits = a.queue.iter().filter(|d| asked(&d.prompt, &d.task)).count();
            waits + a.receipts.iter().filter(|r| asked(&r.prompt, &r.task)).count()
        });
        let refused = refused(case, agent);
        if case.stage == Stage::Writing && !task.state.ended() && sent < refused.min(RETRIES.into()) {
            self.send_what_is_wrong();
        }
    }

    fn house(&self) -> House<'_> {
        self.fleet().map(crate::domain::incident::case::Fleet::house).unwrap_or_default()
    }

    fn writing_task(&self) -> Option<(RunId, String)> {
        let case = self.state.open_case()?;
        writer(self.state, case).filter(|(_, t)| !t.state.ended()).map(|(run, t)| (run, t.bound.id.clone()))
    }

    /// Keeps a text, also beside the record.
    fn written(&mut self, by: &str, text: String, problems: Vec<String>) {
        let drafts = self.state.incident.as_ref().map_or(0, |c| c.drafts.len());
        let attempt = u8::try_from(drafts + 1).unwrap_or(u8::MAX);
        let name = match problems.is_empty() {
            true => "postmortem.md".to_owned(),
            false => format!("postmortem-{attempt}-refused.md"),
        };
        let draft = Draft { by: by.to_owned(), attempt, problems };
        self.incidented(Incidented::Written { draft, text: text.clone() });
        self.out.push(Effect::Report { name, text });
    }

    /// The program writes the postmortem, for nobody else did.
    pub(super) fn write_built_in(&mut self, why: &str) {
        self.keep_built_in();
        let why = line(&format!("the built-in postmortem stands: {why}"), WHY);
        self.incidented(Incidented::Closed { why });
    }

    fn keep_built_in(&mut self) {
        let Some(case) = self.state.open_case() else { return };
        let text = cut(write(case, self.house()));
        self.written(BUILT_IN, text, Vec::new());
    }

    pub(super) fn close_incident(&mut self, why: &str) -> Result<Answer, String> {
        let case = self.case("close the incident")?;
        let (number, name) = (case.number, case.name.clone());
        let why = match line(why, WHY) {
            why if why.is_empty() => "somebody closed it".to_owned(),
            why => why,
        };
        self.end_incident(&why);
        Ok(Answer::Done { text: format!("incident {number} ({name}) is closed: {why}") })
    }

    /// Ends an incident as it is: with the program's postmortem where somebody looked and nobody wrote one.
    pub(in crate::engine) fn end_incident(&mut self, why: &str) {
        let Some(case) = self.state.open_case() else { return };
        let (looked, none) = (case.run.is_some(), case.postmortem.is_empty());
        self.take_route_down();
        if looked && none {
            self.keep_built_in();
        }
        self.incidented(Incidented::Closed { why: line(why, WHY) });
    }
}

/// A text that is not longer than one that is handed in.
fn cut(mut text: String) -> String {
    const SAYS: &str = "\n\n(It was longer: the rest is left out.)\n";
    if text.len() > POSTMORTEM_MOST {
        let mut at = POSTMORTEM_MOST - SAYS.len();
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        text.truncate(at);
        text.push_str(SAYS);
    }
    text
}
