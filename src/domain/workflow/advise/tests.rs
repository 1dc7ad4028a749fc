use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Requests {
    request: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    text: String,
    specialists: Vec<String>,
    pattern: String,
    #[serde(default)]
    asks: Vec<String>,
    verdict: Option<Use>,
}

fn said(text: &str) -> Advice {
    told(text, &Wishes::default()).unwrap()
}

fn told(text: &str, wishes: &Wishes) -> Result<Advice, String> {
    advise(text, wishes, &Catalogue::built_in(), &Guide::built_in())
}

fn names(advice: &Advice) -> Vec<&str> {
    advice.specialists.iter().map(|s| s.name.as_str()).collect()
}

fn pattern(advice: &Advice) -> &str {
    advice.pattern.as_ref().map_or("", |p| p.name.as_str())
}

/// How a file of requests is answered.
#[derive(Default)]
struct Score {
    right: usize,
    said: usize,
    wanted: usize,
    patterns: usize,
    cases: usize,
    wrong: Vec<String>,
}

fn scored(file: &str) -> Score {
    let cases: Requests = toml::from_str(file).unwrap();
    let mut score = Score { cases: cases.request.len(), ..Score::default() };
    for case in cases.request {
        let advice = said(&case.text);
        let found = names(&advice);
        let wanted = |n: &&str| case.specialists.iter().any(|s| s == *n);
        score.right += found.iter().filter(|n| wanted(n)).count();
        score.said += found.len();
        score.wanted += case.specialists.len();
        score.patterns += usize::from(pattern(&advice) == case.pattern);
        let missed: Vec<_> = case.specialists.iter().filter(|s| !found.contains(&s.as_str())).collect();
        let more: Vec<_> = found.iter().filter(|n| !wanted(n)).collect();
        let unasked: Vec<_> =
            case.asks.iter().filter(|k| !advice.questions.iter().any(|q| q.key == **k)).collect();
        let fits = pattern(&advice) == case.pattern && case.verdict.is_none_or(|v| v == advice.verdict);
        if !(missed.is_empty() && more.is_empty() && unasked.is_empty() && fits) {
            let (pattern, verdict) = (pattern(&advice), advice.verdict);
            let said =
                format!("missed {missed:?}, more {more:?}, not asked {unasked:?}, {pattern:?}, {verdict:?}");
            score.wrong.push(format!("{}\n    {said}", case.text));
        }
    }
    score
}

const FORTY: &str = include_str!("requests.toml");
const AFTERWARDS: &str = include_str!("afterwards.toml");
const HELD_OUT: &str = include_str!("held_out.toml");
const STRANGERS: &str = include_str!("strangers.toml");
const ROUNDABOUT: &str = include_str!("roundabout.toml");
const UNSEEN: &str = include_str!("unseen.toml");

#[test]
fn forty_requests_get_the_specialists_and_the_pattern_they_need() {
    for (file, cases) in [(FORTY, 40), (AFTERWARDS, 25)] {
        let score = scored(file);
        assert_eq!(score.cases, cases);
        assert!(score.wrong.is_empty(), "{}", score.wrong.join("\n"));
    }
}

/// Written by others, or to be difficult; the words were mended by all of them since, three of the held-out ones among
/// them. What is asserted is what was reached: better is welcome, worse is not.
#[test]
fn requests_of_strangers_and_roundabout_ones_get_what_they_need() {
    for (file, cases, wanted, more) in
        [(HELD_OUT, 25, 42, 0), (STRANGERS, 30, 54, 0), (ROUNDABOUT, 63, 68, 1)]
    {
        let score = scored(file);
        assert_eq!((score.cases, score.wanted), (cases, wanted));
        let wrong = score.wrong.join("\n");
        assert!(score.right == wanted && score.said <= wanted + more, "{wrong}");
        assert!(score.patterns == cases, "{wrong}");
    }
}

/// How well it does with what nobody mended a word by: precision 46/48, recall 46/48 and 26 patterns of 30 on the only try.
#[test]
fn requests_that_no_word_was_mended_by_get_most_of_what_they_need() {
    let score = scored(UNSEEN);
    assert_eq!((score.cases, score.wanted), (30, 48));
    let wrong = score.wrong.join("\n");
    assert!(score.right >= 46 && score.said <= score.right + 2 && score.patterns >= 26, "{wrong}");
}

#[test]
fn one_slip_in_a_name_is_forgiven_and_another_word_is_not_taken_for_it() {
    for (text, wanted) in [
        ("Our terrafrom state is locked", vec!["terraform"]),
        ("Kuberntes upgrade", vec!["kubernetes"]),
        ("Grafanna boards", vec!["monitoring"]),
        ("The ship contained monitors", vec![]),
    ] {
        assert_eq!(names(&said(text)), wanted, "{text}");
    }
    let advice = said("Our terrafrom state is locked");
    assert_eq!(advice.specialists[0].words, ["terrafrom"]);
}

#[test]
fn a_complaint_that_something_is_missing_asks_for_it() {
    for (text, wanted) in [
        ("Releases by FTP upload, and no monitoring at all", vec!["cicd", "monitoring"]),
        ("No monitoring, please: only Terraform", vec!["terraform"]),
        ("We are not told when the import fails", vec!["monitoring"]),
        ("Terraform. The pipeline is there already and so is Datadog", vec!["terraform"]),
    ] {
        let mut found = names(&said(text)).into_iter().map(str::to_owned).collect::<Vec<_>>();
        found.sort_unstable();
        assert_eq!(found, wanted, "{text}");
    }
    // What was near counts as much as what was said: both are named.
    let advice = said("We are not told when the import fails");
    assert_eq!(advice.specialists[0].words, ["told", "when", "fails"]);
}

#[test]
fn the_guide_that_comes_along_is_whole() {
    toml::from_str::<Guide>(guide::BUILT_IN).unwrap();
    let guide = Guide::built_in();
    assert_eq!(guide.check(&guide, &Catalogue::built_in()), Ok(()));
    assert_eq!(guide.patterns.len(), 5);
    let fits = |name: &str| guide.fits.iter().any(|f| f.pattern == name);
    assert!(guide.patterns.iter().all(|p| fits(&p.name)));
}

#[test]
fn what_is_ruled_out_or_there_already_chooses_nobody() {
    for (text, wanted) in [
        ("Deploy to EKS without Docker or Ansible", vec!["aws", "kubernetes"]),
        ("No Kubernetes, Docker or Terraform, only Ansible", vec!["ansible"]),
        ("Without Kubernetes, ECS or Cloud Run is fine; we know Terraform", vec!["terraform"]),
        ("Without downtime move to EKS", vec!["aws", "kubernetes"]),
        ("Terraform, but not on AWS", vec!["terraform"]),
        ("We don't want to use Jenkins; Terraform is enough", vec!["terraform"]),
        ("Terraform instead of CloudFormation", vec!["terraform"]),
        ("Terraform it is. Docker and Kubernetes are out of scope.", vec!["terraform"]),
        ("We need Terraform and monitoring is out of scope", vec!["terraform"]),
        ("Monitoring is already in place, add Terraform", vec!["terraform"]),
        ("We already have Grafana and Prometheus. Write Ansible roles", vec!["ansible"]),
        ("Not only Terraform but also Ansible", vec!["terraform", "ansible"]),
    ] {
        assert_eq!(names(&said(text)), wanted, "{text}");
    }
    let advice = said("Deploy to EKS without Docker. Monitoring is already in place.");
    let left = |name: &str| advice.left.iter().find(|l| l.name == name).unwrap();
    assert!(left("docker").why.contains("rules it out"), "{advice:?}");
    assert_eq!(left("docker").words, ["without Docker"]);
    assert!(left("monitoring").why.contains("there already"), "{advice:?}");
}

#[test]
fn words_that_only_look_like_the_trade_choose_nobody() {
    for text in [
        "The security deposit is due",
        "A container ship blocks the canal",
        "She is at the helm of the company",
        "Our pipeline of sales leads is empty",
        "He vanished in a cloud of dust",
        "Read our blog post about Kubernetes and buy new monitors",
        "Azure skies over the bay",
        "Teach lambda calculus",
        "A pod of whales and contact tracing",
        "",
    ] {
        if text.is_empty() {
            continue;
        }
        assert!(names(&said(text)).is_empty(), "{text}: {:?}", said(text).specialists);
    }
    let advice = said("Monitor the deployment of our docker docs");
    assert_eq!((names(&advice), advice.verdict), (vec!["devops-orchestrator"], Use::Direct));
}

#[test]
fn every_conclusion_names_words_of_the_request() {
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for file in [FORTY, AFTERWARDS, HELD_OUT, STRANGERS, ROUNDABOUT] {
        for case in toml::from_str::<Requests>(file).unwrap().request {
            let advice = said(&case.text);
            let text = flat(&case.text);
            let words = advice.specialists.iter().inspect(|s| assert!(!s.words.is_empty(), "{text}"));
            let words = words.flat_map(|s| &s.words).chain(advice.domains.iter().flat_map(|d| &d.words));
            let words = words.chain(advice.pattern.iter().flat_map(|p| &p.words));
            for word in words.chain(advice.left.iter().flat_map(|l| &l.words)) {
                assert!(text.contains(word.as_str()), "{text}: {word}");
            }
            let names = names(&advice);
            for r in &advice.relations {
                assert!(names.contains(&r.first.as_str()) && names.contains(&r.second.as_str()), "{r:?}");
            }
        }
    }
}

#[test]
fn case_spaces_and_what_is_said_around_it_change_nothing() {
    let gist = |a: &Advice| {
        let words: Vec<String> = a.specialists.iter().map(|s| s.name.clone()).collect();
        (words, pattern(a).to_owned(), a.verdict, a.providers.clone())
    };
    for case in toml::from_str::<Requests>(FORTY).unwrap().request {
        let whole = gist(&said(&case.text));
        for other in [
            case.text.to_uppercase(),
            case.text.to_lowercase(),
            format!("Good morning! {} Thank you.", case.text),
            format!("\n\t{}\r\n\n", case.text.replace(' ', "  ")),
            format!("\u{1b}[31m {} \u{7}", case.text),
            format!("Hello. I write in the name of my team.\n\n{}", case.text),
        ] {
            assert_eq!(gist(&said(&other)), whole, "{other:?}");
        }
    }
}

#[test]
fn who_asks_has_the_last_word() {
    let list = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<String>>();
    for case in toml::from_str::<Requests>(FORTY).unwrap().request {
        let wishes = Wishes {
            providers: list(&["gcp"]),
            with: list(&["ansible-specialist"]),
            without: list(&["security", "docker"]),
            pattern: Some("modernisation".to_owned()),
        };
        let advice = told(&case.text, &wishes).unwrap();
        let found = names(&advice);
        assert!(found.contains(&"gcp") && found.contains(&"ansible"), "{}", case.text);
        assert!(!["aws", "azure", "security", "docker"].iter().any(|n| found.contains(n)), "{}", case.text);
        assert_eq!(pattern(&advice), "modernisation");
        assert!(!advice.providers.open && !advice.questions.iter().any(|q| q.key == "provider"));
        assert!(advice.pattern.unwrap().brings.iter().all(|b| b != "cloud" && b != "security"));
        let wishes = Wishes { pattern: Some("none".to_owned()), ..Wishes::default() };
        assert_eq!(told(&case.text, &wishes).unwrap().pattern, None);
    }
    let one = |wishes: Wishes| told("Set up a cluster", &wishes).unwrap_err();
    for (wishes, says) in [
        (Wishes { providers: list(&["azur"]), ..Wishes::default() }, "did you mean `azure`"),
        (Wishes { with: list(&["kubernets"]), ..Wishes::default() }, "did you mean `kubernetes`"),
        (Wishes { with: list(&["cloud"]), ..Wishes::default() }, "aws, azure, gcp"),
        (Wishes { pattern: Some("migratoin".to_owned()), ..Wishes::default() }, "did you mean `migration`"),
        (
            Wishes { with: list(&["aws"]), without: list(&["AWS"]), ..Wishes::default() },
            "with and without aws",
        ),
    ] {
        let why = one(wishes);
        assert!(why.contains(says), "{why}");
    }
}

#[test]
fn a_request_of_nothing_or_of_too_much_is_refused() {
    for text in ["", "  \n", "?! …", "\u{1b}\u{0}"] {
        assert!(told(text, &Wishes::default()).unwrap_err().contains("no words"), "{text:?}");
    }
    let long = "aws ".repeat(REQUEST_MOST);
    assert!(told(&long, &Wishes::default()).unwrap_err().contains("may have 16384"));
    let long = "aws, docker or ".repeat(REQUEST_MOST / 15);
    assert_eq!(names(&said(&long)), ["aws", "docker"]);
}

#[test]
fn contradictions_and_gaps_become_questions() {
    let asks = |text: &str, key: &str| said(text).questions.into_iter().find(|q| q.key == key);
    let torn = asks("Use Kubernetes. We do it without Kubernetes.", "contradiction").unwrap();
    assert!(torn.ask.contains("\"kubernetes\""), "{torn:?}");
    assert!(asks("Stay in a single cloud, on AWS and GCP", "contradiction").is_some());
    assert!(asks("Stay in a single cloud, on AWS", "contradiction").is_none());
    assert!(asks("Migrate our on-prem app with zero downtime", "downtime").is_none());
    assert!(asks("Migrate our on-prem app", "downtime").is_some());
    let advice = said("Our MySQL on Azure is slow");
    let data = advice.domains.iter().find(|d| d.name == Domain::Data).unwrap();
    assert!(data.gap.contains("nearest is azure-specialist"), "{data:?}");
    // A project that has one for it is asked nothing.
    let text = "title = \"Databases\"\ndomain = \"data\"\ncapabilities = [\"Postgres\"]\n[[words]]\nsay = [\"mysql\"]\n";
    let own = crate::domain::workflow::catalogue::Specialist {
        name: "databases".to_owned(),
        ..toml::from_str(text).unwrap()
    };
    let all = Catalogue::built_in().with([own]);
    let advice = advise("Our MySQL is slow", &Wishes::default(), &all, &Guide::built_in()).unwrap();
    assert_eq!((names(&advice), advice.verdict), (vec!["databases"], Use::Direct));
    assert!(advice.domains.iter().all(|d| d.gap.is_empty()));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_gets_the_same_answer_twice(text in proptest::prelude::prop_oneof![
        "\\PC{0,80}",
        "((aws|EKS|no|without|or|and|docker|docs|of|our|,|\\.|is|out of scope|already have|single cloud|migrate|on-prem|’s) ?){0,24}",
        "[a-z\u{0}-\u{1f}'’*. ]{0,40}",
    ]) {
        let (one, two) = (told(&text, &Wishes::default()), told(&text, &Wishes::default()));
        proptest::prop_assert_eq!(&one, &two);
        if let Ok(advice) = one {
            proptest::prop_assert_eq!(advice.nothing, advice.verdict == Use::Nothing);
            proptest::prop_assert!(!advice.why.is_empty());
            proptest::prop_assert!(!advice.nothing || !advice.questions.is_empty());
        }
    }
}
