use super::*;

#[test]
fn the_largest_pattern_is_checked_and_its_circle_found() {
    let mut big = Pattern::built_in().remove(0);
    let step = big.tasks[0].clone();
    let id = |i: usize| format!("t{i}");
    let needs = |i: usize| (i.saturating_sub(60)..i).map(id).collect();
    let task = |i: usize| Step { id: id(i), needs: needs(i), when: None, ..step.clone() };
    big.tasks = (0..TASKS_MOST).map(task).collect();
    big.phases.truncate(1);
    (big.pairs, big.loops) = (Vec::new(), Vec::new());
    big.conditions.clear();
    let check = |p: &Pattern| p.check(&Catalogue::built_in(), &Knowledge::built_in());
    check(&big).unwrap();
    big.tasks[0].needs = vec![id(TASKS_MOST - 1)];
    let flaw = check(&big).unwrap_err();
    assert_eq!(flaw.path, at!["task", 0, "needs"]);
    assert!(flaw.what.contains("`t0` needs `t199` needs"), "{}", flaw.what);
}

#[test]
fn a_word_that_only_looks_like_production_is_a_flaw() {
    let check = |word: &str| {
        let mut pattern = Pattern::built_in().remove(0);
        pattern.tasks[0].environment = word.to_owned();
        pattern.check(&Catalogue::built_in(), &Knowledge::built_in()).map_err(|f| f.what)
    };
    for word in ["production", "staging", "preproduction", "product", ""] {
        assert_eq!(check(word), Ok(()), "{word}");
    }
    for word in ["prod", "Production", "PROD", "prodction", "live"] {
        assert!(check(word).unwrap_err().contains("expected `production`"), "{word}");
    }
}
