//! The postmortem: checked, sent back, and in the end the program's own.

use super::*;
use crate::domain::state::TaskState;
use crate::engine::event::{Ended, Event};
use crate::engine::tests::kit::seconds;

const BAD: &str = "It broke at 03:33 because of 4711 pods.";

#[test]
fn a_text_that_does_not_pass_is_sent_back_twice_and_then_the_built_in_one_stands() {
    let mut s = writing();
    for attempt in 1..=3 {
        let said = why(submit(&mut s, COORDINATOR, &format!("{BAD} {attempt}")));
        assert_eq!(kept(&s, &format!("postmortem-{attempt}-refused.md")).len(), 1);
        if attempt == 3 {
            assert!(said.ends_with("the program's own stands instead"), "{said}");
            break;
        }
        assert!(said.ends_with(&format!("attempts left: {}", 3 - attempt)), "{said}");
        s.rests(COORDINATOR);
        s.pass(3000);
        let prompts = s.written(COORDINATOR);
        let told = prompts.iter().filter(|(_, t)| t.contains("does not stand")).count();
        assert_eq!(told, attempt, "{prompts:?}");
    }
    let end = case(&s);
    assert_eq!(end.stage, At::Closed);
    assert_eq!(
        end.ended,
        "the built-in postmortem stands: coordinator did not write it: its text did not pass the check 3 times"
    );
    let by: Vec<(&str, u8)> = end.drafts.iter().map(|d| (d.by.as_str(), d.attempt)).collect();
    assert_eq!(by, [("coordinator", 1), ("coordinator", 2), ("coordinator", 3), ("built-in", 4)]);
    assert_eq!((s.task("postmortem"), s.state.runs[0].ended), (TaskState::Failed, true));
    assert_eq!(kept(&s, "postmortem.md"), std::slice::from_ref(&end.postmortem));
    same_when_folded(&s);
}

#[test]
fn a_coordinator_that_says_nothing_or_dies_is_not_waited_for() {
    let mut s = writing();
    s.pass(seconds(310));
    assert!(
        case(&s).ended.contains("coordinator did not write it: past its deadline of 300 s"),
        "{}",
        case(&s).ended
    );
    let mut s = writing();
    s.happen(Event::PaneEnded { agent: name(COORDINATOR), how: Ended::Exited(1) });
    assert!(case(&s).ended.contains("its program ended"), "{}", case(&s).ended);
    assert_eq!((case(&s).stage, case(&s).drafts[0].by.as_str()), (At::Closed, "built-in"));
    same_when_folded(&s);
}

#[test]
fn who_may_hand_it_in_and_when() {
    let mut s = looking();
    assert!(
        why(submit(&mut s, COORDINATOR, "x")).contains("its specialists are not through (investigating)")
    );
    let mut s = writing();
    assert!(why(submit(&mut s, K8S, "x")).contains("only the coordinator writes it"));
    let said = why(says(&mut s, Caller::Outside, Incident::Submit { text: BAD.into() }));
    assert!(said.ends_with("put it right and hand it in again"), "{said}");
    assert_eq!(s.written(COORDINATOR).iter().filter(|(_, t)| t.contains("does not stand")).count(), 0);
    let text = crate::domain::incident::postmortem::write(case(&s), Default::default());
    says(&mut s, Caller::Outside, Incident::Submit { text });
    assert_eq!(case(&s).ended, "the postmortem of lead stands");
    assert!(why(submit(&mut s, COORDINATOR, "x")).contains("incident 1 is closed"));
}
