//! Takes an incident on and follows it to its end.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::ended::InTime;
use super::news::News;
use crate::cli::incident::triage;
use crate::cli::own::follow::{Followed, LOOK};
use crate::domain::command::{Command, Confirming, Incident};
use crate::domain::incident::case::{Case, Fleet, Stage};
use crate::domain::rights::Tool;
use crate::domain::view::Answer;

/// How much longer than its deadlines allow an incident may take, in seconds: agents have to start and to be prompted.
const SLACK_S: u64 = 180;

/// What is done about a route that waits for a person.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Route {
    /// It is approved at once.
    Approve,
    /// It is left to whoever sees it, and goes ahead by itself.
    Leave,
}

/// Follows an incident.
pub(super) struct Follow<'a> {
    session: Followed,
    fleet: &'a Fleet,
    news: News,
}

impl<'a> Follow<'a> {
    /// In the session of that name.
    pub(super) fn new(session: Followed, name: &str, fleet: &'a Fleet) -> Self {
        Self { session, fleet, news: News::of(name) }
    }

    /// Says something in the dashboard.
    pub(super) fn narrate(&mut self, text: String) {
        self.session.narrate(text);
    }

    /// From its report to its end.
    ///
    /// # Errors
    /// When the fleet does not take it on, or its session is lost for good.
    pub(super) fn all(&mut self, open: Incident, route: Route) -> anyhow::Result<(Case, InTime)> {
        let end = Instant::now() + Duration::from_secs(longest(self.fleet));
        let mut case = match self.session.ask(Command::Incident(open))? {
            Answer::Incident(case) => *case,
            _ => bail!("take the incident on: the session answered something else"),
        };
        let number = case.number;
        self.session.tell(&format!("incident {number} ({})", case.name));
        for line in triage::text(&case.triaged).lines() {
            self.session.tell(&format!("  {line}"));
        }
        if route == Route::Approve && case.stage == Stage::Approval {
            self.approve()?;
            case = self.look()?;
        }
        loop {
            let now = jiff::Timestamp::now().as_millisecond();
            for line in self.news.since(&case, self.fleet, now) {
                self.session.tell(&line);
            }
            if case.stage == Stage::Closed {
                return Ok((case, InTime::Yes));
            }
            if Instant::now() >= end {
                break;
            }
            sleep(LOOK);
            case = self.look()?;
            if case.number != number {
                bail!("follow incident {number}: incident {} has taken its place", case.number);
            }
        }
        let why = format!("it took longer than the {} s that its deadlines allow", longest(self.fleet));
        self.session.close(Command::Incident(Incident::Close { why }))?;
        Ok((self.look()?, InTime::No))
    }

    /// Says yes to the route.
    fn approve(&mut self) -> anyhow::Result<()> {
        let Answer::Confirmations { open } = self.session.ask(Command::Confirm(Confirming::List))? else {
            bail!("approve the route: the session did not say what waits");
        };
        let route = open.iter().find(|c| c.tool == Tool::OpenIncident.word() && c.title.contains("route"));
        let Some(route) = route.or(open.iter().find(|c| c.tool == Tool::OpenIncident.word())) else {
            return Ok(());
        };
        self.session.ask(Command::Confirm(Confirming::Yes { id: route.id })).map(drop)
    }

    /// The incident as it is now; a server that was lost is brought back.
    fn look(&mut self) -> anyhow::Result<Case> {
        match self.session.look("the incident", &Command::Incident(Incident::Show))? {
            Answer::Incident(case) => Ok(*case),
            _ => bail!("look at the incident: the session answered something else"),
        }
    }
}

/// The most seconds an incident may take.
fn longest(fleet: &Fleet) -> u64 {
    fleet.approve.timeout_s + u64::from(fleet.deadline_s) + u64::from(fleet.write_s) + SLACK_S
}
