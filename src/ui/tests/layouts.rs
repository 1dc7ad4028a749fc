//! Layouts, pages and borders, at every size and with many agents.

use insta::assert_snapshot;

use super::fixture::*;
use crate::domain::key::{Mods, Mouse, MouseKind};
use crate::domain::team::Layout;
use crate::ui::on_mouse;

/// The sizes at which every view is looked at.
const SIZES: [(u16, u16); 4] = [(80, 24), (120, 40), (200, 50), (20, 5)];

fn shots(team: usize, keys: &str) -> String {
    let shot = |(cols, rows)| format!("{cols}×{rows}\n{}", desk(many(team), cols, rows).press(keys).shot());
    SIZES.map(shot).join("\n")
}

#[test]
fn eight_agents_in_every_layout() {
    assert_snapshot!("grid_8", shots(8, "2"));
    assert_snapshot!("focus_8", shots(8, "2 <Space>"));
    assert_snapshot!("stack_8", shots(8, "2 <Space> <Space> j j"));
    assert_snapshot!("one_8", shots(8, "2 <Space> <Space> <Space> j"));
    assert_snapshot!("monitor_8", shots(8, "3"));
}

#[test]
fn sixty_four_agents_in_every_layout() {
    assert_snapshot!("grid_64", shots(64, "2 }"));
    assert_snapshot!("focus_64", shots(64, "2 <Space> }"));
    assert_snapshot!("stack_64", shots(64, "2 <Space> <Space> } j"));
    assert_snapshot!("one_64", shots(64, "2 <Space> <Space> <Space> } }"));
    assert_snapshot!("monitor_64", shots(64, "3 <PgDn> j"));
}

#[test]
fn every_agent_is_on_exactly_one_page_of_every_layout() {
    for (cols, rows) in SIZES {
        for team in [1, 2, 7, 8, 30, 64] {
            for layout in ["", "<Space>", "<Space> <Space>", "<Space> <Space> <Space>"] {
                let mut d = desk(many(team), cols, rows);
                d.press("2").press(layout);
                let mut seen = Vec::new();
                for _ in 0..team {
                    let tiles = d.tiles();
                    for (tile, other) in tiles.iter().flat_map(|t| tiles.iter().map(move |o| (t, o))) {
                        let apart = tile.name == other.name || tile.area.intersection(other.area).is_empty();
                        assert!(apart, "{tile:?} {other:?}");
                    }
                    seen.extend(tiles.into_iter().map(|t| t.name));
                    d.press("}");
                }
                seen.sort();
                let last = seen.len();
                seen.dedup();
                assert_eq!(seen.len(), team, "{cols}×{rows} {team} {layout}");
                assert!(last >= team);
            }
        }
    }
}

#[test]
fn whoever_is_gone_to_is_seen_and_has_the_focus() {
    for keys in ["", "<Space>", "<Space> <Space>", "<Space> <Space> <Space>"] {
        let mut d = desk(many(64), 200, 50);
        d.press("2").press(keys);
        for i in [63, 0, 40, 17] {
            let who = d.state.team().nth(i).unwrap().name.clone();
            d.view.focus(&d.state, &who);
            assert_eq!(d.view.focused(&d.state), Some(who.clone()));
            assert!(d.view.pane_areas(&d.state).iter().any(|(n, _)| *n == who), "{keys} {who}");
        }
    }
}

#[test]
fn a_layout_changes_the_tab_and_keeps_who_is_chosen() {
    let mut d = desk(many(8), 200, 50);
    d.press("2 l j");
    let chosen = d.view.focused(&d.state);
    assert!(chosen.is_some());
    for layout in ["focus", "stack", "one", "monitor", "grid"] {
        d.press("<Space>");
        assert_eq!(d.view.layout(&d.state).word(), layout);
        assert_eq!(d.view.focused(&d.state), chosen);
    }
    d.press(": l a y o u t <Space> s t a c k <Enter>");
    assert_eq!(d.view.layout(&d.state), Layout::Stack);
    // Other tabs, and other clients, keep theirs.
    d.press("1");
    assert_eq!(d.view.layout(&d.state), Layout::Grid);
}

#[test]
fn only_what_is_shown_whole_decides_sizes() {
    let mut d = desk(many(8), 200, 50);
    d.press("2 <Space>");
    assert_eq!(d.view.sized_areas(&d.state).len(), 1);
    assert_eq!(d.view.pane_areas(&d.state).len(), 8);
    let (_, before) = d.view.sized_areas(&d.state)[0].clone();
    d.press("j");
    let (_, after) = d.view.sized_areas(&d.state)[0].clone();
    assert_eq!(before, after);
}

#[test]
fn borders_move_by_keys_and_stay_within_bounds() {
    let mut d = desk(many(8), 200, 50);
    let width = |d: &Desk| {
        let focused = d.view.focused(&d.state).unwrap();
        d.tiles().into_iter().find(|t| t.name == focused).unwrap().area
    };
    d.press("2");
    let before = width(&d);
    d.press("> +");
    assert_eq!((width(&d).width, width(&d).height), (before.width + 4, before.height + 2));
    d.press("< < -");
    assert_eq!((width(&d).width, width(&d).height), (before.width - 4, before.height));
    d.press(&"> ".repeat(100));
    assert!(d.tiles().iter().all(|t| t.area.width >= 12));
    d.press(&"- ".repeat(100));
    assert!(d.tiles().iter().all(|t| t.area.height >= 3));
    assert_eq!(width(d.press("=")), before);
    // The rightmost pane grows to the left.
    d.press("l l");
    let before = width(&d);
    d.press(">");
    assert_eq!((width(&d).x, width(&d).right()), (before.x - 4, before.right()));
    assert!(d.press("z >").shot().contains("no other pane is beside it"));
}

#[test]
fn borders_are_dragged() {
    let mut d = desk(many(8), 200, 50);
    d.press("2");
    let focused = d.view.focused(&d.state);
    let tile = d.tiles()[0].clone();
    let mouse = |d: &mut Desk, kind, column, row| {
        let now = d.state.now;
        let actions = on_mouse(&d.state, &mut d.view, Mouse { kind, column, row, mods: Mods::NONE }, now);
        assert!(actions.is_empty());
    };
    mouse(&mut d, MouseKind::Down(0), tile.area.right() - 1, 10);
    mouse(&mut d, MouseKind::Drag(0), 100, 12);
    mouse(&mut d, MouseKind::Drag(0), 90, 3);
    assert_eq!(d.tiles()[0].area.right(), 90);
    mouse(&mut d, MouseKind::Up(0), 90, 3);
    mouse(&mut d, MouseKind::Drag(0), 120, 3);
    assert_eq!(d.tiles()[0].area.right(), 90);
    let bottom = d.tiles()[0].area.bottom();
    mouse(&mut d, MouseKind::Down(0), 30, bottom);
    mouse(&mut d, MouseKind::Drag(0), 30, bottom + 4);
    assert_eq!(d.tiles()[0].area.bottom(), bottom + 4);
    assert_eq!(d.view.focused(&d.state), focused);
}

#[test]
fn pages_are_turned_by_key_click_and_wheel() {
    let mut d = desk(many(64), 200, 50);
    d.press("2");
    let page = |d: &Desk| d.tiles()[0].place;
    let size = d.tiles().len();
    assert!(d.shot().contains(" 1/4 "));
    d.press("}");
    assert_eq!(page(&d), size);
    assert!(d.press("{ {").shot().contains("this is the first page"));
    let x = u16::try_from(d.shot().lines().next().unwrap().chars().position(|c| c == '/').unwrap()).unwrap();
    let now = d.state.now;
    let mouse = |d: &mut Desk, kind| {
        on_mouse(&d.state, &mut d.view, Mouse { kind, column: x - 1, row: 0, mods: Mods::NONE }, now);
    };
    mouse(&mut d, MouseKind::Down(0));
    assert_eq!(page(&d), size);
    mouse(&mut d, MouseKind::ScrollDown);
    assert_eq!(page(&d), 2 * size);
    mouse(&mut d, MouseKind::ScrollUp);
    assert_eq!(page(&d), size);
    // Off the lower edge is on the next page.
    d.press(&"j ".repeat(6));
    assert_eq!(page(&d), 2 * size);
}

#[test]
fn what_a_tab_is_given_is_kept_to() {
    let mut state = many(8);
    let mut config = (*state.config).clone();
    config.tabs[1].columns = 3;
    config.tabs[1].widths = vec![2, 1, 1];
    config.tabs[1].heights = vec![1, 3, 1];
    state.config = std::sync::Arc::new(config);
    let mut d = desk(state, 220, 60);
    d.press("2");
    let tiles = d.tiles();
    assert_eq!(tiles.iter().take(3).map(|t| t.area.width).collect::<Vec<_>>(), [100, 50, 50]);
    assert_eq!([0, 3, 6].map(|i| tiles[i].area.height), [11, 35, 12]);
    assert_eq!(tiles[7].area.right(), 220);
}
