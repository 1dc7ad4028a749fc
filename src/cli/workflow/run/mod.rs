//! `orchestra workflow run`: a pattern from its plan to its end, with agents in panes.

mod ended;
mod follow;
mod news;
mod scratch;
mod team;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub(in crate::cli) use self::ended::RunEnded;
use self::ended::Session;
use self::follow::{Follow, Limit};
use self::scratch::Scratch;
use super::planned;
use crate::cli::args::workflow::run::Run as Args;
use crate::cli::exit::{Exit, Fail};
use crate::cli::own::follow::Followed;
use crate::cli::own::show::{Shown, beside};
use crate::cli::own::start::{self, For};
use crate::cli::own::{self, Own};
use crate::cli::up::Started;
use crate::cli::{answer, incident, out, place};
use crate::domain::command::Workflow;
use crate::domain::signal::printable;
use crate::domain::view::TrainView;
use crate::domain::workflow::plan::Planned;
use crate::domain::workflow::project::{Context, DAY_MS, Project, Stage, Terms};
use crate::{client, config};

/// How long a day of a rehearsal lasts at speed 1, in milliseconds.
const REHEARSED_DAY_MS: f64 = 2000.0;
/// The most bytes of a file that says what a project starts from.
const CONTEXT_MOST: usize = 64 * 1024;

/// Runs it.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if std::env::var_os(place::PANE_VAR).is_some() {
        // Programs of an agent start no further agents.
        let why = "run a workflow from inside a pane: a person does that";
        return Err(Fail::protected(why.to_owned()).into());
    }
    let shows = !args.headless && !args.detach && !args.of.json && out::on_terminal();
    if shows {
        // Before anything is started: a dashboard nobody can look at was not meant.
        client::check()?;
    }
    if args.merge && !args.yes && !args.rehearse && (shows || !out::on_terminal()) {
        let why = "merge at the end: nobody can be asked then; say --yes, or leave --merge out";
        return Err(Fail::usage(why).into());
    }
    let mut plan = planned(&args.options, &args.pattern)?;
    let mut begin = begin(args)?;
    let top = start::top()?;
    let own = Arc::<Own>::default();
    let taken = team::running(args, &top, &mut plan)?;
    if let Workflow::Start { plan: whole, .. } = &mut begin {
        **whole = plan.clone();
    }
    let (started, scratch) = match taken {
        Some(found) => (Started::before(&found)?, None),
        None => of_its_own(args, &top, &plan, &own)?,
    };
    let done = carry_out(args, &started, begin, shows.then_some(&own));
    let after = match (&scratch, &done) {
        (Some(scratch), _) => {
            let ended = own.end();
            scratch.remove();
            ended?;
            Session::Ended
        }
        // Nothing began in it.
        (None, Err(_)) if !started.already => {
            own.end()?;
            Session::Ended
        }
        (None, _) => Session::Runs,
    };
    let Some((project, train, seconds)) = done? else {
        let text = format!(
            "the project goes on in session `{0}`: `orchestra workflow status --session {0}` says how far it is, \
             `orchestra attach {0}` shows it, `orchestra down {0}` ends it",
            started.name
        );
        return answer::done(text, args.of.json);
    };
    let done = RunEnded::of(&started, project, train, after, seconds);
    if args.of.json {
        out::json(&done)?;
    } else {
        done.print()?;
    }
    Ok(done.exit())
}

/// Starts a session of its own; a rehearsal has a repository of its own, too.
fn of_its_own(
    args: &Args,
    top: &Path,
    plan: &Planned,
    own: &Arc<Own>,
) -> anyhow::Result<(Started, Option<Arc<Scratch>>)> {
    let mut config = team::team(args, top, plan)?;
    let repository = place::repository();
    if args.rehearse {
        own::left::sweep().iter().for_each(|line| out::note(line));
    }
    let scratch = args.rehearse.then(|| Scratch::make(repository.as_deref().ok())).transpose()?.map(Arc::new);
    if config.worktrees && scratch.is_none() {
        repository?;
    }
    let work = scratch.as_ref().map_or_else(|| top.to_owned(), |s| s.repo());
    let written = top.join(config::FILE_NAME).exists();
    if let Some(target) = head(&work).filter(|_| args.rehearse || !written) {
        config.merge.target = target;
    }
    let (ending, removing) = (Arc::clone(own), scratch.clone());
    own::end_on_signals(own, "the project", move || {
        let ended = ending.end();
        removing.iter().for_each(|s| s.remove());
        ended
    })?;
    let name = args.name.as_deref().unwrap_or(&args.pattern);
    let what = For { own: team::OWN, name, keep: args.keep.as_deref(), top };
    let started = start::start(&what, &work, config, team::branches);
    if started.is_err() {
        scratch.iter().for_each(|s| s.remove());
    }
    let started = started?;
    own.runs(&started);
    if let Some(Err(e)) = scratch.as_ref().map(|s| s.runs(&started.session_dir)) {
        out::note(&format!("failed to {e:#}"));
    }
    Ok((started, scratch))
}

/// The branch that is checked out there.
fn head(repository: &Path) -> Option<String> {
    let repo = git2::Repository::open(repository).ok()?;
    let head = repo.find_reference("HEAD").ok()?;
    let target = head.symbolic_target().ok().flatten()?;
    target.strip_prefix("refs/heads/").map(str::to_owned)
}

/// What came of it, and after how many seconds; none: it goes on without this command.
type Done = Option<(Project, Option<TrainView>, f64)>;

/// Begins the project and follows it, with the dashboard where there is somebody to see it.
fn carry_out(
    args: &Args,
    started: &Started,
    begin: Workflow,
    dashboard: Option<&Arc<Own>>,
) -> anyhow::Result<Done> {
    let since = Instant::now();
    let shown = Arc::new(AtomicBool::new(dashboard.is_some()));
    let mut follow = Follow::new(Followed::new(started, since, Arc::clone(&shown))?);
    let project = follow.begin(begin)?;
    if args.detach {
        return Ok(None);
    }
    let limit = if args.rehearse { Limit::Rehearsal } else { Limit::None };
    let merges = args.merge;
    let asks = !args.yes && !args.rehearse;
    let work = move |follow: &mut Follow| {
        let project = follow.all(project, limit)?;
        let merges = merges && project.stage == Stage::Complete;
        let yes = merges && (!asks || out::ask("Merge the branches?")?);
        let train = yes.then(|| follow.merge()).transpose()?;
        Ok(Some((project, train, since.elapsed().as_secs_f64())))
    };
    let Some(own) = dashboard else { return work(&mut follow) };
    beside(&Shown { own, started, what: "the project", shown }, move || {
        let done = work(&mut follow);
        follow.narrate(match &done {
            Ok(_) => "the project is over — look around, then press q to leave".to_owned(),
            Err(e) => format!("failed to {e:#} — press q to leave"),
        });
        done
    })
}

/// What a session is asked to begin; the plan is put in later.
fn begin(args: &Args) -> anyhow::Result<Workflow> {
    let mut context: Context = match &args.context {
        Some(file) => {
            let text = incident::text_of(file, "context", CONTEXT_MOST, "shorten it, and name files in it")?;
            toml::from_str(&text).map_err(|e| {
                let shown = printable(&file.display().to_string());
                Fail::usage(format!("read the context of {shown}: {}", e.to_string().trim_end()))
            })?
        }
        None => Context::default(),
    };
    if let Some(request) = &args.request {
        context.request.clone_from(request);
    }
    let rehearsed = REHEARSED_DAY_MS / args.speed.unwrap_or(1.0);
    // From 2 ms to 200 s.
    #[allow(clippy::cast_possible_truncation)]
    let usual = if args.rehearse { rehearsed as i64 } else { DAY_MS };
    let day_ms = args.day.map_or(usual, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)).max(1);
    let end = |day: jiff::civil::Date| {
        let next = day.tomorrow()?.to_zoned(jiff::tz::TimeZone::system())?;
        Ok::<i64, jiff::Error>(next.timestamp().as_millisecond())
    };
    let deadline = args.deadline.map(end).transpose();
    let terms = Terms {
        deadline: deadline.map_err(|e| Fail::usage(format!("use the deadline: {e}")))?,
        budget: args.budget,
        rate: args.rate,
        currency: args.currency.clone().unwrap_or_default(),
    };
    let name = args.name.clone().unwrap_or_default();
    let (plan, context) = (Box::default(), Box::new(context));
    Ok(Workflow::Start { name, plan, context, terms, day_ms })
}
