//! When and what to draw: dirty dashboards only, at once when idle, else at most every 16 ms.

use std::time::Duration;

use super::clients::{Dashboard, Kind};
use super::run::Server;
use crate::domain::conduct::Alert;
use crate::domain::time::Time;
use crate::engine::event::Event;
use crate::paint::{self, filter};
use crate::ui;
use crate::wire::frame::MAX_FRAME;
use crate::wire::msg::{Down, Wants};

/// Least time between two frames of one client.
const FRAME: Duration = Duration::from_millis(16);
/// So long after a key what the pane it went to prints is drawn sooner: it is the echo …
const QUICK: Duration = Duration::from_millis(100);
/// … and so long after the frame before.
const QUICK_FRAME: Duration = Duration::from_millis(4);
/// Milliseconds of the clock that every dashboard shows.
const MINUTE_MS: i64 = 60_000;
/// Milliseconds of how long gates have run, which are shown while some do.
const SECOND_MS: i64 = 1000;

impl Server {
    fn dashboards(&mut self) -> impl Iterator<Item = &mut Dashboard> {
        self.clients.iter_mut().filter_map(|c| match &mut c.kind {
            Kind::Dashboard(d) => Some(&mut **d),
            _ => None,
        })
    }

    /// Notes who will have to be drawn because of an event. Output of a pane that a client does not
    /// show is nothing to draw.
    pub(super) fn mark_dirty(&mut self, event: &Event) {
        let now = self.clock.now();
        for client in &mut self.clients {
            let Kind::Dashboard(d) = &mut client.kind else { continue };
            let prints = match event {
                Event::Output { agent, .. } | Event::Sized { agent, .. } => Some(agent),
                Event::Tty { .. } => continue,
                _ => None,
            };
            if let Some(echo) = d.echo.as_mut().filter(|e| Some(&e.pane) == prints) {
                echo.came |= now < echo.since.plus(QUICK);
            }
            let shown = |name| d.shown.contains(name);
            d.dirty = d.dirty || prints.is_none_or(shown);
        }
    }

    /// How often what is shown changes by itself, in milliseconds.
    fn beat(&self) -> i64 {
        if self.state.gating.is_empty() { MINUTE_MS } else { SECOND_MS }
    }

    /// Redraws the clock of all dashboards once a minute, and how long gates have run once a second.
    pub(super) fn tick_clock(&mut self) {
        let beat = self.beat();
        let at = self.now();
        let now = at.wall.div_euclid(beat);
        let mut passed = false;
        for d in self.dashboards() {
            d.dirty |= d.drawn.wall.div_euclid(beat) != now;
            d.dirty |= d.again.is_some_and(|again| again <= at);
            passed |= d.dirty;
        }
        if passed {
            // What is drawn is the engine's time.
            self.happen(Event::Tick);
        }
    }

    /// When something must be drawn at the latest; none when nobody looks.
    pub(super) fn draw_deadline(&mut self, now: Time) -> Option<Time> {
        let beat = self.beat();
        let next = beat - now.wall.rem_euclid(beat);
        let next = now.plus(Duration::from_millis(u64::try_from(next).unwrap_or(0)));
        self.dashboards()
            .filter(|d| d.in_flight == 0)
            .map(|d| match (d.dirty, d.eager) {
                (true, true) => now,
                (true, false) => d.due(),
                (false, _) => d.again.map_or(next, |again| again.min(next)),
            })
            .min()
    }

    /// Draws whoever is due.
    pub(super) fn draw_clients(&mut self) {
        let now = self.now();
        for client in &mut self.clients {
            let Kind::Dashboard(d) = &mut client.kind else { continue };
            if d.in_flight > 0 || !d.dirty || !(d.eager || now >= d.due()) {
                continue;
            }
            let state = &self.state;
            d.again = d.view.observe(state, !d.away, now);
            d.shown = d.view.pane_areas(state).into_iter().map(|(name, _)| name).collect();
            let view = &d.view;
            let wants = view.wants(state);
            (d.dirty, d.eager, d.drawn) = (false, false, now);
            if let Some(echo) = &mut d.echo {
                (echo.drawn, echo.came) = (true, false);
            }
            d.wire.link(ui::links(state, view));
            if let Err(e) = d.terminal.draw(|frame| ui::draw(frame, state, view)) {
                tracing::error!("failed to draw: {e}");
                continue;
            }
            let wants = Wants { kitty: wants.kitty, keypad: wants.keypad, motion: wants.motion };
            let told = std::mem::replace(&mut d.wants, wants);
            let mut bytes = paint::frame(&d.wire.take());
            let ring = d.ring.take();
            match (d.alert, ring) {
                (Alert::Osc9, Some(text)) => filter::notification(&text, &mut bytes),
                (_, ring) => d.beep |= ring.is_some(),
            }
            if let Some(text) = d.copy.take() {
                filter::clipboard(&text, &mut bytes);
            }
            if std::mem::take(&mut d.beep) {
                bytes.push(0x07);
            }
            // A screen too large for one frame of the wire goes in parts; the client tells of each.
            d.in_flight = bytes.chunks(MAX_FRAME - 1).len();
            if told != wants {
                client.say(&Down::Wants(wants));
            }
            for part in bytes.chunks(MAX_FRAME - 1) {
                client.say(&Down::Screen(part.to_vec()));
            }
        }
    }
}

impl Dashboard {
    /// When what has changed on it is to be drawn, if nobody did anything that is to be seen at once.
    fn due(&self) -> Time {
        match &self.echo {
            Some(echo) if echo.came => self.drawn.plus(QUICK_FRAME),
            // A frame now would keep the echo, which comes soon, from being drawn.
            Some(echo) if !echo.drawn => self.drawn.max(echo.held).plus(FRAME),
            _ => self.drawn.plus(FRAME),
        }
    }
}
