use super::*;
use crate::domain::train::{Merged, Step};
use proptest::prelude::*;

fn draft(message: &str, path: &str) -> (Draft, Vec<Merge>) {
    let agent = AgentName::new("SEC").unwrap();
    let step = Step {
        agent: agent.clone(),
        branch: "a;touch${IFS}x".into(),
        oid: Oid("a1".repeat(20)),
        message: "m".into(),
    };
    let plan = TrainPlan {
        id: 3,
        target: "main".into(),
        base: Oid("b0".repeat(20)),
        steps: vec![step],
        date: 0,
        author: None,
        resolved: vec![],
        sign: crate::domain::team::Signing::default(),
    };
    let result = Oid("c2".repeat(20));
    let merged = Merged { how: "by hand".into(), ..Merged::new(agent, result.clone()) };
    let built = Built::Clean { steps: vec![merged], result: result.clone(), files: 1 };
    let files = vec![FileChange { path: path.into(), added: 3, removed: 1 }];
    let who = ["o'r".into(), "o@l".into(), "1 +0000".into()];
    let made = Made {
        oid: result,
        tree: Oid("d3".repeat(20)),
        message: Some(message.into()),
        author: who.clone(),
        committer: who,
        ..Made::default()
    };
    let merge = Merge { message: message.into(), files, made: Some(made) };
    let draft = Draft { plan, built, gates: vec![], applied: true, left_out: vec![], concerns: vec![] };
    (draft, vec![merge])
}

#[test]
fn it_says_what_was_merged_by_whom_and_how() {
    let (draft, merges) =
        draft("feat(sec): enhance egress\n\n- Added: a rule\n- Fixed: two\n\nAgent-Session: s\n", "p/e.yaml");
    let pr = describe(&draft, &merges, TEMPLATE).unwrap();
    insta::assert_snapshot!(pr.text);
    assert_eq!(pr.title, "Merge 1 branch into main: SEC");
}

#[test]
fn what_agents_write_stays_text() {
    let evil = "fixes #12 @all <script> [x](http://e) `a` # h ![i](j)\n\n- # big\n- ```\n- <details>\n- 1. one\n| a | b |\n";
    let (draft, merges) = draft(evil, "a`b``|\u{1b}[2J\n# x");
    let text = describe(&draft, &merges, TEMPLATE).unwrap().text;
    for bad in ["#12", "@all", "<script>", "](http://", "\u{1b}", "\n# x", "\n- # ", "- <details>", "http://"]
    {
        assert!(!text.contains(bad), "{bad:?} in {text}");
    }
    assert!(text.contains("```a`b``| [2J # x```"), "{text}");
}

#[test]
fn a_template_of_the_projects_own_takes_its_place_and_its_faults_are_told() {
    let (draft, merges) = draft("m", "p");
    assert_eq!(
        describe(&draft, &merges, "{{ title }}: {{ steps | length }}").unwrap().text,
        "Merge 1 branch into main: SEC: 1\n"
    );
    assert!(describe(&draft, &merges, "{{ nothing }}").unwrap_err().contains("pr.md"));
    assert!(
        describe(
            &draft,
            &merges,
            "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}"
        )
        .is_err()
    );
}

proptest! {
    #[test]
    fn nothing_breaks_out_of_its_line(text in any::<String>()) {
        for made in [inline(&text, 100), code(&text)] {
            let broken = made.contains(['\n', '\r', '\u{1b}']);
            prop_assert!(!broken);
        }
        let inside = inline(&text, 100);
        let tags = inside.replace("<!---->", "").contains(['<', '>']);
        prop_assert!(!tags);
    }

    #[test]
    fn a_shell_reads_a_quoted_text_as_it_is(text in "[a-z '\\\\$`\"\n;]{0,20}") {
        let word = script::quoted(&text);
        let parts: Vec<&str> = word.split("'\\''").collect();
        prop_assert_eq!(parts.join("'"), format!("'{text}'"));
    }
}
