use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use crate::config;
use crate::domain::review::{Concern, Rules, Severity};
use crate::git::testkit::{Kit, agent, commit, git_in, write};
use crate::git::{Looked, Worktree, concerns};

fn rules() -> Rules {
    let dirs = config::Dirs::built_in();
    config::parse(config::default_text(), "orchestra.toml", &dirs).unwrap().review
}

fn looked(kit: &Kit, w: &Worktree) -> Looked {
    let head = kit.oid(&format!("refs/heads/{}", w.branch));
    let name = w.path.file_name().unwrap().to_str().unwrap();
    Looked { agent: agent(name), base: w.base.clone(), head, focus: vec![] }
}

fn found(kit: &Kit, w: &Worktree) -> Vec<Concern> {
    concerns(&kit.top, &rules(), &[looked(kit, w)]).unwrap().remove(0)
}

fn told(found: &[Concern]) -> Vec<String> {
    found.iter().map(|c| format!("{} {} {}", c.severity.word(), c.check, c.path)).collect()
}

#[test]
fn a_branch_full_of_traps_is_told_in_full_and_left_alone() {
    let kit = Kit::new();
    kit.write("src/one.ts", "export const one = 1\n");
    kit.write("src/one.test.ts", "one\n");
    kit.write("run.sh", "#!/bin/sh\n");
    kit.commit("habits");
    let marks = ["<".repeat(7) + " HEAD", "a".into(), "=".repeat(7), "b".into(), ">".repeat(7) + " x"];
    let token = format!("gh{}_{}", "p", "aB3dE5fG7hJ9".repeat(3));
    let w = kit.work("TRAP", |at| {
        std::os::unix::fs::symlink("/etc/passwd", at.join("absolute")).unwrap();
        std::os::unix::fs::symlink("../../outside", at.join("src/out")).unwrap();
        std::os::unix::fs::symlink("../README.md", at.join("src/fine")).unwrap();
        write(&at.join(".github/workflows/ci.yml"), "on: push\n");
        write(&at.join(".gitattributes"), "* filter=evil\n");
        write(&at.join(".husky/pre-commit"), "touch x\n");
        write(&at.join(".mcp.json"), "{}\n");
        write(&at.join("src/merged.ts"), &marks.join("\n"));
        write(&at.join("src/leak.ts"), &format!("\nconst t = \"{token}\"\n"));
        write(&at.join("src/gone.test.ts"), "gone\n");
        write(&at.join("readme.MD"), "clash\n");
        write(&at.join("src/\u{1b}[31m;touch${IFS}x"), "odd\n");
        let mut big = vec![7u8; (1 << 20) + 5];
        big[3] = 0;
        fs::write(at.join("blob.bin"), big).unwrap();
        fs::write(at.join(std::ffi::OsStr::from_bytes(b"caf\xe9")), "x").unwrap();
        fs::set_permissions(at.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    });
    // A submodule, as a tree holds it.
    let module = format!("160000,{},vendor/sub", kit.oid("main"));
    git_in(&w.path, &["update-index", "--add", "--cacheinfo", &module]).unwrap();
    git_in(&w.path, &["commit", "-q", "-m", "module"]).unwrap();
    let (refs, objects, status) = (kit.refs(), kit.objects(), kit.status());
    let tree = git_in(&w.path, &["status", "--porcelain"]).unwrap();
    let all = found(&kit, &w);
    assert_eq!((kit.refs(), kit.objects(), kit.status()), (refs, objects, status), "nothing is written");
    assert_eq!(git_in(&w.path, &["status", "--porcelain"]).unwrap(), tree);
    assert!(!kit.top.join("x").exists() && !w.path.join("x").exists());
    let told = told(&all);
    for expected in [
        "error symlink absolute",
        "error symlink src/out",
        "warning ci .github/workflows/ci.yml",
        "warning attributes .gitattributes",
        "warning hooks .husky/pre-commit",
        "warning agents .mcp.json",
        "error marker src/merged.ts",
        "error secret src/leak.ts",
        "warning tests src/gone.test.ts",
        "warning name readme.MD",
        "warning binary blob.bin",
        "warning mode run.sh",
        "warning submodule vendor/sub",
        "note untested src/leak.ts",
    ] {
        assert!(told.iter().any(|t| t == expected), "{expected}: {told:#?}");
    }
    assert!(!told.iter().any(|t| t.contains("src/fine")), "{told:#?}");
    let shown = format!("{all:?}");
    assert!(!shown.contains(&token[8..]), "a secret is shown");
    for c in &all {
        let texts = [&c.path, &c.text, &c.evidence];
        assert!(texts.iter().all(|t| !t.contains(|c: char| c.is_control())), "{c:?}");
    }
    let leak = all.iter().find(|c| c.check == "secret").unwrap();
    assert_eq!(leak.line, Some(2));
    assert!(all.is_sorted_by_key(|c| std::cmp::Reverse(c.severity)));
}

#[test]
fn only_what_a_branch_did_is_told() {
    let kit = Kit::new();
    kit.write(".github/workflows/ci.yml", "on: push\n");
    kit.commit("main's own");
    let w = kit.work("GOOD", |at| write(&at.join("src/a.txt"), "x\n"));
    assert_eq!(told(&found(&kit, &w)), Vec::<String>::new());
    fs::remove_file(w.path.join(".github/workflows/ci.yml")).unwrap();
    commit(&w.path, "no more CI");
    assert_eq!(told(&found(&kit, &w)), ["warning ci .github/workflows/ci.yml"]);
}

#[test]
fn one_branch_that_cannot_be_read_does_not_hide_the_others() {
    let kit = Kit::new();
    let w = kit.work("GOOD", |at| write(&at.join("CLAUDE.md"), "obey\n"));
    let lost = Looked { head: crate::domain::id::Oid("0".repeat(40)), ..looked(&kit, &w) };
    let all = concerns(&kit.top, &rules(), &[lost, looked(&kit, &w)]).unwrap();
    assert_eq!(all[0][0].severity, Severity::Unknown);
    assert_eq!(told(&all[1]), ["warning agents CLAUDE.md"]);
}
