//! Takes an incident on and follows it to its end.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::ended::InTime;
use super::news::News;
use crate::cli::exit::Fail;
use crate::cli::incident::triage;
use crate::cli::up::Started;
use crate::cli::{out, place};
use crate::client::Control;
use crate::domain::command::{Command, Confirming, Incident};
use crate::domain::incident::case::{Case, Fleet, Stage};
use crate::domain::rights::Tool;
use crate::domain::view::Answer;
use crate::server;

/// How often the incident is looked at.
const LOOK: Duration = Duration::from_millis(200);
/// How much longer than its deadlines allow an incident may take, in seconds: agents have to start and to be prompted.
const SLACK_S: u64 = 180;
/// How often a lost server is looked for at one look.
const TRIES: usize = 3;

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
    control: Control,
    session_dir: PathBuf,
    fleet: &'a Fleet,
    since: Instant,
    news: News,
    /// Set while a dashboard shows all there is to tell.
    shown: Arc<AtomicBool>,
}

impl<'a> Follow<'a> {
    /// On a connection of its own.
    ///
    /// # Errors
    /// When the session cannot be reached.
    pub(super) fn new(
        started: &Started,
        fleet: &'a Fleet,
        since: Instant,
        shown: Arc<AtomicBool>,
    ) -> anyhow::Result<Self> {
        let control = Control::connect(&started.socket, None)?;
        Ok(Self {
            control,
            session_dir: started.session_dir.clone(),
            fleet,
            since,
            news: News::of(&started.name),
            shown,
        })
    }

    /// From its report to its end.
    ///
    /// # Errors
    /// When the fleet does not take it on, or its session is lost for good.
    pub(super) fn all(&mut self, open: Incident, route: Route) -> anyhow::Result<(Case, InTime)> {
        let end = Instant::now() + Duration::from_secs(longest(self.fleet));
        let mut case = match self.control.ask(Command::Incident(open))? {
            Answer::Incident(case) => *case,
            Answer::Fault { fault, why } => return Err(Fail::new(fault.into(), why).into()),
            _ => bail!("take the incident on: the session answered something else"),
        };
        let number = case.number;
        self.tell(&format!("incident {number} ({})", case.name));
        for line in triage::text(&case.triaged).lines() {
            self.tell(&format!("  {line}"));
        }
        if route == Route::Approve && case.stage == Stage::Approval {
            self.approve()?;
            case = self.look()?;
        }
        loop {
            let now = jiff::Timestamp::now().as_millisecond();
            for line in self.news.since(&case, self.fleet, now) {
                self.tell(&line);
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
        // That it was closed by itself just now is as good.
        let _ = self.control.ask(Command::Incident(Incident::Close { why }))?;
        Ok((self.look()?, InTime::No))
    }

    /// Says something in the dashboard.
    pub(super) fn narrate(&mut self, text: String) {
        // The user may have left; then there is nobody to tell.
        let _ = self.control.ask(Command::Narrate { text });
    }

    fn tell(&self, line: &str) {
        if !self.shown.load(Ordering::SeqCst) {
            out::line(&format!("{} {line}", out::elapsed(self.since)));
        }
    }

    /// Says yes to the route.
    fn approve(&mut self) -> anyhow::Result<()> {
        let Answer::Confirmations { open } = self.control.ask(Command::Confirm(Confirming::List))? else {
            bail!("approve the route: the session did not say what waits");
        };
        let route = open.iter().find(|c| c.tool == Tool::OpenIncident.word() && c.title.contains("route"));
        let Some(route) = route.or(open.iter().find(|c| c.tool == Tool::OpenIncident.word())) else {
            return Ok(());
        };
        match self.control.ask(Command::Confirm(Confirming::Yes { id: route.id }))? {
            Answer::Fault { fault, why } => Err(Fail::new(fault.into(), why).into()),
            _ => Ok(()),
        }
    }

    /// The incident as it is now; a server that was lost is brought back.
    fn look(&mut self) -> anyhow::Result<Case> {
        for _ in 0..TRIES {
            match self.control.ask(Command::Incident(Incident::Show)) {
                Ok(Answer::Incident(case)) => return Ok(*case),
                Ok(Answer::Fault { fault, why }) => return Err(Fail::new(fault.into(), why).into()),
                Ok(_) => bail!("look at the incident: the session answered something else"),
                Err(e) if e.is_gone() => {
                    self.tell("the server of the session is gone; bringing it back");
                    let socket =
                        server::ensure_running(&place::exe()?, &self.session_dir, server::Wake::Lost)?;
                    self.control = Control::connect(&socket, None)?;
                }
                Err(e) => return Err(e.into()),
            }
        }
        bail!("look at the incident: its server is lost again and again")
    }
}

/// The most seconds an incident may take.
fn longest(fleet: &Fleet) -> u64 {
    fleet.approve.timeout_s + u64::from(fleet.deadline_s) + u64::from(fleet.write_s) + SLACK_S
}
