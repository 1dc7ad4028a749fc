//! What specialists hand in: findings, what they cannot use, and that these are all.

use std::collections::BTreeMap;

use super::{LEAD, line};
use crate::domain::command::{Caller, TEXT_MOST};
use crate::domain::id::AgentName;
use crate::domain::incident::case::{Case, FINDINGS_MOST, Progress, Stage, UNUSABLE_MOST, Unusable};
use crate::domain::incident::finding::{AHEAD_MOST, Bounds, Finding, Problem, Source, read_of};
use crate::domain::plan::DoneRule;
use crate::domain::record::Incidented;
use crate::domain::state::TaskState;
use crate::domain::view::{Answer, Taken};
use crate::engine::Step;

/// The most characters of a place that cannot be used, and of why.
const PLACE: usize = 200;
const WHY: usize = 400;
/// The most characters of what a specialist says at its end.
const NOTE: usize = 1000;
/// How many more of what cannot be used are counted; what is beyond is not recorded.
const COUNTED: usize = 1000;

impl Step<'_> {
    pub(super) fn take_findings(&mut self, caller: &Caller, text: &str) -> Result<Answer, String> {
        let doing = "take the findings";
        let case = self.case(doing)?;
        let agent = self.may_find(caller, case, doing)?;
        if text.len() > TEXT_MOST {
            return Err(format!(
                "{doing}: at most {TEXT_MOST} bytes at once; hand them in one part after the other"
            ));
        }
        let now = self.now.wall;
        let window = (case.from, case.to.unwrap_or_else(|| now.saturating_add(AHEAD_MOST)));
        let known = self.state.known_incident.clone();
        let bounds = Bounds { kinds: known.kinds(), now: Some(now), window: Some(window) };
        let source = match &agent {
            Some(name) => Source::Is(name.as_str()),
            None => Source::Else(LEAD),
        };
        let (found, mut problems) = read_of(text, &bounds, source);
        let mut seen = Seen::of(case);
        let mut taken = Taken::default();
        for finding in found {
            match seen.meets(&finding) {
                Some(Meeting::Same) => taken.known.push(finding.id),
                Some(Meeting::Under(id)) => {
                    taken.same_as.insert(finding.id, id);
                }
                Some(Meeting::Another(whose)) => {
                    let why = format!(
                        "another finding, of {whose}, is called {0}; name this one {1}-{0}",
                        finding.id, finding.source
                    );
                    problems.push(Problem { line: 0, why: line(&why, WHY) });
                }
                None if seen.count >= FINDINGS_MOST => {
                    let why = format!(
                        "{}: the incident has {FINDINGS_MOST} findings, and takes no more",
                        finding.id
                    );
                    problems.push(Problem { line: 0, why: line(&why, WHY) });
                }
                None => {
                    seen.add(&finding);
                    taken.taken.push(finding.id.clone());
                    self.incidented(Incidented::Found { finding: Box::new(finding) });
                }
            }
        }
        let whose = agent.as_ref().map_or(LEAD, AgentName::as_str).to_owned();
        for problem in &problems {
            let place = if problem.line > 0 { format!("line {}", problem.line) } else { String::new() };
            self.cannot_use(&whose, &place, &problem.why);
        }
        taken.problems = problems;
        if let Some(agent) = agent.filter(|_| !taken.taken.is_empty()) {
            self.found_late(&agent);
        }
        Ok(Answer::Findings(taken))
    }

    /// Whoever may hand findings in: a specialist that was engaged or the coordinator, in its own name, or a person.
    fn may_find(&self, caller: &Caller, case: &Case, doing: &str) -> Result<Option<AgentName>, String> {
        let Some(name) = caller.pane() else { return Ok(None) };
        if case.stage == Stage::Approval {
            return Err(format!(
                "{doing}: nobody is engaged yet; the route of incident {} waits for a person",
                case.number
            ));
        }
        if case.engagement(name).is_some() || self.is_coordinator(name) {
            return Ok(Some(name.clone()));
        }
        let engaged: Vec<&str> = case.specialists.iter().map(|s| s.agent.as_str()).collect();
        let left = case.triaged.not_engaged.iter().find(|e| e.name == name.as_str());
        let why = left.map(|e| format!(": {}", e.why)).unwrap_or_default();
        Err(format!(
            "{doing}: {name} is not engaged in incident {}{why}; engaged: {}",
            case.number,
            engaged.join(", ")
        ))
    }

    /// What a specialist finds past its deadline counts, and that it came late is kept.
    fn found_late(&mut self, agent: &AgentName) {
        const SAYS: &str = "it found more after that, which counts";
        let one = self.state.open_case().and_then(|c| c.engagement(agent));
        let Some(one) = one.filter(|o| matches!(o.progress, Progress::Late | Progress::Failed)) else {
            return;
        };
        if one.note.contains(SAYS) {
            return;
        }
        let gap = if one.note.is_empty() { "" } else { "; " };
        let (progress, note) = (one.progress, format!("{}{gap}{SAYS}", one.note));
        self.incidented(Incidented::Progress { agent: agent.clone(), progress, note });
    }

    pub(super) fn take_unusable(
        &mut self,
        caller: &Caller,
        place: &str,
        why: &str,
    ) -> Result<Answer, String> {
        let doing = "note what cannot be used";
        let case = self.case(doing)?;
        let agent = self.may_find(caller, case, doing)?;
        let (place, why) = (line(place, PLACE), line(why, WHY));
        if place.is_empty() || why.is_empty() {
            return Err(format!("{doing}: name the file and say why"));
        }
        let whose = agent.map_or_else(|| LEAD.to_owned(), |a| a.to_string());
        self.cannot_use(&whose, &place, &why);
        Ok(Answer::Done { text: format!("noted that {place} cannot be used") })
    }

    /// Keeps that something cannot be used, each once and not without bound.
    fn cannot_use(&mut self, source: &str, place: &str, why: &str) {
        let what = Unusable { source: source.to_owned(), place: line(place, PLACE), why: line(why, WHY) };
        let Some(case) = self.state.open_case() else { return };
        let full = case.unusable.len() >= UNUSABLE_MOST && case.unusable_more >= COUNTED;
        if !full && !case.unusable.contains(&what) {
            self.incidented(Incidented::Unusable(what));
        }
    }

    pub(super) fn take_report(&mut self, caller: &Caller, note: &str) -> Result<Answer, String> {
        let doing = "take the report";
        let case = self.case(doing)?;
        let name = caller.pane().ok_or("take the report: a specialist reports in its own pane")?.clone();
        self.may_find(caller, case, doing)?;
        let Some(one) = case.engagement(&name) else {
            return Err(format!("{doing}: {name} coordinates; hand the postmortem in instead"));
        };
        let (progress, found, note) = (one.progress, one.findings, line(note, NOTE));
        match progress {
            Progress::Reported => {
                return Ok(Answer::Done {
                    text: format!("{name} had reported already, with {found} findings"),
                });
            }
            // That it was late stays so; what it says now is kept beside it.
            Progress::Late | Progress::Failed => {
                let said = if note.is_empty() { String::new() } else { format!(": {note}") };
                let gap = if one.note.is_empty() { "" } else { "; " };
                let note = line(&format!("{}{gap}it reported later{said}", one.note), NOTE);
                self.incidented(Incidented::Progress { agent: name.clone(), progress, note });
                return Ok(Answer::Done {
                    text: format!("{name} reports late, with {found} findings; they count"),
                });
            }
            Progress::Waiting | Progress::Looking => {}
        }
        let run = case.run.and_then(|id| self.state.runs.iter().find(|r| r.id == id));
        let own = run.into_iter().flat_map(|r| r.tasks.iter().map(move |t| (r.id, t)));
        let open: Vec<_> = own
            .filter(|(_, t)| t.bound.agent == name && t.bound.done == DoneRule::Reported && !t.state.ended())
            .map(|(run, t)| (run, t.bound.id.clone()))
            .collect();
        let step =
            Incidented::Progress { agent: name.clone(), progress: Progress::Reported, note: note.clone() };
        self.incidented(step);
        for (run, task) in open {
            self.set_task(run, &task, TaskState::Done, &note);
        }
        Ok(Answer::Done { text: format!("{name} has reported, with {found} findings") })
    }
}

/// What a finding has to do with those that are there.
enum Meeting {
    /// It is one of them, word for word.
    Same,
    /// It says what the one of that name says.
    Under(String),
    /// One of that agent has its name and says something else.
    Another(String),
}

/// Findings as they are told from each other.
struct Seen {
    by_id: BTreeMap<String, Finding>,
    by_what: BTreeMap<(String, String, String, i64), String>,
    count: usize,
}

impl Seen {
    fn of(case: &Case) -> Self {
        let mut seen = Self { by_id: BTreeMap::new(), by_what: BTreeMap::new(), count: 0 };
        for one in &case.findings {
            seen.add(&one.finding);
        }
        seen
    }

    fn add(&mut self, finding: &Finding) {
        self.count += 1;
        self.by_what.entry(what(finding)).or_insert_with(|| finding.id.clone());
        self.by_id.insert(finding.id.clone(), finding.clone());
    }

    fn meets(&self, finding: &Finding) -> Option<Meeting> {
        match self.by_id.get(&finding.id) {
            Some(there) if there == finding => Some(Meeting::Same),
            Some(there) => Some(Meeting::Another(there.source.clone())),
            None => self.by_what.get(&what(finding)).map(|id| Meeting::Under(id.clone())),
        }
    }
}

/// What a finding says: of one source, kind and first entity there is one at a time.
fn what(finding: &Finding) -> (String, String, String, i64) {
    let entity = finding.entities.first().cloned().unwrap_or_default();
    (finding.source.clone(), finding.kind.clone(), entity, finding.at)
}
