//! Queries between agents: put to who rests, answered, brought back, and nothing lost on the way.

use super::kit::{SPIN, Stage, config, name};
use crate::domain::command::{Caller, Command, Order, Talk, Until};
use crate::domain::conduct::Occasion;
use crate::domain::plan::{DoneRule, Task};
use crate::domain::query::{Asker, Priority, Stage as How};
use crate::domain::record::{Record, Talked};
use crate::domain::state::{AgentState, Outcome};
use crate::domain::view::{Answer, Fault, QueryView};
use crate::engine::event::{Effect, Event};

pub(super) fn pane(agent: &str) -> Caller {
    Caller::Pane(name(agent))
}

pub(super) fn program() -> Caller {
    Caller::Mcp { client: "script".into(), pane: None }
}

impl Stage {
    pub(super) fn talks(&mut self, caller: Caller, talk: Talk) -> Answer {
        let n = self.says(caller, Command::Talk(talk));
        self.answers.get(&n).cloned().expect("talk is answered at once")
    }

    pub(super) fn put(&mut self, caller: Caller, to: &str, message: &str, priority: Priority) -> Answer {
        let (to, message) = (name(to), message.to_owned());
        self.talks(caller, Talk::Ask { to, message, priority, about: None, key: None })
    }

    /// Asks, and gives the query's number.
    pub(super) fn puts(&mut self, from: &str, to: &str, message: &str) -> u64 {
        match self.put(pane(from), to, message, Priority::Normal) {
            Answer::Query(q) => q.query.id,
            other => panic!("not asked: {other:?}"),
        }
    }

    pub(super) fn replies(&mut self, caller: Caller, query: u64, message: &str) -> Answer {
        self.talks(caller, Talk::Answer { query, message: message.into() })
    }

    pub(super) fn how(&self, query: u64) -> How {
        self.state.query(query).expect("a query").stage
    }

    pub(super) fn lists(&mut self, caller: Caller, all: bool) -> Vec<QueryView> {
        match self.talks(caller, Talk::Queries { all }) {
            Answer::Queries { queries } => queries,
            other => panic!("{other:?}"),
        }
    }

    /// Texts that were pasted into a pane.
    pub(super) fn pasted(&self, agent: &str) -> Vec<String> {
        self.written(agent).into_iter().map(|(_, t)| t).filter(|t| t != "\r").collect()
    }
}

pub(super) fn why(answer: Answer) -> String {
    match answer {
        Answer::Fault { fault: Fault::Usage, why } => why,
        other => panic!("no usage fault: {other:?}"),
    }
}

#[test]
fn who_rests_is_prompted_and_the_answer_goes_back() {
    let mut s = Stage::new();
    let q = s.puts("SEC", "OBS", "Which labels\x1b[31m do you need?\r\nAll?");
    assert_eq!(s.how(q), How::Waiting);
    s.pass(3000);
    assert_eq!(s.how(q), How::Delivered);
    let texts = s.pasted("OBS");
    let [text] = &texts[..] else { panic!("{texts:?}") };
    for part in
        ["SEC has a question for you, OBS", "query 1, priority normal", "orchestra answer 1 \"", "--about 1"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    // Each line carries whose words it is; what a terminal acts on is gone.
    assert!(text.contains("SEC> Which labels [31m do you need?\nSEC> All?\n"), "{text}");
    assert!(matches!(s.replies(pane("OBS"), q, "owner and team"), Answer::Query(_)));
    s.rests("OBS");
    s.pass(3000);
    let texts = s.pasted("SEC");
    let [text] = &texts[..] else { panic!("{texts:?}") };
    assert!(
        text.contains("OBS has answered what you asked OBS") && text.contains("OBS> owner and team\n"),
        "{text}"
    );
    assert!(s.state.query(q).unwrap().heard);
    s.rests("SEC");
    s.pass(60_000);
    assert_eq!((s.pasted("SEC").len(), s.pasted("OBS").len()), (1, 1), "nothing comes twice");
    let told: Vec<_> = s
        .state
        .log
        .iter()
        .filter(|l| l.kind.word() == "talk")
        .map(|l| format!("{} {}", l.agent.as_ref().map(ToString::to_string).unwrap_or_default(), l.text))
        .collect();
    assert_eq!(
        told,
        [
            "SEC asks OBS (normal), query 1: Which labels [31m do you need? All?",
            "OBS answers query 1: owner and team"
        ]
    );
}

#[test]
fn the_most_urgent_goes_first_and_one_at_a_time() {
    let mut s = Stage::new();
    s.print("OBS", SPIN);
    for (from, priority) in [
        ("SEC", Priority::Low),
        ("NET", Priority::Normal),
        ("OPS", Priority::Urgent),
        ("QA", Priority::Normal),
    ] {
        s.put(pane(from), "OBS", &format!("from {from}"), priority);
    }
    s.pass(5000);
    assert!(s.pasted("OBS").is_empty(), "it works");
    let mut order = Vec::new();
    for _ in 0..4 {
        s.rests("OBS");
        s.pass(3000);
        order.push(
            s.pasted("OBS")
                .last()
                .unwrap()
                .split(' ')
                .next()
                .unwrap()
                .trim_start_matches("\x1b[200~")
                .to_owned(),
        );
        assert_eq!(s.is("OBS"), AgentState::Working);
    }
    assert_eq!(order, ["OPS", "NET", "QA", "SEC"]);
    let listed: Vec<u64> = s.lists(pane("OBS"), false).iter().map(|q| q.query.id).collect();
    assert_eq!(listed, [3, 2, 4, 1], "the most urgent first, then the oldest");
}

#[test]
fn a_task_goes_before_a_query_unless_that_is_urgent() {
    for (priority, first) in [(Priority::High, "wrap-up"), (Priority::Urgent, "query")] {
        let mut s = Stage::new();
        s.run("enhancement", Order::Staged, &["SEC"]);
        s.pass(3000);
        let needs = vec!["enhance-SEC".to_owned()];
        let agent = Some(name("SEC"));
        let task = Task { agent, needs, ..Task::new("next", "wrap-up", DoneRule::Idle) };
        s.ask(Command::AddTask { task });
        s.put(pane("NET"), "SEC", "now?", priority);
        s.commits("SEC");
        s.pass(5000);
        let prompts: Vec<String> = s
            .journal
            .iter()
            .filter_map(|(_, r)| match r {
                Record::Queued { agent, prompt: Some(p), .. } if *agent == *"SEC" => Some(p.clone()),
                _ => None,
            })
            .collect();
        assert!(prompts.len() >= 2, "{prompts:?}");
        assert!(prompts[1].starts_with(first), "{priority:?}: {prompts:?}");
    }
}

#[test]
fn what_did_not_arrive_is_tried_again_and_given_up_at_last() {
    let mut s = Stage::new();
    s.deaf.insert("OBS");
    let q = s.puts("SEC", "OBS", "hello?");
    // It reads nothing; when it does, it takes no Enter.
    s.happen(Event::Input { agent: name("OBS"), how: crate::engine::event::Intake::Refused });
    s.pass(1000);
    assert_eq!((s.how(q), s.receipt("OBS").0), (How::Waiting, Outcome::Refused));
    assert_eq!(s.state.query(q).unwrap().tries, 1);
    s.deaf.clear();
    s.happen(Event::Input { agent: name("OBS"), how: crate::engine::event::Intake::Taken });
    s.pass(40_000);
    assert_eq!(s.how(q), How::Delivered, "the second one arrived");

    let mut s = Stage::new();
    let q = s.puts("SEC", "OBS", "hello?");
    s.obedient = false;
    for _ in 0..5 {
        s.happen(Event::Input { agent: name("OBS"), how: crate::engine::event::Intake::Refused });
        s.pass(1000);
        s.happen(Event::Input { agent: name("OBS"), how: crate::engine::event::Intake::Taken });
        s.pass(29_500);
    }
    assert_eq!(s.how(q), How::Dropped);
    let listed = s.lists(pane("SEC"), false);
    assert!(listed[0].why.contains("OBS did not take it in 5 tries: refused"), "{listed:?}");
    assert!(why(s.replies(pane("OBS"), q, "late")).contains("it was dropped"));
}

#[test]
fn a_question_there_keeps_the_query_and_a_late_enter_delivers_it() {
    let mut s = Stage::new();
    s.swallows.insert("OBS".into(), 3);
    let q = s.puts("SEC", "OBS", "hello?");
    s.pass(20_000);
    assert_eq!((s.receipt("OBS").0, s.how(q)), (Outcome::Stalled, How::Waiting));
    s.pass(200_000);
    assert_eq!(s.pasted("OBS").len(), 1, "it may sit in the composer: it is not pasted over");
    // A person presses Enter.
    s.types("OBS", b"\r");
    s.print("OBS", SPIN);
    s.pass(1000);
    s.rests("OBS");
    s.pass(60_000);
    assert_eq!(s.pasted("OBS").len(), 2, "who pressed Enter may also have cleared it: it is put again");
    let mut s = Stage::new();
    s.swallows.insert("OBS".into(), 3);
    let q = s.puts("SEC", "OBS", "hello?");
    s.pass(20_000);
    s.print("OBS", SPIN);
    s.pass(1000);
    assert_eq!(s.how(q), How::Delivered, "its program took what sat there");
}

#[test]
fn who_looks_is_not_prompted_and_hears_once() {
    let mut s = Stage::new();
    s.print("OBS", SPIN);
    s.print("SEC", SPIN);
    let q = s.puts("SEC", "OBS", "hello?");
    let seen = s.lists(pane("OBS"), false);
    assert_eq!((seen.len(), seen[0].stage, s.how(q)), (1, How::Delivered, How::Delivered));
    s.replies(pane("OBS"), q, "yes");
    let heard = s.lists(pane("SEC"), false);
    assert_eq!(heard[0].answer.as_deref(), Some("yes"));
    assert!(s.lists(pane("SEC"), false).is_empty(), "heard once");
    assert_eq!(s.lists(pane("SEC"), true).len(), 1);
    assert!(s.lists(pane("NET"), true).is_empty(), "it is no concern of others");
    s.rests("OBS");
    s.rests("SEC");
    s.pass(60_000);
    assert!(s.pasted("OBS").is_empty() && s.pasted("SEC").is_empty());
}

#[test]
fn people_and_programs_outside_ask_and_wait() {
    let mut s = Stage::new();
    let Answer::Query(q) = s.put(Caller::Outside, "OBS", "how far?", Priority::High) else { panic!() };
    assert_eq!(q.query.from, Asker::Lead);
    let id = q.query.id;
    s.pass(3000);
    assert!(s.pasted("OBS")[0].contains("the lead> how far?"));
    assert!(!s.pasted("OBS")[0].contains("--about"), "nobody is there to be asked back");
    let wait = |timeout_ms| Command::Wait { targets: vec![], until: Until::Answered(id), timeout_ms };
    let early = s.asks(wait(1000));
    s.pass(1500);
    match &s.answers[&early] {
        Answer::Fault { fault: Fault::Timeout, why } => assert!(why.contains("OBS has query 1"), "{why}"),
        other => panic!("{other:?}"),
    }
    let waits = s.asks(wait(60_000));
    s.replies(pane("OBS"), id, "half");
    match &s.answers[&waits] {
        Answer::Query(q) => assert_eq!(q.answer.as_deref(), Some("half")),
        other => panic!("{other:?}"),
    }
    assert!(s.state.query(id).unwrap().heard);
    assert_eq!(s.count(|r| matches!(r, Record::Talk(t) if matches!(**t, Talked::Heard { .. }))), 1);
    let Answer::Query(q) = s.put(program(), "OBS", "and you?", Priority::Normal) else { panic!() };
    assert_eq!(q.query.from, Asker::Program("script".into()));
    assert_eq!(s.lists(program(), true).len(), 1, "its own, not the lead's");
    let unknown = s.asks(Command::Wait { targets: vec![], until: Until::Answered(99), timeout_ms: 1 });
    assert!(why(s.answers[&unknown].clone()).contains("find query 99"));
}

#[test]
fn an_agent_that_waits_for_its_answer_is_not_prompted_with_it() {
    let mut s = Stage::new();
    let q = s.puts("SEC", "OBS", "hello?");
    let wait = Command::Wait { targets: vec![], until: Until::Answered(q), timeout_ms: 60_000 };
    let waits = s.says(pane("SEC"), wait);
    s.pass(3000);
    s.replies(pane("OBS"), q, "yes");
    s.pass(10_000);
    assert!(matches!(s.answers[&waits], Answer::Query(_)));
    assert!(s.pasted("SEC").is_empty());
}

#[test]
fn a_plain_shell_is_never_prompted() {
    let mut c = config();
    c.team[3].profile = "shell".into();
    let mut s = Stage::of(c);
    let tty = |agent: &str| Event::Tty {
        agent: name(agent),
        info: crate::engine::event::TtyInfo { canonical: true, foreground: true },
    };
    for agent in ["OBS", "ORCHESTRATOR"] {
        s.happen(tty(agent));
        s.puts("SEC", agent, "rm -rf .");
    }
    s.pass(120_000);
    for agent in ["OBS", "ORCHESTRATOR"] {
        s.happen(tty(agent));
        assert!(s.pasted(agent).is_empty(), "{agent} would run it");
    }
    let told = s.effects.iter().filter_map(|(_, e)| match e {
        Effect::Notify { notices } => Some(notices.clone()),
        _ => None,
    });
    let told: Vec<(Occasion, String)> = told.flatten().map(|n| (n.occasion, n.sentence())).collect();
    let wanted = "SEC asks ORCHESTRATOR (normal), query 2: rm -rf .".to_owned();
    assert!(told.contains(&(Occasion::Query, wanted)), "a person is told: {told:?}");
    assert_eq!(told.iter().filter(|(o, _)| *o == Occasion::Query).count(), 1, "of that one alone");
    // It is there for who looks.
    assert_eq!(s.lists(pane("ORCHESTRATOR"), false).len(), 1);
    assert!(
        matches!(s.replies(program(), 2, "no"), Answer::Query(_)),
        "who conducts from outside answers for it"
    );
}

#[test]
fn an_orchestrator_with_a_program_is_prompted() {
    let mut c = config();
    c.orchestrator = vec!["rehearsal".into()];
    let mut s = Stage::of(c);
    let q = s.puts("SEC", "ORCHESTRATOR", "merge first?");
    s.pass(3000);
    assert_eq!(s.how(q), How::Delivered);
    assert!(s.pasted("ORCHESTRATOR")[0].contains("SEC> merge first?"));
}
