use proptest::prelude::*;
use proptest::sample::Index;

use super::super::project::sample;
use super::super::span::Span;
use super::*;

/// From and to in days, and behind what, if for hands.
fn days<'s>(s: &'s Schedule, id: &str) -> (u32, u32, Option<&'s str>) {
    s.slot(id).map(|s| (s.from / 24, s.to / 24, s.after.as_deref())).unwrap()
}

#[test]
fn the_longest_chain_is_the_critical_path() {
    let s = schedule(&sample::plan().tasks);
    assert_eq!(s.path, ["containers", "cluster", "pipeline", "monitoring"]);
    assert_eq!(s.length, 22 * 24);
    let slot = |id: &str| s.slot(id).map(|s| (s.from / 24, s.to / 24, s.slack / 24)).unwrap();
    assert_eq!((slot("cluster"), slot("logging")), ((5, 12, 0), (18, 21, 1)));
    assert!(s.slots.iter().all(|s| s.after.is_none()));
    assert_eq!(schedule(&[]), Schedule::default());
}

#[test]
fn tasks_of_one_agent_are_done_one_behind_the_other() {
    let tasks = [
        sample::task("image", "docker", 3, &[]),
        sample::task("registry", "docker", 4, &[]),
        sample::task("cluster", "kubernetes", 2, &["image"]),
    ];
    let s = schedule(&tasks);
    assert_eq!((s.length, s.path.join(" ")), (7 * 24, "image registry".into()));
    assert_eq!(days(&s, "registry"), (3, 7, Some("image")));
    assert_eq!((days(&s, "cluster"), s.slots[2].slack), ((3, 5, None), 2 * 24));
}

#[test]
fn whoever_would_have_to_wait_does_what_stands_later_first() {
    let tasks = [
        sample::task("network", "aws", 5, &[]),
        sample::task("cluster", "kubernetes", 2, &["network"]),
        sample::task("charts", "kubernetes", 3, &[]),
        sample::task("limits", "kubernetes", 4, &[]),
    ];
    let s = schedule(&tasks);
    assert_eq!((days(&s, "charts"), days(&s, "limits")), ((0, 3, None), (3, 7, Some("charts"))));
    assert_eq!((days(&s, "cluster"), s.length), ((7, 9, Some("limits")), 9 * 24));
    assert_eq!(s.path, ["charts", "limits", "cluster"]);
    assert_eq!(s.slot("network").unwrap().slack, 2 * 24);
}

/// Why leaving a task out may lengthen all the same: without `draft` the long `audit` is begun before `rules` could be,
/// and all that follows from these waits for it. The run does that, and so the schedule says it.
#[test]
fn without_a_task_somebody_may_begin_with_another_one() {
    let tasks = [
        sample::task("draft", "security", 1, &[]),
        sample::task("network", "aws", 1, &[]),
        sample::task("rules", "security", 1, &["network"]),
        sample::task("audit", "security", 9, &[]),
        sample::task("cluster", "kubernetes", 9, &["rules"]),
    ];
    assert_eq!(schedule(&tasks).length, 11 * 24);
    let left = schedule(&tasks[1..]);
    assert_eq!((left.length, days(&left, "rules")), (19 * 24, (9, 10, Some("audit"))));
}

const WHO: [&str; 3] = ["docker", "kubernetes", "cicd"];

/// Tasks of so many agents that need only ones before them.
fn any_tasks(most: usize, agents: usize) -> impl Strategy<Value = Vec<Task>> {
    let one = (1_u32..30, proptest::collection::vec(any::<Index>(), 0..4), any::<Index>());
    proptest::collection::vec(one, 1..most).prop_map(move |all| {
        let name = |i: usize| format!("t{i}");
        let task = |(i, (days, needs, who)): (usize, (u32, Vec<Index>, Index))| {
            let needs: Vec<String> =
                if i == 0 { Vec::new() } else { needs.iter().map(|n| name(n.index(i))).collect() };
            let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
            let who = if agents <= WHO.len() { WHO[who.index(agents)].to_owned() } else { format!("a{i}") };
            sample::task(&name(i), &who, days, &needs)
        };
        all.into_iter().enumerate().map(task).collect()
    })
}

/// The same tasks, each in need of what its agent does before it: nobody has a choice any more.
fn pinned(tasks: &[Task], s: &Schedule) -> Vec<Task> {
    let mut pinned: Vec<Task> = tasks.to_vec();
    let begins = |t: &Task| s.slot(&t.id).unwrap().from;
    for task in &mut pinned {
        let own = tasks.iter().filter(|t| t.agent == task.agent && begins(t) < begins(task));
        task.needs.extend(own.max_by_key(|t| begins(t)).map(|t| t.id.clone()));
    }
    pinned.sort_by_key(|t| begins(t));
    pinned
}

/// The hours of the longest chain that ends with a task, by trying all of them.
fn brute(tasks: &[Task], id: &str) -> u32 {
    let task = tasks.iter().find(|t| t.id == id).unwrap();
    task.duration.as_hours() + task.needs.iter().map(|n| brute(tasks, n)).max().unwrap_or_default()
}

/// The day on which each begins where, day for day, whoever is free begins with the first that can be begun.
fn day_by_day(tasks: &[Task]) -> Vec<u32> {
    let mut begun: Vec<Option<u32>> = vec![None; tasks.len()];
    let ends = |begun: &[Option<u32>], i: usize| begun[i].map(|d| d + tasks[i].duration.as_hours() / 24);
    for day in 0.. {
        for (i, task) in tasks.iter().enumerate().filter(|(i, _)| begun[*i].is_none()).collect::<Vec<_>>() {
            let over = |i: usize| ends(&begun, i).is_some_and(|end| end <= day);
            let at = |id: &String| tasks.iter().position(|t| t.id == *id).unwrap();
            let busy =
                (0..tasks.len()).any(|o| tasks[o].agent == task.agent && begun[o].is_some() && !over(o));
            if !busy && task.needs.iter().all(|n| over(at(n))) {
                begun[i] = Some(day);
            }
        }
        if begun.iter().all(Option::is_some) {
            break;
        }
    }
    begun.into_iter().flatten().collect()
}

fn without(tasks: &[Task], at: usize) -> Vec<Task> {
    let mut left = tasks.to_vec();
    let gone = left.remove(at);
    // Who needed it needs what it needed.
    for task in left.iter_mut().filter(|t| t.needs.contains(&gone.id)) {
        task.needs.retain(|n| *n != gone.id);
        task.needs.extend(gone.needs.clone());
    }
    left
}

proptest! {
    #[test]
    fn it_is_what_a_run_does_day_by_day(tasks in any_tasks(12, 3)) {
        let s = schedule(&tasks);
        let from: Vec<u32> = s.slots.iter().map(|s| s.from / 24).collect();
        prop_assert_eq!(from, day_by_day(&tasks));
    }

    #[test]
    fn nobody_does_two_things_at_once_and_the_path_is_the_longest(tasks in any_tasks(10, 3)) {
        let s = schedule(&tasks);
        let of = |id: &String| tasks.iter().find(|t| t.id == *id).unwrap();
        for task in &tasks {
            let slot = s.slot(&task.id).unwrap();
            prop_assert_eq!(slot.to - slot.from, task.duration.as_hours());
            for need in &task.needs {
                prop_assert!(s.slot(need).unwrap().to <= slot.from);
            }
            let needs = task.needs.iter().map(|n| s.slot(n).unwrap().to).max().unwrap_or_default();
            for other in tasks.iter().filter(|o| o.agent == task.agent && o.id != task.id) {
                let other = s.slot(&other.id).unwrap();
                prop_assert!(other.to <= slot.from || slot.to <= other.from, "{:?} {:?}", slot, other);
            }
            // What it is said to wait for is what it waits for.
            match &slot.after {
                None => prop_assert_eq!(slot.from, needs),
                Some(first) => {
                    prop_assert!(needs < slot.from && s.slot(first).unwrap().to == slot.from);
                    prop_assert_eq!(&of(first).agent, &task.agent);
                }
            }
        }
        let pinned = pinned(&tasks, &s);
        let longest = tasks.iter().map(|t| brute(&pinned, &t.id)).max().unwrap();
        prop_assert_eq!(s.length, longest);
        prop_assert_eq!(s.path.iter().map(|id| of(id).duration.as_hours()).sum::<u32>(), longest);
        for two in s.path.windows(2) {
            let then = s.slot(&two[1]).unwrap();
            prop_assert!(of(&two[1]).needs.contains(&two[0]) || then.after.as_ref() == Some(&two[0]));
        }
        prop_assert!(s.path.iter().all(|id| s.slot(id).unwrap().slack == 0));
    }

    #[test]
    fn a_task_may_be_later_by_its_slack_and_not_more(tasks in any_tasks(10, 3), at in any::<Index>()) {
        let s = schedule(&tasks);
        let tasks = pinned(&tasks, &s);
        let at = at.index(tasks.len());
        let slack = s.slot(&tasks[at].id).unwrap().slack;
        let longer = |by: u32| {
            let mut tasks = tasks.clone();
            tasks[at].duration = Span::hours(tasks[at].duration.as_hours() + by);
            schedule(&tasks).length
        };
        prop_assert_eq!(longer(slack), s.length);
        prop_assert_eq!(longer(slack + 1), s.length + 1);
    }

    #[test]
    fn leaving_a_task_out_never_lengthens_where_everybody_keeps_their_order(
        tasks in any_tasks(30, 3),
        at in any::<Index>(),
    ) {
        let s = schedule(&tasks);
        let pinned = pinned(&tasks, &s);
        prop_assert_eq!(schedule(&pinned).length, s.length);
        prop_assert!(schedule(&without(&pinned, at.index(tasks.len()))).length <= s.length);
    }

    #[test]
    fn leaving_a_task_out_never_lengthens_where_nobody_has_a_choice(
        tasks in any_tasks(30, usize::MAX),
        at in any::<Index>(),
    ) {
        prop_assert!(schedule(&without(&tasks, at.index(tasks.len()))).length <= schedule(&tasks).length);
    }
}
