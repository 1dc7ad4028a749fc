//! The faults a rehearsal can be asked to have.

use std::collections::BTreeSet;

/// One fault.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Fault {
    /// Forgets to squash at its first wrap-up.
    NoSquash,
    /// Leaves open changes at its first wrap-up.
    Dirty,
    /// Talks about the ready phrase before it does any work.
    Quotes,
    /// Asks for permission before its first step. `1`, `y` or Enter allow, `2` or `n` refuse, Ctrl-C
    /// ends the task; an Enter within 300 ms after the question appeared is none (type-ahead).
    Asks,
    /// Reaches a usage limit in its first task.
    Limit,
    /// Loses the first Enter after a paste, and every Enter within 200 ms of one.
    SwallowEnter,
    /// Shows nothing for ten seconds (÷ speed) while it works.
    Silent,
    /// Prints 20 MB while it works.
    Flood,
    /// Ends with status 3 in the middle of its first task.
    Crash,
    /// Ignores HUP and TERM, and the loss of its terminal.
    IgnoreHup,
    /// Leaves a process in a session of its own, holding the terminal open.
    SetsidChild,
    /// Stays blank for five seconds (÷ speed) after its start.
    SlowStart,
    /// Claims by printing the line though the command would work.
    ByText,
    /// In an incident: looks, and never reports.
    SilentSpecialist,
    /// In an incident: hands in nothing, and reports a minute (÷ speed) after it is through.
    Late,
    /// In an incident: hands in what is no finding beside those it has.
    Liar,
    /// In an incident: invents a number in its first postmortem.
    WrongNumber,
    /// In a project: writes its name into the first line of a file that others with this fault write into, too.
    Conflict,
    /// In a project: takes more than twice as long as is planned.
    Slow,
    /// In a project: wants the work that it judges done again, once.
    Picky,
    /// In a project: forgets the last of what it is to hand over, the first time.
    NoHandover,
    /// In a project: is blocked in the middle of its first task, for as long as that is planned to take.
    Blocked,
}

const WORDS: [(&str, Fault); 22] = [
    ("no-squash", Fault::NoSquash),
    ("dirty", Fault::Dirty),
    ("quotes", Fault::Quotes),
    ("asks", Fault::Asks),
    ("limit", Fault::Limit),
    ("swallow-enter", Fault::SwallowEnter),
    ("silent", Fault::Silent),
    ("flood", Fault::Flood),
    ("crash", Fault::Crash),
    ("ignore-hup", Fault::IgnoreHup),
    ("setsid-child", Fault::SetsidChild),
    ("slow-start", Fault::SlowStart),
    ("by-text", Fault::ByText),
    ("silent-specialist", Fault::SilentSpecialist),
    ("late", Fault::Late),
    ("liar", Fault::Liar),
    ("wrong-number", Fault::WrongNumber),
    ("conflict", Fault::Conflict),
    ("slow", Fault::Slow),
    ("picky", Fault::Picky),
    ("no-handover", Fault::NoHandover),
    ("blocked", Fault::Blocked),
];

/// Reads `NET=asks,SEC=no-squash+quotes,silent`: entries with a name are for that agent alone
/// (any case), entries without one are for everybody. Returns the faults of `agent`.
///
/// # Errors
/// With a sentence for the user, when a word is no fault.
pub fn parse(list: &str, agent: &str) -> Result<BTreeSet<Fault>, String> {
    let mut found = BTreeSet::new();
    for entry in list.split(',').map(str::trim).filter(|e| !e.is_empty()) {
        let (whose, words) = entry.split_once('=').unwrap_or((agent, entry));
        for word in words.split('+').map(str::trim) {
            let fault = WORDS.iter().find(|(w, _)| *w == word).map(|(_, f)| *f).ok_or_else(|| {
                let known: Vec<&str> = WORDS.iter().map(|(w, _)| *w).collect();
                format!("`{word}` is no misbehaviour; use one of {}", known.join(", "))
            })?;
            if whose.trim().eq_ignore_ascii_case(agent) {
                found.insert(fault);
            }
        }
    }
    Ok(found)
}
