//! Where two branches do not merge, as git marks it in files.

use crate::domain::diff::{Part, Unmerged};
use crate::domain::id::AgentName;
use crate::domain::signal::printable;

/// All of it for people.
pub(super) fn text(found: &Unmerged) -> String {
    let names = [found.ours.as_ref().map_or("the target", AgentName::as_str), found.theirs.as_str()];
    let [ours, theirs] = names;
    let mut all = Vec::new();
    if found.files.is_empty() {
        all.push(format!("{ours} and {theirs} merge without a conflict"));
    }
    for file in &found.files {
        all.push(printable(&file.conflict.to_string()));
        if file.places.is_empty() {
            let [one, other] = &file.sides;
            all.push(printable(&format!("{ours} has {one}, {theirs} has {other}")));
        }
        for place in &file.places {
            let which = |p: Option<&Part>| p.map_or("has no such file".to_owned(), Part::span);
            all.push(format!("<<<<<<< {ours} {}", which(place.ours.as_ref())));
            lines(place.ours.as_ref(), &mut all);
            if let Some(before) = &place.before {
                all.push(format!("||||||| before both {}", before.span()));
                lines(Some(before), &mut all);
            }
            all.push("=======".into());
            lines(place.theirs.as_ref(), &mut all);
            all.push(format!(">>>>>>> {theirs} {}", which(place.theirs.as_ref())));
        }
        if file.more > 0 {
            all.push(format!("… {} more places", file.more));
        }
        all.push(String::new());
    }
    if found.more > 0 {
        all.push(format!("… {} more paths", found.more));
    }
    if !found.why.is_empty() {
        all.push(printable(&found.why));
    }
    all.join("\n").trim_end().to_owned()
}

fn lines(part: Option<&Part>, all: &mut Vec<String>) {
    let Some(part) = part else { return };
    let safe = |line: &String| line.split('\t').map(printable).collect::<Vec<_>>().join("\t");
    all.extend(part.text.iter().map(safe));
    if part.more > 0 {
        all.push(format!("… {} more lines", part.more));
    }
}
