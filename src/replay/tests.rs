//! The dashboard of a recording, as a client at the other end of its socket sees it.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::thread::JoinHandle;
use std::time::Duration;

use super::testkit::{Kit, name};
use super::{Error, Options, Player, show};
use crate::domain::key::{Code, Key, Mods};
use crate::domain::record::Record;
use crate::domain::state::AgentState;
use crate::domain::time::Time;
use crate::screen::{Screen, Size};
use crate::session::log::Kind;
use crate::wire::frame::{self, Decoder};
use crate::wire::msg::{Down, Input, Role, Up, VERSION};

const SECOND: u64 = 1_000_000;

/// SEC prints a line a second from 1 s to 5 s, is quiet for a minute, asks at 65 s and prints once more at 70 s.
fn recorded() -> Kit {
    let mut kit = Kit::new(&["SEC", "OBS"]);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    kit.record(SECOND / 2, &Record::AgentUp { agent: name("SEC"), pid: 7, holder: 6, log: 0 });
    let lines: Vec<(u64, String)> =
        [1, 2, 3, 4, 5, 70].iter().map(|s| (s * SECOND, format!("at {s} s\r\n"))).collect();
    let lines: Vec<_> = lines.iter().map(|(us, text)| (*us, Kind::Output, text.as_bytes())).collect();
    kit.log("SEC", &lines);
    let asks = Record::Activity {
        agent: name("SEC"),
        state: AgentState::Asking,
        rule: "shell/ask".into(),
        evidence: "overwrite?".into(),
    };
    kit.record(65 * SECOND, &asks);
    kit.record(71 * SECOND, &Record::Closed { why: "asked for".into() });
    kit
}

fn options() -> Options {
    Options { title: "sprint".into(), at: None, agent: None, speed: 1.0, idle: 2, live: false, notes: None }
}

/// A dashboard of 24×80 at the other end.
struct Client {
    stream: UnixStream,
    decoder: Decoder,
    screen: Screen,
    frames: usize,
    /// Does not tell that frames were shown.
    silent: bool,
    bye: Option<String>,
    shows: Option<JoinHandle<Result<(), Error>>>,
}

impl Client {
    fn of(kit: &Kit, options: Options) -> Self {
        let player = Player::open(kit.path()).unwrap();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let shows = std::thread::spawn(move || show(player, theirs, options));
        ours.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let screen = Screen::new(Size { rows: 24, cols: 80 }, 10);
        let decoder = Decoder::default();
        let (frames, silent, bye, shows) = (0, false, None, Some(shows));
        let mut client = Self { stream: ours, decoder, screen, frames, silent, bye, shows };
        let role =
            Role::Attach { rows: 24, cols: 80, look: Box::default(), read_only: false, name: String::new() };
        client.say(&Up::Hello { version: VERSION, role, token: None });
        client
    }

    fn say(&mut self, up: &Up) {
        let (kind, payload) = up.encode();
        self.stream.write_all(&frame::encode(kind, &payload).unwrap()).unwrap();
    }

    fn key(&mut self, key: Key) -> &mut Self {
        self.say(&Up::Input(Input::Key(key.into())));
        self
    }

    fn keys(&mut self, keys: &str) -> &mut Self {
        for c in keys.chars() {
            self.key(if c == '\r' { Key::plain(Code::Enter) } else { Key::char(c) });
        }
        self
    }

    fn text(&self) -> String {
        self.screen.text_rows().join("\n")
    }

    /// Takes in what comes until that holds.
    fn until(&mut self, what: &str, holds: impl Fn(&Self) -> bool) {
        let mut bytes = [0; 65536];
        while !holds(self) {
            let n = match self.stream.read(&mut bytes) {
                Ok(n) if n > 0 => n,
                other => panic!("waited for {what}: {other:?}\n{}", self.text()),
            };
            self.decoder.push(&bytes[..n]);
            let frames: Vec<_> = self.decoder.by_ref().map(Result::unwrap).collect();
            for f in frames {
                match Down::decode(f.kind, &f.payload).unwrap() {
                    Some(Down::Screen(bytes)) => {
                        self.screen.feed(&bytes, Time::default());
                        self.frames += 1;
                        if !self.silent {
                            self.say(&Up::Shown);
                        }
                    }
                    Some(Down::Bye { why }) => self.bye = Some(why),
                    _ => {}
                }
            }
        }
    }

    #[track_caller]
    fn shows(&mut self, parts: &[&str]) {
        let what = format!("{parts:?}");
        self.until(&what, |c| parts.iter().all(|p| c.text().contains(p)));
    }

    fn ends(&mut self) -> String {
        self.until("its end", |c| c.bye.is_some());
        self.shows.take().unwrap().join().unwrap().unwrap();
        self.bye.take().unwrap()
    }
}

#[test]
fn keys_move_through_the_recording_and_leave_it() {
    let kit = recorded();
    let mut client = Client::of(&kit, options());
    client.shows(&["‖ 1×", "0:00.000 / 1:11", "Space play"]);
    client.keys("g3\r").shows(&["0:03.000", "at 3 s"]);
    assert!(!client.text().contains("at 4 s"), "{}", client.text());
    client.keys(".").shows(&["0:04.000", "at 4 s"]);
    client.keys(",").shows(&["0:03.000"]);
    client.until("the line taken back", |c| !c.text().contains("at 4 s"));
    client.keys("n").shows(&["1:05.000", "SEC ? asking", "SEC asks: overwrite?"]);
    // What was shown at the very event is what was there then.
    assert!(!client.text().contains("at 70 s"));
    client.keys("G").shows(&["1:11.000 / 1:11", "at 70 s"]);
    client.key(Key { code: Code::Left, mods: Mods::SHIFT }).shows(&["0:11.000"]);
    client.until("the last line gone", |c| !c.text().contains("at 70 s"));
    client.keys("m").shows(&["this is a recording"]);
    let why = client.keys("q").ends();
    assert!(why.contains("left at 0:11"), "{why}");
}

#[test]
fn it_plays_to_its_end_with_quiet_times_cut() {
    let kit = recorded();
    let mut client = Client::of(&kit, Options { speed: 8.0, ..options() });
    client.shows(&["‖ 8×"]);
    // A minute of silence would take 7.5 s; the read timeout of the client bounds the whole in any case.
    client.keys(" ").shows(&["▶ 8×", "at 2 s"]);
    client.shows(&["‖ 8×", "1:11.000 / 1:11", "at 70 s"]);
    assert!(client.frames > 5, "it came in {} frames", client.frames);
    client.keys("q").ends();
}

#[test]
fn a_client_that_has_not_shown_a_frame_gets_no_other() {
    let kit = recorded();
    let mut client = Client::of(&kit, options());
    client.silent = true;
    client.shows(&["Space play"]);
    client.keys("G5zc");
    client.key(Key::plain(Code::Esc));
    client.keys("q").ends();
    assert_eq!(client.frames, 1);
}

#[test]
fn a_client_that_goes_ends_the_show() {
    let kit = recorded();
    let mut client = Client::of(&kit, options());
    client.shows(&["Space play"]);
    client.stream.shutdown(std::net::Shutdown::Both).unwrap();
    client.shows.take().unwrap().join().unwrap().unwrap();
}

#[test]
fn notes_are_marked_and_kept_outside_the_record() {
    let kit = recorded();
    let before = files(kit.path());
    let notes = tempfile::tempdir().unwrap();
    let options = || Options { notes: Some(notes.path().join("notes")), ..options() };
    let mut client = Client::of(&kit, options());
    client.shows(&["Space play"]);
    client.keys("g2\r").shows(&["0:02.000"]);
    client.keys("ait began here\r").shows(&["kept in"]);
    client.keys("c").shows(&["note     it began here"]);
    client.key(Key::plain(Code::Esc));
    client.keys("q").ends();
    let mut again = Client::of(&kit, options());
    again.shows(&["Space play"]);
    again.keys("n").shows(&["0:02.000", "it began here"]);
    again.keys("q").ends();
    assert_eq!(files(kit.path()), before, "the record is as it was");
}

/// Every file below a folder with its bytes.
fn files(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

#[test]
fn a_session_that_runs_is_followed_and_looked_back_on() {
    let mut kit = Kit::new(&["SEC"]);
    kit.record(0, &Record::Opened { version: "0".into(), server: 1 });
    kit.record(SECOND, &Record::AgentUp { agent: name("SEC"), pid: 7, holder: 6, log: 0 });
    kit.log("SEC", &[(2 * SECOND, Kind::Output, b"first\r\n")]);
    let mut client = Client::of(&kit, Options { live: true, ..options() });
    client.shows(&["▶ live", "first"]);
    kit.log("SEC", &[(3 * SECOND, Kind::Output, b"second\r\n")]);
    client.shows(&["▶ live", "second", "/ 0:03"]);
    client.key(Key::plain(Code::Left)).shows(&["‖ 1×", "G live", "the session goes on"]);
    client.until("the past", |c| !c.text().contains("second"));
    kit.log("SEC", &[(9 * SECOND, Kind::Output, b"third\r\n")]);
    client.shows(&["/ 0:09"]);
    assert!(!client.text().contains("third"), "whoever looks back is left there");
    client.keys("G").shows(&["▶ live", "third"]);
    kit.record(10 * SECOND, &Record::Closed { why: "asked for".into() });
    client.shows(&["‖ 1×", "0:10.000 / 0:10"]);
    client.keys("q").ends();
}

#[test]
fn a_text_is_found_in_what_panes_showed() {
    let kit = recorded();
    let mut client = Client::of(&kit, options());
    client.shows(&["Space play"]);
    // In pieces and colours on the wire, whole on the screen.
    kit.log("OBS", &[(90 * SECOND, Kind::Output, b"\x1b[31mAT\x1b[0m \x1b[1m9\x1b[0m0 s")]);
    client.keys("q").ends();
    let mut client = Client::of(&kit, options());
    client.shows(&["Space play"]);
    client.keys("/at \r").shows(&["“at” 1 of 7", "0:01.000", "SEC at 0:01: at 1 s"]);
    client.keys("n").shows(&["2 of 7", "0:02.000"]);
    client.keys("NN").shows(&["7 of 7", "1:30.000", "OBS at 1:30: AT 90 s", "OBS"]);
    client.keys("n").shows(&["1 of 7", "0:01.000"]);
    client.key(Key::plain(Code::Esc)).shows(&["p/n chapter"]);
    client.keys("/nothing like it\r").shows(&["“nothing like it” nowhere"]);
    client.keys("q").ends();
}
