//! `orchestra pr`: the description of a train, its script, and opening a pull request.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command as Process, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;

use super::args::Pr as Args;
use super::exit::{Exit, Fail};
use super::{answer, out, place};
use crate::client::Control;
use crate::domain::command::Command;
use crate::domain::pr::Pr;
use crate::domain::signal::printable;
use crate::domain::view::Answer;

/// How long gh may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// The most of what gh says that is passed on, in bytes.
const WORDS: u64 = 8 * 1024;

/// Describes the train, prints it, keeps it, and opens the pull request where that is asked for.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    if args.open && !args.yes && (args.of.json || !out::on_terminal()) {
        let why = "open a pull request: nobody can be asked here; say --yes, or leave --open out";
        return Err(Fail::usage(why).into());
    }
    let mut control = place::control(args.of.session.as_deref())?;
    let train = match args.planned {
        false => None,
        true => match control.ask(Command::MergePlan)? {
            Answer::Train(train) => Some(train),
            other => return answer::show(other, args.of.format()),
        },
    };
    let answer = control.ask(Command::Pr { train })?;
    let Answer::Pr(pr) = &answer else { return answer::show(answer, args.of.format()) };
    let text = if args.script { &pr.script } else { &pr.text };
    if let Some(path) = &args.out {
        out::write(path, text)?;
    }
    match (&args.head, args.open) {
        (Some(head), true) => open(&mut control, pr, head, args),
        _ if args.script => {
            if args.out.is_none() {
                out::result(text)?;
            }
            Ok(Exit::Done)
        }
        _ if args.out.is_some() && !args.of.json => Ok(Exit::Done),
        _ => answer::show(answer, args.of.format()),
    }
}

/// Opens the pull request with gh.
fn open(control: &mut Control, pr: &Pr, head: &str, args: &Args) -> anyhow::Result<Exit> {
    // gh runs git here as the repository configures it.
    let Answer::Guard { tampering, .. } = control.ask(Command::Trust { digest: None, by: String::new() })?
    else {
        return Err(Fail::new(Exit::Failed, "look at shared git configuration").into());
    };
    if !tampering.changes.is_empty() {
        let why = format!("open a pull request: {}", crate::domain::guard::refusal(&tampering.changes));
        return Err(Fail::protected(why).into());
    }
    let Some(gh) = on_path("gh") else {
        let why = "open a pull request: `gh` is not on PATH; install it from https://cli.github.com, or paste the \
                   text of `orchestra pr` yourself";
        return Err(Fail::usage(why).into());
    };
    let question = format!("{}\nOpen this pull request from {head} into {}?", pr.title, pr.target);
    if !args.yes && !out::ask(&question)? {
        out::note("nothing was opened");
        return Ok(Exit::Failed);
    }
    let mut body = tempfile::NamedTempFile::new().context("make a file for the description")?;
    std::io::Write::write_all(&mut body, pr.text.as_bytes()).context("write the description")?;
    let flag = |name: &str, value: &str| format!("--{name}={value}");
    let mut process = Process::new(gh);
    process.args(["pr", "create"]);
    process.args([flag("title", &pr.title), flag("base", &pr.target), flag("head", head)]);
    process.arg(format!("--body-file={}", body.path().display())).current_dir(place::project()?);
    // It must fail rather than ask: nobody may sit here.
    process.env("GH_PROMPT_DISABLED", "1").stdin(Stdio::null());
    let (status, said, complaint) = limited(process)?;
    if status != Some(0) {
        let hint = if complaint.contains("push") || complaint.contains("head") {
            format!("; push the result first: git push origin {}:refs/heads/{head}", pr.result.0)
        } else {
            String::new()
        };
        let how = status.map_or("was ended".to_owned(), |s| format!("ended with {s}"));
        let why = format!("open a pull request: gh {how}: {}{hint}", printable(complaint.trim()));
        return Err(Fail::new(if status.is_none() { Exit::Timeout } else { Exit::Failed }, why).into());
    }
    let text = said.lines().map(printable).collect::<Vec<_>>().join("\n");
    answer::show(Answer::Done { text }, args.of.format())
}

/// Runs a program with a limit: its status (none where it was ended), and what it said on both channels.
fn limited(mut process: Process) -> anyhow::Result<(Option<i32>, String, String)> {
    let [out, err] =
        [tempfile::tempfile(), tempfile::tempfile()].map(|f| f.context("make a file for gh's words"));
    let (mut out, mut err) = (out?, err?);
    process.stdout(out.try_clone()?).stderr(err.try_clone()?);
    let mut child: Child = process.spawn().context("start gh")?;
    let end = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait().context("wait for gh")? {
            Some(status) => break status.code(),
            None if Instant::now() > end => {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let words = |file: &mut std::fs::File| {
        let mut bytes = Vec::new();
        std::io::Seek::rewind(file)?;
        file.take(WORDS).read_to_end(&mut bytes)?;
        Ok::<_, std::io::Error>(String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok((status, words(&mut out)?, words(&mut err)?))
}

/// A program on PATH; places given relative to the current folder do not count.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&path).filter(|p| p.is_absolute()).map(|p| p.join(name));
    places.find(|p| executable(p))
}

fn executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}
