//! What this terminal and its user want of a dashboard, and whether one can be shown at all.

use std::io::{self, IsTerminal};

use super::Error;
use crate::config;
use crate::domain::conduct::Alert;
use crate::domain::theme::Depth;
use crate::wire::msg::Look;

/// Whether a dashboard can be shown here.
///
/// # Errors
/// [`Error::NoTerminal`] or [`Error::Dumb`] with what to do instead.
pub fn check() -> Result<(), Error> {
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    check_terminal(is_terminal, std::env::var("TERM").unwrap_or_default())
}

/// As whom somebody attaches.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Guise {
    /// How the dashboard is to be drawn.
    pub look: Look,
    /// What others are to know them by; the server cuts it short and keeps it from being anybody else's.
    pub name: String,
    /// Whether they only look.
    pub read_only: bool,
}

impl Guise {
    /// This terminal's user, by the name they have on this machine.
    #[must_use]
    pub fn of_user() -> Self {
        let var = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
        let name = var("USER").or_else(|| var("LOGNAME")).unwrap_or_default();
        Self { look: look(), name, read_only: false }
    }
}

/// How this terminal and user want the dashboard drawn, from `NO_COLOR`, `COLORTERM`, `TERM`, the locale, the time zone,
/// `ORCHESTRA_THEME`, `ORCHESTRA_ALERT`, `ORCHESTRA_CLIPBOARD`, `ORCHESTRA_LINKS` and the user's own file.
#[must_use]
pub fn look() -> Look {
    let offset = jiff::Zoned::now().offset().seconds() / 60;
    let (prefs, left_out) = own();
    Look {
        utc_offset: i16::try_from(offset).unwrap_or(0),
        prefs,
        left_out,
        ..look_from(|name| std::env::var(name).ok())
    }
}

/// The user's own file of preferences; none where no home is known.
#[must_use]
pub fn own_file() -> Option<std::path::PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "orchestra")?;
    Some(dirs.config_dir().join(config::OWN_FILE))
}

/// What the user's own file says, and what was left out of it.
fn own() -> (crate::domain::prefs::Prefs, Vec<String>) {
    own_file().map(|path| config::own(&path)).unwrap_or_default()
}

fn look_from(var: impl Fn(&str) -> Option<String>) -> Look {
    let set = |name: &str| var(name).filter(|v| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")).unwrap_or_default();
    let locale = locale.to_lowercase();
    let term = set("TERM").unwrap_or_default();
    Look {
        plain: set("NO_COLOR").is_some(),
        ascii: !(locale.contains("utf-8") || locale.contains("utf8")),
        depth: depth(&set("COLORTERM").unwrap_or_default(), &term),
        theme: set("ORCHESTRA_THEME"),
        alert: match set("ORCHESTRA_ALERT").as_deref() {
            Some("off") => Some(Alert::Off),
            Some("bell") => Some(Alert::Bell),
            Some("osc9") => Some(Alert::Osc9),
            _ => None,
        },
        no_clipboard: set("ORCHESTRA_CLIPBOARD").as_deref() == Some("off"),
        no_links: set("ORCHESTRA_LINKS").as_deref() == Some("off"),
        ..Look::default()
    }
}

/// How many colours a terminal of that `COLORTERM` and `TERM` has.
fn depth(colorterm: &str, term: &str) -> Depth {
    let full = matches!(colorterm, "truecolor" | "24bit")
        || ["direct", "kitty", "alacritty", "wezterm", "ghostty", "foot"].iter().any(|t| term.contains(t));
    if full {
        Depth::Full
    } else if term.contains("256color") || !colorterm.is_empty() {
        Depth::Many
    } else {
        Depth::Few
    }
}

fn check_terminal(is_terminal: bool, term: String) -> Result<(), Error> {
    match term.as_str() {
        _ if !is_terminal => Err(Error::NoTerminal),
        "" => Err(Error::Dumb("not set".into())),
        "dumb" => Err(Error::Dumb(term)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_look_follows_no_color_and_the_locale() {
        let with = |pairs: &'static [(&str, &str)]| {
            look_from(move |name| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
        };
        assert_eq!(
            with(&[("LANG", "de_DE.UTF-8")]),
            Look { plain: false, ascii: false, depth: Depth::Few, ..Look::default() }
        );
        assert_eq!(
            with(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]),
            Look { plain: false, ascii: true, depth: Depth::Few, ..Look::default() }
        );
        assert_eq!(
            with(&[("LC_CTYPE", "C.utf8"), ("NO_COLOR", "1")]),
            Look { plain: true, ascii: false, depth: Depth::Few, ..Look::default() }
        );
        assert_eq!(with(&[("ORCHESTRA_THEME", "light")]).theme.as_deref(), Some("light"));
        assert_eq!(with(&[("ORCHESTRA_ALERT", "off")]).alert, Some(Alert::Off));
        assert_eq!(with(&[("ORCHESTRA_ALERT", "loud")]).alert, None);
        assert!(with(&[("ORCHESTRA_CLIPBOARD", "off")]).no_clipboard);
        assert!(!with(&[("ORCHESTRA_CLIPBOARD", "on")]).no_clipboard);
        assert!(with(&[("ORCHESTRA_LINKS", "off")]).no_links);
        assert_eq!(
            with(&[("NO_COLOR", "")]),
            Look { plain: false, ascii: true, depth: Depth::Few, ..Look::default() }
        );
    }

    #[test]
    fn a_terminal_tells_how_many_colours_it_has() {
        for (colorterm, term, depth_of) in [
            ("truecolor", "xterm-256color", Depth::Full),
            ("", "xterm-kitty", Depth::Full),
            ("", "xterm-256color", Depth::Many),
            ("yes", "xterm", Depth::Many),
            ("", "xterm", Depth::Few),
            ("", "linux", Depth::Few),
        ] {
            assert_eq!(depth(colorterm, term), depth_of, "{colorterm} {term}");
        }
    }

    #[test]
    fn what_is_no_terminal_is_refused_with_the_remedy() {
        let text = |r: Result<(), Error>| r.unwrap_err().to_string();
        assert!(text(check_terminal(false, "xterm".into())).contains("no terminal"));
        assert!(text(check_terminal(true, "dumb".into())).contains("TERM is `dumb`"));
        assert!(check_terminal(true, String::new()).is_err());
        assert!(check_terminal(true, "xterm-256color".into()).is_ok());
    }
}
