//! Gate jobs on real repositories.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::*;
use crate::domain::ending::OnRed;
use crate::domain::gates::{Baseline, Part, Reuse};
use crate::domain::review::GateStatus::{Error, Green, Red};
use crate::engine::event::GateNews;
use crate::git::testkit::Kit;
use crate::session::clock::Origin;

/// What is secret in these sessions.
const SECRET: &str = "hunter2!hunter2!";

struct Bench {
    kit: Kit,
    workers: Workers,
    dir: SessionDir,
    /// Every event until now.
    seen: Vec<Event>,
}

impl Bench {
    fn new(change: impl FnOnce(&Kit, &mut SessionFile)) -> Self {
        Self::of(Kit::new(), change)
    }

    fn of(kit: Kit, change: impl FnOnce(&Kit, &mut SessionFile)) -> Self {
        let dirs = crate::config::Dirs::built_in();
        let mut config =
            crate::config::parse(crate::config::default_text(), "orchestra.toml", &dirs).unwrap();
        config.team.clear();
        config.verify.parallel = 2;
        let version = String::new();
        let (repository, origin) = (kit.top.clone(), Origin::now());
        let mut file =
            SessionFile { version, repository, origin, boot: String::new(), panes: vec![], config };
        change(&kit, &mut file);
        let path = kit.beside("session");
        let dir = SessionDir::create(&path).or_else(|_| SessionDir::open(&path)).unwrap();
        let (waker, _) = crate::server::waker::pair().unwrap();
        let mut secrets = crate::domain::mask::Secrets::of_rules(&file.config.review.secrets);
        secrets.values.push(SECRET.to_owned());
        let mask = std::sync::Arc::new(crate::domain::mask::Mask::new(&secrets));
        let workers = Workers::at(&file, &dir, &waker, kit.beside("scratch"), mask);
        Self { kit, workers, dir, seen: Vec::new() }
    }

    /// The same session served by another server, which knows what was recorded.
    fn restarted(self) -> Self {
        let Self { kit, workers, seen, .. } = self;
        drop(workers);
        let next = Self::of(kit, |_, _| {});
        for event in seen {
            if let Event::Gated { result, .. } | Event::BaseGated { result } = event {
                next.workers.remember(&result);
            }
        }
        next
    }

    fn start(&self, job: u64, oid: &Oid, gates: &[Gate], base: Option<&Oid>, reuse: Reuse) {
        let (gates, base, on_red) = (gates.to_vec(), base.cloned(), OnRed::Go);
        self.workers.submit(Effect::Gates { job, oid: oid.clone(), gates, on_red, base, reuse });
    }

    fn wait(&mut self, what: &str, done: impl Fn(&[Event]) -> bool) {
        let end = Instant::now() + Duration::from_secs(60);
        while !done(&self.seen) {
            assert!(Instant::now() < end, "waited in vain until {what}: {:?}", self.seen);
            match self.workers.result() {
                Some(event) => self.seen.push(event),
                None => std::thread::sleep(Duration::from_millis(3)),
            }
        }
    }

    /// The results of a job, once it is over.
    fn results(&mut self, job: u64) -> Vec<GateResult> {
        let ends = |e: &Event| matches!(e, Event::Gated { job: j, last: true, .. } if *j == job);
        self.wait("the job is over", |seen| seen.iter().any(ends));
        let own = self.seen.iter().filter_map(|e| match e {
            Event::Gated { job: j, result, .. } if *j == job => Some(result.clone()),
            _ => None,
        });
        own.collect()
    }

    fn run(&mut self, job: u64, oid: &Oid, gate: &Gate, base: Option<&Oid>) -> GateResult {
        self.start(job, oid, std::slice::from_ref(gate), base, Reuse::Known);
        self.results(job).remove(0)
    }

    /// How often anything was really run.
    fn runs(&self) -> usize {
        std::fs::read_dir(self.dir.path().join("gates")).unwrap().count()
    }
}

fn gate(run: &str) -> Gate {
    Gate { timeout: 60, ..Gate::new("test", run) }
}

/// A line of shell that waits for a file.
fn until(file: &Path) -> String {
    format!("while ! test -e {}; do sleep 0.01; done", file.display())
}

#[test]
fn the_same_tree_is_tested_once_whatever_commit_has_it_and_by_whatever_server() {
    let mut b = Bench::new(|_, _| {});
    let first = b.kit.oid("main");
    b.kit.git(&["commit", "-q", "--allow-empty", "-m", "the same tree"]);
    let second = b.kit.oid("main");
    assert_ne!(first, second);
    let test = gate("echo ran; exit 3");
    let one = b.run(1, &first, &test, None);
    assert_eq!((one.status, one.reused_from.clone(), one.record.as_str()), (Red, None, "1"));
    assert_eq!(one.tree, b.kit.oid("main^{tree}"));
    let two = b.run(2, &second, &test, None);
    assert_eq!((two.status, two.oid.clone(), two.reused_from.as_deref()), (Red, second.clone(), Some("1")));
    assert_eq!(two.tail, "ran");
    assert_eq!(b.run(3, &first, &gate("true"), None).reused_from, None, "another command");
    let mut b = b.restarted();
    assert_eq!(b.run(4, &second, &test, None).reused_from.as_deref(), Some("1"));
    b.start(5, &second, &[test], None, Reuse::Never);
    let forced = b.results(5).remove(0);
    assert_eq!((forced.reused_from, forced.record.as_str()), (None, "3"), "asked for again");
    assert_eq!(b.runs(), 3);
}

#[test]
fn a_checkout_gets_the_ignored_files_of_now_and_is_set_up_only_when_that_has_to_be() {
    let kit = Kit::new();
    kit.write(".gitignore", ".env\nlog\n");
    kit.write(".worktreeinclude", ".env\n");
    kit.write("package-lock.json", "1");
    let first = kit.commit("rules");
    kit.write("README.md", "more\n");
    let second = kit.commit("work");
    kit.write("package-lock.json", "2");
    let third = kit.commit("dependencies");
    kit.write(".env", "SECRET=1");
    let mut b = Bench::of(kit, |_, file| {
        file.config.setup = "echo set up >> log".into();
        file.config.verify.parallel = 1;
    });
    let test = gate("cat .env log; git status --porcelain");
    assert_eq!(b.run(1, &first, &test, None).tail, "SECRET=1set up");
    assert_eq!(b.run(2, &second, &test, None).tail, "SECRET=1set up", "nothing changed that it goes by");
    assert_eq!(b.run(3, &third, &test, None).tail, "SECRET=1set up\nset up", "dependencies changed");
    b.kit.write(".env", "SECRET=22");
    let fresh = b.run(4, &third, &test, None);
    assert_eq!((fresh.reused_from, fresh.tail.lines().next().unwrap()), (None, "SECRET=22set up"));
}

#[test]
fn a_setup_that_fails_makes_no_verdict_and_runs_again() {
    let mut b = Bench::new(|kit, file| {
        let ok = kit.beside("ok");
        file.config.setup = format!("test -e {} || {{ echo no network; exit 7; }}", ok.display());
    });
    let main = b.kit.oid("main");
    let failed = b.run(1, &main, &gate("true"), None);
    assert_eq!(failed.status, Error);
    assert!(failed.tail.contains("see gates/1: no network"), "{}", failed.tail);
    std::fs::write(b.kit.beside("ok"), "").unwrap();
    assert_eq!(b.run(2, &main, &gate("true"), None).status, Green);
}

#[test]
fn what_is_red_on_the_base_is_run_there_once_and_excused_and_only_that() {
    let kit = Kit::new();
    kit.write("lint", "bad");
    let base = kit.commit("lint is red here");
    let tips = ["one", "two"].map(|text| {
        kit.write("work", text);
        kit.commit(text)
    });
    kit.write("broken", "");
    let broken = kit.commit("a test is red here");
    let gates = [
        Gate { name: "lint".into(), ..gate("! test -e lint") },
        Gate { name: "test".into(), ..gate("! test -e broken") },
    ];
    let mut b = Bench::of(kit, |_, _| {});
    for (job, tip) in (1..).zip(&tips) {
        b.start(job, tip, &gates, Some(&base), Reuse::Known);
    }
    for job in 1..=2 {
        let results = b.results(job);
        let lint = &results[0];
        assert_eq!((lint.status, lint.baseline, lint.excused), (Red, Some(Red), true));
        assert!(lint.passed() && lint.was_red_before());
        assert_eq!((results[1].status, results[1].baseline), (Green, None), "nobody looks where it is green");
    }
    assert_eq!(b.runs(), 5, "two gates on two tips, and one on the base");
    b.start(3, &broken, &gates, Some(&base), Reuse::Known);
    let results = b.results(3);
    assert_eq!((results[1].status, results[1].baseline), (Red, Some(Green)));
    assert!(!results[1].passed(), "that is its own");
    let mut told = Bench::of(b.kit, |_, file| file.config.verify.baseline = Baseline::Tell);
    let lint = told.run(1, &tips[0], &gates[0], Some(&base));
    assert_eq!((lint.baseline, lint.passed()), (Some(Red), false), "said, and red all the same");
}

#[test]
fn a_job_that_stops_at_the_first_red_gate_goes_on_after_one_that_was_red_before() {
    let kit = Kit::new();
    kit.write("lint", "bad");
    let base = kit.commit("lint is red here");
    kit.write("work", "done");
    let tip = kit.commit("work");
    let mut b = Bench::of(kit, |_, _| {});
    let gates =
        [Gate { name: "lint".into(), ..gate("! test -e lint") }, gate("! test -e work"), gate("true")];
    let (oid, gates, base) = (tip, gates.to_vec(), Some(base));
    let (on_red, reuse) = (OnRed::Stop, Reuse::Known);
    b.workers.submit(Effect::Gates { job: 1, oid, gates, on_red, base, reuse });
    assert_eq!(b.results(1).len(), 2);
}

#[test]
fn commits_are_tested_at_one_time_up_to_the_limit_each_in_a_checkout_of_its_own() {
    let kit = Kit::new();
    let first = kit.oid("main");
    kit.write("work", "done");
    let second = kit.commit("work");
    let mut b = Bench::of(kit, |_, _| {});
    // Each ends only when the other has begun.
    let (one, two) = (b.kit.beside("one"), b.kit.beside("two"));
    let meets =
        |own: &PathBuf, other: &PathBuf| gate(&format!("touch {}; {}; pwd", own.display(), until(other)));
    b.start(1, &first, &[meets(&one, &two)], None, Reuse::Known);
    b.start(2, &second, &[meets(&two, &one)], None, Reuse::Known);
    let (one, two) = (b.results(1).remove(0), b.results(2).remove(0));
    assert_eq!((one.status, two.status), (Green, Green));
    assert_ne!(one.tail, two.tail, "one checkout for both");
}

#[test]
fn a_cancelled_job_ends_at_once_and_makes_room_running_or_not() {
    let mut b = Bench::new(|_, file| file.config.verify.parallel = 1);
    let main = b.kit.oid("main");
    let began = b.kit.beside("began");
    let hangs = gate(&format!("touch {}; sleep 600", began.display()));
    b.start(1, &main, &[hangs.clone(), gate("true")], None, Reuse::Known);
    b.start(2, &main, &[Gate { run: "sleep 601".into(), ..hangs }], None, Reuse::Known);
    b.wait("it runs", |_| began.exists());
    b.workers.submit(Effect::CancelGates { job: 2 });
    b.workers.submit(Effect::CancelGates { job: 1 });
    let ended = b.results(1);
    assert_eq!((ended.len(), ended[0].status, ended[0].tail.as_str()), (1, Error, "cancelled"));
    assert_eq!(b.results(2)[0].tail, "cancelled");
    assert_eq!(b.run(3, &main, &gate("true"), None).status, Green);
    assert_eq!(b.runs(), 2, "what waited was never started");
}

#[test]
fn what_a_job_does_is_told() {
    let mut b = Bench::new(|_, file| file.config.setup = "true".into());
    let (main, heard) = (b.kit.oid("main"), b.kit.beside("heard"));
    b.start(1, &main, &[gate(&format!("echo hello; {}", until(&heard)))], None, Reuse::Known);
    let says = |e: &Event| matches!(e, Event::Gating { job: 1, news: GateNews::Says(t) } if t == "hello");
    b.wait("its line is told", |seen| seen.iter().any(says));
    std::fs::write(heard, "").unwrap();
    assert_eq!(b.results(1)[0].status, Green);
    let parts = b.seen.iter().filter_map(|e| match e {
        Event::Gating { news: GateNews::At { part, .. }, .. } => Some(*part),
        _ => None,
    });
    assert_eq!(parts.collect::<Vec<_>>(), [Part::Waiting, Part::Checkout, Part::Setup, Part::Running]);
}

#[test]
fn a_red_gate_runs_again_as_often_as_it_says() {
    let mut b = Bench::new(|_, _| {});
    let (main, count) = (b.kit.oid("main"), b.kit.beside("count"));
    let script = format!("echo x >> {0}; test $(wc -l < {0}) -ge 2", count.display());
    let flaky = b.run(1, &main, &Gate { retries: 2, ..gate(&script) }, None);
    assert_eq!((flaky.status, flaky.tries, flaky.record.as_str()), (Green, 2, "2"));
    assert_eq!(flaky.remark(), "only after 1 red before: it is not reliable");
    let red = b.run(2, &main, &Gate { retries: 2, ..gate("exit 1") }, None);
    assert_eq!((red.status, red.tries, b.runs()), (Red, 3, 5));
}

#[test]
fn a_commit_that_is_not_there_is_an_error_and_not_known_again() {
    let mut b = Bench::new(|_, _| {});
    for job in 1..=2 {
        let gone = b.run(job, &Oid("1".repeat(40)), &gate("true"), None);
        assert_eq!((gone.status, gone.reused_from), (Error, None), "{}", gone.tail);
    }
}
