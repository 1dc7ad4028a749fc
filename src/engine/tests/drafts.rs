//! Prompts in the making: git is asked, then the text is made.

use super::kit::{BOX, Stage, TEAM, config, name};
use crate::domain::brief::Brief;
use crate::domain::command::{Begin, Command, Order, Target, Until, What};
use crate::domain::record::Record;
use crate::domain::state::{Outcome, TaskState};
use crate::domain::view::{Answer, Fault};
use crate::engine::event::{Effect, Ended, Event, Feeding};

/// A stage whose project has these templates too.
fn with(prompts: &[(&str, &str)]) -> Stage {
    let mut c = config();
    // Nobody has a prompt of its own but those given here.
    c.prompts.retain(|name, _| !name.starts_with("enhance-"));
    c.prompts.extend(prompts.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())));
    c.areas.insert("security".into(), "what gets in".into());
    let mut s = Stage::of(c);
    s.git.brief = Brief::example();
    s
}

/// The texts accepted for an agent.
fn queued(s: &Stage, agent: &str) -> Vec<String> {
    let text = |r: &Record| match r {
        Record::Queued { agent: a, text, .. } if *a == *agent => Some(text.to_string()),
        _ => None,
    };
    s.journal.iter().filter_map(|(_, r)| text(r)).collect()
}

fn send(prompt: &str, targets: &[&str]) -> Command {
    let targets = targets.iter().map(|t| Target((*t).into())).collect();
    Command::Send { targets, what: What::Prompt(prompt.into()), terms: Default::default() }
}

fn render(agent: &str, word: &str) -> Command {
    Command::Render { agent: name(agent), what: What::Prompt(word.into()), group: String::new() }
}

fn run(prompt: Option<&str>, targets: &[&str]) -> Command {
    Command::Run {
        plan: "enhancement".into(),
        order: Order::Broadcast,
        targets: targets.iter().map(|t| Target((*t).into())).collect(),
        prompt: prompt.map(str::to_owned),
        red: crate::domain::ending::Red::Ask,
    }
}

fn asked(s: &Stage) -> usize {
    s.effects.iter().filter(|(_, e)| matches!(e, Effect::Brief { .. })).count()
}

#[test]
fn a_prompt_speaks_of_the_branch_and_of_what_it_builds_on() {
    let text = "{% for c in work.commits %}{{ c.subject }}{% endfor %} {{ upstream[0].exports[0] }} \
                {{ tech[0] }} {{ team | length }} {{ order[0][0] }} {{ session_dir }} {{ repository }}";
    let mut s = with(&[("p", text)]);
    s.template("SEC", "p");
    s.pass(1000);
    assert_eq!(queued(&s, "SEC"), ["feat: example src/example.rs: example rust 8 ARCH /s /repo"]);
    assert_eq!(s.receipt("SEC").0, Outcome::Submitted);
}

#[test]
fn nothing_is_queued_before_git_answers_and_nothing_overtakes() {
    let mut s = with(&[("p", "template")]);
    s.git.silent.insert("brief");
    let n = s.asks(send("p", &["SEC", "OBS"]));
    let text = Command::Send {
        targets: vec![Target("SEC".into())],
        what: What::Text("text".into()),
        terms: Default::default(),
    };
    let m = s.asks(text);
    s.text("NET", "text");
    let wait =
        Command::Wait { targets: vec![Target("SEC".into())], until: Until::Receipts, timeout_ms: 60_000 };
    let w = s.asks(wait);
    s.pass(1000);
    assert!([n, m, w].iter().all(|n| !s.answers.contains_key(n)));
    assert!(queued(&s, "SEC").is_empty());
    assert_eq!(queued(&s, "NET"), ["text"], "who waits for nothing is not held up");
    s.catch_up();
    assert_eq!(queued(&s, "SEC"), ["template", "text"]);
    let Some(Answer::Receipts { receipts }) = s.answers.get(&n) else { panic!("{:?}", s.answers) };
    assert!(receipts.len() == 2 && receipts.iter().all(|r| r.outcome.is_none()));
    assert!(s.answers.contains_key(&m));
}

#[test]
fn answers_that_come_in_another_order_change_no_order() {
    let mut s = with(&[("a", "first"), ("b", "second")]);
    s.git.silent.insert("brief");
    s.asks(send("a", &["SEC", "OBS"]));
    s.asks(send("b", &["OBS"]));
    s.git.held.make_contiguous().reverse();
    s.catch_up();
    assert_eq!(queued(&s, "OBS"), ["first", "second"]);
}

#[test]
fn what_cannot_render_is_refused_before_git_is_asked() {
    let nested = "{% for c in work.commits %}{{ c.subjct }}{% endfor %}";
    let mut s = with(&[("bad", "{{ agnet }}"), ("nested", nested)]);
    for bad in ["bad", "nested"] {
        for command in [send(bad, &["all"]), run(Some(bad), &[])] {
            let (fault, why) = s.fault(command);
            assert!(fault == Fault::Usage && why.contains("line 1"), "{bad}: {why}");
        }
    }
    assert_eq!(s.fault(send("rol", &["all"])).1, "find the prompt `rol`; did you mean role?");
    let (_, why) = s.fault(run(Some("sugested"), &[]));
    assert!(why.contains("did you mean suggested"), "{why}");
    assert_eq!((asked(&s), s.state.runs.len()), (0, 0));
    assert_eq!(s.count(|r| matches!(r, Record::Queued { .. })), 0);
}

#[test]
fn a_branch_that_cannot_be_read_sends_nothing_to_anybody_and_fails_its_own_task_alone() {
    let mut s = Stage::new();
    s.git.unread.insert("OBS".into(), "gone".into());
    let Answer::Receipts { receipts } = s.ask(send("wrap-up", &["all"])) else { panic!() };
    assert_eq!(receipts.len(), 8);
    for r in receipts {
        assert_eq!(
            (r.outcome, r.why.as_str()),
            (Some(Outcome::Refused), "failed to read the branch of OBS: gone")
        );
    }
    assert_eq!(s.count(|r| matches!(r, Record::Queued { .. })), 0);
    s.ask(run(None, &[]));
    s.pass(1000);
    assert_eq!(s.tasks(TaskState::Failed), ["OBS"]);
    assert_eq!(s.task_why("enhance-OBS"), "failed to read the branch of OBS: gone");
    assert_eq!(s.tasks(TaskState::Running).len(), 7);
}

#[test]
fn a_server_lost_while_a_prompt_was_made_sends_it_once() {
    for facts_known in [true, false] {
        let mut s = Stage::new();
        s.text("SEC", "an earlier one, with a receipt");
        s.pass(1000);
        s.rests("SEC");
        s.git.silent.insert("brief");
        if !facts_known {
            s.git.silent.insert("inspect");
        }
        s.ask(run(None, &["SEC"]));
        let lost = s.asks(send("wrap-up", &["OBS"]));
        s.pass(1000);
        assert_eq!(s.task("enhance-SEC"), TaskState::Sent);
        s.crash();
        s.git.silent.clear();
        s.git.held.clear();
        for agent in TEAM {
            let bytes = BOX.as_bytes().to_vec();
            s.happen(Event::Output { agent: name(agent), bytes, mode: Feeding::Recovering });
        }
        s.happen(Event::Start);
        s.pass(2000);
        assert_eq!(s.task("enhance-SEC"), TaskState::Running);
        assert_eq!(queued(&s, "SEC").len(), 2, "the earlier one and this");
        assert!(queued(&s, "OBS").is_empty() && !s.answers.contains_key(&lost));
        s.ask(send("wrap-up", &["OBS"]));
        assert_eq!(queued(&s, "OBS").len(), 1, "nothing stuck in its way");
    }
}

#[test]
fn a_task_that_is_over_takes_its_prompt_back_while_it_is_made() {
    let mut s = Stage::new();
    s.git.silent.insert("brief");
    s.ask(run(None, &["SEC", "OBS"]));
    s.ask(Command::DropTask { task: "enhance-SEC".into() });
    s.ask(Command::RepeatTask { task: "enhance-SEC".into() });
    s.ask(Command::Skip { agent: name("OBS") });
    s.catch_up();
    s.pass(1000);
    assert_eq!((queued(&s, "SEC").len(), queued(&s, "OBS").len()), (1, 0));
    assert_eq!(s.task("enhance-SEC"), TaskState::Running);
}

#[test]
fn every_prompt_has_a_code_of_its_own_however_many_are_made_at_once() {
    let mut s = Stage::new();
    s.git.silent.insert("brief");
    let n = s.asks(send("wrap-up", &["all"]));
    s.asks(send("wrap-up", &["SEC"]));
    s.catch_up();
    let Some(Answer::Receipts { receipts }) = s.answers.get(&n) else { panic!() };
    assert_eq!(receipts.len(), 8);
    let mut codes = Vec::new();
    for (_, record) in &s.journal {
        if let Record::Queued { code, text, .. } = record {
            let code = code.clone().expect("a wrap-up asks for a claim");
            assert!(text.contains(&code));
            codes.push(code);
        }
    }
    codes.sort();
    codes.dedup();
    assert_eq!(codes.len(), 9);
}

#[test]
fn the_orchestrator_hears_of_everybody() {
    let each =
        "{% for m in team %}{{ m.name }} {{ m.work.ahead }} {{ m.work.problems | join }}\n{% endfor %}";
    let mut s = with(&[("all", each)]);
    s.git.unread.insert("QA".into(), "gone".into());
    s.template("ORCHESTRATOR", "all");
    let text = queued(&s, "ORCHESTRATOR").remove(0);
    assert!(text.contains("SEC 1 untracked files: notes.txt\n"), "{text}");
    assert!(text.contains("QA 0 its branch cannot be read: gone\n"), "{text}");
    s.template("SEC", "all");
    assert!(queued(&s, "SEC")[0].contains("SEC 0 \n"), "of the others only the orchestrator hears");
}

#[test]
fn a_run_uses_the_prompt_that_was_chosen() {
    let points = "own{% for s in suggestions %}, {{ s }}{% endfor %}";
    let prompts = [("enhance", "universal"), ("enhance-sec", points), ("other", "other")];
    let suggested = "own, untracked files: notes.txt, mend or remove the skipped test at";
    let cases = [
        (None, ["own", "universal"]),
        (Some("role"), ["own", "universal"]),
        (Some("universal"), ["universal", "universal"]),
        (Some("other"), ["other", "other"]),
        (Some("suggested"), [suggested, "universal"]),
    ];
    for (word, expected) in cases {
        let mut s = with(&prompts);
        s.ask(run(word, &["SEC", "OBS"]));
        let texts = [queued(&s, "SEC").remove(0), queued(&s, "OBS").remove(0)];
        for (text, expected) in texts.iter().zip(expected) {
            assert!(text.starts_with(expected), "{word:?}: {text}");
        }
        assert_eq!(texts[0].len() > 20, word == Some("suggested"), "{word:?}: {texts:?}");
        if let Some(word) = word {
            let mut s = with(&prompts);
            s.ask(send(word, &["SEC"]));
            assert!(queued(&s, "SEC")[0].starts_with(expected[0]), "send {word}");
        }
    }
    let mut s = with(&prompts);
    assert!(s.fault(send("role", &["ORCHESTRATOR"])).1.contains("name a prompt"));
}

#[test]
fn a_focus_group_and_its_area_are_known_where_exactly_one_was_meant() {
    let mut s = with(&[("p", "[{{ group }}: {{ area }}]")]);
    s.ask(run(Some("p"), &["focus:security"]));
    assert_eq!(queued(&s, "SEC"), ["[security: what gets in]"]);
    s.ask(send("p", &["focus:testing"]));
    assert_eq!(queued(&s, "QA"), ["[testing: ]"]);
    s.ask(send("p", &["focus:documentation", "focus:observability"]));
    assert_eq!(queued(&s, "ARCH"), ["[: ]"]);
}

#[test]
fn a_prompt_can_be_looked_at() {
    let mut s = with(&[("enhance-sec", "{{ work.ahead }} {{ code }} {{ suggestions | length }}")]);
    for (word, text) in [("role", "1 <code> 0"), ("suggested", "1 <code> 5"), ("enhance-sec", "1 <code> 0")] {
        let render = render("SEC", word);
        let Answer::Rendered(made) = s.ask(render) else { panic!() };
        assert_eq!((made.prompt.as_str(), made.bytes, made.text.as_str()), ("enhance-sec", 10, text));
    }
    let (_, why) = s.fault(render("SCE", "role"));
    assert!(why.contains("did you mean SEC"), "{why}");
    s.git.unread.insert("SEC".into(), "gone".into());
    let (fault, why) = s.fault(render("SEC", "role"));
    assert_eq!((fault, why.as_str()), (Fault::Failed, "failed to read the branch of SEC: gone"));
    assert_eq!(s.count(|r| matches!(r, Record::Queued { .. })), 0);
}

#[test]
fn suggestions_are_told_of_everybody_or_of_some() {
    let mut s = with(&[]);
    s.git.unread.insert("QA".into(), "gone".into());
    let Answer::Suggestions { suggestions } = s.ask(Command::Suggest { agents: vec![] }) else { panic!() };
    assert_eq!(suggestions.len(), 8);
    for of in suggestions {
        let expected = if of.agent == "QA" { (0, "gone") } else { (5, "") };
        assert_eq!((of.points.len(), of.why.as_str()), expected, "{}", of.agent);
    }
    let Answer::Suggestions { suggestions } = s.ask(Command::Suggest { agents: vec![name("SEC")] }) else {
        panic!()
    };
    assert_eq!(suggestions.len(), 1);
    assert!(s.fault(Command::Suggest { agents: vec![name("ORCHESTRATOR")] }).1.contains("not an agent"));
}

#[test]
fn a_dry_run_tells_sizes_as_they_will_be() {
    let mut s = with(&[("p", "{{ work.commits | length }}{{ agent }}")]);
    s.git.unread.insert("PLAT".into(), "gone".into());
    let targets = vec![Target("stage:2".into())];
    let (plan, order, prompt) = ("enhancement".to_owned(), Order::Staged, Some("p".to_owned()));
    let Answer::Run(view) = s.ask(Command::DryRun { plan, order, targets, prompt }) else { panic!() };
    let seen: Vec<_> = view.tasks.iter().map(|t| (t.agent.as_str(), t.bytes, t.why.as_str())).collect();
    let unread = "stage 2; failed to read the branch of PLAT: gone";
    assert_eq!(seen, [("PLAT", 0, unread), ("SEC", 4, "stage 2"), ("OBS", 4, "stage 2")]);
}

#[test]
fn a_program_is_started_again_once_its_prompt_is_made() {
    let mut s = with(&[("p", "{{ work.ahead }}"), ("bad", "{{ agnet }}")]);
    s.happen(Event::PaneEnded { agent: name("SEC"), how: Ended::Exited(0) });
    let restart = |prompt: &str| {
        let what = Some(What::Prompt(prompt.into()));
        Command::Restart { agent: name("SEC"), begin: Begin::Afresh, what }
    };
    let starts = |s: &Stage| s.effects.iter().filter(|(_, e)| matches!(e, Effect::Spawn { .. })).count();
    let before = starts(&s);
    assert!(s.fault(restart("bad")).1.contains("line 1"));
    s.git.silent.insert("brief");
    let n = s.asks(restart("p"));
    assert_eq!(starts(&s), before, "nothing starts before the prompt is there");
    s.catch_up();
    assert!(matches!(s.answers.get(&n), Some(Answer::Done { .. })), "{:?}", s.answers.get(&n));
    assert_eq!((starts(&s), queued(&s, "SEC")), (before + 1, vec!["1".to_owned()]));
}
