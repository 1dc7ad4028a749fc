use crate::domain::review::{Concern, Severity};
use crate::git::testkit::{Kit, agent, write};
use crate::git::{Looked, Worktree, imports};

fn looked(kit: &Kit, w: &Worktree) -> Looked {
    let head = kit.oid(&format!("refs/heads/{}", w.branch));
    let name = w.path.file_name().unwrap().to_str().unwrap();
    Looked { agent: agent(name), base: w.base.clone(), head, focus: vec![] }
}

fn found(kit: &Kit, all: &[&Worktree]) -> Vec<Vec<String>> {
    let branches: Vec<Looked> = all.iter().map(|w| looked(kit, w)).collect();
    let order: Vec<_> = branches.iter().map(|b| b.agent.clone()).collect();
    let told = |c: Concern| format!("{} {}:{} {}", c.severity.word(), c.path, c.line.unwrap_or(0), c.text);
    let found = imports(&kit.top, "main", &branches, &order).unwrap();
    found.into_iter().map(|list| list.into_iter().map(told).collect()).collect()
}

#[test]
fn names_are_looked_for_in_the_merged_tree() {
    let kit = Kit::new();
    kit.write("lib/a.ts", "export const one = 1\nexport const two = 2\n");
    kit.write("app.ts", "import { one, two } from './lib/a'\nimport { never } from './lib/a'\n");
    kit.write("main.py", "x = 1\n");
    kit.commit("base");
    // What one takes, another gives: together they are whole.
    let gives = kit.work("GIVES", |at| write(&at.join("lib/new.ts"), "export const three = 3\n"));
    let takes = kit.work("TAKES", |at| {
        write(&at.join("use.ts"), "import { three } from './lib/new'\nimport { four } from './lib/new'\n");
        write(&at.join("Main.java"), "import x.Y;\n");
    });
    let (refs, objects, status) = (kit.refs(), kit.objects(), kit.status());
    let all = found(&kit, &[&gives, &takes]);
    assert_eq!((kit.refs(), kit.objects(), kit.status()), (refs, objects, status), "nothing is written");
    assert_eq!(all[0], Vec::<String>::new());
    assert_eq!(
        all[1],
        [
            "cannot tell :0 what 1 files of other languages import",
            "warning use.ts:2 `four` is imported from `./lib/new`, which has no such name",
        ]
    );
    // Alone it takes what is not there.
    assert!(
        found(&kit, &[&takes])[0].iter().any(|t| t.contains("`./lib/new` is imported, which is nowhere"))
    );
}

#[test]
fn who_takes_a_name_away_is_told_of_those_who_use_it() {
    let kit = Kit::new();
    kit.write("lib/a.ts", "export const one = 1\nexport const two = 2\n");
    kit.write("app.ts", "import { one, two } from './lib/a'\n\nimport { never } from './lib/a'\n");
    kit.commit("base");
    let less = kit.work("LESS", |at| write(&at.join("lib/a.ts"), "export const one = 1\n"));
    assert_eq!(
        found(&kit, &[&less])[0],
        ["warning app.ts:1 `two` is imported from `./lib/a`, which has no such name"]
    );
    let moved = kit.work("MOVED", |at| {
        std::fs::rename(at.join("lib/a.ts"), at.join("lib/b.ts")).unwrap();
    });
    let told = found(&kit, &[&moved])[0].join("\n");
    assert!(told.contains("warning app.ts:1 `./lib/a` is imported, which is nowhere in the tree"), "{told}");
    // What was wrong before is not this branch's fault.
    let touch = kit.work("TOUCH", |at| {
        write(&at.join("app.ts"), "import { one } from './lib/a'\nimport { never } from './lib/a'\n");
    });
    assert_eq!(
        found(&kit, &[&touch])[0],
        ["note app.ts:2 `never` is imported from `./lib/a`, which has no such name; that was so before"]
    );
}

#[test]
fn a_branch_that_does_not_merge_is_judged_alone_and_that_is_said() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| {
        write(&at.join("src/a.txt"), "one\n");
        write(&at.join("lib.ts"), "export const a = 1\n");
    });
    let two = kit.work("TWO", |at| {
        write(&at.join("src/a.txt"), "two\n");
        write(&at.join("use.ts"), "import { a } from './lib'\n");
    });
    let all = found(&kit, &[&one, &two]);
    assert_eq!(all[0], Vec::<String>::new());
    assert!(all[1][0].starts_with("cannot tell :0 judged in the branch's own tree"), "{:?}", all[1]);
    assert!(all[1][1].starts_with("warning use.ts:1 `./lib` is imported"), "{:?}", all[1]);
    assert_eq!(Severity::Unknown.word(), "cannot tell");
}
