use std::fs;
use std::path::Path;

use crate::domain::id::AgentName;
use crate::domain::review::order::After;
use crate::domain::review::{ConflictKind, Look, Matrix};
use crate::git::Worktree;
use crate::git::predict::{Asked, Branch, Effort, Verdicts, predicting};
use crate::git::testkit::{Kit, agent, commit, edited, git_in, write};

fn branch(w: &Worktree, look: Look) -> Branch {
    let name = w.path.file_name().unwrap().to_str().unwrap();
    Branch { agent: agent(name), worktree: w.path.clone(), branch: w.branch.clone(), look }
}

fn names(text: &str) -> Vec<AgentName> {
    text.split_whitespace().map(agent).collect()
}

/// One prediction with nothing known before.
fn predict(kit: &Kit, branches: &[Branch], after: &After) -> (Matrix, Vec<Matrix>) {
    let order: Vec<AgentName> = branches.iter().map(|b| b.agent.clone()).collect();
    let asked = Asked { branches, target: "main", order: &order, after };
    let mut told = Vec::new();
    let found =
        predicting(&kit.top, &mut Verdicts::default(), |p| p.predict(&asked, &mut |m| told.push(m.clone())));
    (found.unwrap(), told)
}

/// `A×B` for every pair that conflicts.
fn pairs(matrix: &Matrix) -> Vec<String> {
    let bad = matrix.pairs.iter().filter(|p| !p.verdict.clean());
    bad.map(|p| format!("{}×{}", p.a, p.b)).collect()
}

fn steps(matrix: &Matrix) -> Vec<String> {
    let bad = matrix.along.iter().filter(|s| !s.verdict.clean());
    bad.map(|s| {
        let with: Vec<&str> = s.with.iter().map(AgentName::as_str).collect();
        format!("{} with {}", s.agent, with.join(" "))
    })
    .collect()
}

fn edit(line: u32, text: &str) -> impl Fn(&Path) + use<'_> {
    move |at| write(&at.join("src/a.txt"), &edited(20, line, text))
}

#[test]
fn all_pairs_the_target_the_order_and_a_better_one() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| {
        edit(3, "one")(at);
        write(&at.join("src/b.txt"), &edited(20, 3, "one"));
    });
    let two = kit.work("TWO", edit(3, "two"));
    let three = kit.work("THREE", |at| write(&at.join("src/b.txt"), &edited(20, 3, "three")));
    let four = kit.work("FOUR", |at| write(&at.join("new/x.txt"), "four\n"));
    let five = kit.work("FIVE", |at| write(&at.join("README.md"), "# five\n"));
    kit.write("README.md", "# main\n");
    kit.commit("main moves");
    let state = || (kit.refs(), kit.objects(), kit.status());
    let before = state();
    let all: Vec<Branch> = [&one, &two, &three, &four, &five].iter().map(|w| branch(w, Look::Anew)).collect();
    let (found, told) = predict(&kit, &all, &After::new());
    assert_eq!(state(), before, "a prediction leaves nothing");

    assert_eq!(found.target, kit.oid("main"));
    assert_eq!(found.pairs.len(), 10);
    assert_eq!(pairs(&found), ["ONE×TWO", "ONE×THREE"]);
    let verdict = &found.pair(&agent("TWO"), &agent("ONE")).unwrap().verdict;
    let [c] = &verdict.conflicts[..] else { panic!("{verdict:?}") };
    assert_eq!((c.path.as_str(), c.kind, verdict.count()), ("src/a.txt", ConflictKind::Content, 1));
    assert_eq!((c.hunks[0].ours, c.hunks[0].theirs), ([3, 3], [3, 3]));
    let onto: Vec<&str> =
        found.onto.iter().filter(|o| !o.verdict.clean()).map(|o| o.agent.as_str()).collect();
    assert_eq!((onto, found.onto.len()), (vec!["FIVE"], 5));
    assert_eq!(steps(&found), ["TWO with ONE", "THREE with ONE", "FIVE with "]);
    let files: Vec<(u32, bool)> = found.tips.iter().map(|t| (t.files, t.open)).collect();
    assert_eq!(files, [(2, false), (1, false), (1, false), (1, false), (1, false)]);
    let proposal = found.proposal.as_ref().unwrap();
    assert_eq!((proposal.conflicts, proposal.instead_of), (2, 3));
    assert_eq!(proposal.order, names("TWO ONE THREE FOUR FIVE").as_slice());
    assert_eq!(proposal.moves, "TWO before ONE");
    assert!(!found.partial && found.disorder.is_empty());

    // The first verdict is told at once, and everything told holds.
    let first = told.first().unwrap();
    assert!(first.partial && first.onto.len() + first.pairs.len() == 1);
    assert!(told.iter().all(|m| m.pairs.iter().all(|p| found.pairs.contains(p))));

    // What it builds on keeps it behind.
    let after = After::from([(agent("TWO"), names("ONE")), (agent("THREE"), names("ONE"))]);
    let (found, _) = predict(&kit, &all, &after);
    assert_eq!(found.proposal, None);
    let order = names("TWO ONE");
    let asked = Asked { branches: &all, target: "main", order: &order, after: &after };
    let found = predicting(&kit.top, &mut Verdicts::default(), |p| p.predict(&asked, &mut |_| {})).unwrap();
    assert_eq!(found.disorder, ["TWO merges before ONE, whose work it builds on"]);
}

#[test]
fn what_is_uncommitted_counts() {
    let kit = Kit::new();
    kit.write(".gitignore", "*.log\ncache/\n");
    kit.commit("ignore");
    let one = kit.work("ONE", edit(3, "one"));
    let two = kit.worktree("TWO", "agent-two");
    edit(3, "two")(&two.path);
    write(&two.path.join("src/run.log"), "ignored\n");
    write(&two.path.join("src/cache/x"), "ignored\n");
    write(&two.path.join("fresh/deep/er.txt"), "new\n");
    fs::remove_file(two.path.join("src/b.txt")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", two.path.join("link")).unwrap();
    let three = kit.work("THREE", |at| write(&at.join("src/b.txt"), &edited(20, 1, "three")));
    let four = kit.worktree("FOUR", "agent-four");
    write(&four.path.join("fresh/deep/er.txt"), "other\n");
    write(&four.path.join("src/run.log"), "ignored too\n");
    let before = (kit.refs(), kit.objects(), git_in(&two.path, &["status", "--porcelain"]).unwrap());
    let all: Vec<Branch> = [&one, &two, &three, &four].iter().map(|w| branch(w, Look::Anew)).collect();
    let (found, _) = predict(&kit, &all, &After::new());
    let after = (kit.refs(), kit.objects(), git_in(&two.path, &["status", "--porcelain"]).unwrap());
    assert_eq!(after, before);
    assert_eq!(pairs(&found), ["ONE×TWO", "TWO×THREE", "TWO×FOUR"]);
    let kind = |a: &str| found.pair(&agent("TWO"), &agent(a)).unwrap().verdict.conflicts[0].kind;
    assert_eq!((kind("THREE"), kind("FOUR")), (ConflictKind::ModifyDelete, ConflictKind::AddAdd));
    let open: Vec<(bool, u32)> = found.tips.iter().map(|t| (t.open, t.files)).collect();
    assert_eq!(open, [(false, 1), (true, 4), (false, 1), (true, 1)], "{:?}", found.tips);
    assert_eq!(found.tips[1].oid, kit.oid("agent-two"), "the tip is that of the branch");

    // Known to be clean: nobody looks.
    let clean: Vec<Branch> = all.iter().map(|b| Branch { look: Look::Clean, ..b.clone() }).collect();
    assert!(pairs(&predict(&kit, &clean, &After::new()).0).is_empty());
}

#[test]
fn too_much_that_is_uncommitted_is_left_out_and_said() {
    let kit = Kit::new();
    let one = kit.work("ONE", edit(3, "one"));
    let two = kit.work("TWO", edit(5, "two"));
    fs::File::create(two.path.join("huge")).unwrap().set_len(40 << 20).unwrap();
    let three = kit.work("THREE", edit(9, "three"));
    fs::write(three.path.join(".git"), "gitdir: /elsewhere\n").unwrap();
    let gone = Branch { branch: "nowhere".into(), agent: agent("GONE"), ..branch(&one, Look::Clean) };
    let mut all: Vec<Branch> = [&one, &two, &three].iter().map(|w| branch(w, Look::Anew)).collect();
    all.push(gone);
    let (found, _) = predict(&kit, &all, &After::new());
    let why: Vec<&str> = found.tips.iter().map(|t| t.why.as_str()).collect();
    assert_eq!(why[..2], ["", "uncommitted files are left out: more than 32 MiB of uncommitted files"]);
    assert!(why[2].contains("points at") && why[3].contains("nowhere"), "{why:?}");
    assert!(found.tips.iter().all(|t| !t.open));
    assert_eq!((found.pairs.len(), found.onto.len(), found.along.len()), (3, 3, 3));
}

#[test]
fn what_a_filter_would_store_is_not_guessed() {
    let kit = Kit::new();
    kit.write(".gitattributes", "*.big filter=lfs\n");
    kit.commit("attributes");
    let one = kit.worktree("ONE", "agent-one");
    write(&one.path.join("a.big"), "content\n");
    let (found, _) = predict(&kit, &[branch(&one, Look::Anew)], &After::new());
    let tip = &found.tips[0];
    assert_eq!(tip.why, "uncommitted files are left out: a.big goes through the filter lfs");
    assert!(!tip.open && found.onto[0].verdict.clean());
}

#[test]
fn after_one_branch_moved_only_its_pairs_are_merged_anew() {
    let kit = Kit::new();
    let all: Vec<Worktree> =
        (0..8).map(|n| kit.work(&format!("A{n}"), |at| edit(2 * n + 1, &format!("by {n}"))(at))).collect();
    let branches: Vec<Branch> = all.iter().map(|w| branch(w, Look::Clean)).collect();
    let order: Vec<AgentName> = branches.iter().map(|b| b.agent.clone()).collect();
    let after = After::new();
    let asked = Asked { branches: &branches, target: "main", order: &order, after: &after };
    let mut verdicts = Verdicts::default();
    predicting(&kit.top, &mut verdicts, |p| {
        let first = p.predict(&asked, &mut |_| {})?;
        assert_eq!(p.effort(), Effort { onto: 8, pairs: 28, steps: 8 });
        assert!(pairs(&first).is_empty());
        let again = p.predict(&asked, &mut |_| {})?;
        assert_eq!(p.effort(), Effort::default(), "nothing moved");
        assert_eq!((&again.pairs, &again.along), (&first.pairs, &first.along));
        edit(1, "by 5")(&all[5].path);
        commit(&all[5].path, "on");
        let moved = p.predict(&asked, &mut |_| {})?;
        assert_eq!(p.effort(), Effort { onto: 1, pairs: 7, steps: 3 });
        assert_eq!(pairs(&moved), ["A0×A5"]);
        assert_eq!(steps(&moved), ["A5 with A0 A1 A2 A3 A4"]);
        Ok(())
    })
    .unwrap();
    // What is known outlives the predictor; only the merges along the order are made again.
    predicting(&kit.top, &mut verdicts, |p| {
        let found = p.predict(&asked, &mut |_| {})?;
        assert_eq!((p.effort().onto, p.effort().pairs), (0, 0));
        assert_eq!(steps(&found), ["A5 with A0 A1 A2 A3 A4"]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_worktree_is_looked_at_again_only_when_something_may_have_changed() {
    let kit = Kit::new();
    let one = kit.work("ONE", edit(3, "one"));
    let two = kit.worktree("TWO", "agent-two");
    edit(9, "two")(&two.path);
    let after = After::new();
    let order = names("ONE TWO");
    predicting(&kit.top, &mut Verdicts::default(), |p| {
        let mut found = |look: Look| {
            let branches = [branch(&one, Look::Clean), branch(&two, look)];
            let asked = Asked { branches: &branches, target: "main", order: &order, after: &after };
            pairs(&p.predict(&asked, &mut |_| {}).unwrap())
        };
        assert!(found(Look::Anew).is_empty());
        edit(3, "two")(&two.path);
        assert!(found(Look::AsBefore).is_empty());
        assert_eq!(found(Look::Anew), ["ONE×TWO"]);
        assert_eq!(found(Look::AsBefore), ["ONE×TWO"]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_branch_that_contains_another_comes_after_it() {
    let kit = Kit::new();
    let one = kit.work("ONE", edit(3, "one"));
    let two = kit.worktree("TWO", "agent-two");
    git_in(&two.path, &["merge", "-q", "--no-edit", &one.branch]).unwrap();
    write(&two.path.join("two.txt"), "two\n");
    commit(&two.path, "two");
    let (found, _) = predict(&kit, &[branch(&two, Look::Clean), branch(&one, Look::Clean)], &After::new());
    assert_eq!(found.disorder, ["TWO merges before ONE, whose commits it contains"]);
    assert!(pairs(&found).is_empty() && steps(&found).is_empty());
}
