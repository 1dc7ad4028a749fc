use std::time::{Duration, Instant};

use super::keys::{Key, Keys};
use super::misbehave::{Fault, parse};
use super::pace::Pace;
use super::prompt::{Base, Orders, Request, understand};
use super::question::{Answer, TYPED_AHEAD, answer};
use super::seed::Dice;
use super::topics::{outline, summary, well_known};
use super::view::{Mode, View};
use crate::config::PROMPTS;
use crate::domain::prompt::{self, LIBRARY, Vars, example::full};

/// The built-in template `name` with what `vars` says.
fn rendered(name: &str, vars: &Vars) -> String {
    let all = PROMPTS.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect();
    prompt::render(&all, name, vars).unwrap()
}

/// The same with every variable filled, or with only what each prompt has.
fn both(name: &str) -> [String; 2] {
    let full = full();
    let bare = Vars {
        agent: full.agent.clone(),
        branch: full.branch.clone(),
        base: full.base.clone(),
        session: full.session.clone(),
        target: full.target.clone(),
        gates: full.gates.clone(),
        build: full.build.clone(),
        code: full.code.clone(),
        phrase: full.phrase.clone(),
        ..Vars::default()
    };
    [rendered(name, &full), rendered(name, &bare)]
}

fn full_orders() -> Orders {
    Orders {
        base: Some(Base::Commit("1a2b3c4d5e6f".into())),
        code: Some("k7f3aa".into()),
        build: Some("sh build.sh".into()),
        phrase: Some("[AGENT] SEC READY FOR MERGE".into()),
        trailer: Some("Part of sprint-1.".into()),
    }
}

fn of_kind(kind: &'static str) -> impl Iterator<Item = &'static str> {
    LIBRARY.into_iter().filter(move |name| name.starts_with(kind))
}

#[test]
fn our_own_templates_are_understood() {
    assert_eq!((of_kind("wrap-up").count(), of_kind("enhance").count()), (9, 9));
    for name in of_kind("wrap-up") {
        for text in both(name) {
            assert_eq!(understand(&text), Request::WrapUp(full_orders()), "{name}:\n{text}");
        }
    }
    for text in both("refused") {
        assert_eq!(understand(&text), Request::Refused(Orders { trailer: None, ..full_orders() }), "{text}");
    }
    let trailer = Some("Part of the enhancement phase of sprint-1.".into());
    let orders = Orders { trailer, build: full_orders().build, ..Orders::default() };
    for name in of_kind("enhance") {
        for text in both(name) {
            assert_eq!(understand(&text), Request::Work(orders.clone()), "{name}:\n{text}");
        }
    }
    for text in both("continue") {
        assert!(matches!(understand(&text), Request::Work(_)), "{text}");
    }
}

#[test]
fn an_incident_is_understood_whatever_its_report_says() {
    let mut vars = full();
    vars.incident.report.push("wrap-up: data in `/elsewhere`, then `orchestra incident submit x`".into());
    vars.incident.own_data = "/srv/an incident/k8s".into();
    let brief = |vars: &Vars| understand(&rendered("incident-brief", vars));
    assert_eq!(brief(&vars), Request::Investigate(Some("/srv/an incident/k8s".into())));
    vars.incident.own_data = String::new();
    assert_eq!(brief(&vars), Request::Investigate(None));
    for name in ["incident-postmortem", "incident-retry"] {
        assert_eq!(understand(&rendered(name, &vars)), Request::Postmortem, "{name}");
    }
    let words = "We had an incident.\n> orchestra finding --done\n> orchestra incident submit x";
    assert_eq!(understand(words), Request::Chat);
}

#[test]
fn a_task_of_a_project_is_understood() {
    for text in [
        "Your brief.\n\nWe refused it; not ready yet.\n\n    orchestra workflow done --handover FILE",
        "Your task is not done.\n\n- `build` is red\n\nThen `orchestra workflow done --handover FILE` again.",
        "SEC, the plan of the project `shop` changed: less.\n\nYour task goes on. `orchestra workflow done` at its end.",
    ] {
        assert_eq!(understand(text), Request::Project, "{text}");
    }
    let rests = "SEC, you stopped, and nothing that you handed over stands for your task `x`: others wait for it.\n\n\
                 - Go on, or `orchestra workflow done --handover -`";
    assert_eq!(understand(rests), Request::Anew);
    let lost = "SEC, the plan of the project `shop` changed: less.\n\nThe task `x` is no longer yours.";
    assert_eq!(understand(lost), Request::Synced);
    let sync =
        "Who works beside you says this.\n\n> orchestra workflow done\n\n`orchestra workflow sync TEXT`";
    assert_eq!(understand(sync), Request::Synced);
}

#[test]
fn what_a_prompt_quotes_is_no_order() {
    let mut vars = full();
    vars.work.commits[0].subject = "fix: an order that was refused builds `rm x` up to the wrap-up".into();
    vars.work.files[0].path = "src/build.rs".into();
    vars.work.todos[0].text = "TODO: build `make all`".into();
    let Request::Work(orders) = understand(&rendered("enhance-sec", &vars)) else { panic!("work") };
    assert_eq!(orders.build.as_deref(), Some("sh build.sh"));
    assert_eq!(understand(&rendered("wrap-up-sec", &vars)), Request::WrapUp(full_orders()));
}

#[test]
fn the_prompt_never_holds_the_line_that_claims() {
    for name in of_kind("wrap-up").chain(["refused"]) {
        for text in both(name) {
            assert!(!text.replace('\n', " ").contains("MERGE k7f3aa"));
            assert!(text.lines().all(|l| !(l.contains("READY FOR MERGE") && l.contains("k7f3aa"))));
            // Nothing but the phrase on a line would look like a claim without its code.
            assert!(text.lines().all(|l| l.trim() != "[AGENT] SEC READY FOR MERGE"));
        }
    }
}

#[test]
fn prompts_of_other_people_are_understood() {
    let text = "Wrap-up please.\n git reset --soft $(git merge-base main HEAD)\n\n   npm run build\nEcho it.";
    let Request::WrapUp(orders) = understand(text) else { panic!("{:?}", understand(text)) };
    assert_eq!(orders.base, Some(Base::MergeBase("main".into())));
    assert_eq!(orders.build, Some("npm run build".into()));
    assert_eq!((orders.code, orders.phrase), (None, None));
    let said = |text: &str| match understand(text) {
        Request::WrapUp(orders) => orders.trailer,
        other => panic!("{other:?}"),
    };
    // As inside `git commit -m "…"`: the closing mark is not part of it.
    assert_eq!(
        said("wrap-up\n   Part of orchestra sprint-1\"\n").as_deref(),
        Some("Part of orchestra sprint-1")
    );
    assert_eq!(said("wrap-up: end with `Part of x.`, please").as_deref(), Some("Part of x."));
    assert_eq!(said(&format!("wrap-up, which is Part of it\nPart of \nPart of {}", "x".repeat(200))), None);
    // No commit id: a word that only begins like one.
    let Request::WrapUp(orders) = understand("wrap-up: git reset --soft deadline") else { panic!() };
    assert_eq!(orders.base, None);
    assert_eq!(understand("hello there"), Request::Chat);
    assert_eq!(understand("did you fix it?"), Request::Chat);
    assert_eq!(understand("Address everything"), Request::Chat);
    assert!(matches!(understand("Fix the typo and commit."), Request::Work(_)));
    assert!(matches!(understand("That was REFUSED: squash it"), Request::Refused(_)));
    for odd in ["", "`", "```", "your code `", "git reset --soft ", "é build `é`", "İ your code `abcd`"] {
        let _ = understand(odd);
    }
}

#[test]
fn the_same_seed_agent_and_task_give_the_same_work() {
    let one = outline(7, "SEC", "improve", 1);
    assert_eq!(one, outline(7, "SEC", "improve", 1));
    let others: Vec<_> = (0..20).map(|seed| outline(seed, "SEC", "improve", 1)).collect();
    assert!(others.iter().any(|o| *o != one));
    for seed in 0..200 {
        let work = outline(seed, "anybody", "x", 2);
        assert!((2..=3).contains(&work.commits.len()));
        assert!(work.commits.iter().all(|c| (1..=2).contains(&c.len())));
    }
}

#[test]
fn messages_are_conventional_by_kind_of_work() {
    assert_eq!(summary("SEC"), "feat(sec): enhance security policies");
    assert_eq!(summary("QA"), "test: enhance test coverage");
    assert_eq!(summary("DOCS"), "docs: enhance documentation");
    assert_eq!(summary("Zed"), "feat(zed): enhance the code");
    assert!(well_known("sec") && !well_known("zed"));
}

#[test]
fn faults_are_for_everybody_or_for_one() {
    let list = "NET=asks,sec=no-squash+quotes, flood";
    assert_eq!(parse(list, "NET").unwrap(), [Fault::Asks, Fault::Flood].into());
    assert_eq!(parse(list, "SEC").unwrap(), [Fault::NoSquash, Fault::Quotes, Fault::Flood].into());
    assert_eq!(parse(list, "QA").unwrap(), [Fault::Flood].into());
    assert_eq!(parse("", "QA").unwrap(), [].into());
    let why = parse("NET=sleeps", "QA").unwrap_err();
    assert!(why.contains("`sleeps`") && why.contains("no-squash"), "{why}");
}

#[test]
fn keys_survive_any_cut() {
    let bytes =
        "aé\x1b[I\x1b[200~two\r\nlines\x1b[201~\r\x1b]11;rgb:0/0/0\x07\x1b[?62;22cz\x7f\x03\n\x1b[13u\x1bOA"
            .as_bytes();
    let want = [
        Key::Char('a'),
        Key::Char('é'),
        Key::Paste("two\nlines".into()),
        Key::Enter,
        Key::Char('z'),
        Key::Backspace,
        Key::CtrlC,
        Key::Newline,
        Key::Enter,
    ];
    assert_eq!(Keys::new().feed(bytes), want);
    for cut in 1..bytes.len() {
        let mut keys = Keys::new();
        let mut got = keys.feed(&bytes[..cut]);
        got.extend(keys.feed(&bytes[cut..]));
        assert_eq!(got, want, "cut at {cut}");
    }
}

#[test]
fn a_paste_beyond_the_bound_still_ends() {
    let mut keys = Keys::new();
    assert_eq!(keys.feed(b"\x1b[200~"), []);
    assert_eq!(keys.feed(&vec![b'x'; 6 << 20]), []);
    let got = keys.feed(b"\x1b[201~\r");
    assert!(matches!(&got[..], [Key::Paste(text), Key::Enter] if text.len() < 5 << 20));
}

#[test]
fn every_size_can_be_drawn() {
    for size in [(1, 1), (2, 2), (11, 5), (12, 6), (80, 24), (500, 3)] {
        let mut view = View::new("SEC", size);
        for mode in [
            Mode::Idle,
            Mode::Working("x".into()),
            Mode::Asking("Edit 漢字".repeat(9)),
            Mode::Limited("usage limit reached".into()),
        ] {
            view.mode = mode;
            view.draft = "漢字 text\n".repeat(40);
            view.echo("one\ntwo");
            view.resize((size.1, size.0));
            view.touch();
            assert!(!view.flush().is_empty());
            assert!(view.flush().is_empty(), "nothing changed, so nothing is written");
        }
    }
}

#[test]
fn a_short_prompt_shows_whole_in_the_box() {
    let mut view = View::new("SEC", (80, 24));
    view.draft = "first line\nsecond line".into();
    let drawn = String::from_utf8(view.flush()).unwrap();
    assert!(drawn.contains("│ > first line") && drawn.contains("│   second line"), "{drawn}");
    view.draft = (1..=40).map(|n| format!("line {n}\n")).collect::<String>() + "the end";
    view.touch();
    let drawn = String::from_utf8(view.flush()).unwrap();
    assert!(
        drawn.contains("> line 1 ") && drawn.contains("the end") && drawn.contains("… (+34 lines)"),
        "{drawn}"
    );
}

#[test]
fn an_enter_typed_ahead_answers_no_question() {
    let shown = Instant::now();
    let soon = shown + TYPED_AHEAD - Duration::from_millis(1);
    let later = shown + TYPED_AHEAD;
    assert_eq!(answer(&Key::Enter, shown, soon), None);
    assert_eq!(answer(&Key::Enter, shown, later), Some(Answer::Yes));
    assert_eq!(answer(&Key::Char('y'), shown, shown), Some(Answer::Yes));
    assert_eq!(answer(&Key::Char('2'), shown, shown), Some(Answer::No));
    for other in [Key::Char('x'), Key::Newline, Key::Backspace, Key::Paste("1\n".into())] {
        assert_eq!(answer(&other, shown, later), None, "{other:?}");
    }
}

#[test]
fn a_task_takes_its_time_whatever_its_number_of_steps() {
    for seed in 0..200 {
        for steps in 1..=14 {
            let mut pace = Pace::new(Dice::new(seed, &["x"]), (4000, 6000), steps, 2.0);
            let pauses: Vec<Duration> = (0..steps).map(|_| pace.next()).collect();
            let all: Duration = pauses.iter().sum();
            assert!((2000..=3000).contains(&all.as_millis()), "{steps} steps: {pauses:?}");
            let (least, most) = (pauses.iter().min().unwrap(), pauses.iter().max().unwrap());
            assert!(*least >= Duration::from_millis(50) && *most < *least * 20, "{pauses:?}");
            // More steps than foreseen are possible, and short.
            assert_eq!(pace.next(), Duration::from_millis(50));
        }
    }
}

#[test]
fn a_branch_named_before_the_word_build_is_no_command() {
    let text = "You are ARCH, on branch `agent-1-arch`. You look after what everybody builds on.\n\
                Improve it. See that these pass:\n- build: `sh build.sh`\n";
    let super::prompt::Request::Work(orders) = super::prompt::understand(text) else { panic!("work") };
    assert_eq!(orders.build.as_deref(), Some("sh build.sh"));
}
