use std::collections::BTreeSet;

use super::TEAM;
use crate::config::prefs::own_text;
use crate::config::{Dirs, own, parse, presets, wanted};
use crate::domain::prefs::Prefs;
use crate::domain::theme::{Colour, Paint, Role, Theme, rgb};

/// What is seen of a colour: red, green and blue. None: up to the terminal.
fn seen(colour: Colour) -> Option<(u8, u8, u8)> {
    match colour {
        Colour::Terminal => None,
        Colour::Indexed(n) => Some(rgb(n)),
        Colour::Rgb(r, g, b) => Some((r, g, b)),
    }
}

/// The relative luminance of WCAG 2.
fn luminance((r, g, b): (u8, u8, u8)) -> f64 {
    let part = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

/// The contrast ratio of WCAG 2, from 1 to 21.
fn contrast(a: (u8, u8, u8), b: (u8, u8, u8)) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

const STATES: [Role; 13] = [
    Role::Asking,
    Role::Failed,
    Role::Limited,
    Role::Claimed,
    Role::Working,
    Role::Starting,
    Role::Blocked,
    Role::Ready,
    Role::Merged,
    Role::Stopped,
    Role::Idle,
    Role::Pending,
    Role::Unknown,
];

fn theme(name: &str) -> Theme {
    wanted(&Prefs::default(), &Prefs::default(), None).themes.get(name).cloned().unwrap()
}

#[test]
fn every_role_of_every_theme_can_be_read() {
    assert_eq!(contrast((0, 0, 0), (255, 255, 255)).round(), 21.0);
    for (name, least) in [("dark", 4.5), ("light", 4.5), ("16-colour", 4.5), ("high-contrast", 7.0)] {
        let theme = theme(name);
        let ground = seen(theme.background).unwrap();
        let mut paints: Vec<(&str, Paint)> =
            Role::ALL.iter().map(|r| (r.word(), theme.roles.get(r).copied().unwrap())).collect();
        paints.push(("plain", Paint::default()));
        for (role, paint) in paints {
            assert!(!paint.dim, "{name}: how faint {role} is, is up to the terminal");
            let fg = seen(paint.fg.unwrap_or(theme.plain)).unwrap();
            let bg = paint.bg.map_or(ground, |c| seen(c).unwrap());
            let ratio = contrast(fg, bg);
            assert!(ratio >= least, "{name}: {role} has {ratio:.2}, wants {least}");
        }
    }
}

#[test]
fn states_look_different_in_every_theme() {
    for name in wanted(&Prefs::default(), &Prefs::default(), None).themes.keys() {
        let theme = theme(name);
        let looks: BTreeSet<String> = STATES.iter().map(|s| format!("{:?}", theme.paint(*s))).collect();
        // In colours of the terminal's own a few share one: signs and words tell them apart there, as everywhere.
        let least = if name == "terminal" { 11 } else { STATES.len() };
        assert!(looks.len() >= least, "{name}: {} of {}", looks.len(), STATES.len());
        assert!(!theme.title.is_empty(), "{name}");
        assert!(Role::ALL.iter().all(|r| theme.roles.contains_key(r)), "{name}");
    }
}

#[test]
fn sets_of_keys_have_titles() {
    let all = presets();
    assert_eq!(all.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["orchestra", "tmux", "zellij"]);
    assert!(all.iter().all(|(_, title)| !title.is_empty()));
}

#[test]
fn a_project_says_how_its_dashboard_is_wanted() {
    let text = format!(
        "{TEAM}[ui]\ntheme = \"ours\"\nascii = true\nclipboard = false\n[keys]\npreset = \"tmux\"\n[keys.normal]\n\
         zoom = \"f\"\npin = [\"ctrl-x p\", \"P\"]\n[theme.ours]\nbase = \"light\"\nfailed = \"bold #aa0000\"\n"
    );
    let prefs = parse(&text, "orchestra.toml", &Dirs::built_in()).unwrap().prefs;
    assert_eq!(
        (prefs.theme.as_deref(), prefs.ascii, prefs.clipboard),
        (Some("ours"), Some(true), Some(false))
    );
    assert_eq!(prefs.keys.preset.as_deref(), Some("tmux"));
    let changes: Vec<_> = prefs.keys.changes.iter().map(|c| (c.op.as_str(), c.line)).collect();
    assert_eq!(changes, [("zoom", 14), ("pin", 15)]);
    let ours = &prefs.themes["ours"];
    assert_eq!(ours.paint(Role::Failed).fg, Some(Colour::Rgb(0xaa, 0, 0)));
    assert_eq!(ours.background, theme("light").background);
    // A user's own file goes before it, and what is asked for now before both.
    let (own, left_out) =
        own_text("config.toml", "[ui]\ntheme = \"dark\"\nascii = false\n[keys]\npreset = \"zellij\"\n");
    assert_eq!(left_out, Vec::<String>::new());
    let all = wanted(&prefs, &own, None);
    assert_eq!((all.theme.as_str(), all.ascii, all.clipboard), ("dark", false, false));
    assert!(all.keys[0].file.contains("zellij"));
    assert_eq!(wanted(&prefs, &own, Some("light")).theme, "light");
    let unknown = wanted(&prefs, &own, Some("lihgt"));
    assert_eq!(unknown.theme, "ours");
    assert!(unknown.left_out[0].contains("did you mean `light`?"), "{:?}", unknown.left_out);
}

#[test]
fn what_a_project_says_wrong_is_named_with_its_place() {
    for (text, why) in [
        ("[ui]\ntheme = \"drak\"\n", "orchestra.toml:8:9: `ui.theme`: there is no theme `drak`"),
        ("[ui]\ntheme = \"drak\"\n", "did you mean `dark`?"),
        ("[keys]\npreset = \"tmxu\"\n", "did you mean `tmux`?"),
        ("[keys]\nzoom = \"z\"\n", "expected a table of actions"),
        ("[keys.normal]\nzoom = 3\n", "`keys.normal`: expected a table of actions with their keys"),
        ("[theme.x]\nbase = \"drak\"\n", "did you mean `dark`?"),
        ("[theme.x]\nfaild = \"red\"\n", "did you mean `failed`?"),
        ("[theme.x]\nfailed = \"gren\"\n", "orchestra.toml:8:10: `theme.x.failed`: expected a colour"),
    ] {
        let told =
            parse(&format!("{TEAM}{text}"), "orchestra.toml", &Dirs::built_in()).unwrap_err().to_string();
        assert!(told.contains(why), "{text}: {told}");
    }
}

#[test]
fn what_a_user_says_wrong_is_left_out_and_told() {
    let text =
        "[ui]\nascii = true\n[theme.x]\nfailed = \"gren\"\nready = \"blue\"\n[keys]\npreset = \"tmxu\"\n";
    let (prefs, left_out) = own_text("config.toml", text);
    assert_eq!(prefs.ascii, Some(true));
    assert_eq!(prefs.themes["x"].paint(Role::Ready).fg, Some(Colour::Indexed(4)));
    assert_eq!(left_out.len(), 2);
    let (prefs, left_out) = own_text("config.toml", "[ui\n");
    assert_eq!(prefs, Prefs::default());
    assert!(left_out[0].starts_with("failed to use config.toml:1:"), "{left_out:?}");
    let none = tempfile::tempdir().unwrap();
    assert_eq!(own(&none.path().join("config.toml")), (Prefs::default(), Vec::new()));
    std::fs::write(none.path().join("big"), vec![b' '; 2 << 20]).unwrap();
    assert!(own(&none.path().join("big")).1[0].contains("larger than"));
}
