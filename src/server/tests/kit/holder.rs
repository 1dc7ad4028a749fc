//! Holders that are threads.

use std::io::Read;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use super::{name, wait_until};
use crate::domain::exit::Exit;
use crate::session::log::{HEADER, Kind, seal};
use crate::wire::frame::{self, Decoder};
use crate::wire::pane::{FromHolder, HolderHello, ToHolder};
use crate::wire::sock;

/// The bytes of one record.
pub fn record(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    bytes.extend_from_slice(payload);
    seal(&mut bytes, kind, 1);
    bytes
}

pub fn output(text: &[u8]) -> Vec<u8> {
    record(Kind::Output, text)
}

/// What a test has a fake holder do.
pub enum Do {
    /// Its pane prints (bytes of the log).
    Log(Vec<u8>),
    /// It says that.
    Say(FromHolder),
    /// It breaks the connection and takes the next.
    Break,
    /// It goes.
    Go,
}

/// A holder that is a thread.
pub struct FakeHolder {
    pub told: mpsc::Receiver<ToHolder>,
    pub orders: mpsc::Sender<Do>,
}

impl FakeHolder {
    pub fn start(path: PathBuf, agent: &str, log: Vec<u8>, exit: Option<Exit>) -> Self {
        let listener = sock::bind(&path).unwrap();
        let (tell, told) = mpsc::channel();
        let (orders, ordered) = mpsc::channel();
        let pane = name(agent);
        std::thread::spawn(move || {
            let mut log = log;
            'connection: loop {
                let Ok((mut stream, _)) = listener.accept() else { return };
                let Ok(Some(first)) = frame::read(&mut stream) else { continue };
                let Ok(Some(ToHolder::Hello { offset })) = ToHolder::decode(&first) else { continue };
                let _ = tell.send(ToHolder::Hello { offset });
                let end = log.len() as u64;
                let start = offset.min(end);
                let hello = HolderHello { pane: pane.clone(), child: 11, holder: 12, start, end, exit };
                let mut say =
                    |m: &FromHolder| std::io::Write::write_all(&mut stream, &m.encode().unwrap()).is_ok();
                say(&FromHolder::Hello(hello));
                let mut sent = start as usize;
                stream.set_nonblocking(true).unwrap();
                let mut decoder = Decoder::default();
                loop {
                    let mut buffer = [0; 65536];
                    match stream.read(&mut buffer) {
                        Ok(0) => continue 'connection,
                        Ok(n) => decoder.push(&buffer[..n]),
                        Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
                        Err(_) => continue 'connection,
                    }
                    for frame in decoder.by_ref() {
                        if let Ok(Some(message)) = ToHolder::decode(&frame.unwrap()) {
                            let _ = tell.send(message);
                        }
                    }
                    stream.set_nonblocking(false).unwrap();
                    for part in log[sent..].chunks(60_000) {
                        let bytes = part.to_vec();
                        let m = FromHolder::Log { begins_segment: sent == 0, offset: sent as u64, bytes };
                        let _ = std::io::Write::write_all(&mut stream, &m.encode().unwrap());
                        sent += part.len();
                    }
                    match ordered.try_recv() {
                        Ok(Do::Log(bytes)) => log.extend(bytes),
                        Ok(Do::Say(m)) => drop(std::io::Write::write_all(&mut stream, &m.encode().unwrap())),
                        Ok(Do::Break) => continue 'connection,
                        Ok(Do::Go) | Err(mpsc::TryRecvError::Disconnected) => return,
                        Err(mpsc::TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(1)),
                    }
                    stream.set_nonblocking(true).unwrap();
                }
            }
        });
        Self { told, orders }
    }

    pub fn prints(&self, text: &[u8]) {
        self.orders.send(Do::Log(output(text))).unwrap();
    }

    /// Waits until it is told to have that size, and has it.
    pub fn takes_size(&self, rows: u16, cols: u16) {
        let what = format!("the pane is to be {rows}×{cols}");
        self.wait_told(&what, |m| *m == ToHolder::Resize { rows, cols });
        self.orders.send(Do::Log(record(Kind::Resize, format!("{cols}x{rows}").as_bytes()))).unwrap();
    }

    /// The next message of interest.
    pub fn wait_told(&self, what: &str, fits: impl Fn(&ToHolder) -> bool) -> ToHolder {
        wait_until(what, || self.told.try_iter().find(|m| fits(m)))
    }
}
