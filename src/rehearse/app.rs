//! The loop: keys and news in, bytes out. Nothing wakes it while the agent is idle.

use std::collections::{BTreeSet, VecDeque};
use std::io::{self, Write};
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::time::{Duration, Instant};

use rustix::termios::{QueueSelector, tcflush};

use super::keys::{Key, Keys};
use super::ledger::Ledger;
use super::misbehave::Fault;
use super::prompt::Orders;
use super::question::answer;
use super::seed::Dice;
use super::term::{Term, ignore_hangup};
use super::view::{Mode, View};
use super::work::{Control, News, Settings, Worker};

const FRAME: Duration = Duration::from_millis(100);
/// An Enter this soon after a paste is lost by programs that lose any.
const TOO_SOON: Duration = Duration::from_millis(200);
/// Most text a draft holds.
const DRAFT_MAX: usize = 4 << 20;
/// Most prompts that wait for the present one to end.
const QUEUE_MAX: usize = 32;

struct App {
    view: View,
    keys: Keys,
    faults: BTreeSet<Fault>,
    control: Sender<Control>,
    news: Receiver<News>,
    queue: VecDeque<String>,
    busy: bool,
    pasted: Option<Instant>,
    /// When the present or last question appeared.
    asked: Instant,
    lose_next: bool,
    leaving: bool,
    spin: Option<Instant>,
    end: Option<u8>,
    agent: String,
    ledger: Ledger,
}

/// Runs until the user leaves, the terminal is gone, or a crash was asked for.
pub(super) fn run(settings: Settings) -> io::Result<ExitCode> {
    let faults = settings.faults.clone();
    if faults.contains(&Fault::IgnoreHup) {
        ignore_hangup()?;
    }
    let (mut term, waker) = Term::open()?;
    if faults.contains(&Fault::SetsidChild) {
        // It keeps the terminal's descriptors, which is what makes such children a nuisance.
        Command::new("setsid").args(["sleep", "600"]).stdin(Stdio::null()).spawn()?;
    }
    let mut dice = Dice::new(settings.seed, &[&settings.agent, "start"]);
    let start = match faults.contains(&Fault::SlowStart) {
        true => 5000,
        false => dice.between(50, 200),
    };
    std::thread::sleep(Duration::from_millis(start as u64).div_f64(settings.speed));
    // What was typed before the prompt box stood there is lost, as in real programs.
    tcflush(io::stdin(), QueueSelector::IFlush)?;

    let (control, jobs) = channel();
    let (tell, news) = sync_channel(64);
    let mut app = App::new(&settings, control, news);
    let worker = Worker {
        settings,
        news: tell,
        control: jobs,
        waker,
        past: BTreeSet::new(),
        known: Orders::default(),
        handed: super::handed::Handed::default(),
    };
    std::thread::spawn(move || worker.run());

    let ended = app.serve(&mut term);
    if ended.is_err() && app.faults.contains(&Fault::IgnoreHup) {
        // Its terminal is gone and it does not care.
        loop {
            std::thread::park();
        }
    }
    // A terminal that went away is a reason to end, not a failure to report to nobody.
    Ok(ExitCode::from(ended.unwrap_or(1)))
}

impl App {
    fn new(settings: &Settings, control: Sender<Control>, news: Receiver<News>) -> Self {
        let mut view = View::new(&settings.agent, Term::size());
        view.say(&format!("rehearsal · {} · seed {}", settings.agent, settings.seed));
        view.say("A pretended agent: it edits and commits, but understands next to nothing.");
        Self {
            view,
            keys: Keys::new(),
            faults: settings.faults.clone(),
            control,
            news,
            queue: VecDeque::new(),
            busy: false,
            pasted: None,
            asked: Instant::now(),
            lose_next: false,
            leaving: false,
            spin: None,
            end: None,
            agent: settings.agent.clone(),
            ledger: Ledger::from_env(),
        }
    }

    fn serve(&mut self, term: &mut Term) -> io::Result<u8> {
        put(b"\x1b[?1004h\x1b]133;A\x07")?;
        self.flush()?;
        put(b"\x1b[?2004h\x1b]133;B\x07")?;
        loop {
            let limit = self.spin.map(|at| at.saturating_duration_since(Instant::now()));
            let ready = term.wait(limit)?;
            if ready.gone {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            self.view.resize(Term::size());
            while let Ok(news) = self.news.try_recv() {
                self.news(news)?;
                if let Some(status) = self.end {
                    return Ok(status);
                }
            }
            for key in self.keys.feed(&ready.input) {
                self.key(key)?;
            }
            if let Some(status) = self.end {
                put(&self.view.leave("Bye."))?;
                put(b"\x1b[?2004l\x1b[?1004l\x1b]0;\x07")?;
                return Ok(status);
            }
            if self.spin.is_some_and(|at| at <= Instant::now()) {
                self.view.tick();
                self.spin = Some(Instant::now() + FRAME);
            }
            self.flush()?;
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        put(&self.view.flush())
    }

    fn news(&mut self, news: News) -> io::Result<()> {
        match news {
            News::Status(what) => self.working(&what),
            News::Say(text) => self.view.say(&text),
            News::Raw(bytes) => {
                self.view.raw(&bytes);
                self.flush()?;
            }
            News::Hush => {
                self.flush()?;
                put(b"\x1b]9;4;0\x07")?;
                put(&self.view.forget_title())?;
                self.view.mute = true;
                self.spin = None;
            }
            News::Speak => {
                self.view.mute = false;
                self.view.touch();
                put(b"\x1b]9;4;3\x07")?;
                self.working("Thinking");
            }
            News::Ask(what) => {
                self.view.mode = Mode::Asking(what);
                self.still()?;
                self.asked = Instant::now();
                put(b"\x1b]9;4;4\x07")?;
            }
            News::Limit(text) => {
                self.view.mode = Mode::Limited(text);
                self.still()?;
                put(b"\x1b]9;4;0\x07")?;
            }
            News::Crash(last) => {
                put(&self.view.leave(&last))?;
                self.end = Some(3);
            }
            News::Done => self.done()?,
        }
        Ok(())
    }

    fn working(&mut self, what: &str) {
        self.view.mode = Mode::Working(what.to_owned());
        self.view.touch();
        if !self.view.mute && self.spin.is_none() {
            self.spin = Some(Instant::now() + FRAME);
        }
    }

    /// Shows the present mode and stops the spinner.
    fn still(&mut self) -> io::Result<()> {
        self.spin = None;
        self.view.touch();
        self.flush()
    }

    fn done(&mut self) -> io::Result<()> {
        self.busy = false;
        self.view.mute = false;
        self.view.mode = Mode::Idle;
        self.view.hint.clear();
        self.still()?;
        put(b"\x1b]9;4;0\x07\x1b]133;D;0\x07\x1b]133;A\x07")?;
        match self.queue.pop_front() {
            Some(text) => self.begin(&text),
            None => Ok(()),
        }
    }

    fn begin(&mut self, text: &str) -> io::Result<()> {
        self.busy = true;
        self.ledger.enter(&self.agent, text)?;
        self.view.echo(text);
        self.working("Thinking");
        self.flush()?;
        put(b"\x1b]133;C\x07\x1b]9;4;3\x07")?;
        self.send(Control::Job(text.to_owned()))
    }

    fn key(&mut self, key: Key) -> io::Result<()> {
        if key != Key::CtrlC && self.leaving {
            self.leaving = false;
            self.view.hint.clear();
        }
        self.view.touch();
        match key {
            Key::CtrlC => self.interrupt(),
            Key::CtrlD if self.view.draft.is_empty() && !self.busy => {
                self.end = Some(0);
                Ok(())
            }
            _ if matches!(self.view.mode, Mode::Asking(_)) => self.answer(&key),
            Key::Enter => self.enter(),
            Key::Paste(text) => {
                self.pasted = Some(Instant::now());
                self.lose_next = true;
                self.insert(&text);
                Ok(())
            }
            Key::Char(c) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
                Ok(())
            }
            Key::Newline => {
                self.insert("\n");
                Ok(())
            }
            Key::Backspace => {
                self.view.draft.pop();
                Ok(())
            }
            Key::CtrlD => Ok(()),
        }
    }

    fn insert(&mut self, text: &str) {
        if self.view.draft.len() + text.len() <= DRAFT_MAX {
            self.view.draft.push_str(text);
        }
    }

    fn enter(&mut self) -> io::Result<()> {
        if self.faults.contains(&Fault::SwallowEnter) {
            let soon = self.pasted.is_some_and(|at| at.elapsed() < TOO_SOON);
            if std::mem::take(&mut self.lose_next) || soon {
                return Ok(());
            }
        }
        let text = std::mem::take(&mut self.view.draft);
        if matches!(self.view.mode, Mode::Limited(_)) {
            if !text.trim().is_empty() {
                self.view.echo(text.trim());
            }
            put(b"\x1b]9;4;3\x07")?;
            self.working("Thinking");
            return self.send(Control::Go);
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        if !self.busy {
            return self.begin(text.trim_end());
        }
        if self.queue.len() < QUEUE_MAX {
            self.queue.push_back(text.trim_end().to_owned());
            self.view.hint = format!("{} waiting", self.queue.len());
        } else {
            self.view.draft = text;
        }
        Ok(())
    }

    fn answer(&mut self, key: &Key) -> io::Result<()> {
        let Some(answer) = answer(key, self.asked, Instant::now()) else { return Ok(()) };
        put(b"\x1b]9;4;3\x07")?;
        self.working("Thinking");
        self.send(Control::Answer(answer))
    }

    fn interrupt(&mut self) -> io::Result<()> {
        if self.busy {
            return self.send(Control::Stop);
        }
        if !self.view.draft.is_empty() {
            self.view.draft.clear();
        } else if self.leaving {
            self.end = Some(0);
        } else {
            self.leaving = true;
            self.view.hint = "ctrl-c once more leaves".to_owned();
        }
        Ok(())
    }

    fn send(&self, control: Control) -> io::Result<()> {
        self.control.send(control).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Writes to the terminal at once.
fn put(bytes: &[u8]) -> io::Result<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let mut out = io::stdout().lock();
    out.write_all(bytes)?;
    out.flush()
}
