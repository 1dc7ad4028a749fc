//! Whether what a file takes is there.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Module, Take};
use crate::domain::source::{Language, language};

/// How many modules that pass on all names of others are followed.
const DEEP: usize = 8;

/// The files of a tree.
pub trait Files {
    /// All paths, with `/`.
    fn paths(&self) -> &BTreeSet<String>;
    /// The text of a file; none when it cannot be read or a limit is reached.
    fn text(&mut self, path: &str) -> Option<Rc<str>>;
    /// What a file gives and takes; none when it cannot be read or a limit is reached.
    fn module(&mut self, path: &str) -> Option<Rc<Module>>;
}

/// Whether a name is there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Offer {
    /// It is, or it comes from elsewhere.
    Yes,
    /// It is not, a part of a sentence.
    No(String),
    /// That cannot be told, and why.
    Unknown(String),
}

/// Whether what the file at `path` takes is there.
pub fn judge(files: &mut dyn Files, path: &str, take: &Take) -> Offer {
    offer(files, path, take, DEEP)
}

fn offer(files: &mut dyn Files, path: &str, take: &Take, deep: usize) -> Offer {
    match language(path) {
        Some(Language::Script) => script(files, path, take, deep),
        Some(Language::Python) => python(files, path, take, deep),
        Some(Language::Rust) => rust(files, path, take, deep),
        Some(Language::Go) => go(files, path, take),
        _ => Offer::Yes,
    }
}

fn there(files: &dyn Files, path: &str) -> bool {
    files.paths().contains(path)
}

fn folder(files: &dyn Files, path: &str) -> bool {
    let start = format!("{path}/");
    path.is_empty() || files.paths().range(start.clone()..).next().is_some_and(|p| p.starts_with(&start))
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn join(dir: &str, name: &str) -> String {
    if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") }
}

/// `path` relative to the folder `dir`; none where it leaves the tree.
fn relative(dir: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = dir.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn nowhere(from: &str) -> Offer {
    Offer::No(format!("`{from}` is imported, which is nowhere in the tree"))
}

fn unnamed(name: &str, from: &str) -> Offer {
    Offer::No(format!("`{name}` is imported from `{from}`, which has no such name"))
}

/// Whether a module that was found gives a name, itself or by passing on those of others.
fn gives(files: &mut dyn Files, at: &str, take: &Take, deep: usize) -> Offer {
    let Some(module) = files.module(at) else {
        return Offer::Unknown(format!("{at} was not read"));
    };
    if take.name.is_empty() || module.names.contains(&take.name) {
        return Offer::Yes;
    }
    if !module.open.is_empty() {
        return Offer::Unknown(format!("{at}: {}", module.open));
    }
    passed_on(files, at, &module.stars, take, deep).unwrap_or_else(|| unnamed(&take.name, &take.from))
}

/// What modules say whose names are all passed on at `at`; none when none of them has it.
fn passed_on(files: &mut dyn Files, at: &str, stars: &[String], take: &Take, deep: usize) -> Option<Offer> {
    // `export *` leaves the default out.
    if take.name == "default" {
        return None;
    }
    let mut unknown = None;
    for star in stars {
        let inside = Vec::new();
        let next = Take { from: star.clone(), name: take.name.clone(), line: take.line, inside };
        let within = within_project(files, at, star);
        if deep == 0 || !within {
            unknown = Some(Offer::Unknown(format!("{at} passes on all names of `{star}`")));
            continue;
        }
        match offer(files, at, &next, deep - 1) {
            Offer::Yes => return Some(Offer::Yes),
            Offer::Unknown(why) => unknown = Some(Offer::Unknown(why)),
            Offer::No(_) => {}
        }
    }
    unknown
}

/// Whether a module is the project's own, so that it can be followed.
fn within_project(files: &dyn Files, at: &str, from: &str) -> bool {
    match language(at) {
        Some(Language::Script) => from.starts_with('.'),
        Some(Language::Python) => from.starts_with('.') || package(files, at, from).is_some(),
        Some(Language::Rust) => {
            let first = from.split("::").next().unwrap_or_default();
            matches!(first, "crate" | "self" | "super")
        }
        _ => false,
    }
}

fn script(files: &mut dyn Files, path: &str, take: &Take, deep: usize) -> Offer {
    if !take.from.starts_with("./") && !take.from.starts_with("../") && take.from != "." && take.from != ".."
    {
        return Offer::Yes;
    }
    // What a bundler is told stands behind a question mark.
    let plain = take.from.split('?').next().unwrap_or_default();
    let Some(base) = relative(parent(path), plain) else { return nowhere(&take.from) };
    const ENDS: &[&str] = &[
        "ts", "tsx", "d.ts", "mts", "cts", "js", "jsx", "mjs", "cjs", "json", "d.mts", "d.cts", "vue",
        "svelte",
    ];
    let mut tries = vec![base.clone()];
    tries.extend(ENDS.iter().map(|end| format!("{base}.{end}")));
    tries.extend(ENDS.iter().map(|end| join(&base, &format!("index.{end}"))));
    // What will be `x.js` is written as `x.ts`.
    for (was, is) in
        [("js", "ts"), ("js", "tsx"), ("jsx", "tsx"), ("mjs", "mts"), ("cjs", "cts"), ("js", "d.ts")]
    {
        let stem = base.strip_suffix(was).and_then(|s| s.strip_suffix('.'));
        tries.extend(stem.map(|stem| format!("{stem}.{is}")));
    }
    let Some(at) = tries.into_iter().find(|p| there(files, p)) else {
        // A folder without an index may be a package of its own.
        let package = there(files, &join(&base, "package.json"));
        return if package { Offer::Yes } else { nowhere(&take.from) };
    };
    match language(&at) {
        Some(Language::Script) => gives(files, &at, take, deep),
        _ => Offer::Yes,
    }
}

/// The folder (without the module's own parts) in which a Python module of the project is found.
fn package(files: &dyn Files, path: &str, from: &str) -> Option<String> {
    let top = from.split('.').next().filter(|t| !t.is_empty())?;
    let mut roots = vec![String::new(), "src".to_owned()];
    let mut up = parent(path);
    while !up.is_empty() {
        roots.push(up.to_owned());
        up = parent(up);
    }
    let known = |root: &String| {
        let at = join(root, top);
        there(files, &format!("{at}.py")) || there(files, &format!("{at}/__init__.py"))
    };
    roots.into_iter().find(known)
}

fn python(files: &mut dyn Files, path: &str, take: &Take, deep: usize) -> Offer {
    let dots = take.from.chars().take_while(|c| *c == '.').count();
    let rest = take.from.get(dots..).unwrap_or_default();
    let mut root = if dots > 0 {
        let mut dir = parent(path).to_owned();
        for _ in 1..dots {
            dir = parent(&dir).to_owned();
        }
        dir
    } else {
        let Some(root) = package(files, path, rest) else { return Offer::Yes };
        root
    };
    for part in rest.split('.').filter(|p| !p.is_empty()) {
        root = join(&root, part);
    }
    let own = [format!("{root}.py"), format!("{root}.pyi"), join(&root, "__init__.py")];
    let at = own.into_iter().find(|p| there(files, p));
    let below = join(&root, &take.name);
    let is_module = there(files, &format!("{below}.py")) || folder(files, &below);
    if take.name.is_empty() && (at.is_some() || folder(files, &root)) || (is_module && !take.name.is_empty())
    {
        return Offer::Yes;
    }
    let Some(at) = at else {
        if rest.ends_with("_pb2") || rest.ends_with("_pb2_grpc") || rest.ends_with("_version") {
            return Offer::Unknown(format!("`{}` is usually made by a program", take.from));
        }
        return if folder(files, &root) { unnamed(&take.name, &take.from) } else { nowhere(&take.from) };
    };
    let special = take.name.starts_with("__") && take.name.ends_with("__");
    if special { Offer::Yes } else { gives(files, &at, take, deep) }
}

fn go(files: &mut dyn Files, path: &str, take: &Take) -> Offer {
    let mut dir = parent(path);
    let (top, own) = loop {
        let file = join(dir, "go.mod");
        if there(files, &file) {
            let Some(text) = files.text(&file) else { return Offer::Unknown(format!("{file} was not read")) };
            let own = text.lines().find_map(|l| l.trim().strip_prefix("module ")).map(str::trim);
            break (dir.to_owned(), own.unwrap_or_default().trim_matches('"').to_owned());
        }
        if dir.is_empty() {
            return Offer::Yes;
        }
        dir = parent(dir);
    };
    let below = match take.from.strip_prefix(&own) {
        Some(below) if !own.is_empty() && (below.is_empty() || below.starts_with('/')) => below,
        _ => return Offer::Yes,
    };
    let Some(at) = relative(&top, below) else { return Offer::Yes };
    let start = if at.is_empty() { String::new() } else { format!("{at}/") };
    let sources: Vec<String> = files
        .paths()
        .range(start.clone()..)
        .take_while(|p| p.starts_with(&start))
        .filter(|p| p.ends_with(".go") && !p.ends_with("_test.go") && parent(p) == at)
        .cloned()
        .collect();
    if sources.is_empty() {
        return nowhere(&take.from);
    }
    let mut unknown = None;
    for source in sources {
        match files.module(&source) {
            Some(module) if take.name.is_empty() || module.names.contains(&take.name) => return Offer::Yes,
            Some(module) if module.open.is_empty() => {}
            Some(module) => unknown = Some(format!("{source}: {}", module.open)),
            None => unknown = Some(format!("{source} was not read")),
        }
    }
    unknown.map_or_else(|| unnamed(&take.name, &take.from), Offer::Unknown)
}

fn rust(files: &mut dyn Files, path: &str, take: &Take, deep: usize) -> Offer {
    // The folder of the crate's own file, above this one.
    let mut dir = parent(path);
    let roots: Vec<String> = loop {
        let own = ["lib.rs", "main.rs"].map(|f| join(dir, f));
        let roots: Vec<String> = own.into_iter().filter(|p| there(files, p)).collect();
        if !roots.is_empty() {
            break roots;
        }
        if dir.is_empty() {
            return Offer::Yes;
        }
        dir = parent(dir);
    };
    let dir = dir.to_owned();
    let below = path.strip_prefix(&dir).unwrap_or(path).trim_start_matches('/').trim_end_matches(".rs");
    let mut own: Vec<&str> = below.split('/').collect();
    if matches!(own[..], ["bin", ..]) {
        return Offer::Yes;
    }
    if own.last() == Some(&"mod") || matches!(own[..], ["lib" | "main"]) {
        own.pop();
    }
    own.extend(take.inside.iter().map(String::as_str));
    let mut segments = take.from.split("::");
    let mut at: Vec<&str> = match segments.next() {
        Some("crate") => Vec::new(),
        Some("self") => own,
        Some("super") => {
            own.pop();
            own
        }
        _ => return Offer::Yes,
    };
    for segment in segments {
        match segment {
            "super" => {
                at.pop();
            }
            "self" => {}
            other => at.push(other),
        }
    }
    let mut last = Offer::Yes;
    for root in roots {
        last = in_crate(files, &root, &dir, &at, take, deep);
        if last == Offer::Yes {
            break;
        }
    }
    last
}

/// Looks for a name in the module `at` of the crate that begins with the file `root` in `dir`.
fn in_crate(files: &mut dyn Files, root: &str, dir: &str, at: &[&str], take: &Take, deep: usize) -> Offer {
    let (mut file, mut dir) = (root.to_owned(), dir.to_owned());
    let mut inner: Vec<&str> = Vec::new();
    let found = |files: &dyn Files, dir: &str, name: &str| {
        let tries = [join(dir, &format!("{name}.rs")), join(dir, &format!("{name}/mod.rs"))];
        tries.into_iter().find(|p| there(files, p))
    };
    let within = |files: &mut dyn Files, file: &str, inner: &[&str]| {
        let whole = files.module(file)?;
        let mut module: &Module = &whole;
        for name in inner {
            module = module.inner.get(*name)?;
        }
        let names = (module.names.clone(), module.stars.clone());
        let open = if module.open.is_empty() { whole.open.clone() } else { module.open.clone() };
        Some((names.0, names.1, open, module.inner.keys().cloned().collect::<BTreeSet<String>>()))
    };
    for segment in at {
        let Some((names, stars, open, mods)) = within(files, &file, &inner) else {
            return Offer::Unknown(format!("{file} was not read"));
        };
        if mods.contains(*segment) {
            inner.push(segment);
        } else if let Some(next) = found(files, &dir, segment) {
            file = next;
            inner.clear();
        } else if names.contains(*segment) {
            // A type, or a module from elsewhere: what it holds is not known here.
            return Offer::Yes;
        } else if !open.is_empty() || !stars.is_empty() {
            return Offer::Unknown(format!("{file} may have more names"));
        } else {
            return nowhere(&take.from);
        }
        dir = join(&dir, segment);
    }
    let Some((names, stars, open, mods)) = within(files, &file, &inner) else {
        return Offer::Unknown(format!("{file} was not read"));
    };
    if names.contains(&take.name) || mods.contains(&take.name) || found(files, &dir, &take.name).is_some() {
        return Offer::Yes;
    }
    if !open.is_empty() {
        return Offer::Unknown(format!("{file}: {open}"));
    }
    // A macro stands at the top of its crate, wherever it was written.
    if at.is_empty() && take.name.chars().all(|c| c.is_lowercase() || c == '_' || c.is_ascii_digit()) {
        return Offer::Unknown(format!("`{}` may be a macro", take.name));
    }
    passed_on(files, &file, &stars, take, deep).unwrap_or_else(|| unnamed(&take.name, &take.from))
}
