//! `orchestra ls`: the sessions.

use super::args::Ls as Args;
use super::exit::Exit;
use super::table::{Side, Table};
use super::{out, place};
use crate::server::{self, Found, State};

/// Lists sessions.
pub(super) fn run(args: &Args) -> anyhow::Result<Exit> {
    let found = match place::project() {
        Ok(top) if !args.all => server::find(&top, None)?,
        _ => server::all()?,
    };
    if args.json {
        out::json(&json(&found))?;
    } else if found.is_empty() {
        out::note("no session yet; start one with `orchestra up`");
    } else {
        out::result(&text(&found))?;
    }
    Ok(Exit::Done)
}

fn word(state: State) -> &'static str {
    match state {
        State::Running => "running",
        State::Crashed => "crashed",
        State::Ended => "ended",
    }
}

fn json(found: &[Found]) -> serde_json::Value {
    let sessions: Vec<serde_json::Value> = found
        .iter()
        .map(|f| {
            serde_json::json!({
                "session": f.name,
                "state": word(f.state),
                "repository": f.repository.to_string_lossy(),
                "dir": f.session_dir.to_string_lossy(),
            })
        })
        .collect();
    serde_json::json!({ "sessions": sessions })
}

fn text(found: &[Found]) -> String {
    let columns =
        [("session", Side::Left), ("state", Side::Left), ("repository", Side::Left), ("record", Side::Left)];
    let mut table = Table::new(&columns);
    for f in found {
        let (repository, dir) = (f.repository.display().to_string(), f.session_dir.display().to_string());
        table.row([f.name.clone(), word(f.state).to_owned(), repository, dir]);
    }
    table.render()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_as_rows_and_as_one_object() {
        let found = [Found {
            session_dir: "/d/s".into(),
            name: "s".into(),
            repository: "/r".into(),
            state: State::Crashed,
        }];
        assert_eq!(
            text(&found),
            "session  state    repository  record\ns        crashed  /r          /d/s\n"
        );
        assert_eq!(json(&found)["sessions"][0]["state"], "crashed");
        assert_eq!(json(&[])["sessions"], serde_json::json!([]));
    }
}
