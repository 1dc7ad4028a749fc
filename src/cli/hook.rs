//! `orchestra hook`: what an agent program's own hook says, on its way to the session.
//!
//! Programs wait for their hooks, read what they print and take their exit status for an answer. So this
//! prints nothing, ends within two seconds and always with status 0.

use std::io::{IsTerminal, Read};
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::args::Hook as Args;
use super::exit::Exit;
use super::place;
use crate::client::Control;
use crate::domain::command::Command;
use crate::domain::hook::HookEvent;

/// The longest all of it may take.
const LIMIT: Duration = Duration::from_secs(2);
/// The most that is read of a payload, in bytes.
const PAYLOAD: u64 = 1 << 20;

/// Tells the session of the pane this runs in.
pub(super) fn run(args: Args) -> Exit {
    let (done, wait) = channel();
    // Standard input may never end, and the server may be on its way back: nobody is kept waiting.
    let tell = move || {
        let _ = done.send(tell(&args));
    };
    if std::thread::Builder::new().spawn(tell).is_ok() {
        let _ = wait.recv_timeout(LIMIT);
    }
    Exit::Done
}

/// Sends the event; none when this is no pane or says nothing.
fn tell(args: &Args) -> Option<()> {
    let socket = place::var(place::SOCKET_VAR)?;
    let token = place::var(place::TOKEN_VAR)?;
    let event = event(&args.event, &payload(&args.payload, std::io::stdin()))?;
    Control::connect(Path::new(&socket), Some(token)).ok()?.ask(Command::Hook { event }).ok()?;
    Some(())
}

/// The payload: the last argument if it is a JSON object, else what stands on standard input.
fn payload<I: Read + IsTerminal>(arguments: &[String], input: I) -> String {
    if let Some(last) = arguments.last().filter(|a| a.trim_start().starts_with('{')) {
        return last.clone();
    }
    let mut text = String::new();
    if arguments.is_empty() && !input.is_terminal() {
        // What is cut off, or is no text, is no JSON: the event alone is told.
        let _ = input.take(PAYLOAD).read_to_string(&mut text);
    }
    text
}

/// The event. The payload's own word for it is more exact than the one on the command line.
fn event(named: &str, payload: &str) -> Option<HookEvent> {
    let own = HookEvent::parse("", payload).or_else(|_| HookEvent::parse(named, payload));
    own.or_else(|_| HookEvent::parse(named, "")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Seek, Write};

    fn file(text: &[u8]) -> std::fs::File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text).unwrap();
        file.rewind().unwrap();
        file
    }

    #[test]
    fn the_payload_is_the_last_argument_or_standard_input() {
        let args = |list: &[&str]| list.iter().map(|a| (*a).to_owned()).collect::<Vec<_>>();
        assert_eq!(payload(&args(&[r#"{"type":"x"}"#]), file(b"no")), r#"{"type":"x"}"#);
        assert_eq!(payload(&args(&[]), file(b"{\"a\":1}")), "{\"a\":1}");
        assert_eq!(payload(&args(&["later"]), file(b"{}")), "", "an argument that is no JSON means none");
        let long = vec![b'x'; (1 << 20) + 5];
        assert_eq!(payload(&args(&[]), file(&long)).len(), 1 << 20);
        assert_eq!(payload(&args(&[]), file(b"\xff\xfe")), "");
    }

    #[test]
    fn a_payloads_own_event_counts_and_a_broken_payload_still_tells_the_event() {
        let codex = r#"{"type":"agent-turn-complete","cwd":"/w","last-assistant-message":"Done."}"#;
        let seen = event("notify", codex).unwrap();
        assert_eq!((seen.event.as_str(), seen.message.as_str()), ("agent-turn-complete", "Done."));
        assert_eq!(event("agent_end", r#"{"message":"ok"}"#).unwrap().event, "agent_end");
        assert_eq!(event("Stop", "{\"cut off").unwrap().event, "Stop");
        assert_eq!(event("", "").map(|e| e.event), None);
    }
}
