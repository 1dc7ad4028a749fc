//! What a gate's command finds in its environment, and the digest of everything that decides its verdict.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use sha2::{Digest, Sha256};

use crate::domain::gates::Gate;
use crate::domain::id::Oid;

/// The variables handed on from our own environment, beside `LC_*` and those a gate names.
const PASSED: [&str; 9] =
    ["PATH", "HOME", "LANG", "TMPDIR", "USER", "SHELL", "CARGO_HOME", "RUSTUP_HOME", "LOGNAME"];

/// The environment of a gate: what is handed on of our own, `TERM`, then `more`. What speaks for a session or a
/// pane is never handed on, whatever the gate names.
#[must_use]
pub fn environment(gate: &Gate, more: &[(String, String)]) -> BTreeMap<OsString, OsString> {
    chosen(std::env::vars_os(), gate, more)
}

fn chosen(
    ours: impl Iterator<Item = (OsString, OsString)>,
    gate: &Gate,
    more: &[(String, String)],
) -> BTreeMap<OsString, OsString> {
    let passed = |key: &OsString| {
        let Some(key) = key.to_str().filter(|k| !k.starts_with("ORCHESTRA_")) else { return false };
        PASSED.contains(&key) || key.starts_with("LC_") || gate.env.iter().any(|named| named == key)
    };
    let mut all: BTreeMap<OsString, OsString> = ours.filter(|(key, _)| passed(key)).collect();
    all.insert("TERM".into(), "dumb".into());
    all.extend(more.iter().map(|(key, value)| (key.into(), value.into())));
    all
}

/// A digest of everything that decides a verdict: where two are equal, the gate need not run again. `ground` is
/// what the checkout holds beside the tree: the setup and the files that were copied into it.
#[must_use]
pub fn key(gate: &Gate, tree: &Oid, more: &[(String, String)], ground: &str) -> String {
    digest(gate, tree, &environment(gate, more), ground)
}

fn digest(gate: &Gate, tree: &Oid, variables: &BTreeMap<OsString, OsString>, ground: &str) -> String {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        // With the length before it no part can be taken for the end of another.
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for text in [tree.0.as_str(), &gate.name, &gate.run, &gate.dir, ground] {
        add(text.as_bytes());
    }
    add(&gate.timeout.to_le_bytes());
    for (key, value) in variables {
        add(key.as_bytes());
        add(value.as_bytes());
    }
    hash.finalize().iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(of: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
        of.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect()
    }

    #[test]
    fn a_gate_gets_the_fixed_few_and_what_it_names_but_nothing_that_speaks_for_a_pane() {
        let ours = [
            ("PATH", "/bin"),
            ("LC_TIME", "C"),
            ("DATABASE_URL", "x"),
            ("AWS_SECRET", "s"),
            ("ORCHESTRA_TOKEN", "t"),
            ("TERM", "xterm"),
        ];
        let mut gate = Gate::new("test", "true");
        gate.env = vec!["DATABASE_URL".into(), "ORCHESTRA_TOKEN".into(), "NOT_SET".into()];
        let found = chosen(vars(&ours).into_iter(), &gate, &[("GIVEN".into(), "yes".into())]);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(k, v)| (k.to_str().unwrap(), v.to_str().unwrap())).collect();
        let expected =
            [("DATABASE_URL", "x"), ("GIVEN", "yes"), ("LC_TIME", "C"), ("PATH", "/bin"), ("TERM", "dumb")];
        assert_eq!(found, expected);
    }

    #[test]
    fn everything_that_decides_changes_the_key_and_what_does_not_does_not() {
        let gate = Gate::new("test", "cargo test");
        let tree = Oid("aa".into());
        let env: BTreeMap<_, _> = vars(&[("A", "1")]).into_iter().collect();
        let first = digest(&gate, &tree, &env, "setup");
        let other = |change: &dyn Fn(&mut Gate)| {
            let mut gate = gate.clone();
            change(&mut gate);
            digest(&gate, &tree, &env, "setup")
        };
        assert_eq!(first, other(&|g| (g.output, g.retries, g.ready) = (1, 3, true)));
        for (what, key) in [
            ("command", other(&|g| g.run.push('s'))),
            ("folder", other(&|g| g.dir = "sub".into())),
            ("limit", other(&|g| g.timeout = 601)),
            ("tree", digest(&gate, &Oid("ab".into()), &env, "setup")),
            ("value", digest(&gate, &tree, &vars(&[("A", "2")]).into_iter().collect(), "setup")),
            ("border", digest(&gate, &tree, &vars(&[("A1", "")]).into_iter().collect(), "setup")),
            ("ground", digest(&gate, &tree, &env, "other setup")),
        ] {
            assert_ne!(first, key, "{what}");
        }
    }
}
