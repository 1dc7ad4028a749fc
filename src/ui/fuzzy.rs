//! Finding entries of a list by some of their letters.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::actions::Choice;
use super::popup::Chooser;

/// The most letters of a search: what is longer matches nothing anyhow.
const QUERY_MOST: usize = 100;

/// An entry that was found, and which of its characters were looked for.
pub(super) struct Found<'a> {
    pub entry: &'a (Choice, String, String),
    /// Places in the label, counted in characters, in order.
    pub marks: Vec<u32>,
}

impl Chooser {
    /// The entries that match the search, best first; without a search all of them.
    pub fn found(&self) -> Vec<Found<'_>> {
        let query = self.query.as_deref().unwrap_or("").trim();
        if query.is_empty() {
            return self.entries.iter().map(|entry| Found { entry, marks: Vec::new() }).collect();
        }
        let pattern = Pattern::new(query, CaseMatching::Smart, Normalization::Smart, AtomKind::Fuzzy);
        // What an entry is called stands at its beginning, and counts most.
        let mut config = Config::DEFAULT;
        config.prefer_prefix = true;
        let mut matcher = Matcher::new(config);
        let mut letters = Vec::new();
        let mut found: Vec<(u32, Found<'_>)> = Vec::new();
        for entry in &self.entries {
            let mut marks = Vec::new();
            let label = Utf32Str::new(&entry.1, &mut letters);
            if let Some(score) = pattern.indices(label, &mut matcher, &mut marks) {
                marks.sort_unstable();
                marks.dedup();
                found.push((score, Found { entry, marks }));
            }
        }
        // Of two that match alike the one in which it stands further to the left, and then the first of the list.
        found.sort_by_key(|(score, f)| (std::cmp::Reverse(*score), f.marks.last().copied()));
        found.into_iter().map(|(_, found)| found).collect()
    }

    pub fn search(&mut self, change: impl FnOnce(&mut String)) {
        if let Some(query) = &mut self.query {
            change(query);
            if let Some((end, _)) = query.char_indices().nth(QUERY_MOST) {
                query.truncate(end);
            }
            self.at = 0;
        }
    }

    pub fn step(&mut self, by: isize) {
        let last = self.found().len().saturating_sub(1);
        self.at = self.at.saturating_add_signed(by).min(last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(query: &str, labels: &[&str]) -> Vec<String> {
        let entry = |(i, l): (usize, &&str)| (Choice::Tab(i), (*l).to_owned(), String::new());
        let entries = labels.iter().enumerate().map(entry).collect();
        let chooser = Chooser { title: "t", query: Some(query.into()), entries, at: 0 };
        let marked = |f: &Found<'_>| {
            let mark = |(i, c): (usize, char)| {
                let hit = f.marks.contains(&u32::try_from(i).unwrap_or(0));
                if hit { c.to_uppercase().collect::<String>() } else { c.to_string() }
            };
            f.entry.1.chars().enumerate().map(mark).collect()
        };
        chooser.found().iter().map(marked).collect()
    }

    #[test]
    fn letters_in_order_find_an_entry_and_are_marked() {
        let labels = ["go to tab Monitor", "zoom: show the pane alone", "merge: plan it", "theme: light"];
        assert_eq!(best("zo", &labels)[0], "ZOom: show the pane alone");
        assert_eq!(best("tl", &labels)[0], "Theme: Light");
        assert_eq!(best("plan mer", &labels)[0], "MERge: PLAN it");
        assert_eq!(best("qqq", &labels), Vec::<String>::new());
        assert_eq!(best("", &labels).len(), 4);
        assert_eq!(best("日", &["日本", "x"]), ["日本"]);
    }
}
