//! The lines that keep two branches from merging.

use std::fs;

use crate::domain::diff::{PLACES_MOST, Part, SIDE_MOST, Unmerged};
use crate::domain::review::ConflictKind;
use crate::git::testkit::{Kit, agent, edited, numbered, write};
use crate::git::{ReviewInput, Worktree, unmerged};

fn input(made: &Worktree) -> ReviewInput {
    let name = made.path.file_name().unwrap().to_str().unwrap();
    let (worktree, branch, base) = (made.path.clone(), made.branch.clone(), made.base.clone());
    ReviewInput { agent: agent(name), worktree, branch, base }
}

fn pair(kit: &Kit, ours: &Worktree, theirs: &Worktree) -> Unmerged {
    unmerged(&kit.top, Some(&input(ours)), &input(theirs), "main").unwrap()
}

/// Its lines and what they say.
fn told(part: &Option<Part>) -> Option<([u32; 2], Vec<&str>)> {
    part.as_ref().map(|p| (p.lines, p.text.iter().map(String::as_str).collect()))
}

#[test]
fn both_sides_of_a_place_and_what_was_before() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 5, "mine\nand more")));
    let two = kit.work("TWO", |at| write(&at.join("src/a.txt"), &edited(20, 5, "\ttheirs \u{1b}[31m")));
    let objects = kit.objects();
    let found = pair(&kit, &one, &two);
    assert_eq!((found.ours, found.theirs), (Some(agent("ONE")), agent("TWO")));
    assert_eq!(found.tips, [kit.oid("agent-one"), kit.oid("agent-two")]);
    let [file] = &found.files[..] else { panic!("{:?}", found.files) };
    assert_eq!((file.conflict.path.as_str(), file.conflict.kind), ("src/a.txt", ConflictKind::Content));
    let [place] = &file.places[..] else { panic!("{:?}", file.places) };
    assert_eq!(told(&place.ours), Some(([5, 6], vec!["mine", "and more"])));
    assert_eq!(told(&place.before), Some(([5, 5], vec!["line 5"])));
    let theirs = place.theirs.as_ref().unwrap();
    assert!(theirs.text[0].starts_with("\ttheirs ") && !theirs.text[0].contains('\u{1b}'), "{theirs:?}");
    assert_eq!(kit.objects(), objects, "nothing is written");
    // What is not committed counts in, and the target is a side like another.
    kit.write("src/a.txt", &edited(20, 9, "of main"));
    kit.commit("main");
    write(&one.path.join("src/a.txt"), &edited(20, 9, "open"));
    let found = unmerged(&kit.top, None, &input(&one), "main").unwrap();
    let place = &found.files[0].places[0];
    assert_eq!(told(&place.ours), Some(([9, 9], vec!["of main"])));
    assert_eq!(told(&place.theirs), Some(([9, 9], vec!["open"])));
}

#[test]
fn what_both_added_removed_or_holds_no_lines() {
    let kit = Kit::new();
    kit.write("image.bin", "a\0b");
    kit.commit("binary");
    let one = kit.work("ONE", |at| {
        write(&at.join("new.txt"), "same\nmine\n");
        fs::remove_file(at.join("src/b.txt")).unwrap();
        write(&at.join("image.bin"), "a\0mine");
    });
    let two = kit.work("TWO", |at| {
        write(&at.join("new.txt"), "same\ntheirs\n");
        write(&at.join("src/b.txt"), &edited(20, 3, "changed"));
        write(&at.join("image.bin"), "a\0theirs");
    });
    let found = pair(&kit, &one, &two);
    let kinds: Vec<_> = found.files.iter().map(|f| (f.conflict.path.as_str(), f.conflict.kind)).collect();
    let expected = [
        ("image.bin", ConflictKind::Binary),
        ("new.txt", ConflictKind::AddAdd),
        ("src/b.txt", ConflictKind::ModifyDelete),
    ];
    assert_eq!(kinds, expected);
    let [image, new, gone] = &found.files[..] else { panic!() };
    assert_eq!(
        (image.places.len(), &image.sides),
        (0, &["a file of 6 bytes".into(), "a file of 8 bytes".into()])
    );
    let place = &new.places[0];
    assert_eq!((told(&place.ours), &place.before), (Some(([2, 2], vec!["mine"])), &None));
    assert_eq!(told(&place.theirs), Some(([2, 2], vec!["theirs"])));
    let place = &gone.places[0];
    assert_eq!((&place.ours, told(&place.before)), (&None, Some(([3, 3], vec!["line 3"]))));
    assert_eq!(told(&place.theirs), Some(([3, 3], vec!["changed"])));
    assert_eq!(gone.sides[0], "nothing");
}

#[test]
fn an_answer_is_bounded_and_says_what_is_left_out() {
    let kit = Kit::new();
    kit.write("long.txt", &numbered(200));
    kit.commit("long");
    let every = |word: &str| -> String {
        (1..=200).map(|n| if n % 4 == 0 { format!("{word} {n}\n") } else { format!("line {n}\n") }).collect()
    };
    let work = |name: &str, word: &str| {
        kit.work(name, |at| {
            write(&at.join("long.txt"), &every(word));
            write(&at.join("src/a.txt"), &format!("{word}\n").repeat(100));
        })
    };
    let (one, two) = (work("ONE", "mine"), work("TWO", "theirs"));
    let found = pair(&kit, &one, &two);
    let [long, whole] = &found.files[..] else { panic!("{:?}", found.files) };
    assert_eq!((long.places.len(), long.more), (PLACES_MOST, 20));
    let place = &whole.places[0];
    let ours = place.ours.as_ref().unwrap();
    assert_eq!((ours.text.len(), ours.more), (SIDE_MOST, 40));
    let before = place.before.as_ref().unwrap();
    assert_eq!((before.text.len(), before.more), (0, 20), "of much that was before only the number is told");
}

#[test]
fn branches_that_merge_have_none() {
    let kit = Kit::new();
    let one = kit.work("ONE", |at| write(&at.join("src/a.txt"), &edited(20, 5, "mine")));
    let two = kit.work("TWO", |at| write(&at.join("src/b.txt"), &edited(20, 5, "theirs")));
    let found = pair(&kit, &one, &two);
    assert_eq!((found.files, found.more, found.why.as_str()), (vec![], 0, ""));
}
