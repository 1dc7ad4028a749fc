//! Links of panes, on their way through what is drawn.
//!
//! A cell of a drawing has no room for a link, but it has a colour for underlines that nothing of ours uses: a link's
//! mark travels there, to whoever writes what was drawn and puts the link in its place.

use std::collections::BTreeMap;

use ratatui::style::Color;

use super::view::View;
use crate::domain::id::AgentName;
use crate::engine::state::State;

/// The mark of a link of a pane: the same for the same link, another for the same link of another pane.
fn mark(agent: &AgentName, link: &str) -> u32 {
    let bytes = agent.as_str().bytes().chain([0]).chain(link.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    u32::try_from((hash ^ (hash >> 24) ^ (hash >> 48)) & 0x00ff_ffff).unwrap_or(0)
}

/// The colour that stands for a link.
pub(super) fn of(agent: &AgentName, link: &str) -> Option<Color> {
    Some(Color::from_u32(mark(agent, link)))
}

/// The links that a view shows, by their marks.
#[must_use]
pub fn links(state: &State, view: &View) -> BTreeMap<u32, String> {
    let mut links = BTreeMap::new();
    if !view.links {
        return links;
    }
    for (name, _) in view.pane_areas(state) {
        let Some(agent) = state.agent(&name).filter(|a| a.pane.screen.has_links()) else { continue };
        let screen = &agent.pane.screen;
        for row in 0..usize::from(screen.size().rows) {
            let mut last = None;
            for number in screen.row(row, view.back(agent)).cells().filter_map(|c| c.link) {
                if last.replace(number) != Some(number)
                    && let Some(link) = screen.link(number)
                {
                    links.insert(mark(&name, link), link.to_owned());
                }
            }
        }
    }
    links
}
