//! Keys, pastes and answers while a prompt is written.

use super::super::actions::{Action, Choice};
use super::super::keymap::{Act, Op};
use super::super::popup::Chooser;
use super::super::text::{hint, wrap};
use super::super::view::{Mode, View};
use super::{Composer, Model, Part, Shown, Text, draw};
use crate::domain::choice::WORDS;
use crate::domain::id::AgentName;
use crate::domain::key::{Code, Key};
use crate::domain::prompt::names;
use crate::domain::signal::printable;
use crate::domain::view::Rendered;
use crate::engine::state::State;

/// Does what an operation says while a prompt is written.
pub(in crate::ui) fn perform(state: &State, view: &mut View, op: Op) -> Vec<Action> {
    let page = isize::try_from(draw::preview_rows(view)).unwrap_or(1).max(1);
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    match op {
        Op::Accept => return send(view),
        Op::Close if composer.part == Part::Preview && !matches!(composer.model, Model::Named(_)) => {
            composer.part = Part::Text;
        }
        Op::Close => close(view),
        Op::NewLine => return put(view, "\n"),
        Op::OtherPart => {
            composer.part = match (composer.part, &composer.model) {
                (Part::Text | Part::Preview, _) => Part::People,
                (Part::People, Model::Named(_)) => Part::Preview,
                (Part::People, _) => Part::Text,
            };
            if composer.part == Part::Preview {
                return preview(view);
            }
        }
        Op::Tick => composer.tick(composer.at),
        Op::TickAll => composer.tick_all(),
        Op::TickStage | Op::TickFocus => {
            let groups = if op == Op::TickStage { stages(state) } else { focus(state) };
            if groups.is_empty() {
                view.complain("the configuration names none");
                return vec![Action::Beep];
            }
            composer.tick_group(&groups);
        }
        Op::Left => composer.step(-1),
        Op::Right => composer.step(1),
        Op::NextAgent | Op::PrevAgent => {
            let all = composer.ticked().len().max(1);
            let by = if op == Op::NextAgent { 1 } else { all - 1 };
            composer.preview.at = (composer.preview.at + by) % all;
            return composer.look();
        }
        Op::Up => scroll(view, -1),
        Op::Down => scroll(view, 1),
        Op::PageUp => scroll(view, -page),
        Op::PageDown => scroll(view, page),
        Op::Top => scroll(view, isize::MIN + 1),
        Op::Bottom => scroll(view, isize::MAX),
        Op::Act(act) => return acting(state, view, act),
        _ => {}
    }
    Vec::new()
}

fn acting(state: &State, view: &mut View, act: Act) -> Vec<Action> {
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    match act {
        Act::Editor => {
            if let Model::Named(name) = &composer.model {
                // The template itself: its placeholders go on being filled in.
                let source = state.config.prompts.get(name).cloned();
                let seen = || composer.preview.shown.as_ref().and_then(|s| s.text.as_ref().ok());
                let text = source.or_else(|| seen().map(|l| l.join("\n"))).unwrap_or_default();
                composer.model = Model::Filled;
                composer.text = Text::new(text.lines().map(str::to_owned).collect());
                composer.forget();
            }
            composer.part = Part::Text;
            return vec![Action::Edit(composer.text.whole())];
        }
        Act::UsePrompt => {
            let chooser = library(state, composer);
            let kept = std::mem::replace(&mut view.mode, Mode::Choose(Box::new(chooser)));
            if let Mode::Composer(composer) = kept {
                view.kept = Some(composer);
            }
        }
        Act::FillIn => {
            composer.forget();
            composer.model = if composer.model == Model::Plain { Model::Filled } else { Model::Plain };
            let text = match composer.model {
                Model::Plain => "the text goes out as it is",
                _ => {
                    "placeholders such as {{ agent }} or {{ branch }} are filled in for each; ‹preview› shows it"
                }
            };
            let text = hint(view, text);
            view.say(text);
        }
        Act::Preview => return preview(view),
        Act::EarlierPrompt => go_back(state, view, true),
        Act::LaterPrompt => go_back(state, view, false),
        _ => {}
    }
    Vec::new()
}

/// A key that the table does not know.
pub(in crate::ui) fn edit(state: &State, view: &mut View, key: Key) -> Vec<Action> {
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    if composer.part != Part::Text {
        return Vec::new();
    }
    let plain = !key.mods.ctrl && !key.mods.alt;
    match key.code {
        Code::Up if plain && composer.text.at_edge(true) => go_back(state, view, true),
        Code::Down if plain && composer.text.at_edge(false) && composer.past.is_some() => {
            go_back(state, view, false);
        }
        _ => {
            let done = composer.text.edit(key);
            composer.forget();
            if let Err(why) = done {
                view.complain(why);
                return vec![Action::Beep];
            }
        }
    }
    Vec::new()
}

/// Text was pasted.
pub(in crate::ui) fn paste(view: &mut View, text: &str) -> Vec<Action> {
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    if composer.part == Part::Text {
        return put(view, text);
    }
    view.complain("a paste goes into the text: Tab or Esc leads there");
    vec![Action::Beep]
}

/// The user's editor gave a text back.
pub(in crate::ui) fn edited(view: &mut View, text: &str) {
    let Mode::Composer(composer) = &mut view.mode else { return };
    let mut new = Text::new(Vec::new());
    match new.insert(text.strip_suffix('\n').unwrap_or(text)) {
        Ok(()) => {
            composer.text = new;
            composer.forget();
        }
        Err(why) => view.complain(format!("{why}; the text is as it was before")),
    }
}

fn put(view: &mut View, text: &str) -> Vec<Action> {
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    let done = composer.text.insert(text);
    composer.forget();
    match done {
        Ok(()) => Vec::new(),
        Err(why) => {
            view.complain(why);
            vec![Action::Beep]
        }
    }
}

fn send(view: &mut View) -> Vec<Action> {
    let Mode::Composer(composer) = &view.mode else { return Vec::new() };
    match composer.command() {
        Ok(command) => {
            // Until somebody took it, it is kept.
            let text = composer.text.lines().to_vec();
            view.sent.pending = Some(if composer.text.is_empty() { Vec::new() } else { text });
            view.mode = Mode::Normal;
            view.say("sending…");
            vec![Action::Do(command)]
        }
        Err(why) => {
            let why = hint(view, &why);
            view.complain(why);
            vec![Action::Beep]
        }
    }
}

fn close(view: &mut View) {
    let Mode::Composer(composer) = std::mem::replace(&mut view.mode, Mode::Normal) else { return };
    let empty = composer.text.is_empty();
    view.draft = if empty { Vec::new() } else { composer.text.into_lines() };
    if !empty {
        let text = hint(view, "the text is kept: ‹broadcast› or ‹send-one› goes on with it");
        view.say(text);
    }
}

/// Shows what each agent would get.
fn preview(view: &mut View) -> Vec<Action> {
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    let why = match composer.what() {
        Err(why) => why,
        Ok(_) if composer.ticked().is_empty() => {
            "for nobody yet: Tab, then Space ticks an agent and `a` all".into()
        }
        Ok(_) => {
            composer.part = Part::Preview;
            return composer.look();
        }
    };
    let why = hint(view, &why);
    view.complain(why);
    vec![Action::Beep]
}

fn scroll(view: &mut View, by: isize) {
    let (rows, width) = (draw::preview_rows(view), draw::preview_width(view));
    let Mode::Composer(composer) = &mut view.mode else { return };
    let all = composer.preview.shown.as_ref().and_then(|s| s.text.as_ref().ok());
    let all: usize = all.map_or(0, |lines| lines.iter().map(|l| wrap(l, width).len()).sum());
    let last = all.saturating_sub(rows);
    composer.preview.scroll = composer.preview.scroll.saturating_add_signed(by).min(last);
}

/// Takes the text sent before the one that is seen, or after it.
fn go_back(state: &State, view: &mut View, back: bool) {
    let Mode::Composer(composer) = &mut view.mode else { return };
    let of = |n: usize| state.past.iter().rev().nth(n);
    let to = match (composer.past, back) {
        (None, true) => Some(0),
        (Some(n), true) => Some(n + 1),
        (Some(0) | None, false) => None,
        (Some(n), false) => Some(n - 1),
    };
    let found = to.map(of);
    let complaint = match found {
        Some(None) if composer.past.is_none() => Some("nothing was sent before"),
        Some(None) => Some("no earlier text is kept"),
        None if composer.past.is_none() => Some("nothing comes after what is written now"),
        _ => None,
    };
    if let Some(why) = complaint {
        return view.say(why);
    }
    // What was changed of an earlier text is kept as what is written now.
    let untouched = composer.past.and_then(of).is_some_and(|t| **t == *composer.text.whole());
    if !untouched {
        composer.present = composer.text.lines().to_vec();
    }
    let lines = match found.flatten() {
        Some(text) => text.split('\n').map(str::to_owned).collect(),
        None => std::mem::take(&mut composer.present),
    };
    composer.text = Text::new(lines);
    composer.past = to;
    composer.forget();
    if let Some(n) = to {
        let all = state.past.len();
        view.say(format!("sent before: {} of {all}", n + 1));
    }
}

/// The prompts that can be sent, to choose from.
fn library(state: &State, composer: &Composer) -> Chooser {
    let own = (Choice::Prompt(None), "own text".to_owned(), "what you write".to_owned());
    let entries: Vec<_> = std::iter::once(own).chain(prompts(state)).collect();
    let now = match &composer.model {
        Model::Named(name) => Some(name.clone()),
        _ => None,
    };
    let at = entries.iter().position(|(c, _, _)| *c == Choice::Prompt(now.clone())).unwrap_or(0);
    Chooser { title: "use prompt", query: Some(String::new()), entries, at }
}

/// The same for all tasks of a plan; none: each its own.
pub(in crate::ui) fn prompts_for_plan(state: &State, now: Option<String>) -> Chooser {
    let own = (Choice::Prompt(None), "the prompts of their roles".to_owned(), "as the plan says".to_owned());
    let entries: Vec<_> = std::iter::once(own).chain(prompts(state)).collect();
    let at = entries.iter().position(|(c, _, _)| *c == Choice::Prompt(now.clone())).unwrap_or(0);
    Chooser { title: "use prompt", query: Some(String::new()), entries, at }
}

/// The words and the prompts of the library.
fn prompts(state: &State) -> Vec<(Choice, String, String)> {
    let prompts = &state.config.prompts;
    let entry = |name: &str, beside: &str| {
        (Choice::Prompt(Some(name.to_owned())), printable(name), printable(beside))
    };
    let words = WORDS.map(|w| match w {
        "universal" => entry(w, "the prompt of each agent's task"),
        "role" => entry(w, "the one for the agent's role, where there is one"),
        _ => entry(w, "as role, with what to do next told from the branch"),
    });
    let known = names(prompts).map(|n| entry(n, prompts.get(n).map_or("", |t| first_line(t))));
    words.into_iter().chain(known).collect()
}

/// The first line of a template that says something.
fn first_line(text: &str) -> &str {
    let says = |l: &&str| !l.trim().is_empty() && !l.trim_start().starts_with("{%") && !l.contains("{{");
    text.lines().find(says).unwrap_or_default().trim_start_matches('#').trim()
}

/// A prompt was chosen: the composer goes on with it.
pub(in crate::ui) fn take(view: &mut View, name: Option<String>) -> Vec<Action> {
    let Mode::Composer(composer) = &mut view.mode else { return Vec::new() };
    composer.forget();
    match name {
        Some(name) => {
            composer.model = Model::Named(name);
            preview(view)
        }
        None => {
            if matches!(composer.model, Model::Named(_)) {
                composer.model = Model::Plain;
            }
            composer.part = Part::Text;
            Vec::new()
        }
    }
}

/// What an agent would get is there; whether somebody waits for it.
pub(in crate::ui) fn rendered(view: &mut View, made: &Rendered) -> bool {
    let Some(composer) = waiting(view) else { return false };
    if composer.preview.asked.as_ref() != Some(&made.agent) {
        return false;
    }
    let text = Ok(made.text.lines().map(printable).collect());
    show(composer, made.agent.clone(), &made.prompt, made.bytes, text);
    true
}

/// It cannot be shown; whether somebody waits for it.
pub(in crate::ui) fn unrendered(view: &mut View, why: &str) -> bool {
    let Some(composer) = waiting(view) else { return false };
    let Some(agent) = composer.preview.asked.clone() else { return false };
    show(composer, agent, "", 0, Err(printable(why)));
    true
}

fn waiting(view: &mut View) -> Option<&mut Composer> {
    match (&mut view.mode, &mut view.kept) {
        (Mode::Composer(composer), _) => Some(composer),
        (_, kept) => kept.as_deref_mut(),
    }
}

fn show(
    composer: &mut Composer,
    agent: AgentName,
    prompt: &str,
    bytes: usize,
    text: Result<Vec<String>, String>,
) {
    composer.preview.asked = None;
    composer.preview.shown = Some(Shown { agent, prompt: printable(prompt), bytes, text });
}

/// The stages of the plan that runs, or else of the first plan with stages, by agent.
fn stages(state: &State) -> Vec<(String, Vec<AgentName>)> {
    let of = |stage: usize, members: Vec<AgentName>| (format!("stage {}", stage + 1), members);
    if let Some(run) = state.running() {
        let last = run.tasks.iter().map(|t| t.bound.stage).max().unwrap_or(0);
        let members = |s| run.tasks.iter().filter(move |t| t.bound.stage == s).map(|t| t.bound.agent.clone());
        return (0..=last).map(|s| of(s, members(s).collect())).collect();
    }
    let Some(plan) = state.config.plans.values().find(|p| !p.stages.is_empty()) else { return Vec::new() };
    let agent = |name: &String| state.team().find(|a| a.name == **name).map(|a| a.name.clone());
    plan.stages.iter().enumerate().map(|(i, s)| of(i, s.iter().filter_map(agent).collect())).collect()
}

fn focus(state: &State) -> Vec<(String, Vec<AgentName>)> {
    state.config.focus.iter().map(|(name, members)| (format!("focus {name}"), members.clone())).collect()
}
