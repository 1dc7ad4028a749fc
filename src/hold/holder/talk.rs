//! The holder and the server: who is heard, and what is done for them.

use std::time::{Duration, Instant};

use rustix::process::getpid;

use crate::session::log::{Kind, size_text};
use crate::wire::frame::Frame;
use crate::wire::pane::{FromHolder, HolderHello, ToHolder};
use crate::wire::sock;

use super::super::conn::Conn;
use super::super::spec::clamp;
use super::{Holder, raw};

impl Holder {
    pub(super) fn accept(&mut self, now: Instant) {
        if let Ok((stream, _)) = self.listener.accept() {
            let trusted = sock::check_peer(&stream, &self.spec.socket.display().to_string());
            self.caller = trusted.ok().and_then(|_| Conn::new(stream, now).ok());
        }
    }

    /// A caller becomes the server by greeting; the former one is let go.
    pub(super) fn hear_caller(&mut self, now: Instant) {
        let Some(mut caller) = self.caller.take() else { return };
        let Ok(frames) = caller.read() else { return };
        let mut frames = frames.into_iter();
        let Some(first) = frames.next() else {
            self.caller = Some(caller);
            return;
        };
        let Ok(Some(ToHolder::Hello { offset })) = ToHolder::decode(&first) else { return };
        let start = offset.min(self.log.end());
        caller.go_on_from(start, now);
        let hello = FromHolder::Hello(HolderHello {
            pane: self.spec.pane.clone(),
            child: raw(self.child),
            holder: raw(getpid()),
            start,
            end: self.log.end(),
            exit: self.exit.filter(|_| self.recorded.is_some()).map(|(exit, _)| exit),
        });
        self.server = Some(caller);
        self.tell(&hello);
        if let Some(trouble) = &self.trouble {
            let message = FromHolder::Trouble { lost: trouble.lost, reason: trouble.reason.clone() };
            self.tell(&message);
        }
        self.obey(frames, now);
    }

    pub(super) fn hear_server(&mut self, now: Instant) {
        let Some(server) = &mut self.server else { return };
        match server.read() {
            Ok(frames) => self.obey(frames.into_iter(), now),
            Err(_) => self.server = None,
        }
    }

    fn obey(&mut self, frames: impl Iterator<Item = Frame>, now: Instant) {
        for frame in frames {
            match ToHolder::decode(&frame) {
                Ok(Some(message)) => self.obey_one(message, now),
                Ok(None) => {}
                // A server that sends nonsense is no server.
                Err(_) => self.server = None,
            }
        }
    }

    fn obey_one(&mut self, message: ToHolder, now: Instant) {
        match message {
            ToHolder::Hello { .. } => self.server = None,
            ToHolder::Input { id, bytes } => {
                if let Some(report) = self.outbox.push(id, bytes, now) {
                    self.tell(&report);
                }
                self.write_input(now);
            }
            ToHolder::DropInput { id } => {
                if let Some(report) = self.outbox.drop_input(id, now) {
                    self.tell(&report);
                }
            }
            ToHolder::Resize { rows, cols } => {
                let (rows, cols) = clamp(rows, cols);
                let pty = self.pty.as_mut().filter(|p| p.size() != (rows, cols));
                if pty.is_some_and(|p| p.resize(rows, cols).is_ok()) {
                    self.let_go(now);
                    self.record(Kind::Resize, size_text(rows, cols).as_bytes(), now);
                }
            }
            ToHolder::Ack { offset } => {
                if let Some(server) = &mut self.server {
                    server.ack(offset, now);
                }
            }
            ToHolder::Probe { id } => {
                if let Some(pty) = &self.pty {
                    let reply = FromHolder::Probe(pty.probe(id, self.child));
                    self.tell(&reply);
                }
            }
            ToHolder::Stop { grace_ms } => self.begin_stop(Duration::from_millis(grace_ms.into()), now),
            ToHolder::Bye => {
                self.server = None;
                // The rest of its output may still be on its way: it goes once that is in the log.
                self.leave = self.leave || self.exit.is_some();
            }
        }
    }

    pub(super) fn tell(&mut self, message: &FromHolder) {
        if self.server.as_mut().is_some_and(|server| server.tell(message).is_err()) {
            self.server = None;
        }
    }
}
