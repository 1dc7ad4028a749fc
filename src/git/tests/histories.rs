//! Random histories as streams for `git fast-import`.

use std::collections::BTreeMap;

/// Branches of a history.
pub(super) const BRANCHES: usize = 4;

/// Folders and names: plain ones, deep ones, some that need quotes, some that sort between others.
const FOLDERS: [&str; 7] = ["", "src/", "src/deep/er/est/", "docs/", "ünï/", "a b/", "src-x/"];
const NAMES: [&str; 12] = [
    "one.txt",
    "two.txt",
    "three",
    "four.rs",
    "-dash",
    "q\"uote",
    "tab\tname",
    "ß.md",
    "back\\slash",
    "five",
    "src",
    "docs",
];

/// One history.
pub(super) struct History {
    /// What it was made from.
    pub(super) seed: u64,
    /// What `git fast-import` makes of it: `h<seed>-main` and `h<seed>-b<n>`.
    pub(super) stream: Vec<u8>,
}

/// A small generator: the same numbers everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn of<T: Clone>(&mut self, all: &[T]) -> Option<T> {
        if all.is_empty() { None } else { Some(all[self.roll(all.len())].clone()) }
    }
}

#[derive(Clone)]
struct File {
    mode: &'static str,
    content: Vec<u8>,
}

type Files = BTreeMap<String, File>;

pub(super) fn history(seed: u64) -> History {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5DEE_CE66);
    for _ in 0..4 {
        dice.roll(2);
    }
    let mut maker = Maker { stream: Vec::new(), seed, marks: 0 };
    let mut base = Files::new();
    for n in 0..8 + dice.roll(12) {
        let name = format!("{}{}", FOLDERS[dice.roll(FOLDERS.len())], NAMES[dice.roll(NAMES.len())]);
        put(&mut base, &name, text(n, 10 + dice.roll(20)));
    }
    if dice.roll(3) == 0 {
        let lines = ["*.txt merge=union\n", "*.rs -merge\n", "docs/* binary\n", "three merge=nobody\n"];
        let line = lines[dice.roll(lines.len())];
        put(&mut base, ".gitattributes", File { mode: "100644", content: line.into() });
    }
    let root = maker.commit("main", &base, &[]);
    let mut main = base.clone();
    if dice.roll(3) == 0 {
        act(&mut main, &mut dice, 90);
    }
    maker.commit("main", &main, &[root]);
    let mut tips: Vec<(Files, usize)> = Vec::new();
    for n in 0..BRANCHES {
        // Now and then a branch builds on another one.
        let (mut files, parent) = match tips.last() {
            Some((files, mark)) if dice.roll(8) == 0 => (files.clone(), *mark),
            _ => (base.clone(), root),
        };
        for _ in 0..1 + dice.roll(3) {
            act(&mut files, &mut dice, n);
        }
        let mark = maker.commit(&format!("b{n}"), &files, &[parent]);
        tips.push((files, mark));
    }
    if dice.roll(6) == 0 {
        cross(&mut maker, &mut dice, &mut tips);
    }
    History { seed, stream: maker.stream }
}

/// Two branches take each other in, so that they have two merge bases.
fn cross(maker: &mut Maker, dice: &mut Dice, tips: &mut [(Files, usize)]) {
    let (one, two) = (tips[0].clone(), tips[1].clone());
    let mut both = one.0.clone();
    for (path, file) in &two.0 {
        if !both.contains_key(path) {
            put(&mut both, path, file.clone());
        }
    }
    for (n, parents) in [(0, [one.1, two.1]), (1, [two.1, one.1])] {
        let mut files = both.clone();
        act(&mut files, dice, 50 + n);
        maker.commit(&format!("b{n}"), &files, &parents);
    }
}

fn text(n: usize, lines: usize) -> File {
    let content: String = (0..lines).map(|l| format!("file {n} has line {l}\n")).collect();
    File { mode: "100644", content: content.into() }
}

/// Puts a file, taking away what cannot be beside it.
fn put(files: &mut Files, name: &str, file: File) {
    files.retain(|o, _| !o.starts_with(&format!("{name}/")) && !name.starts_with(&format!("{o}/")));
    files.insert(name.to_owned(), file);
}

/// One change by `who`.
fn act(files: &mut Files, dice: &mut Dice, who: usize) {
    let names: Vec<String> = files.keys().filter(|n| *n != ".gitattributes").cloned().collect();
    let Some(name) = dice.of(&names) else { return };
    let fresh = format!("{}{}{}", FOLDERS[dice.roll(7)], NAMES[dice.roll(12)], ["", ".new"][dice.roll(2)]);
    let Some(old) = files.get(&name).cloned() else { return };
    match dice.roll(20) {
        0..=7 => {
            let mut lines: Vec<Vec<u8>> =
                old.content.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
            let at = dice.roll(lines.len().max(1)).min(lines.len());
            let line = format!("{who} was here {}\n", dice.roll(3)).into_bytes();
            match dice.roll(3) {
                0 if at < lines.len() => drop(lines.remove(at)),
                1 if at < lines.len() => lines[at] = line,
                _ => lines.insert(at, line),
            }
            files.insert(name, File { content: lines.concat(), ..old });
        }
        8..=10 => put(files, &fresh, text(100 + who * dice.roll(2), 12)),
        11 => drop(files.remove(&name)),
        12..=13 => {
            files.remove(&name);
            put(files, &fresh, old);
        }
        14 => {
            let from = FOLDERS[1 + dice.roll(6)];
            let to = format!("moved{}/", dice.roll(2));
            let moved: Vec<String> = files.keys().filter(|n| n.starts_with(from)).cloned().collect();
            for path in moved {
                if let Some(file) = files.remove(&path) {
                    put(files, &path.replacen(from, &to, 1), file);
                }
            }
        }
        15 => drop(files.insert(name, File { mode: "100755", ..old })),
        16 => put(files, &name, File { mode: "120000", content: format!("to/{}", dice.roll(2)).into() }),
        17 => {
            let byte = u8::try_from(dice.roll(200)).unwrap();
            put(files, &name, File { mode: "100644", content: vec![0, 1, byte, 0, 255] });
        }
        18 => put(files, &fresh, File { mode: "100644", content: Vec::new() }),
        _ => {
            let line = ["*.rs merge=union\n", "*.txt -merge\n", "src/* merge=binary\n"][dice.roll(3)];
            put(files, ".gitattributes", File { mode: "100644", content: line.into() });
        }
    }
}

struct Maker {
    stream: Vec<u8>,
    seed: u64,
    marks: usize,
}

impl Maker {
    fn commit(&mut self, branch: &str, files: &Files, parents: &[usize]) -> usize {
        self.marks += 1;
        let mark = usize::try_from(self.seed).unwrap() * 100 + self.marks;
        let date = 1_700_000_000 + self.marks;
        let mut out = format!(
            "commit refs/heads/h{}-{branch}\nmark :{mark}\ncommitter Ada <ada@example.org> {date} +0000\ndata 1\nx\n",
            self.seed
        )
        .into_bytes();
        for (n, parent) in parents.iter().enumerate() {
            out.extend(format!("{} :{parent}\n", ["from", "merge"][n]).into_bytes());
        }
        out.extend(b"deleteall\n");
        for (path, file) in files {
            let path = path.replace('\\', "\\\\").replace('"', "\\\"");
            let head = format!("M {} inline \"{path}\"\ndata {}\n", file.mode, file.content.len());
            out.extend([head.as_bytes(), &file.content, b"\n"].concat());
        }
        out.extend(b"\n");
        self.stream.extend(out);
        mark
    }
}
