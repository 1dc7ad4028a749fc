//! Which technologies a repository has, told from its files by rules that are data.

use serde::{Deserialize, Serialize};

/// Most files that one recognition reads.
pub const FILES_MOST: usize = 200;
/// Most bytes of a file that are looked at; what is beyond does not count.
pub const BYTES_MOST: usize = 256 * 1024;
/// Most paths that are looked at; what is beyond does not count.
pub const PATHS_MOST: usize = 200_000;

/// The file of the rules.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// The rules in any order.
    #[serde(rename = "tech")]
    pub rules: Vec<Rule>,
}

/// How one technology shows.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, as prompts ask for it: `{% if 'kubernetes' in tech %}`.
    pub name: String,
    /// Patterns of paths, any of which suffices. `*` stands for any characters but `/`, `**` for
    /// any folders; a pattern without `/` is compared with the file's name, in any folder.
    #[serde(default)]
    pub files: Vec<String>,
    /// Words in files, any of which suffices.
    #[serde(default)]
    pub markers: Vec<Marker>,
    /// Other technologies that come with it.
    #[serde(default)]
    pub implies: Vec<String>,
}

/// Words that are looked for in some files.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marker {
    /// Patterns of the files' paths.
    #[serde(rename = "in")]
    pub files: Vec<String>,
    /// The words; upper and lower case are the same, and a letter or digit next to a word's own
    /// letter or digit makes it another word.
    pub any: Vec<String>,
}

/// The names of the technologies that a tree with `paths` has, sorted, each once. `read` gives a
/// file's text, or nothing when it is no text; it is asked for at most [`FILES_MOST`] files, those
/// near the top first, and only for files that a marker names.
pub fn recognise(
    rules: &[Rule],
    paths: &[&str],
    read: &mut dyn FnMut(&str) -> Option<String>,
) -> Vec<String> {
    let paths = paths.get(..PATHS_MOST).unwrap_or(paths);
    let by_path = |rule: &Rule| rule.files.iter().any(|p| paths.iter().any(|path| matches(p, path)));
    let mut found: Vec<bool> = rules.iter().map(by_path).collect();

    let open = |found: &[bool], path: &str| {
        let wanted = |(i, r): (usize, &Rule)| {
            let asks = |m: &Marker| m.files.iter().any(|p| matches(p, path));
            found.get(i) == Some(&false) && r.markers.iter().any(asks)
        };
        rules.iter().enumerate().any(wanted)
    };
    let mut worth: Vec<&str> = paths.iter().copied().filter(|p| open(&found, p)).collect();
    worth.sort_by_key(|p| (p.matches('/').count(), *p));
    let mut left = FILES_MOST;
    for path in worth {
        if left == 0 {
            break;
        }
        if !open(&found, path) {
            continue;
        }
        left -= 1;
        let Some(text) = read(path) else { continue };
        let text = cut(&text).to_ascii_lowercase();
        for (rule, found) in rules.iter().zip(&mut found).filter(|(_, found)| !**found) {
            *found = rule.markers.iter().any(|marker| {
                marker.files.iter().any(|p| matches(p, path)) && marker.any.iter().any(|w| says(&text, w))
            });
        }
    }
    with_implied(rules, &found)
}

fn with_implied(rules: &[Rule], found: &[bool]) -> Vec<String> {
    let mut names: Vec<&str> = Vec::new();
    let mut next: Vec<&str> =
        rules.iter().zip(found).filter(|(_, f)| **f).map(|(r, _)| r.name.as_str()).collect();
    while let Some(name) = next.pop() {
        if names.contains(&name) {
            continue;
        }
        names.push(name);
        next.extend(
            rules.iter().filter(|r| r.name == name).flat_map(|r| r.implies.iter().map(String::as_str)),
        );
    }
    names.sort_unstable();
    names.into_iter().map(str::to_owned).collect()
}

fn cut(text: &str) -> &str {
    let mut end = text.len().min(BYTES_MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether `text`, in lower case, holds `word` as a word of its own.
fn says(text: &str, word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let letter = |b: Option<u8>| b.is_some_and(|b| b.is_ascii_alphanumeric());
    let bytes = word.as_bytes();
    let (opens, closes) = (letter(bytes.first().copied()), letter(bytes.last().copied()));
    !word.is_empty()
        && text.match_indices(&word).any(|(at, _)| {
            let before = at.checked_sub(1).and_then(|i| text.as_bytes().get(i).copied());
            let after = text.as_bytes().get(at + word.len()).copied();
            !(opens && letter(before) || closes && letter(after))
        })
}

/// Whether `path` fits `pattern`.
#[must_use]
pub fn matches(pattern: &str, path: &str) -> bool {
    if !pattern.contains('/') {
        return fits(pattern, path.rsplit('/').next().unwrap_or(path));
    }
    let pattern: Vec<&str> = pattern.split('/').collect();
    let path: Vec<&str> = path.split('/').collect();
    folders(&pattern, &path)
}

fn folders(pattern: &[&str], path: &[&str]) -> bool {
    match pattern.split_first() {
        None => path.is_empty(),
        Some((&"**", rest)) => (0..=path.len()).any(|skip| folders(rest, &path[skip..])),
        Some((first, rest)) => {
            path.split_first().is_some_and(|(name, below)| fits(first, name) && folders(rest, below))
        }
    }
}

/// Whether one name fits one pattern with `*` in it.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_for_names_or_for_paths() {
        let table = [
            ("*.rs", "src/a/b.rs", true),
            ("*.rs", "src/a.rs.bak", false),
            ("Dockerfile*", "x/Dockerfile.dev", true),
            ("Chart.yaml", "charts/a/Chart.yaml", true),
            ("Chart.yaml", "charts/a/MyChart.yaml", false),
            (".github/workflows/*.yml", ".github/workflows/ci.yml", true),
            (".github/workflows/*.yml", ".github/workflows/a/ci.yml", false),
            ("**/k8s/**", "deploy/k8s/a/b.yaml", true),
            ("**/k8s/**", "k8s/b.yaml", true),
            ("**/k8s/**", "deploy/k8sx/b.yaml", false),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "acb", false),
            ("*", "anything", true),
            ("ab*ba", "aba", false),
        ];
        for (pattern, path, want) in table {
            assert_eq!(matches(pattern, path), want, "{pattern} {path}");
        }
    }

    #[test]
    fn a_word_is_not_part_of_another() {
        assert!(says("image: falco:1", "Falco") && says("falco", "falco"));
        assert!(!says("falcon", "falco") && !says("xfalco", "falco") && !says("", "falco"));
        assert!(says("\"@aws-cdk/core\"", "@aws-cdk"));
        assert!(!says("anything", ""));
        assert!(says("é falco é", "falco"));
    }

    fn rule(name: &str, files: &[&str], in_: &[&str], any: &[&str]) -> Rule {
        let list = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let markers = if any.is_empty() { vec![] } else { vec![Marker { files: list(in_), any: list(any) }] };
        Rule { name: name.into(), files: list(files), markers, implies: vec![] }
    }

    #[test]
    fn files_words_and_what_comes_along_are_found() {
        let mut rules = vec![
            rule("rust", &["Cargo.toml"], &[], &[]),
            rule("web", &[], &["package.json"], &["\"react\""]),
            rule("falco", &[], &["*.yaml"], &["falco"]),
            rule("eks", &[], &["*.yaml"], &["eksctl"]),
            rule("kubernetes", &[], &[], &[]),
        ];
        rules[3].implies = vec!["kubernetes".into()];
        let paths = ["Cargo.toml", "a/values.yaml", "package.json", "README.md"];
        let mut asked = Vec::new();
        let found = recognise(&rules, &paths, &mut |path| {
            asked.push(path.to_owned());
            match path {
                "a/values.yaml" => Some("tool: EKSCTL".into()),
                _ => None,
            }
        });
        assert_eq!(found, ["eks", "kubernetes", "rust"]);
        assert_eq!(asked, ["package.json", "a/values.yaml"], "nothing else is read, the top first");
    }

    #[test]
    fn the_cost_is_bounded() {
        let rules = [rule("x", &[], &["*.yaml"], &["needle"])];
        let names: Vec<String> = (0..1000).map(|n| format!("{n}.yaml")).collect();
        let paths: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut asked = 0;
        let late = format!("{}needle", "é".repeat(BYTES_MOST / 2));
        assert!(
            recognise(&rules, &paths, &mut |_| {
                asked += 1;
                Some(late.clone())
            })
            .is_empty()
        );
        assert_eq!(asked, FILES_MOST);
        let mut asked = 0;
        let found = recognise(&rules, &paths, &mut |_| {
            asked += 1;
            Some("a needle".into())
        });
        assert_eq!((found, asked), (vec!["x".to_owned()], 1), "what is known is not looked for again");
    }
}
