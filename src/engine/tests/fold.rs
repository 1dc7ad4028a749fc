//! The journal alone gives the state: checked at the end of every script (see `Stage`'s drop), here at every step.

use super::kit::{ASK, Stage, TEAM, config, durable, name, replayed};
use crate::domain::command::{Command, Order};
use crate::engine::event::{Ended, Event};

fn same(s: &Stage) {
    assert_eq!(durable(&s.state), durable(&s.folded()));
}

#[test]
fn a_whole_sprint_folds_to_the_same_at_every_step() {
    let mut s = Stage::watched(config());
    same(&s);
    s.run("enhancement", Order::Staged, &[]);
    for stage in [&TEAM[..1], &TEAM[1..4], &TEAM[4..6], &TEAM[6..]] {
        s.pass(1000);
        same(&s);
        for agent in stage {
            s.commits(agent);
            same(&s);
        }
    }
    s.print("OPS", ASK);
    s.run("wrap-up", Order::Broadcast, &[]);
    s.pass(1000);
    same(&s);
    s.happen(Event::Resize { agent: name("SEC"), rows: 10, cols: 30 });
    s.print("SEC", "\x1b[?2026ha frame that lasts \x1b[2J\r\n");
    s.git.commit("SEC");
    s.ready("SEC");
    same(&s);
    s.happen(Event::PaneEnded { agent: name("NET"), how: Ended::Exited(3) });
    s.ask(Command::Skip { agent: name("NET") });
    s.ask(Command::Skip { agent: name("OPS") });
    same(&s);
    for agent in TEAM {
        s.git.squash(agent);
        s.ready(agent);
        same(&s);
    }
    assert!(s.state.runs[1].ended, "{:?}", s.state.runs[1]);
    s.ask(Command::Merge);
    same(&s);
    s.asks(Command::Down);
    for agent in TEAM.iter().chain(&["ORCHESTRATOR"]) {
        s.happen(Event::PaneEnded { agent: name(agent), how: Ended::Exited(0) });
    }
    same(&s);
    let moments = replayed(&s);
    assert!(moments > 100, "{moments}");
}
