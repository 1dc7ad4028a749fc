use proptest::prelude::*;

use super::*;

fn names(text: &str) -> Vec<AgentName> {
    text.split_whitespace().map(|n| AgentName::new(n).unwrap()).collect()
}

/// `B:A C:A,B`: who builds on whom.
fn after(text: &str) -> After {
    let one = |part: &str| {
        let (who, whom) = part.split_once(':').unwrap();
        (AgentName::new(who).unwrap(), names(&whom.replace(',', " ")))
    };
    text.split_whitespace().map(one).collect()
}

/// `A-B C-D`: who conflicts with whom.
fn clashes(text: &str) -> impl Fn(&AgentName, &AgentName) -> bool {
    let pairs: Vec<(String, String)> = text
        .split_whitespace()
        .map(|p| p.split_once('-').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap())
        .collect();
    move |a, b| {
        pairs.iter().any(|(x, y)| {
            (x, y) == (&a.to_string(), &b.to_string()) || (x, y) == (&b.to_string(), &a.to_string())
        })
    }
}

fn found(order: &str, needs: &str, clash: &str) -> Option<String> {
    let found = better(&names(order), &after(needs), &clashes(clash))?;
    Some(found.iter().map(AgentName::as_str).collect::<Vec<_>>().join(" "))
}

#[test]
fn a_better_order_has_fewer_conflicts_and_moves_least() {
    for (order, needs, clash, expected) in [
        ("A B C D", "", "", None),
        // Whoever comes second loses: no order helps.
        ("A B C D", "", "A-B", None),
        // B stands in the way of two.
        ("A B C D", "", "B-C B-D", Some("A C B D")),
        ("A B C D", "", "A-C A-D A-B", Some("B A C D")),
        // One in the middle of a star of four, among others.
        ("H A B C D E", "", "H-A H-C H-E", Some("A H B C D E")),
        // The others build on it: it has to come first.
        ("A B C D", "B:A C:A D:A", "A-C A-D", None),
        ("A B C D", "C:A", "A-B A-C A-D", Some("B A C D")),
        // At one remove too, by an agent that does not merge.
        ("A C D", "B:A C:B D:B", "A-C A-D", None),
        ("A C D", "B:A C:B", "A-C A-D", Some("D A C")),
    ] {
        let got = found(order, needs, clash);
        let count = |order: &str| {
            Search::new(&names(order), &After::new(), &clashes(clash))
                .conflicts(&(0..names(order).len()).collect::<Vec<_>>())
        };
        if let Some(got) = &got {
            assert!(count(got) < count(order), "{order} {clash}: {got}");
        }
        assert_eq!(got.as_deref(), expected, "{order} | {needs} | {clash}");
    }
}

#[test]
fn what_is_moved_is_said_in_words() {
    for (from, to, expected) in [
        ("A B C", "A B C", ""),
        ("ARCH PLAT SEC OBS NET", "ARCH NET PLAT SEC OBS", "NET before PLAT"),
        ("A B C D", "A C D B", "B last"),
        ("A B C D E F", "C D A B E F", "C, D before A"),
        ("A B C D E F", "B A C D F E", "B before A; F before E"),
        ("A B", "B A", "B before A"),
    ] {
        assert_eq!(moves(&names(from), &names(to)), expected, "{from} → {to}");
    }
}

#[test]
fn an_order_against_what_branches_build_on_is_told() {
    let needs = after("B:A C:B");
    assert!(disorder(&names("A B C"), &needs, &[]).is_empty());
    assert_eq!(
        disorder(&names("C A"), &needs, &[]),
        ["C merges before A, whose work it builds on"],
        "through one that does not merge"
    );
    let [a, d] = ["A", "D"].map(|n| AgentName::new(n).unwrap());
    assert_eq!(
        disorder(&names("D A B"), &needs, &[(d, a)]),
        ["D merges before A, whose commits it contains"]
    );
    // A circle, which no configuration has, is told and ends.
    assert_eq!(disorder(&names("A B"), &after("A:B B:A"), &[]).len(), 1);
    assert_eq!(better(&names("A B"), &after("A:B B:A"), &clashes("A-B")), None);
}

#[test]
fn sixty_four_agents_take_a_moment_and_more_are_left_alone() {
    let many = |n: usize| (0..n).map(|i| format!("A{i}")).collect::<Vec<_>>().join(" ");
    // Everybody with their neighbours, the first with all.
    let near = |a: &AgentName, b: &AgentName| {
        let n = |x: &AgentName| x.as_str()[1..].parse::<usize>().unwrap();
        n(a).abs_diff(n(b)) == 1 || n(a) == 0 || n(b) == 0
    };
    let order = names(&many(MOST));
    let found = better(&order, &After::new(), &near).unwrap();
    assert_eq!(found.len(), MOST);
    assert_ne!(found.first(), order.first(), "who conflicts with everybody does not come first");
    assert_eq!(better(&names(&many(MOST + 1)), &After::new(), &near), None);
}

proptest! {
    /// Against trying all orders.
    #[test]
    fn of_small_teams_the_best_order_is_found(edges in 0u64..(1 << 15), needs in 0u64..(1 << 15)) {
        let order = names("A B C D E F");
        let mut slot = 0;
        let (mut clash, mut after) = (Vec::new(), After::new());
        for i in 0..6 {
            for j in i + 1..6 {
                if edges >> slot & 1 == 1 {
                    clash.push((order[i].clone(), order[j].clone()));
                }
                // Sparse, and never a circle: later ones build on earlier ones.
                if needs >> slot & 1 == 1 && (i + j) % 3 == 0 {
                    after.entry(order[j].clone()).or_default().push(order[i].clone());
                }
                slot += 1;
            }
        }
        let clash = |a: &AgentName, b: &AgentName| clash.iter().any(|(x, y)| (x == a && y == b) || (x == b && y == a));
        let search = Search::new(&order, &after, &clash);
        let mut least = usize::MAX;
        permutations(&mut (0..6).collect(), 0, &mut |p| {
            if search.is_lawful(p) {
                least = least.min(search.conflicts(p));
            }
        });
        let own = search.conflicts(&[0, 1, 2, 3, 4, 5]);
        match better(&order, &after, &clash) {
            None => prop_assert_eq!(own, least),
            Some(found) => {
                let found: Vec<usize> =
                    found.iter().map(|a| order.iter().position(|b| a == b).unwrap()).collect();
                prop_assert!(search.is_lawful(&found));
                prop_assert_eq!(search.conflicts(&found), least);
                prop_assert!(least < own);
            }
        }
    }
}

fn permutations(items: &mut Vec<usize>, from: usize, each: &mut impl FnMut(&[usize])) {
    if from == items.len() {
        return each(items);
    }
    for i in from..items.len() {
        items.swap(from, i);
        permutations(items, from + 1, each);
        items.swap(from, i);
    }
}
