//! What a line or a path of source gives away: work left for later, tests that are skipped, names
//! that others can use, tests that stand beside their source. Rules of lines, not of grammars: each
//! knows a few languages and says nothing of the rest.

mod exports;
pub mod imports;
mod tests_beside;

pub use exports::exports;
pub use tests_beside::{is_test, orphans, untested};

/// A language, as far as these rules tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Language {
    /// JavaScript and TypeScript, with JSX.
    Script,
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// Go.
    Go,
    /// Java and Kotlin.
    Jvm,
    /// Ruby.
    Ruby,
    /// C#.
    CSharp,
}

/// File extensions.
const EXTENSIONS: &[(&str, Language)] = &[
    ("js", Language::Script),
    ("jsx", Language::Script),
    ("mjs", Language::Script),
    ("cjs", Language::Script),
    ("ts", Language::Script),
    ("tsx", Language::Script),
    ("mts", Language::Script),
    ("cts", Language::Script),
    ("rs", Language::Rust),
    ("py", Language::Python),
    ("go", Language::Go),
    ("java", Language::Jvm),
    ("kt", Language::Jvm),
    ("rb", Language::Ruby),
    ("cs", Language::CSharp),
];

/// How tests are skipped. A letter or digit before the words makes them part of another word.
const SKIPS: &[(Language, &[&str])] = &[
    (
        Language::Script,
        &[
            "it.skip(",
            "test.skip(",
            "describe.skip(",
            "suite.skip(",
            "context.skip(",
            "it.skip.each",
            "test.skip.each",
            "describe.skip.each",
            "xit(",
            "xtest(",
            "xdescribe(",
            "it.todo(",
            "test.todo(",
        ],
    ),
    (Language::Rust, &["#[ignore"]),
    (
        Language::Python,
        &[
            "@pytest.mark.skip",
            "@pytest.mark.xfail",
            "@unittest.skip",
            "@skip(",
            "@skipIf(",
            "@skipUnless(",
            "pytest.skip(",
            "self.skipTest(",
        ],
    ),
    (Language::Go, &["t.Skip(", "t.Skipf(", "t.SkipNow(", "b.Skip("]),
    (Language::Jvm, &["@Disabled", "@Ignore"]),
    (Language::Ruby, &["xit ", "xdescribe ", "xcontext ", "skip(", "pending("]),
    (Language::CSharp, &["[Ignore", "Skip ="]),
];

/// The words of work left for later; they count in capitals only, as whole words.
const LATER: &[&str] = &["TODO", "FIXME"];

/// The language of a file, by its extension.
#[must_use]
pub fn language(path: &str) -> Option<Language> {
    let (_, extension) = file_name(path).rsplit_once('.')?;
    EXTENSIONS.iter().find(|(e, _)| *e == extension).map(|(_, l)| *l)
}

/// Whether a line says that something is left for later.
#[must_use]
pub fn leaves_work(line: &str) -> bool {
    LATER.iter().any(|word| whole(line, word))
}

/// Whether a line of the file at `path` skips a test.
#[must_use]
pub fn skips_test(path: &str, line: &str) -> bool {
    let Some(language) = language(path) else { return false };
    let signs = SKIPS.iter().filter(|(l, _)| *l == language).flat_map(|(_, signs)| *signs);
    signs.copied().any(|sign| starts_word(line, sign))
}

/// The last part of a path.
fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn part_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether `sign` stands in `line` with no word running into it.
fn starts_word(line: &str, sign: &str) -> bool {
    line.match_indices(sign).any(|(at, _)| before(line, at))
}

/// Whether `word` stands in `line` on its own.
fn whole(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let after = line.get(at + word.len()..).and_then(|rest| rest.chars().next());
        before(line, at) && !after.is_some_and(part_of_word)
    })
}

fn before(line: &str, at: usize) -> bool {
    !line.get(..at).and_then(|head| head.chars().next_back()).is_some_and(|c| part_of_word(c) || c == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_left_for_later_is_a_whole_word_in_capitals() {
        for yes in ["// TODO: check", "# FIXME", "x(); /* TODO(me) */", "- TODO"] {
            assert!(leaves_work(yes), "{yes}");
        }
        for no in ["todo list", "MASTODON", "TODOS = 3", "let todo = 1;", "FIXMES"] {
            assert!(!leaves_work(no), "{no}");
        }
    }

    #[test]
    fn skipped_tests_are_known_by_language() {
        let yes = [
            ("a.test.ts", "  it.skip('works', () => {"),
            ("a.test.js", "describe.skip(\"x\", f)"),
            ("a.spec.tsx", "xit('later', f)"),
            ("src/a.rs", "    #[ignore = \"slow\"]"),
            ("test_a.py", "@pytest.mark.skipif(True, reason='x')"),
            ("test_a.py", "    @unittest.skip('x')"),
            ("a_test.go", "\tt.Skip(\"later\")"),
            ("ATest.java", "  @Disabled(\"x\")"),
            ("ATest.kt", "@Ignore"),
        ];
        for (path, line) in yes {
            assert!(skips_test(path, line), "{path}: {line}");
        }
        let no = [
            ("a.test.ts", "exit('later')"),
            ("a.test.ts", "unit.skip(1)"),
            ("a.rs", "it.skip(1)"),
            ("a.md", "it.skip('x')"),
            ("a.go", "part.Skip(1)"),
            ("Makefile", "xit("),
        ];
        for (path, line) in no {
            assert!(!skips_test(path, line), "{path}: {line}");
        }
    }
}
