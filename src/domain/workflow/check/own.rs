//! What is wrong with the tasks and lists that plans draw on.

use super::words::{id, length, milestone, once, specialist, text, texts};
use super::{Flaw, LIST_MOST, Place, at, flaw};
use crate::domain::workflow::catalogue::Catalogue;
use crate::domain::workflow::knowledge::{DEPLOYMENTS, Knowledge, Template};

/// Whether a task that plans can put in is in order; `path` leads to it.
fn template(
    path: Vec<Place>,
    one: &Template,
    catalogue: &Catalogue,
    knowledge: &Knowledge,
) -> Result<(), Flaw> {
    let below = |key: &str| path.iter().cloned().chain([Place::from(key)]).collect::<Vec<_>>();
    text(below("title"), &one.title)?;
    specialist(below("specialist"), &one.specialist, catalogue)?;
    milestone(below("milestone"), &one.milestone, knowledge)?;
    length(below("after"), one.after.len(), LIST_MOST)?;
    for (n, name) in one.after.iter().enumerate().filter(|(_, name)| *name != DEPLOYMENTS) {
        specialist(below("after").into_iter().chain([Place::At(n)]).collect(), name, catalogue)?;
    }
    once(below("after"), &one.after, String::as_str)?;
    once(below("covers"), &one.covers, |m| m.word())?;
    for (key, list) in
        [("objectives", &one.objectives), ("outcomes", &one.outcomes), ("criteria", &one.criteria)]
    {
        texts(below(key), list)?;
    }
    Ok(())
}

impl Knowledge {
    /// Whether a file of its own is in order: all of it is checked as far as it is there.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self, catalogue: &Catalogue) -> Result<(), Flaw> {
        for (must, one) in &self.musts.tasks {
            template(at!["must", must.word()], one, catalogue, self)?;
        }
        if let Some(one) = &self.musts.production {
            template(at!["production"], one, catalogue, self)?;
        }
        for (table, wins) in [("quick", &self.wins.quick), ("long-term", &self.wins.long_term)] {
            length(at![table], wins.len(), LIST_MOST)?;
            for (name, one) in wins {
                id(at![table, name.as_str()], name)?;
                template(at![table, name.as_str()], one, catalogue, self)?;
            }
        }
        if let Some(name) = self.wins.quick.keys().find(|n| self.wins.long_term.contains_key(*n)) {
            return Err(flaw(at!["long-term", name.as_str()], "a quick win has this name already"));
        }
        let lists = &self.checklists.all;
        length(at!["checklist"], lists.len(), LIST_MOST)?;
        for (i, list) in lists.iter().enumerate() {
            id(at!["checklist", i, "name"], &list.name)?;
            text(at!["checklist", i, "title"], &list.title)?;
            length(at!["checklist", i, "points"], list.points.len(), LIST_MOST)?;
            if list.points.is_empty() {
                let what = "expected at least one point: { id = \"…\", text = \"…\" }";
                return Err(flaw(at!["checklist", i, "points"], what));
            }
            if lists.iter().take(i).any(|l| l.name == list.name) {
                let what = format!("two checklists are called `{}`", list.name);
                return Err(flaw(at!["checklist", i, "name"], what));
            }
            for (n, point) in list.points.iter().enumerate() {
                id(at!["checklist", i, "points", n, "id"], &point.id)?;
                text(at!["checklist", i, "points", n, "text"], &point.text)?;
                if list.points.iter().take(n).any(|p| p.id == point.id) {
                    let what = format!("two points are called `{}`", point.id);
                    return Err(flaw(at!["checklist", i, "points", n, "id"], what));
                }
            }
        }
        self.own.check(catalogue)
    }
}
