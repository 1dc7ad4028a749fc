use super::*;

#[test]
fn the_catalogue_that_comes_along_is_whole() {
    let all = Catalogue::built_in();
    assert_eq!(all.all().len(), BUILT_IN.len());
    for (name, text) in BUILT_IN {
        let read = toml::from_str::<Specialist>(text).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(read.name.is_empty(), "{name}: the file's name is the name");
        let one = all.get(name).unwrap();
        assert_eq!(all.check(one), Ok(()), "{name}");
        assert!(one.capabilities.len() >= 5 && one.choose.len() >= 5, "{name}");
        assert!(!one.needs.is_empty() && !one.words.is_empty(), "{name}");
        assert!(one.agent_name().is_some(), "{name}");
    }
}

/// How many capabilities and reasons to choose each has in what the catalogue was written from.
#[test]
fn every_point_of_the_source_is_there() {
    let points = [
        ("aws", 7, 6),
        ("azure", 7, 6),
        ("gcp", 7, 6),
        ("terraform", 7, 6),
        ("ansible", 8, 6),
        ("cicd", 6, 6),
        ("kubernetes", 7, 6),
        ("monitoring", 8, 6),
        ("docker", 5, 5),
        ("security", 6, 5),
        ("observability", 5, 5),
        // When an orchestrator is used at all.
        (COORDINATOR, 6, 6),
    ];
    let all = Catalogue::built_in();
    for (name, capabilities, choose) in points {
        let one = all.get(name).unwrap();
        assert_eq!((one.capabilities.len(), one.choose.len()), (capabilities, choose), "{name}");
    }
    assert_eq!(points.len(), all.all().len());
}

#[test]
fn names_are_found_in_every_dress_and_aliases_want_a_provider() {
    let all = Catalogue::built_in();
    for name in ["aws", "aws-specialist", "AWS", " Aws-Specialist "] {
        assert_eq!(all.find(name).unwrap().name, "aws", "{name}");
    }
    let shown = |name: &str| all.find(name).unwrap().shown();
    assert_eq!(shown("cicd"), "cicd-specialist");
    assert_eq!(shown("devops-orchestrator"), "devops-orchestrator");
    assert_eq!(all.resolve("cloud", Some("gcp")).unwrap().name, "gcp");
    assert_eq!(all.resolve("cloud-specialist", Some("azure-specialist")).unwrap().name, "azure");
    assert_eq!(all.resolve("docker", Some("gcp")).unwrap().name, "docker");
    assert_eq!(all.cloud("AWS").unwrap().name, "aws");
    for (name, provider, says) in [
        ("kubernets", None, "did you mean `kubernetes`"),
        ("cloud", None, "aws, azure, gcp"),
        ("cloud", Some("azur"), "did you mean `azure`"),
        ("cloud", Some("docker"), "expected aws, azure, gcp"),
        ("", None, "not in the catalogue"),
        ("\u{1b}[31m", None, "` [31m`"),
    ] {
        let why = all.resolve(name, provider).unwrap_err();
        assert!(why.contains(says), "{name}: {why}");
    }
}

#[test]
fn what_is_handed_over_goes_through_aliases() {
    let all = Catalogue::built_in();
    let keys =
        |from: &str, to: &str| all.handover(from, to).iter().map(|i| i.key.as_str()).collect::<Vec<_>>();
    assert_eq!(keys("docker", "kubernetes"), ["images", "registry"]);
    assert_eq!(keys("azure", "terraform"), ["infrastructure", "resources"]);
    assert_eq!(keys("kubernetes", "cicd"), ["manifests", "access"]);
    assert_eq!(keys("cicd", "monitoring"), ["endpoints", "metrics"]);
    assert!(keys("monitoring", "docker").is_empty() && keys("nobody", "docker").is_empty());
}

#[test]
fn a_project_adds_and_replaces() {
    let own = |name: &str, title: &str| Specialist {
        name: name.into(),
        title: title.into(),
        ..Catalogue::built_in().get("docker").unwrap().clone()
    };
    let all = Catalogue::built_in().with([own("databases", "Databases"), own("docker", "Podman")]);
    assert_eq!(all.all().len(), BUILT_IN.len() + 1);
    assert_eq!(all.get("docker").unwrap().title, "Podman");
    assert_eq!(all.all().last().unwrap().name, "databases");
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let all = Catalogue::built_in();
    let wrong = |change: &dyn Fn(&mut Specialist)| {
        let mut one = all.get("docker").unwrap().clone();
        change(&mut one);
        all.check(&one).unwrap_err()
    };
    let over = wrong(&|s| s.hands_over[0].to = "kubernets".into());
    assert_eq!((over.key, over.at), ("hands_over", Some(0)));
    assert!(over.what.contains("did you mean `kubernetes`"), "{}", over.what);
    for (key, flaw) in [
        ("name", wrong(&|s| s.name = "9x".into())),
        ("name", wrong(&|s| s.name = "x-specialist".into())),
        ("name", wrong(&|s| s.name = "a".repeat(22))),
        ("title", wrong(&|s| s.title = " ".into())),
        ("alias", wrong(&|s| s.alias = Some("aws".into()))),
        ("capabilities", wrong(&|s| s.capabilities.clear())),
        ("choose", wrong(&|s| s.choose = vec!["x".into(); 65])),
        ("needs", wrong(&|s| s.needs = vec!["x".repeat(401)])),
        ("hands_over", wrong(&|s| s.hands_over[0].items[0].key = "registry".into())),
        ("hands_over", wrong(&|s| s.hands_over[0].items[0].key = "a b".into())),
        ("words", wrong(&|s| s.words[0].say[0] = "Docker".into())),
        ("words", wrong(&|s| s.words[0].say[0] = "docker ..".into())),
        ("words", wrong(&|s| s.words[0].say[0] = "image|.. pull".into())),
        ("words", wrong(&|s| s.words[0].near = vec![Vec::new()])),
        ("words", wrong(&|s| s.words[0].beside = vec!["nobody".into()])),
        ("words", wrong(&|s| s.words[0].say.clear())),
        ("not", wrong(&|s| s.not = vec!["*".into()])),
    ] {
        assert_eq!(flaw.key, key, "{flaw:?}");
    }
}
