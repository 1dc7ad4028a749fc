use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use proptest::prelude::*;

use super::{Files, Module, Offer, judge, module};

/// A tree in memory.
struct Trees {
    paths: BTreeSet<String>,
    texts: BTreeMap<String, String>,
}

impl Files for Trees {
    fn paths(&self) -> &BTreeSet<String> {
        &self.paths
    }

    fn text(&mut self, path: &str) -> Option<Rc<str>> {
        self.texts.get(path).map(|t| Rc::from(t.as_str()))
    }

    fn module(&mut self, path: &str) -> Option<Rc<Module>> {
        module(path, self.texts.get(path)?, &mut || false).ok().map(Rc::new)
    }
}

/// What is missing and what cannot be told of the first file, a line each.
fn judged(files: &[(&str, &str)]) -> Vec<String> {
    let texts: BTreeMap<String, String> =
        files.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
    let mut trees = Trees { paths: texts.keys().cloned().collect(), texts };
    let path = files[0].0;
    let module = trees.module(path).unwrap();
    let mut lines = Vec::new();
    for take in &module.takes {
        match judge(&mut trees, path, take) {
            Offer::Yes => {}
            Offer::No(why) => lines.push(format!("{}: {why}", take.line)),
            Offer::Unknown(why) => lines.push(format!("{}? {why}", take.line)),
        }
    }
    lines.dedup();
    lines
}

#[test]
fn scripts() {
    let a = (
        "src/a.ts",
        "export const one = 1, { two, x: three } = f();\nexport interface Four {}\nexport type Five = 1;\nexport default class {}\nexport function six() {}\nexport enum Seven {}\nexport { eight as nine };\nexport * as ten from './b';\nexport declare const eleven: 1;\nexport abstract class Twelve {}\n",
    );
    let fine = "import d, { one, two, three, Four, nine, ten, eleven, Twelve } from './a';\nimport type { Five } from './a.js';\nimport * as all from './a';\nimport x from 'react';\nimport './style.css';\nimport data from './data.json';\nconst l = await import('./nowhere');\n";
    let rest = [("src/b.ts", ""), ("src/style.css", ""), ("src/data.json", "{}")];
    let with = |text: &'static str| {
        let mut all = vec![("src/use.ts", text), a];
        all.extend(rest);
        judged(&all)
    };
    assert_eq!(with(fine), Vec::<String>::new());
    assert_eq!(
        with(
            "import { one, eight } from './a';\n\nimport q from './b';\nexport { gone } from './a';\nimport './none';"
        ),
        [
            "1: `eight` is imported from `./a`, which has no such name",
            "3: `default` is imported from `./b`, which has no such name",
            "4: `gone` is imported from `./a`, which has no such name",
            "5: `./none` is imported, which is nowhere in the tree",
        ]
    );
}

#[test]
fn what_scripts_pass_on_is_followed_as_far_as_it_goes() {
    let index = ("lib/index.ts", "export * from './a';\nexport * from './b';\n");
    let parts = [index, ("lib/a.ts", "export const a = 1"), ("lib/b.tsx", "export const b = <p/>")];
    let with = |text: &'static str, more: &[(&'static str, &'static str)]| {
        let mut all = vec![("use.ts", text)];
        all.extend(more);
        judged(&all)
    };
    assert_eq!(with("import { a, b } from './lib';", &parts), Vec::<String>::new());
    assert_eq!(
        with("import { c } from './lib';", &parts),
        ["1: `c` is imported from `./lib`, which has no such name"]
    );
    let open = [("lib/index.ts", "export * from 'other';")];
    assert_eq!(with("import { c } from './lib';", &open), ["1? lib/index.ts passes on all names of `other`"]);
    let assigned = [("lib.js", "module.exports = { a: 1 }")];
    assert_eq!(with("import { c } from './lib';", &assigned), ["1? lib.js: it exports by assignments"]);
    let round = [("lib.ts", "export * from './lib2'"), ("lib2.ts", "export * from './lib'")];
    assert_eq!(with("import { c } from './lib';", &round).len(), 1, "round and round, but not for ever");
    let broken = [("lib.ts", "export const a = ;;; {{{")];
    assert_eq!(with("import { c } from './lib';", &broken), ["1? lib.ts: it could not be parsed whole"]);
}

#[test]
fn pythons() {
    let core = (
        "app/core.py",
        "import os\nfrom .util import helper as h\nA = B = 1\nC, (D, *E) = f()\nF: int = 2\nif A:\n    def g(): pass\nelse:\n    g = None\nclass K:\n    inside = 1\nfor i in []: pass\nwith x as y: pass\ndef s():\n    global late\n    local = 1\n",
    );
    let rest =
        [("app/__init__.py", ""), ("app/util.py", "def helper(): pass\n"), ("app/sub/__init__.py", "")];
    let with = |path: &'static str, text: &'static str| {
        let mut all = vec![(path, text), core];
        all.extend(rest);
        judged(&all)
    };
    let fine = "from app.core import A, B, C, D, E, F, g, K, i, y, late, h, os\nfrom app import core, sub\nimport app.util\nimport yaml\nfrom yaml import gone\nfrom app.core import __doc__\ntry:\n    from app.fast import x\nexcept ImportError:\n    pass\n";
    assert_eq!(with("main.py", fine), Vec::<String>::new());
    assert_eq!(
        with("app/more.py", "from .core import A\nfrom . import util\nfrom .sub import *\n"),
        Vec::<String>::new()
    );
    assert_eq!(
        with(
            "app/more.py",
            "from .core import inside, local\nfrom . import gone\nfrom ..app.none import x\n"
        ),
        [
            "1: `inside` is imported from `.core`, which has no such name",
            "1: `local` is imported from `.core`, which has no such name",
            "2: `gone` is imported from `.`, which has no such name",
            "3: `..app.none` is imported, which is nowhere in the tree",
        ]
    );
    let dynamic = [("use.py", "from lib import x"), ("lib.py", "globals()['x'] = 1")];
    assert_eq!(judged(&dynamic), ["1? lib.py: it makes names while it runs"]);
    let made = [("use.py", "from app.api_pb2 import x"), ("app/__init__.py", "")];
    assert_eq!(judged(&made), ["1? `app.api_pb2` is usually made by a program"]);
}

#[test]
fn rusts() {
    let lib = (
        "src/lib.rs",
        "mod a;\npub mod b { pub mod c { pub fn deep() {} }\n use super::a::One; }\npub use a::Two as Second;\n",
    );
    let a = ("src/a.rs", "pub struct One;\npub enum Two { X }\nmod inner;\n");
    let inner = ("src/a/inner.rs", "pub const LIMIT: u8 = 1;\n");
    let with = |path: &'static str, text: &'static str| judged(&[(path, text), lib, a, inner]);
    let fine = "use crate::a::{self, One, Two::X, inner::LIMIT};\nuse crate::b::c::deep;\nuse crate::{Second, b};\nuse super::a::*;\nuse std::fs;\nuse serde::Deserialize;\n#[cfg(test)]\nmod tests {\n    use super::super::a::One;\n    use super::*;\n}\nuse crate::b::One as Uno;\n";
    assert_eq!(with("src/other.rs", fine), Vec::<String>::new());
    assert_eq!(
        with(
            "src/a/more.rs",
            "use crate::a::Three;\nuse super::inner::{LIMIT, MOST};\nuse crate::none::x;\nuse crate::b::c::Gone;\n"
        ),
        [
            "1: `Three` is imported from `crate::a`, which has no such name",
            "2: `MOST` is imported from `super::inner`, which has no such name",
            "3: `crate::none` is imported, which is nowhere in the tree",
            "4: `Gone` is imported from `crate::b::c`, which has no such name",
        ]
    );
    let macros = [("src/x.rs", "use crate::m::Made;"), ("src/lib.rs", "mod m;"), ("src/m.rs", "make!();")];
    assert_eq!(judged(&macros), ["1? src/m.rs: a macro may make names in it"]);
    assert_eq!(judged(&[("tests/x.rs", "use crate::kit::x;")]), Vec::<String>::new());
}

#[test]
fn goes() {
    let files = |text: &'static str| {
        judged(&[
            ("cmd/main.go", text),
            ("go.mod", "module example.org/x/y\n\ngo 1.22\n"),
            (
                "store/a.go",
                "package store\n\ntype Item struct{}\n\nconst (\n\tA = 1\n\tB = 2\n)\n\nfunc (i Item) Method() {}\n",
            ),
            ("store/b.go", "package store\n\nvar Open, Closed = 1, 2\n\nfunc New() Item { return Item{} }\n"),
            ("store/b_test.go", "package store\n\nfunc OnlyTests() {}\n"),
        ])
    };
    let head = "package main\n\nimport (\n\t\"fmt\"\n\t\"example.org/x/y/store\"\n)\n\n";
    let fine: &'static str = format!("{head}func main() {{\n\tvar i store.Item = store.New()\n\tfmt.Println(i, store.A, store.B, store.Open, store.Closed)\n}}\n").leak();
    assert_eq!(files(fine), Vec::<String>::new());
    let bad: &'static str =
        format!("{head}func main() {{\n\tstore.Method()\n\tstore.OnlyTests()\n\tvar x store.Gone\n}}\n")
            .leak();
    assert_eq!(
        files(bad),
        [
            "9: `Method` is imported from `example.org/x/y/store`, which has no such name",
            "10: `OnlyTests` is imported from `example.org/x/y/store`, which has no such name",
            "11: `Gone` is imported from `example.org/x/y/store`, which has no such name",
        ]
    );
    assert_eq!(
        files("package main\n\nimport s \"example.org/x/y/none\"\nimport z \"example.org/x/yes\"\n"),
        ["3: `example.org/x/y/none` is imported, which is nowhere in the tree"]
    );
    let own: &'static str = format!("{head}func f(store Thing) {{\n\tstore.Whatever()\n}}\n").leak();
    assert_eq!(files(own), Vec::<String>::new());
}

#[test]
fn a_stop_and_a_limit_are_kept() {
    use super::{FILE_MOST, Unread};
    assert_eq!(module("a.rb", "", &mut || false), Err(Unread::Language));
    assert_eq!(module("a.ts", &" ".repeat(FILE_MOST + 1), &mut || false), Err(Unread::Large));
    let long = "const x = f(1);\n".repeat(20_000);
    assert_eq!(module("a.ts", &long, &mut || true), Err(Unread::Stopped));
}

#[test]
fn what_is_nested_without_end_is_read_all_the_same() {
    for (path, unit) in
        [("a.ts", "(["), ("a.py", "(a:="), ("a.rs", "mod a{"), ("a.go", "(["), ("b.rs", "use a::{")]
    {
        let text = unit.repeat(20_000);
        let _ = module(path, &text, &mut || false);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn any_text_is_read_without_a_panic(
        text in "\\PC{0,200}|([a-z]{1,6}|import|from|export|use|crate|super|\\{|\\}|\\*|::|\\.|'|\"|,|;|\\(|\\)|=| |\n|\t){0,120}",
        path in prop::sample::select(vec!["a.ts", "a.tsx", "a.js", "a.py", "src/a.rs", "a.go"]),
    ) {
        let mut trees = Trees {
            paths: BTreeSet::from([path.to_owned(), "src/lib.rs".into(), "go.mod".into()]),
            texts: BTreeMap::from([(path.to_owned(), text.clone()), ("go.mod".into(), "module m".into())]),
        };
        if let Some(module) = trees.module(path) {
            for take in &module.takes {
                let _ = judge(&mut trees, path, take);
            }
        }
    }
}
