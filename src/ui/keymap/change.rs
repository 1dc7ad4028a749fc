//! What files change of the keys, and what is wrong with it.

use std::fmt;

use super::inforce::{Binding, Keymap};
use super::names::Seq;
use super::{ANYWHERE, Op, SECTIONS, When, rows};
use crate::domain::key::{Code, Key};
use crate::domain::near::did_you_mean;
use crate::domain::prefs::{KeyChange, KeyPrefs};

/// A change that cannot be made; everything is as it was before it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// The file, as its user knows it.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.what)
    }
}

/// One change that was understood.
struct Change<'a> {
    from: &'a KeyChange,
    at: usize,
    before: Vec<Seq>,
}

impl Keymap {
    /// The keys with what files change of them, one file after the other; and what of them is not in force.
    #[must_use]
    pub fn changed(files: &[KeyPrefs]) -> (Self, Vec<Problem>) {
        let mut keymap = Self::default();
        let mut problems = Vec::new();
        for file in files {
            let wrong = keymap.change(&file.changes);
            let problem = |(line, what)| Problem { file: file.file.clone(), line, what };
            problems.extend(wrong.into_iter().map(problem));
        }
        (keymap, problems)
    }

    /// Makes changes as far as they are sound; the answer is what is not, each with its line.
    fn change(&mut self, changes: &[KeyChange]) -> Vec<(usize, String)> {
        let mut wrong = Vec::new();
        let mut made: Vec<Change<'_>> = Vec::new();
        for change in changes {
            match self.understood(change) {
                Ok((at, keys)) => {
                    let Some(binding) = self.bindings.get_mut(at) else { continue };
                    let before = std::mem::replace(&mut binding.keys, keys);
                    made.push(Change { from: change, at, before });
                }
                Err(what) => wrong.push((change.line, what)),
            }
        }
        // The last change that collides gives way, until none does: each round takes one back.
        while let Some((place, what)) =
            (0..made.len()).rev().find_map(|i| self.collision(made[i].at).map(|what| (i, what)))
        {
            let change = made.remove(place);
            wrong.push((change.from.line, format!("`{}`: {what}", change.from.op)));
            if let Some(binding) = self.bindings.get_mut(change.at) {
                binding.keys = change.before;
            }
        }
        wrong.sort_by_key(|(line, _)| *line);
        wrong
    }

    /// The place of the binding that is changed, which is made where there is none, and its keys.
    fn understood(&mut self, change: &KeyChange) -> Result<(usize, Vec<Seq>), String> {
        let whens = || SECTIONS.iter().map(|(when, _)| *when);
        let Some(when) = whens().find(|w| w.word() == change.when) else {
            let near = did_you_mean(&change.when, whens().map(When::word));
            let all: Vec<&str> = whens().map(When::word).collect();
            let found = change.when.escape_debug();
            return Err(format!("there is no `[keys.{found}]`; expected one of {}{near}", all.join(", ")));
        };
        let op = op_of(when, &change.op)?;
        let mut keys = Vec::new();
        for text in &change.keys {
            let seq = Seq::parse(text).map_err(|what| format!("`{}`: {what}", change.op))?;
            may_be(when, op, seq).map_err(|what| format!("`{}`: {what}", change.op))?;
            if !keys.contains(&seq) {
                keys.push(seq);
            }
        }
        let had = rows().find(|r| r.when == when && r.op == op).is_some_and(|r| !r.keys.is_empty());
        if keys.is_empty() && had {
            return Err(format!("`{}` would be left without a key; give it one", change.op));
        }
        if let Some(at) = self.bindings.iter().position(|b| b.when == when && b.op == op) {
            return Ok((at, keys));
        }
        let of_normal = self.bindings.iter().find(|b| b.when == When::Normal && b.op == op);
        let Some(binding) = of_normal.map(|b| Binding { when, keys: Vec::new(), ..b.clone() }) else {
            return Err(format!("`{}` is not for then", change.op));
        };
        self.bindings.push(binding);
        Ok((self.bindings.len() - 1, keys))
    }

    /// What stands in the way of a binding's keys, if anything does.
    fn collision(&self, at: usize) -> Option<String> {
        let own = self.bindings.get(at)?;
        let others = || self.bindings.iter().enumerate().filter(|(i, b)| *i != at && b.when == own.when);
        for key in &own.keys {
            for (_, other) in others() {
                for theirs in &other.keys {
                    let word = other.op.word();
                    if key == theirs {
                        let mine = key.name();
                        return Some(format!(
                            "{mine} is already the key of `{word}`; take another, or give `{word}` another too"
                        ));
                    }
                    if key.first == theirs.first && (key.then.is_none() != theirs.then.is_none()) {
                        let (mine, theirs) = (key.name(), theirs.name());
                        return Some(format!(
                            "{mine} and {theirs} (`{word}`) begin alike, so that one could never be pressed; \
                             take another, or give `{word}` another too"
                        ));
                    }
                }
            }
            let alike =
                own.keys.iter().find(|k| k.first == key.first && k.then.is_none() && key.then.is_some());
            if let Some(alone) = alike {
                return Some(format!("{} hides {}: take one of them away", alone.name(), key.name()));
            }
        }
        None
    }
}

/// The action of that word, if it can be had then.
fn op_of(when: When, word: &str) -> Result<Op, String> {
    let own = || rows().filter(move |r| r.when == when).map(|r| r.op);
    // What the dashboard does can be done while typing too, and much of it over what fills its body.
    let lent = || {
        let lends = |op: &Op| match when {
            When::Typing => !matches!(op, Op::Type),
            _ => when.is_sheet() && ANYWHERE.contains(op),
        };
        rows().filter(|r| r.when == When::Normal).map(|r| r.op).filter(lends)
    };
    if let Some(op) = own().chain(lent()).find(|op| op.word() == word) {
        return Ok(op);
    }
    let near = did_you_mean(word, own().chain(lent()).map(Op::word));
    let elsewhere = rows().find(|r| r.op.word() == word).map(|r| r.when.word());
    Err(match elsewhere {
        Some(there) if near.is_empty() => {
            format!("`{word}` cannot be done in `[keys.{}]`; it belongs to `[keys.{there}]`", when.word())
        }
        _ => format!(
            "there is no action `{}` in `[keys.{}]`{near}; `orchestra keymap` lists them",
            word.escape_debug(),
            when.word()
        ),
    })
}

/// Whether a key may have that meaning then.
fn may_be(when: When, op: Op, seq: Seq) -> Result<(), String> {
    let digit = |key: Key| matches!(key.code, Code::Char('0'..='9'));
    if op == Op::Tab && !digit(seq.last()) {
        return Err(format!("{} tells no tab; it must end with a digit", seq.name()));
    }
    let writes = matches!(
        when,
        When::Typing | When::Composing | When::Entering | When::Choosing | When::Seeking | When::Triaging
    );
    let plain = !seq.first.mods.ctrl && !seq.first.mods.alt;
    let text = match seq.first.code {
        Code::Char(_) => true,
        // Programs in panes need these; where the dashboard takes a text it has its own meaning for them.
        Code::Enter | Code::Tab | Code::Backspace | Code::Esc => {
            when == When::Typing && !seq.first.mods.shift
        }
        _ => false,
    };
    if writes && plain && text {
        let name = Seq::one(seq.first).name();
        return Err(format!("{name} could not be typed any more; take a key with Ctrl or Alt, or F1 to F24"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Found;
    use super::*;

    fn file(lines: &[(&str, &str, &[&str])]) -> KeyPrefs {
        let change = |(i, (when, op, keys)): (usize, &(&str, &str, &[&str]))| KeyChange {
            when: (*when).into(),
            op: (*op).into(),
            keys: keys.iter().map(|k| (*k).to_owned()).collect(),
            line: i + 1,
        };
        KeyPrefs {
            file: "f.toml".into(),
            preset: None,
            changes: lines.iter().enumerate().map(change).collect(),
        }
    }

    fn told(lines: &[(&str, &str, &[&str])]) -> String {
        let (keymap, problems) = Keymap::changed(&[file(lines)]);
        for (i, a) in keymap.bindings.iter().enumerate() {
            assert_eq!(keymap.collision(i), None, "{}", a.op.word());
        }
        problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn an_action_gets_other_keys_and_a_sequence_takes_two() {
        let (keymap, problems) = Keymap::changed(&[file(&[
            ("normal", "zoom", &["f", "ctrl-b z"]),
            ("typing", "zoom", &["ctrl-b z"]),
            ("typing", "leave-typing", &["alt-q"]),
        ])]);
        assert_eq!(problems, []);
        let look = |when, begun, key| keymap.lookup(when, begun, key);
        let ctrl_b = Key::ctrl('b');
        assert_eq!(look(When::Normal, None, Key::char('f')), Found::Does(Op::Zoom));
        assert_eq!(look(When::Normal, None, Key::char('z')), Found::Nothing);
        assert_eq!(look(When::Normal, None, ctrl_b), Found::Begins);
        assert_eq!(look(When::Normal, Some(ctrl_b), Key::char('z')), Found::Does(Op::Zoom));
        assert_eq!(look(When::Normal, Some(ctrl_b), Key::char('f')), Found::Nothing);
        assert_eq!(look(When::Typing, Some(ctrl_b), Key::char('z')), Found::Does(Op::Zoom));
        assert_eq!(look(When::Typing, None, Key::ctrl('q')), Found::Nothing);
        assert_eq!(keymap.key(When::Normal, Op::Zoom), "f");
    }

    #[test]
    fn keys_change_places_but_collide_with_nobody() {
        assert_eq!(told(&[("normal", "zoom", &["b"]), ("normal", "broadcast", &["z"])]), "");
        for (lines, wanted) in [
            (&[("normal", "zoom", &["b"][..])][..], "f.toml:1: `zoom`: b is already the key of `broadcast`"),
            (&[("normal", "zoom", &["b z"])], "f.toml:1: `zoom`: b z and b (`broadcast`) begin alike"),
            (&[("normal", "zoom", &["f", "f z"])], "f.toml:1: `zoom`: f hides f z"),
            (&[("normal", "zoom", &["f"]), ("normal", "pin", &["f"])], "f.toml:2: `pin`: f is already"),
            (&[("normal", "zom", &["f"])], "did you mean `zoom`?"),
            (&[("nomal", "zoom", &["f"])], "there is no `[keys.nomal]`; expected one of"),
            (&[("nomal", "zoom", &["f"])], "did you mean `normal`?"),
            (&[("normal", "yes", &["f"])], "it belongs to `[keys.question]`"),
            (&[("normal", "zoom", &["Entr"])], "did you mean `Enter`?"),
            (&[("normal", "zoom", &[])], "would be left without a key"),
            (&[("normal", "tab", &["x"])], "must end with a digit"),
            (&[("typing", "zoom", &["z"])], "z could not be typed any more"),
            (&[("typing", "leave-typing", &["esc"])], "Esc could not be typed any more"),
            (&[("prompt", "accept", &["s"])], "s could not be typed any more"),
        ] {
            assert!(told(lines).contains(wanted), "{lines:?}: {}", told(lines));
        }
        // What is wrong leaves the rest in force.
        let (keymap, problems) =
            Keymap::changed(&[file(&[("normal", "zoom", &["b"]), ("normal", "pin", &["f"])])]);
        assert_eq!(problems.len(), 1);
        assert_eq!(keymap.key(When::Normal, Op::Zoom), "z");
        assert_eq!(keymap.key(When::Normal, Op::Pin), "f");
    }

    #[test]
    fn every_action_has_a_word_of_its_own() {
        for row in rows() {
            assert!(!row.op.word().is_empty(), "{row:?}");
            assert_eq!(op_of(row.when, row.op.word()), Ok(row.op));
        }
    }
}
