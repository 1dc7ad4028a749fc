//! What keys and the mouse do with the project.

use ratatui::layout::Position;

use super::digest::{Digest, Point};
use super::draw::Content;
use super::list;
use super::parts::Places;
use super::{Page, Part};
use crate::domain::command::{Command, Workflow};
use crate::domain::team::Layout;
use crate::domain::workflow::project::{Project, Stage};
use crate::engine::state::State;
use crate::ui::actions::{Action, normal};
use crate::ui::frames::Place;
use crate::ui::keymap::{Act, Op};
use crate::ui::moves::WHEEL;
use crate::ui::replay::{Asked, Entry};
use crate::ui::sheet::Sheet;
use crate::ui::text::hint;
use crate::ui::view::{Mode, View};

/// Tasks that a page goes on by.
const PAGE: isize = 10;

/// Goes to the project: to its tab, else over what is seen.
pub(in crate::ui) fn open(state: &State, view: &mut View) -> Vec<Action> {
    match state.config.tabs.iter().position(|t| t.layout == Layout::Workflow) {
        Some(tab) => view.go_to_tab(state, tab),
        None => view.sheet = Some(Sheet::Workflow),
    }
    view.settle(state);
    Vec::new()
}

/// Goes to what the project raised to a person.
pub(in crate::ui) fn attend(state: &State, view: &mut View) -> Vec<Action> {
    let actions = open(state, view);
    if let Some(project) = state.project.as_deref() {
        view.workflow = view.workflow.of(project);
        view.workflow.turn_to(Part::Attention);
    }
    actions
}

/// What of the project is seen, and where.
struct Seen<'a> {
    digest: Digest<'a>,
    places: Places,
}

impl<'a> Seen<'a> {
    fn of(state: &State, view: &View, project: &'a Project, page: &Page) -> Self {
        let body = view.frame(state).body;
        let digest = Digest::of(state, project, page);
        let places = Places::of(page, digest.rows.len(), body);
        Self { digest, places }
    }

    fn content(&self, state: &State, part: Part) -> Option<(Place<Part>, Content)> {
        let place = self.places.place(part)?;
        Some((place, Content::of(state, &self.digest, place)))
    }
}

/// Does what an operation says while the project is seen.
pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let on_tab = view.is_tab_of(state, Layout::Workflow);
    match op {
        Op::Act(Act::Workflow) if on_tab => return Vec::new(),
        Op::Act(Act::Workflow) | Op::Detach if !on_tab => {
            view.sheet = None;
            return Vec::new();
        }
        _ => {}
    }
    let Some(project) = state.project.as_deref() else {
        return match op {
            Op::Close if !on_tab => {
                view.sheet = None;
                Vec::new()
            }
            op if op.moves() || is_own(op) => {
                let none = "there is no project: `orchestra workflow run` begins one";
                view.complain(if view.deck.is_some() { super::NOT_YET } else { none });
                vec![Action::Beep]
            }
            op => normal(state, view, op, None),
        };
    };
    let mut page = view.workflow.of(project);
    match op {
        Op::Accept => return go(state, view, project, &page),
        Op::OtherPart => page.turn_to(page.part.step(1)),
        Op::Act(Act::PartBefore) => page.turn_to(page.part.step(2)),
        Op::Zoom => page.alone = !page.alone,
        Op::Close if page.alone => page.alone = false,
        Op::Close if on_tab => {
            let text =
                hint(view, "this tab is the workflow's: ‹next-agent› goes to the panes, ‹detach› leaves");
            view.say(text);
        }
        Op::Close => view.sheet = None,
        Op::Act(Act::AnswerProject) => return answer(state, view, project, &page),
        op if op.moves() => moved(state, view, project, &mut page, op),
        op => return normal(state, view, op, None),
    }
    view.workflow = page;
    Vec::new()
}

/// What is for the project alone.
fn is_own(op: Op) -> bool {
    matches!(op, Op::Zoom | Op::Act(Act::PartBefore | Act::AnswerProject))
}

/// Goes to the pane of the agent whose task is looked at.
fn go(state: &State, view: &mut View, project: &Project, page: &Page) -> Vec<Action> {
    let digest = Digest::of(state, project, page);
    let name = digest.chosen.and_then(|c| digest.task(c)).map(|t| t.agent.clone());
    match name {
        Some(name) if state.agent(&name).is_some() => view.go_to(state, &name),
        Some(name) => view.complain(format!("{name} is no agent of this session")),
        None => view.complain("the plan has no task"),
    }
    Vec::new()
}

/// Moves among the tasks or the points, or scrolls the part.
fn moved(state: &State, view: &View, project: &Project, page: &mut Page, op: Op) {
    let seen = Seen::of(state, view, project, page);
    let digest = &seen.digest;
    if page.part == Part::Tasks {
        let order = digest.order();
        let to = match op {
            Op::Up => digest.step(-1),
            Op::Down => digest.step(1),
            Op::PageUp => digest.step(-PAGE),
            Op::PageDown => digest.step(PAGE),
            Op::Top => order.first().copied(),
            Op::Bottom => order.last().copied(),
            _ => None,
        };
        choose(digest, page, to);
        return;
    }
    let Some((place, content)) = seen.content(state, page.part) else { return };
    let (at, last) = (content.scrolled(page, place), content.furthest(&place));
    let screen = usize::from(place.inside.height.saturating_sub(1)).max(1);
    let points = digest.points.len();
    let to = match op {
        Op::Up if page.part == Part::Attention && page.point > 0 && at == 0 => {
            page.point = page.point.min(points.saturating_sub(1)).saturating_sub(1);
            at
        }
        Op::Down if page.part == Part::Attention && page.point + 1 < points => {
            page.point += 1;
            // The point that is looked at is seen.
            let row = content.rows().iter().rposition(|(_, about)| *about == Some(page.point));
            at.max((row.unwrap_or(0) + 1).saturating_sub(usize::from(place.inside.height)))
        }
        Op::Up => at.saturating_sub(1),
        Op::Down => at + 1,
        Op::PageUp => at.saturating_sub(screen),
        Op::PageDown => at + screen,
        Op::Top => {
            page.point = 0;
            0
        }
        Op::Bottom => last,
        _ => at,
    };
    page.scroll_to(page.part, to.min(last));
}

/// Looks at a task: from its beginning.
fn choose(digest: &Digest<'_>, page: &mut Page, to: Option<usize>) {
    let Some(task) = to.and_then(|i| digest.task(i)) else { return };
    if page.chosen.as_ref() != Some(&task.id) {
        page.chosen = Some(task.id.clone());
        page.scroll_to(Part::Task, 0);
    }
}

/// Asks for the answer to the point that is looked at, else to the first that waits.
fn answer(state: &State, view: &mut View, project: &Project, page: &Page) -> Vec<Action> {
    let digest = Digest::of(state, project, page);
    let chosen = (page.part == Part::Attention).then_some(page.point);
    let point = chosen.and_then(|p| digest.points.get(p)).or_else(|| digest.points.first());
    let Some(point) = point.filter(|_| project.stage == Stage::Running) else {
        view.complain("nothing waits for a person here");
        return vec![Action::Beep];
    };
    let mut page = page.clone();
    page.point = digest.points.iter().position(|p| p == point).unwrap_or(0);
    page.turn_to(Part::Attention);
    view.workflow = page;
    view.mode = Mode::Entry(Box::new(Entry::new(Asked::Project(*point))));
    Vec::new()
}

/// What is asked for at the foot, and what is told with it.
pub(in crate::ui) fn asks(point: Point) -> (String, &'static str) {
    match point {
        Point::Question(id) => (format!("your decision on question {id}"), "told to who asked, and recorded"),
        Point::Escalation(id) => {
            (format!("what was done about escalation {id}"), "settles it, and is recorded")
        }
        Point::Blocker(id) => {
            (format!("what is done about blocker {id}"), "it blocks on until its agent says otherwise")
        }
    }
}

/// The command that a written answer is.
pub(in crate::ui) fn answered(point: Point, text: String) -> Command {
    Command::Workflow(match point {
        Point::Question(id) => Workflow::Decide { id, decision: text },
        Point::Escalation(id) => Workflow::Settle { id, how: text },
        Point::Blocker(id) => Workflow::Mitigate { id, mitigation: text },
    })
}

/// The left button was pressed there once: chooses a part and what is in it; on the chosen task, goes to its agent.
pub(in crate::ui) fn click(state: &State, view: &mut View, at: Position) -> Vec<Action> {
    let Some(project) = state.project.as_deref() else { return Vec::new() };
    let mut page = view.workflow.of(project);
    let seen = Seen::of(state, view, project, &page);
    let Some(place) = seen.places.parts.iter().find(|p| p.area.contains(at)).copied() else {
        return Vec::new();
    };
    let before = page.part;
    page.turn_to(place.part);
    match Content::of(state, &seen.digest, place) {
        Content::Own(shape) => {
            let hit = list::hit(&seen.digest, &shape, at);
            if before == Part::Tasks && hit.is_some() && hit == seen.digest.chosen && page.chosen.is_some() {
                return go(state, view, project, &page);
            }
            choose(&seen.digest, &mut page, hit);
        }
        content @ Content::Rows(_) => {
            let about = place.about(content.rows(), content.scrolled(&page, place), at);
            page.point = about.unwrap_or(page.point);
        }
    }
    view.workflow = page;
    Vec::new()
}

/// The wheel turned over a place: so many lines up, or down below zero.
pub(in crate::ui) fn wheel(state: &State, view: &mut View, at: Position, by: isize) -> Vec<Action> {
    let Some(project) = state.project.as_deref() else { return Vec::new() };
    let mut page = view.workflow.of(project);
    let seen = Seen::of(state, view, project, &page);
    let Some(place) = seen.places.parts.iter().find(|p| p.area.contains(at)).copied() else {
        return Vec::new();
    };
    if place.part == Part::Tasks {
        choose(&seen.digest, &mut page, seen.digest.step(-by / WHEEL));
    } else {
        let content = Content::of(state, &seen.digest, place);
        let to = content.scrolled(&page, place).saturating_add_signed(-by);
        page.scroll_to(place.part, to.min(content.furthest(&place)));
    }
    view.workflow = page;
    Vec::new()
}

/// The keys that matter now, the most useful first.
pub(in crate::ui) fn keys(state: &State, view: &View) -> Vec<(Op, Option<&'static str>)> {
    let mut keys = Vec::new();
    if crate::ui::calls::waiting(state).next().is_some() {
        keys.push((Op::Confirmations, Some("answer call")));
    }
    let Some(project) = state.project.as_deref() else {
        keys.extend([(Op::NextAgent, Some("panes")), (Op::Detach, None)]);
        return keys;
    };
    let page = view.workflow.of(project);
    let digest = Digest::of(state, project, &page);
    if !digest.points.is_empty() && project.stage == Stage::Running {
        keys.push((Op::Act(Act::AnswerProject), None));
    }
    keys.extend([
        (Op::Down, Some(if page.part == Part::Tasks { "task" } else { "down" })),
        (Op::OtherPart, None),
        (Op::Accept, None),
        (Op::Zoom, Some(if page.alone { "all parts" } else { "part alone" })),
        (Op::NextAgent, Some("panes")),
        (Op::Detach, None),
    ]);
    keys
}
