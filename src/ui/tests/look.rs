//! Themes and sets of keys: what is seen and pressed with each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use insta::assert_snapshot;
use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::fixture::*;
use crate::config;
use crate::domain::key::Key;
use crate::domain::prefs::Prefs;
use crate::domain::theme::Depth;
use crate::ui::Look;
use crate::ui::keymap::{Keymap, When};

fn with(theme: &str, look: Look) -> Desk {
    let mut d = looking(busy(), 80, 24, look);
    d.view.set_up(config::wanted(&Prefs::default(), &Prefs::default(), Some(theme)));
    d
}

fn preset(name: &str) -> Desk {
    let mut own = Prefs::default();
    own.keys.preset = Some(name.into());
    let mut d = desk(busy(), 80, 24);
    d.view.set_up(config::wanted(&Prefs::default(), &own, None));
    d
}

/// The text, and below each row a letter for the look of each cell; what the letters mean stands below all.
fn styled(d: &Desk) -> String {
    let terminal = d.terminal();
    let buffer: &Buffer = terminal.backend().buffer();
    let mut looks: BTreeMap<String, char> = BTreeMap::new();
    let mut order = Vec::new();
    let mut text = String::new();
    for y in 0..buffer.area.height {
        let (mut signs, mut letters) = (String::new(), String::new());
        for x in 0..buffer.area.width {
            let cell = &buffer[(x, y)];
            let look = format!("{:?} on {:?} {:?}", cell.fg, cell.bg, cell.modifier);
            let next = char::from(b'a' + u8::try_from(looks.len()).unwrap_or(0));
            let letter = *looks.entry(look.clone()).or_insert_with(|| {
                order.push(look);
                next
            });
            signs.push_str(cell.symbol());
            letters.push(letter);
        }
        let _ = writeln!(text, "{}\n{}", signs.trim_end(), letters);
    }
    for look in order {
        let _ = writeln!(text, "{}: {look}", looks[&look]);
    }
    text
}

#[test]
fn the_grid_in_every_theme() {
    for theme in ["terminal", "dark", "light", "high-contrast", "16-colour"] {
        let mut d = with(theme, Look::default());
        assert_snapshot!(format!("theme_{theme}"), styled(d.press("3")));
    }
    let mut plain = with("dark", Look { plain: true, ascii: true, ..Look::default() });
    assert_snapshot!("theme_plain_ascii", styled(plain.press("3")));
}

#[test]
fn lists_and_questions_in_every_theme() {
    for theme in ["terminal", "dark", "light", "high-contrast", "16-colour"] {
        let mut d = with(theme, Look::default());
        assert_snapshot!(format!("question_{theme}"), styled(d.press("3 x")));
    }
}

/// The foreground and background of cells.
type Colours = Vec<(Color, Color)>;

/// What is drawn beside the panes, and the panes' own cells, in that order.
fn cells(d: &Desk) -> (Colours, Colours) {
    let terminal = d.terminal();
    let buffer = terminal.backend().buffer();
    let panes = d.view.pane_areas(&d.state);
    let mut parts = (Vec::new(), Vec::new());
    for position in buffer.area.positions() {
        let cell = &buffer[position];
        let inside = panes.iter().any(|(_, a)| a.contains(position));
        if inside { &mut parts.1 } else { &mut parts.0 }.push((cell.fg, cell.bg));
    }
    parts
}

#[test]
fn a_theme_paints_everything_but_what_programs_show() {
    for keys in ["3", "5", "v", "M", "3 b", "3 x"] {
        let mut d = with("dark", Look::default());
        let (around, _) = cells(d.press(keys));
        assert!(around.iter().all(|(fg, bg)| *fg != Color::Reset && *bg != Color::Reset), "{keys}");
    }
    let mut d = with("light", Look::default());
    let now = d.state.now;
    // The last is a colour by which roles are told apart before a frame is finished.
    let text = b"\x1b[2J\x1b[H\x1b[38;2;9;8;7mown\x1b[0m left \x1b[31mred\x1b[0m \x1b[38;2;1;254;3mtag";
    agent(&mut d.state, "SEC").pane.screen.feed(text, now);
    let (_, panes) = cells(d.press("3"));
    assert!(panes.iter().all(|(_, bg)| *bg == Color::Reset));
    for own in [Color::Rgb(9, 8, 7), Color::Reset, Color::Indexed(1), Color::Rgb(2, 254, 3)] {
        assert!(panes.iter().any(|(fg, _)| *fg == own), "{own:?}");
    }
}

#[test]
fn no_theme_shows_a_terminal_colours_it_lacks() {
    for theme in ["dark", "light", "high-contrast", "16-colour"] {
        let mut many = with(theme, Look { depth: Depth::Many, ..Look::default() });
        let (around, _) = cells(many.press("3"));
        assert!(around.iter().all(|(fg, bg)| ![fg, bg].iter().any(|c| matches!(c, Color::Rgb(..)))));
        let mut few = with(theme, Look { depth: Depth::Few, ..Look::default() });
        let (around, panes) = cells(few.press("3"));
        let known = |c: &Color| matches!(c, Color::Reset | Color::Indexed(0..=15));
        assert!(around.iter().chain(&panes).all(|(fg, bg)| known(fg) && known(bg)), "{theme}");
    }
}

#[test]
fn without_colours_what_is_chosen_still_stands_out() {
    let mut d = with("terminal", Look { plain: true, ..Look::default() });
    let terminal = d.press("5 j").terminal();
    let buffer = terminal.backend().buffer();
    assert!(buffer.content.iter().any(|c| c.modifier.contains(Modifier::REVERSED)));
    assert!(buffer.content.iter().all(|c| (c.fg, c.bg) == (Color::Reset, Color::Reset)));
}

#[test]
fn sets_of_keys_are_sound() {
    for (name, _) in config::presets() {
        let mut own = Prefs::default();
        own.keys.preset = Some(name.into());
        let (_, problems) = Keymap::changed(&config::wanted(&Prefs::default(), &own, None).keys);
        assert_eq!(problems, [], "{name}");
    }
}

#[test]
fn what_tmux_users_press() {
    let mut d = preset("tmux");
    d.press("3 <Enter> <C-b> z");
    assert_eq!(d.view.alone(), Some(&name("SEC")));
    assert!(d.view.typing_into(&d.state).is_some(), "whoever types goes on typing");
    d.press("<C-b> z <C-b> o");
    assert_eq!(d.view.typing_into(&d.state), Some(name("OBS")));
    d.press("<C-b> <Left>");
    assert_eq!(d.view.typing_into(&d.state), Some(name("SEC")));
    assert!(d.press("<C-b> ?").shot().contains("keys"));
    d.press("<Esc>");
    assert_eq!(d.view.typing_into(&d.state), Some(name("SEC")), "closing the help goes back to typing");
    assert_eq!(d.took(), []);
    d.press("<C-b> <C-b>");
    assert_eq!(d.took(), [typed("SEC", b"\x02")]);
    assert!(d.press("<C-b>").shot().contains("Ctrl-b …"));
    d.press("y");
    assert_eq!(d.took(), [crate::ui::Action::Beep], "a key that follows nothing goes nowhere");
    assert!(d.press("<C-b> n").shot().contains("[4 Validation]"));
    assert!(d.press("<C-b> p").shot().contains("[3 Addons]"));
    assert!(d.press("<C-b> 2").shot().contains("[2 Infrastructure]"));
    assert!(d.press("<C-b> :").shot().contains("all actions"));
    d.press("<Esc> <C-b> w");
    assert!(d.shot().contains("go to tab Monitor"));
    d.press("<Esc> <C-b> x");
    assert!(d.shot().contains("stop "));
    d.press("n <C-b> d");
    assert_eq!(d.took(), [crate::ui::Action::Detach]);
}

#[test]
fn what_zellij_users_press() {
    let mut d = preset("zellij");
    d.press("3 <Enter> <A-l>");
    assert_eq!(d.view.typing_into(&d.state), Some(name("OBS")));
    d.press("<C-p> h <C-p> f");
    assert_eq!(d.view.alone(), Some(&name("SEC")));
    d.press("<C-p> f");
    assert!(d.press("<C-t> l").shot().contains("[4 Validation]"));
    assert!(d.press("<C-t> h").shot().contains("[3 Addons]"));
    assert!(d.press("<C-t> 2").shot().contains("[2 Infrastructure]"));
    d.press("<C-t> 3 <C-s> u");
    assert!(d.view.typing_into(&d.state).is_none(), "whoever looks back does not type");
    assert!(matches!(&d.took()[..], [crate::ui::Action::LookBack { .. }]));
    d.press("<Esc> <Enter>");
    assert_eq!(d.view.typing_into(&d.state), Some(name("SEC")));
    d.press("<C-g>");
    assert!(d.view.typing_into(&d.state).is_none());
    assert!(d.press("<C-q>").shot().contains("end session"));
    d.took();
    d.press("n <C-o> d");
    assert_eq!(d.took(), [crate::ui::Action::Detach]);
}

fn typed(agent: &str, bytes: &[u8]) -> crate::ui::Action {
    crate::ui::Action::Type { agent: name(agent), bytes: bytes.to_vec(), submits: false }
}

#[test]
fn another_key_leaves_typing_and_twice_it_reaches_the_pane() {
    let mut own = Prefs::default();
    let change = |when: &str, op: &str, key: &str| crate::domain::prefs::KeyChange {
        when: when.into(),
        op: op.into(),
        keys: vec![key.into()],
        line: 1,
    };
    own.keys.changes = vec![change("typing", "leave-typing", "alt-x"), change("normal", "run", "Y")];
    let mut d = desk(busy(), 80, 24);
    d.view.set_up(config::wanted(&Prefs::default(), &own, None));
    d.press("3 <Enter>");
    assert!(d.shot().contains("Alt-x leaves"));
    d.press("<C-q>");
    assert_eq!(d.took(), [typed("SEC", b"\x11")]);
    d.press("<A-x>");
    assert!(d.view.typing_into(&d.state).is_none());
    d.press("<A-x>");
    assert_eq!(d.took(), [typed("SEC", b"\x1bx")]);
    assert_eq!(d.view.typing_into(&d.state), Some(name("SEC")));
    // Texts name the key in force.
    d.press("<A-x> ] ] <Enter>");
    assert!(d.shot().contains("NET does not run: Y starts it"), "{}", d.shot());
}

#[test]
fn what_is_wrong_in_a_file_of_ones_own_is_told_and_the_rest_holds() {
    let mut own = Prefs::default();
    own.keys.file = "config.toml".into();
    let change = |op: &str, key: &str, line| crate::domain::prefs::KeyChange {
        when: "normal".into(),
        op: op.into(),
        keys: vec![key.into()],
        line,
    };
    own.keys.changes = vec![change("zoom", "b", 4), change("pin", "f", 5)];
    let mut d = desk(busy(), 120, 24);
    d.view.set_up(config::wanted(&Prefs::default(), &own, None));
    let shot = d.shot();
    assert!(shot.contains("left out: config.toml:4: `zoom`: b is already the key of `broadcast`"), "{shot}");
    assert!(d.press("3 f").shot().contains("pin a state"));
    let lookup = |key| Keymap::default().lookup(When::Normal, None, Key::char(key));
    assert_eq!(lookup('f'), crate::ui::keymap::Found::Nothing);
}

#[test]
fn a_theme_is_taken_from_all_actions_and_stands_first_the_next_time() {
    let mut d = with("terminal", Look::default());
    d.press(": theme li");
    assert_snapshot!("palette_marks", styled(&d));
    d.press("<Enter>");
    let (around, _) = cells(&d);
    assert!(around.iter().all(|(fg, bg)| *fg != Color::Reset && *bg != Color::Reset));
    d.press(":");
    let first = d.shot().lines().find(|l| l.contains("theme: ") || l.contains("type: ")).unwrap().to_owned();
    assert!(first.contains("theme: light"), "{first}");
}

#[test]
fn a_prompt_is_sent_from_all_actions() {
    let mut state = busy();
    let mut config = (*state.config).clone();
    config.prompts.insert("enhance".into(), "Go on.".into());
    state.config = std::sync::Arc::new(config);
    let mut d = desk(state, 80, 24);
    d.press(": send");
    d.press("<Space> prompt <Space> enh <Enter>");
    assert!(d.shot().contains("enhance"), "{}", d.shot());
}
