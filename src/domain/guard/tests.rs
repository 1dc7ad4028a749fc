use super::*;
use proptest::prelude::*;

const SHARED: Scope<'_> = Scope::Shared { target: "main" };

fn shown(text: &str, scope: Scope<'_>) -> Vec<String> {
    entries(text, scope).into_iter().map(|(k, v)| format!("{k} = {v}")).collect()
}

#[test]
fn entries_are_told_apart_in_any_dress() {
    let text = "\u{FEFF}# note\n[core]\n\tbare = false ; why\n[Core] FSMonitor = /x y\n[alias \"A.b\"]\nco\n\
        [remote \"or\\\"i]gin\"]\nurl = a \\\n  b\n\n; end\n[broken\nx = 1\n";
    assert_eq!(
        shown(text, SHARED),
        [
            "core.bare = false ; why",
            "core.fsmonitor = /x y",
            "alias.A.b.co = true",
            "remote.or\"i]gin.url = a   b",
            "remote.or\"i]gin.[broken = true",
            "remote.or\"i]gin.x = 1",
        ]
    );
}

#[test]
fn what_is_written_every_day_is_no_change_and_hides_nothing() {
    let daily =
        "[extensions]\nworktreeConfig = true\n[branch \"a-1\"]\nremote = origin\nmerge = refs/heads/a-1\n";
    assert!(shown(daily, SHARED).is_empty());
    let own = "[user]\nname = Ada L.\nemail = a@example.org\n[core]\nhooksPath = x\n";
    assert_eq!(shown(own, Scope::Worktree), ["core.hookspath = x"]);
    for (text, kept) in [
        ("[branch \"main\"]\nremote = evil\n", 1),
        ("[branch \"a\"]\nremote = a # \\\n[core] fsmonitor = /x\n", 1),
        ("[branch \"a\"]\nremote = https://evil/\n", 1),
        ("[branch \"a\"]\nmergeOptions = --no-verify\n", 1),
        ("[user]\nname = Ada\n", 1),
        ("[extensions]\nworktreeConfig = false\n", 1),
    ] {
        assert_eq!(shown(text, SHARED).len(), kept, "{text}");
    }
}

#[test]
fn secrets_are_not_kept() {
    let hide = |key: &str, value: &str| masked(key, value, |_| "12ab".into());
    assert_eq!(hide("http.https://x/.extraheader", "AUTHORIZATION: basic zzz"), "(hidden, 12ab)");
    assert_eq!(hide("remote.origin.url", "https://me:pw@host/x"), "https://(hidden, 12ab)@host/x");
    assert_eq!(hide("remote.origin.url", "git@host:x"), "git@host:x");
    assert_eq!(hide("credential.helper", "store"), "store");
}

fn file(path: &str, lines: Option<&[&str]>) -> Watched {
    let lines = lines.map(|l| l.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
    Watched { path: path.into(), digest: format!("{lines:?}"), lines }
}

fn snapshot(files: Vec<Watched>) -> Snapshot {
    Snapshot { digest: format!("{files:?}"), files }
}

#[test]
fn changes_name_the_file_and_the_lines() {
    let old = snapshot(vec![
        file("c", Some(&["a", "b", "c", "d"])),
        file("gone", Some(&["x"])),
        file("same", None),
    ]);
    let new = snapshot(vec![
        file("c", Some(&["a", "B\u{1b}[2J", "c", "d", "e"])),
        file("hook", None),
        file("same", None),
    ]);
    let found = old.changes(&new);
    let told: Vec<(&str, Turn, Vec<&str>)> = found
        .iter()
        .map(|c| (c.path.as_str(), c.turn, c.lines.iter().map(String::as_str).collect()))
        .collect();
    assert_eq!(
        told,
        [
            ("c", Turn::Changed, vec!["- b", "+ B [2J", "+ e"]),
            ("gone", Turn::Removed, vec!["- x"]),
            ("hook", Turn::Added, vec!["content too long to show, or no text"]),
        ]
    );
    assert!(refusal(&found).contains("c (- b), gone (- x), hook"));
    assert!(old.changes(&old).is_empty());
    let long: Vec<String> = (0..90).map(|n| n.to_string()).collect();
    let long: Vec<&str> = long.iter().map(String::as_str).collect();
    let found = old.changes(&snapshot(vec![file("c", Some(&long))]));
    assert_eq!((found[0].lines.len(), found[0].more), (20, 74));
}

proptest! {
    #[test]
    fn a_difference_applied_to_the_old_gives_the_new(
        old in prop::collection::vec("[ab]", 0..12), new in prop::collection::vec("[abc]", 0..12),
    ) {
        let diff = differences(&old, &new);
        let count = |lines: &[String], word: &str| lines.iter().filter(|l| *l == word).count();
        for word in ["a", "b", "c"] {
            let came = count(&diff, &format!("+ {word}"));
            let gone = count(&diff, &format!("- {word}"));
            prop_assert_eq!(count(&old, word) + came, count(&new, word) + gone);
        }
        prop_assert_eq!(old == new, diff.is_empty());
    }

    #[test]
    fn no_text_breaks_the_reading(text in any::<String>()) {
        let _ = entries(&text, SHARED);
    }
}
