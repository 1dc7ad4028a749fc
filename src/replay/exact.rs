//! What is shown after any seek is what playing from the beginning shows.

mod kit;

use std::fs;

use self::kit::{AGENTS, Dice, cast_session, expected, seen};
use super::player::{Player, Stride};
use super::rebuild;
use crate::domain::moment::Moment;
use crate::screen::Screen;

/// Goes to many places in any order and compares what is there with the slow way.
fn compare(player: &mut Player, seed: u64, rounds: usize) {
    let mut dice = Dice(seed);
    let (begin, end) = player.span();
    let lines = player.recording().lines().len();
    for round in 0..rounds {
        let mut at_event = false;
        match dice.below(6) {
            0 | 1 => player.seek(begin + dice.below(end - begin + 1)).unwrap(),
            2 => {
                player.seek_line(usize::try_from(dice.below(lines as u64)).unwrap()).unwrap();
                at_event = true;
            }
            // A little further, as when it plays.
            3 => player.seek(player.now() + dice.below(300_000)).unwrap(),
            n => {
                let stride = if n == 4 { Stride::Forward } else { Stride::Back };
                for _ in 0..dice.below(4) {
                    player.step(stride).unwrap();
                }
                at_event = player.at_event();
            }
        }
        let expected = expected(player, at_event);
        for (agent, expected) in player.state().agents.iter().zip(expected) {
            assert_eq!(
                seen(&agent.pane.screen),
                expected,
                "{}, round {round}, {} us, line {}",
                agent.name,
                player.now(),
                player.line()
            );
        }
    }
}

#[test]
fn any_seek_shows_what_playing_from_the_beginning_shows() {
    let kit = cast_session(3);
    let mut player = Player::open(kit.path()).unwrap();
    compare(&mut player, 1, 60);
    assert!(rebuild(kit.path()).unwrap() >= 8, "there are keyframes to seek by");
    let mut player = Player::open(kit.path()).unwrap();
    compare(&mut player, 2, 60);
}

#[test]
fn missing_and_broken_keyframes_change_nothing() {
    let kit = cast_session(2);
    rebuild(kit.path()).unwrap();
    let mut dice = Dice(7);
    for agent in AGENTS {
        for entry in fs::read_dir(kit.pane(agent)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e == "log") {
                continue;
            }
            let mut bytes = fs::read(&path).unwrap();
            match dice.below(4) {
                0 => fs::remove_file(&path).unwrap(),
                1 => {
                    bytes.truncate(bytes.len() / 2);
                    fs::write(&path, bytes).unwrap();
                }
                _ => {
                    for _ in 0..20 {
                        let at = usize::try_from(dice.below(bytes.len() as u64)).unwrap();
                        bytes[at] ^= 0x55;
                    }
                    fs::write(&path, bytes).unwrap();
                }
            }
        }
    }
    let mut player = Player::open(kit.path()).unwrap();
    compare(&mut player, 3, 40);
}

#[test]
fn stepping_back_undoes_stepping_on() {
    let kit = cast_session(1);
    let mut player = Player::open(kit.path()).unwrap();
    player.go(Moment::Share(0.4)).unwrap();
    let shown =
        |p: &Player| -> Vec<String> { p.state().agents.iter().map(|a| seen(&a.pane.screen)).collect() };
    let mut trail = Vec::new();
    for _ in 0..25 {
        trail.push((player.line(), shown(&player)));
        assert!(player.step(Stride::Forward).unwrap());
        assert!(player.now() >= player.span().0);
    }
    let last = player.now();
    // Back by as many steps: never further on, and at last where it began.
    let mut was = last;
    for _ in 0..200 {
        if player.line() <= trail[0].0 && shown(&player) == trail[0].1 {
            return;
        }
        assert!(player.step(Stride::Back).unwrap());
        assert!(player.now() <= was);
        was = player.now();
    }
    panic!("it never came back");
}

#[test]
fn a_step_on_from_the_end_and_back_from_the_beginning_goes_nowhere() {
    let kit = cast_session(1);
    let mut player = Player::open(kit.path()).unwrap();
    player.go(Moment::End).unwrap();
    assert!(!player.step(Stride::Forward).unwrap());
    player.seek(0).unwrap();
    for _ in 0..5 {
        player.step(Stride::Back).unwrap();
    }
    assert_eq!(player.now(), player.span().0);
}

#[test]
fn history_is_fetched_when_somebody_scrolls_there() {
    let mut kit = super::testkit::Kit::new(&["SEC"]);
    let rows: Vec<String> =
        (0..12_000).map(|n| format!("row {n} of what it printed, and so on\r\n")).collect();
    let parts: Vec<(u64, crate::session::log::Kind, String)> = rows
        .chunks(200)
        .enumerate()
        .map(|(n, rows)| (n as u64 * 1000, crate::session::log::Kind::Output, rows.concat()))
        .collect();
    let parts: Vec<_> = parts.iter().map(|(us, kind, text)| (*us, *kind, text.as_bytes())).collect();
    kit.log("SEC", &parts);
    kit.record(0, &crate::domain::record::Record::Note { text: "begins".into() });
    rebuild(kit.path()).unwrap();
    let mut player = Player::open(kit.path()).unwrap();
    // Somewhat behind a keyframe.
    player.seek(30_000).unwrap();
    let sec = super::testkit::name("SEC");
    let screen = |p: &Player| -> (usize, String) {
        let screen: &Screen = &p.state().agent(&sec).unwrap().pane.screen;
        (screen.history_len(), screen.row(0, usize::MAX).text())
    };
    assert!(screen(&player).0 < 1500, "{:?}", screen(&player));
    assert!(player.deepen(&sec).unwrap());
    assert_eq!(screen(&player).0, crate::engine::state::HISTORY);
    let first = 31 * 200
        - crate::engine::state::HISTORY
        - usize::from(player.state().agent(&sec).unwrap().pane.screen.size().rows)
        + 1;
    assert_eq!(screen(&player).1, format!("row {first} of what it printed, and so on"));
}

#[test]
fn a_session_that_goes_on_is_followed() {
    let mut kit = cast_session(1);
    let mut player = Player::open(kit.path()).unwrap();
    player.go(Moment::End).unwrap();
    let (_, end) = player.span();
    assert!(!player.refresh().unwrap());
    kit.log(AGENTS[0], &[(end + 1000, crate::session::log::Kind::Output, b"\x1b[2J\x1b[Hnew text")]);
    kit.record(end + 2000, &crate::domain::record::Record::Note { text: "more".into() });
    let before = seen(&player.state().agents[0].pane.screen);
    assert!(player.refresh().unwrap());
    assert_eq!(seen(&player.state().agents[0].pane.screen), before, "it stays where it was");
    assert_eq!(player.span().1, end + 2000);
    player.go(Moment::End).unwrap();
    compare(&mut player, 5, 10);
}
