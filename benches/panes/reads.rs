//! What others feel of a program that reads panes over MCP without pause.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use crate::measure::this;
use crate::mux::{Mux, Session};

/// A program that speaks MCP with the session, one call at a time.
struct Caller {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    id: u64,
}

impl Caller {
    fn new(session: &Session) -> Self {
        let mut child = session.piped(&["mcp"]);
        let to = child.stdin.take().expect("its input");
        let from = BufReader::new(child.stdout.take().expect("its output"));
        let mut caller = Self { child, to, from, id: 0 };
        let hello = json!({
            "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}
        });
        caller.ask("initialize", &hello);
        caller.say(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}));
        caller
    }

    fn say(&mut self, message: &Value) {
        writeln!(self.to, "{message}").expect("it reads");
        self.to.flush().expect("it reads");
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.id += 1;
        let id = self.id;
        self.say(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        loop {
            let mut line = String::new();
            assert!(self.from.read_line(&mut line).expect("an answer") > 0, "it went away");
            let answer: Value = serde_json::from_str(&line).expect("JSON");
            if answer["id"] == json!(id) {
                assert!(answer["error"].is_null() && answer["result"]["isError"] != json!(true), "{line}");
                return answer["result"].clone();
            }
        }
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        self.ask("tools/call", &json!({"name": tool, "arguments": arguments}))
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the other program calls: something the server answers itself, and something for which it asks git first.
pub fn others() -> [(&'static str, Value, &'static str); 2] {
    [("history", json!({"limit": 20}), "< 100 ms"), ("list_agents", json!({}), "")]
}

/// What a reader got, and what somebody else waited for meanwhile.
pub struct Found {
    /// Reads a second.
    pub reads: f64,
    /// What somebody else waited for an answer before there were any reads, in milliseconds: p50, p99.
    pub before: [f64; 2],
    /// The same while they went on.
    pub beside: [f64; 2],
}

fn percentiles(mut took: Vec<f64>) -> [f64; 2] {
    took.sort_by(f64::total_cmp);
    let at = |p: f64| took[((took.len() - 1) as f64 * p).round() as usize];
    [at(0.5), at(0.99)]
}

/// Has one program read the panes of eight floods `count` times, each time what is new, while another calls `tool`
/// all the time.
pub fn reads(count: usize, (tool, arguments): (&str, &Value)) -> Found {
    let flood = format!("sleep 2\nexec {} --work flood {{dir}}/gap", this());
    let session = Session::start(Mux::Ours, &vec![flood; 8]);
    std::thread::sleep(std::time::Duration::from_secs(4));
    let ask = |caller: &mut Caller| {
        let began = Instant::now();
        caller.call(tool, arguments);
        began.elapsed().as_secs_f64() * 1000.0
    };
    let mut other = Caller::new(&session);
    let before = percentiles((0..500).map(|_| ask(&mut other)).collect());
    let (done, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut took = Vec::new();
    let rate = std::thread::scope(|scope| {
        let mut reader = Caller::new(&session);
        let (done, over) = (&done, &over);
        let reader = scope.spawn(move || {
            let mut since = [0_u64; 8];
            let began = Instant::now();
            for n in 0..count {
                let seen = reader.call(
                    "read_pane",
                    &json!({"agent": format!("P{}", n % 8), "lines": 200, "since_seq": since[n % 8]}),
                );
                since[n % 8] = seen["structuredContent"]["seq"].as_u64().expect("where it ends");
                done.fetch_add(1, Ordering::Relaxed);
            }
            over.store(true, Ordering::Relaxed);
            count as f64 / began.elapsed().as_secs_f64()
        });
        while !over.load(Ordering::Relaxed) && !reader.is_finished() {
            took.push(ask(&mut other));
        }
        reader.join().expect("the reads")
    });
    assert_eq!(done.into_inner(), count, "not all was read");
    Found { reads: rate, before, beside: percentiles(took) }
}
