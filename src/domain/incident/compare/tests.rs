use std::path::{Path, PathBuf};

use super::*;
use crate::domain::incident::case::folder_of;
use crate::domain::incident::correlate::WINDOW;
use crate::domain::incident::finding::Bounds;

fn routes() -> Routes {
    toml::from_str(include_str!("../../../data/incident/routes.toml")).unwrap()
}

fn keywords() -> Keywords {
    let words: Keywords = toml::from_str(include_str!("../../../data/incident/keywords.toml")).unwrap();
    words.check(&routes()).unwrap();
    words
}

fn scenarios() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut all: Vec<PathBuf> = folder.read_dir().unwrap().map(|e| e.unwrap().path()).collect();
    all.retain(|p| p.join("report.md").exists());
    all.sort();
    assert!(all.len() >= 14, "the scenarios were not found");
    all
}

fn subject(dir: &Path) -> Subject {
    let folder = |specialist: String| {
        let name = folder_of(&specialist).to_owned();
        let analyst = Analyst::ALL.into_iter().find(|a| a.folder() == name);
        let mut files: Vec<(String, String)> = dir
            .join(&name)
            .read_dir()
            .into_iter()
            .flatten()
            .map(|e| e.unwrap().path())
            .map(|p| (p.to_string_lossy().into_owned(), std::fs::read_to_string(&p).unwrap()))
            .collect();
        files.sort();
        Folder { specialist, analyst, files }
    };
    Subject {
        name: dir.file_name().unwrap().to_string_lossy().into_owned(),
        report: std::fs::read_to_string(dir.join("report.md")).unwrap(),
        received: None,
        folders: routes().specialists.into_iter().map(|s| folder(s.name)).collect(),
        truth: Some(Truth::read(&std::fs::read_to_string(dir.join("truth.toml")).unwrap()).unwrap()),
    }
}

fn compared(subject: &Subject) -> Result<Compared, Vec<Open>> {
    let (routes, keywords) = (routes(), keywords());
    let (mechanisms, kinds) = (Mechanisms::built_in(), Kinds::built_in());
    let ways = Ways {
        routes: &routes,
        keywords: &keywords,
        mechanisms: &mechanisms,
        kinds: &kinds,
        window_s: WINDOW,
        pace: Pace::default(),
    };
    compare(subject, &ways)
}

#[test]
fn triage_engages_fewer_than_everybody_and_loses_no_link() {
    let all: Vec<Compared> = scenarios().iter().map(|dir| compared(&subject(dir)).unwrap()).collect();
    for one in &all {
        let [triage, _, broadcast] = one.ways.as_slice() else { panic!("{one:#?}") };
        assert!(triage.engaged.iter().all(|n| broadcast.engaged.contains(n)));
        assert_eq!(broadcast.engaged.len(), 3);
        assert!(triage.recall >= broadcast.recall, "{one:#?}");
        assert!(triage.root <= broadcast.root, "{one:#?}");
        // Nothing is invented where nothing is true.
        assert_eq!(triage.recall.is_none(), broadcast.links.unwrap().labelled == 0);
    }
    let sums = sums(&all);
    let [triage, keyword, broadcast] = sums.as_slice() else { panic!("{sums:#?}") };
    assert!(triage.engaged < broadcast.engaged, "{sums:#?}");
    assert_eq!(triage.recall, broadcast.recall, "{sums:#?}");
    assert!(keyword.recall < triage.recall, "{sums:#?}");
    assert!(triage.work_s < broadcast.work_s, "{sums:#?}");
}

#[test]
fn what_is_not_known_of_an_incident_is_left_out() {
    let dir = scenarios().into_iter().find(|p| p.ends_with("scale-out")).unwrap();
    let whole = subject(&dir);
    let bare = compared(&Subject { truth: None, ..whole.clone() }).unwrap();
    for (way, known) in bare.ways.iter().zip(compared(&whole).unwrap().ways) {
        assert_eq!((way.relevant, way.links, way.recall, way.precision, way.root), Default::default());
        assert_eq!((&way.engaged, way.findings, way.last_s), (&known.engaged, known.findings, known.last_s));
    }
    assert_eq!(sums(&[bare])[0].relevant, None);
    let open = compared(&Subject { report: "latency of the api, P2".into(), ..whole.clone() }).unwrap_err();
    assert_eq!(open[0].question.flag(), "--started");
    // Nobody reads what no analyst is there for.
    let mut strange = whole.clone();
    strange.folders[0].analyst = None;
    let found = compared(&strange).unwrap();
    assert!(found.notes.iter().any(|n| n.file == "k8s-health-agent"));
    assert!(found.ways[2].findings < compared(&whole).unwrap().ways[2].findings);
}

#[test]
fn time_follows_from_work() {
    let pace = Pace { triage_ms: 0, brief_ms: 5_000, read_bytes_s: 1_000, write_ms: 4_000, take_ms: 3_000 };
    let work = |bytes, findings| Work { bytes, findings };
    assert_eq!(pace.first_and_last(0, &[work(2_000, 0)]), None);
    // Briefed at 5 s, read at 7, written at 11 and 15, known at 14 and 18.
    assert_eq!(pace.first_and_last(0, &[work(2_000, 2)]), Some((14_000, 18_000)));
    assert_eq!(pace.busy(1_000, &[work(2_000, 2), work(0, 0)]), 1_000 + 5_000 + 2_000 + 14_000 + 5_000);
    // A second one is briefed at 10 s and writes at 14: its finding is taken in between.
    assert_eq!(pace.first_and_last(0, &[work(2_000, 2), work(0, 1)]), Some((14_000, 20_000)));
    // The briefs come before the first finding that comes in meanwhile.
    assert_eq!(pace.first_and_last(0, &[work(0, 1), work(0, 0), work(0, 0)]), Some((18_000, 18_000)));
    assert_eq!(pace.first_and_last(1_000, &[work(0, 1)]), Some((13_000, 13_000)));
    assert!(Pace { read_bytes_s: 0, ..pace }.first_and_last(u64::MAX, &[work(u64::MAX, 2)]).is_some());
}

proptest::proptest! {
    #[test]
    fn more_specialists_are_never_faster(work in proptest::collection::vec((0u64..50_000, 0usize..6), 1..5), more in (0u64..50_000, 0usize..6), at in 0usize..5) {
        let of = |list: &[(u64, usize)]| {
            let list: Vec<Work> = list.iter().map(|(bytes, findings)| Work { bytes: *bytes, findings: *findings }).collect();
            Pace::default().first_and_last(0, &list)
        };
        let mut longer = work.clone();
        longer.insert(at.min(work.len()), more);
        if let (Some((_, few)), Some((_, many))) = (of(&work), of(&longer)) {
            proptest::prop_assert!(few <= many);
        }
    }
}

#[test]
fn a_word_of_the_report_names_a_specialist_and_nothing_is_understood() {
    let words = keywords();
    assert_eq!(words.engage("Pods crash. No errors.").0, ["k8s-health-agent"]);
    assert_eq!(words.engage("No slow QUERIES, no cost").0, ["finops-agent", "rds-health-agent"]);
    // Only where a word begins: neither "episode" nor "blocked" has one.
    assert_eq!(words.engage("an episode, all is blocked").0.len(), 3);
    let own: Keywords = toml::from_str("[words]\npod = \"\"\nepisode = \"finops-agent\"").unwrap();
    let both = words.clone().with(own);
    assert_eq!(both.engage("a pod in an episode").0, ["finops-agent"]);
    for (text, why) in [
        ("[words]\nx = \"rds-helth-agent\"", "did you mean `rds-health-agent`"),
        ("otherwise = [\"x\"]", "`x`"),
        ("[words]\n\" \" = \"finops-agent\"", "a word is empty"),
    ] {
        let told = words.clone().with(toml::from_str(text).unwrap()).check(&routes()).unwrap_err();
        assert!(told.contains(why), "{told}");
    }
}

fn noted(dir: &str, keep: impl Fn(&Finding) -> bool) -> String {
    let dir = scenarios().into_iter().find(|p| p.ends_with(dir)).unwrap();
    let subject = subject(&dir);
    let findings: Vec<Finding> =
        subject.folders.iter().flat_map(|f| analysed(f).findings).filter(keep).collect();
    let kinds = Kinds::built_in();
    let bounds = Bounds { kinds: &kinds, now: None, window: None };
    assert!(findings.iter().all(|f| crate::domain::incident::finding::check(f, &bounds).is_ok()));
    let truth = subject.truth.unwrap();
    chain_notes(&subject.name, &truth, &findings, &Mechanisms::built_in(), &kinds, WINDOW)
}

#[test]
fn chain_notes_say_what_the_timestamp_step_did() {
    let text = noted("scale-out", |_| true);
    for part in [
        "# Chain notes: scale-out\n",
        "| links found | 5 of 5 | ",
        "| root cause | right | undecided though it is known |",
        "- `autoscaling.scale_out@asg/web` → `node.added@node/ip-10-0-1-7`: 1",
        ". Only with the timestamp step",
        "- without the timestamp step: `autoscaling.scale_out@asg/web` → `node.added@node/ip-10-0-1-7`",
        "All of the chain was found: 5 links.",
        "The root cause is right only with it.",
    ] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let text = noted("scale-out", |f| f.kind != "pod.scheduled");
    for part in ["(one of them was not found)", "Nobody handed in `pod.scheduled@service/api`"] {
        assert!(text.contains(part), "`{part}` is not in\n{text}");
    }
    let text = noted("quiet", |_| true);
    assert!(text.contains("there was no chain to find") && text.contains("right either way"), "{text}");
    let text = noted("undecided", |_| true);
    assert!(text.contains("- True: undecided between `deploy.started@service/api` and"), "{text}");
}

#[test]
fn names_cannot_break_the_page() {
    let truth = Truth { title: "a\n# b".into(), ..Truth::default() };
    let text = chain_notes("x\n`y`", &truth, &[], &Mechanisms::built_in(), &Kinds::built_in(), WINDOW);
    assert!(text.starts_with("# Chain notes: x  y \n\na # b\n"), "{text}");
}
