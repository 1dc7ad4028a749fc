//! Source files without a test beside them.

use std::collections::{HashMap, HashSet};

use super::{Language, file_name, language};

/// Folders whose files are tests, or belong to them.
const FOLDERS: &[&str] = &["test", "tests", "__tests__", "spec", "specs", "testing"];
/// Folders whose files somebody else wrote or a program did.
const FOREIGN: &[&str] =
    &["node_modules", "vendor", "dist", "target", "third_party", "generated", "migrations"];
/// Names of files that tie others together or start them; nobody expects a test of their own.
const TIES: &[&str] =
    &["index", "main", "mod", "lib", "__init__", "__main__", "setup", "conftest", "build", "doc"];

/// Whether the file at `path` is a test, by its name or folder.
#[must_use]
pub fn is_test(path: &str) -> bool {
    subject(path).is_some()
}

/// The files among `changed` that hold source and have no test beside them, where the project has that
/// habit, in the order of `changed`.
///
/// A test beside `dir/x.ts` is a file of the same language named for it (`x.test.ts`, `x_test.go`,
/// `test_x.py`, `XTest.java`, …) in `dir` or `dir/x`, or one so named or just `x.…` in any folder of tests.
/// A language has the habit where at least half of its source files in `before` (the paths of the
/// base's tree) have such a test. `now` are the paths of the branch's tree.
#[must_use]
pub fn untested(before: &[&str], now: &[&str], changed: &[&str]) -> Vec<String> {
    let habits = habits(before);
    if habits.is_empty() {
        return Vec::new();
    }
    let (known, here) = (Tests::of(now), now.iter().copied().collect::<HashSet<&str>>());
    let lacks = |path: &&&str| {
        here.contains(**path) && source(path).is_some_and(|l| habits.contains(&l) && !known.has(path, l))
    };
    changed.iter().filter(lacks).map(|p| (*p).to_owned()).collect()
}

/// The tests among `changed` that are named for a file that is nowhere in the tree, in the order of `changed`.
///
/// Only tests that are named for their subject count (`x.test.ts`, `x_test.go`, `test_x.py`, `XTest.java`, …), and a
/// folder of that name is a subject too. A language has the habit of naming tests so unless most of its tests in
/// `before` (the paths of the base's tree) have no such subject. `now` are the paths of the branch's tree.
#[must_use]
pub fn orphans(before: &[&str], now: &[&str], changed: &[&str]) -> Vec<String> {
    let here: HashSet<&str> = now.iter().copied().collect();
    let tests: Vec<&str> =
        changed.iter().copied().filter(|p| here.contains(p) && named(p).is_some()).collect();
    if tests.is_empty() {
        return Vec::new();
    }
    let (then, now) = (Subjects::of(before), Subjects::of(now));
    let habit = |language: Language| {
        let all = || before.iter().filter(move |p| self::language(p) == Some(language) && named(p).is_some());
        all().filter(|p| then.has(p)).count() * 2 >= all().count()
    };
    let lacks = |path: &&str| !now.has(path) && self::language(path).is_some_and(habit);
    tests.into_iter().filter(lacks).map(str::to_owned).collect()
}

/// What tests can be named for.
struct Subjects<'a> {
    files: HashSet<(Language, &'a str)>,
    folders: HashSet<&'a str>,
}

impl<'a> Subjects<'a> {
    fn of(paths: &[&'a str]) -> Self {
        let mut all = Self { files: HashSet::new(), folders: HashSet::new() };
        for path in paths.iter().copied().filter(|p| subject(p).is_none()) {
            all.files.extend(language(path).map(|l| (l, stem(path))));
            all.folders.extend(folder(path).split('/'));
        }
        all
    }

    fn has(&self, test: &str) -> bool {
        let (Some(subject), Some(language)) = (named(test), language(test)) else { return true };
        self.files.contains(&(language, subject)) || self.folders.contains(subject)
    }
}

/// The languages at least half of whose source files have a test.
fn habits(paths: &[&str]) -> HashSet<Language> {
    let known = Tests::of(paths);
    let mut counts: HashMap<Language, (usize, usize)> = HashMap::new();
    for path in paths {
        if let Some(language) = source(path) {
            let (all, tested) = counts.entry(language).or_default();
            *all += 1;
            *tested += usize::from(known.has(path, language));
        }
    }
    counts.into_iter().filter(|(_, (all, tested))| tested * 2 >= *all).map(|(l, _)| l).collect()
}

/// Where the tests of each subject are.
struct Tests<'a>(HashMap<(Language, &'a str), Vec<&'a str>>);

impl<'a> Tests<'a> {
    fn of(paths: &[&'a str]) -> Self {
        let mut all: HashMap<_, Vec<_>> = HashMap::new();
        for path in paths {
            if let (Some(subject), Some(language)) = (subject(path), language(path)) {
                all.entry((language, subject)).or_default().push(folder(path));
            }
        }
        Self(all)
    }

    fn has(&self, path: &str, language: Language) -> bool {
        let own = path.rsplit_once('.').map_or(path, |(own, _)| own);
        let beside =
            |dir: &str| [folder(path), own].contains(&dir) || dir.split('/').any(|p| FOLDERS.contains(&p));
        self.0.get(&(language, stem(path))).is_some_and(|dirs| dirs.iter().any(|d| beside(d)))
    }
}

/// The language of a source file that a test could be expected of.
fn source(path: &str) -> Option<Language> {
    let language = language(path)?;
    let foreign = path.split('/').any(|part| FOREIGN.contains(&part)) || path.ends_with(".d.ts");
    (!foreign && subject(path).is_none() && !TIES.contains(&stem(path))).then_some(language)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn stem(path: &str) -> &str {
    let name = file_name(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// What a test is about, by its name or folder; none where it is no test.
fn subject(path: &str) -> Option<&str> {
    language(path)?;
    let in_folder = || folder(path).split('/').any(|part| FOLDERS.contains(&part)).then_some(stem(path));
    named(path).or_else(in_folder)
}

/// What a test is about, by its name.
fn named(path: &str) -> Option<&str> {
    let stem = stem(path);
    let dir = folder(path);
    match language(path)? {
        Language::Script => stem.strip_suffix(".test").or_else(|| stem.strip_suffix(".spec")),
        Language::Go => stem.strip_suffix("_test"),
        Language::Python => stem.strip_prefix("test_").or_else(|| stem.strip_suffix("_test")),
        Language::Ruby => stem.strip_suffix("_spec").or_else(|| stem.strip_suffix("_test")),
        Language::Jvm | Language::CSharp => stem.strip_suffix("Tests").or_else(|| stem.strip_suffix("Test")),
        // `x/tests.rs` tests the module x.
        Language::Rust if stem == "tests" && !dir.is_empty() => Some(file_name(dir)),
        Language::Rust => stem.strip_suffix("_test").or_else(|| stem.strip_suffix("_tests")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(before: &[&str], added: &[&str]) -> Vec<String> {
        let now: Vec<&str> = before.iter().chain(added).copied().collect();
        untested(before, &now, added)
    }

    #[test]
    fn a_new_file_without_a_test_counts_where_tests_are_the_habit() {
        let ts = ["src/a.ts", "src/a.test.ts", "src/b.ts", "src/index.ts"];
        assert_eq!(missing(&ts, &["src/c.ts"]), ["src/c.ts"]);
        assert!(missing(&ts, &["src/c.ts", "src/c.spec.ts"]).is_empty());
        assert!(missing(&ts, &["src/c.ts", "test/deep/c.test.ts"]).is_empty());
        assert!(missing(&ts, &["src/c.ts", "src/__tests__/c.ts"]).is_empty());
        assert!(missing(&ts, &["other.py", "README.md", "src/c.d.ts", "lib/index.ts"]).is_empty());
        assert_eq!(missing(&ts, &["src/c.ts", "lib/c.test.ts"]), ["src/c.ts"], "that is another c");
        let one_of_three = ["src/a.ts", "src/a.test.ts", "src/b.ts", "src/d.ts"];
        assert!(missing(&one_of_three, &["src/c.ts"]).is_empty(), "no habit, no complaint");
        assert!(missing(&[], &["src/c.ts"]).is_empty());
    }

    #[test]
    fn each_language_has_its_own_way() {
        let cases: &[(&[&str], &str, &str)] = &[
            (&["pkg/a.go", "pkg/a_test.go"], "pkg/b.go", "pkg/b_test.go"),
            (&["app/a.py", "tests/test_a.py"], "app/b.py", "app/test_b.py"),
            (
                &["src/main/java/A.java", "src/test/java/ATest.java"],
                "src/main/java/B.java",
                "src/test/java/BTest.java",
            ),
            (&["src/a.rs", "src/a/tests.rs"], "src/b.rs", "tests/b.rs"),
            (&["lib/a.rb", "spec/a_spec.rb"], "lib/b.rb", "spec/b_spec.rb"),
        ];
        for (before, source, test) in cases {
            assert_eq!(missing(before, &[source]), [*source]);
            assert!(missing(before, &[source, test]).is_empty(), "{test}");
        }
    }

    #[test]
    fn what_is_gone_needs_no_test() {
        let before = ["src/a.ts", "src/a.test.ts", "src/b.ts"];
        assert!(untested(&before, &["src/a.ts", "src/a.test.ts"], &["src/b.ts"]).is_empty());
    }

    #[test]
    fn a_test_of_nothing_is_found() {
        let base = ["src/a.ts", "src/a.test.ts", "b/b.go", "b/b_test.go", "pkg/__init__.py"];
        let with = |added: &[&str]| {
            let now: Vec<&str> = base.iter().chain(added).copied().collect();
            orphans(&base, &now, added)
        };
        assert_eq!(with(&["src/gone.test.ts", "src/a.spec.ts"]), ["src/gone.test.ts"]);
        assert_eq!(with(&["b/none_test.go"]), ["b/none_test.go"]);
        assert!(with(&["tests/test_pkg.py", "e2e/walk.ts", "docs/x.md"]).is_empty());
        assert!(with(&["src/new.test.ts", "src/new.ts"]).is_empty());
        // Most tests here are named for something else than a file.
        let free = ["tests/test_login.py", "tests/test_logout.py", "app/web.py"];
        let now = [&free[..], &["tests/test_more.py"]].concat();
        assert!(orphans(&free, &now, &["tests/test_more.py"]).is_empty());
    }
}
