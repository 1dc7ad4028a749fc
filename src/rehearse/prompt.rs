//! What a prompt asks for, read from its plain words as a model would read it: there is no marker.

/// Longest code that is taken for one.
const CODE_MAX: usize = 16;
/// Longest last line of a commit message that is taken from a prompt.
const TRAILER_MAX: usize = 100;

/// What a wrap-up or a refusal says, as far as it says it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Orders {
    /// The commit to squash onto.
    pub base: Option<Base>,
    /// The code that goes with the claim.
    pub code: Option<String>,
    /// The command that builds.
    pub build: Option<String>,
    /// The line to print for a claim by text, without its code.
    pub phrase: Option<String>,
    /// The line a commit message is to end with: `Part of …`.
    pub trailer: Option<String>,
}

/// Where to squash to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// A commit id, whole or short.
    Commit(String),
    /// Where the branch left that other branch.
    MergeBase(String),
}

/// What a prompt asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Request {
    /// Improve something and commit it.
    Work(Orders),
    /// One commit, a build, a claim.
    WrapUp(Orders),
    /// Put right what was found wrong, then claim again.
    Refused(Orders),
    /// Look at this folder of an incident's data, and report what it shows; none: none was given.
    Investigate(Option<String>),
    /// Write the postmortem of an incident and hand it in, or mend the one that was.
    Postmortem,
    /// Do a task of a project and hand over, or go on with it.
    Project,
    /// Do the task of a project that nothing is handed over of, whatever was done for it before.
    Anew,
    /// Know what somebody says who works on a project beside us, or that its plan is another.
    Synced,
    /// Just talk.
    Chat,
}

/// Reads a prompt.
#[must_use]
pub fn understand(text: &str) -> Request {
    let lower = text.to_lowercase();
    // What a prompt is about stands at its head; further down it may quote anything.
    let head = lower.trim_start().split("\n\n").next().unwrap_or_default();
    let orders = Orders {
        base: base(text),
        code: code(text),
        build: build(text),
        phrase: phrase(text),
        trailer: trailer(text),
    };
    if head.contains("incident") && says(text, "orchestra finding ") {
        Request::Investigate(data(text))
    } else if head.contains("postmortem") && says(text, "orchestra incident submit ") {
        Request::Postmortem
    } else if says(text, "orchestra workflow done") {
        if head.contains("nothing that you handed over stands") { Request::Anew } else { Request::Project }
    } else if says(text, "orchestra workflow sync")
        // A plan that changed without a brief leaves nothing to do: the next task comes with a brief of its own.
        || (head.contains("plan of the project") && head.contains("changed"))
    {
        Request::Synced
    } else if head.contains("not ready yet") || head.contains("refused") {
        Request::Refused(orders)
    } else if head.contains("wrap-up") || orders.base.is_some() {
        Request::WrapUp(orders)
    } else if asks_for_work(&lower) {
        Request::Work(orders)
    } else {
        Request::Chat
    }
}

/// Whether a line has these words; one that quotes somebody does not count.
fn says(text: &str, words: &str) -> bool {
    own(text).any(|line| line.contains(words))
}

/// The lines that are the prompt's own.
fn own(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.trim_start().starts_with('>'))
}

/// The first whole path in backquotes on a line that speaks of data.
fn data(text: &str) -> Option<String> {
    let about = own(text).filter(|line| line.to_lowercase().contains("data"));
    about.flat_map(spans).find(|s| s.starts_with('/')).map(str::to_owned)
}

/// `git reset --soft <hex>` or `git reset --soft $(git merge-base <branch> HEAD)`.
fn base(text: &str) -> Option<Base> {
    text.match_indices("git reset --soft ").find_map(|(at, found)| {
        let rest = &text[at + found.len()..];
        if let Some(inner) = rest.strip_prefix("$(git merge-base ") {
            let branch = inner.split_whitespace().next()?;
            return Some(Base::MergeBase(branch.to_owned()));
        }
        let hex: String = rest.chars().take_while(char::is_ascii_hexdigit).collect();
        let ends = rest[hex.len()..].chars().next().is_none_or(|c| !c.is_alphanumeric());
        ((4..=64).contains(&hex.len()) && ends).then_some(Base::Commit(hex))
    })
}

/// The first backquoted word after "code" that looks like a code.
fn code(text: &str) -> Option<String> {
    let fits = |s: &&str| {
        (3..=CODE_MAX).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    text.lines().find_map(|line| {
        // ASCII lower case keeps byte positions, which `to_lowercase` does not.
        let lower = line.to_ascii_lowercase();
        let at = lower.find("your code").or_else(|| lower.find("claim code"))?;
        spans(&line[at..]).into_iter().find(fits).map(str::to_owned)
    })
}

/// The command on a line that speaks of the build: in backquotes, or the whole line.
fn build(text: &str) -> Option<String> {
    let about_build = |line: &&str| line.to_lowercase().contains("build");
    // In backquotes it names the build itself or follows the word: a branch before "builds on" is none.
    let quoted = |line: &str| {
        let at = line.to_lowercase().find("build").filter(|at| line.is_char_boundary(*at)).unwrap_or(0);
        let about = |s: &&str| s.contains("build") || line.find(*s).is_some_and(|i| i > at);
        let run = |s: &&str| !s.starts_with("git ") && !s.starts_with("orchestra ") && *s != "build";
        spans(line).into_iter().filter(run).find(about).map(str::to_owned)
    };
    let whole = |line: &str| {
        let line = line.trim();
        let runners = ["sh ", "make ", "npm ", "pnpm ", "yarn ", "cargo ", "go ", "just ", "python "];
        runners.iter().any(|r| line.starts_with(r)).then(|| line.to_owned())
    };
    let lines = || text.lines().filter(about_build);
    // A sentence or a gate that says so comes before whatever else has the word in it.
    let said = |line: &str| {
        let lower = line.to_lowercase();
        let says = lower.contains("build passes") || lower.trim_start().starts_with("- build: `");
        says.then(|| quoted(line)).flatten()
    };
    lines().find_map(said).or_else(|| lines().find_map(quoted)).or_else(|| lines().find_map(whole))
}

/// The backquoted text that begins as the line of a claim does.
fn phrase(text: &str) -> Option<String> {
    let fits = |s: &&str| s.starts_with("[AGENT] ") && s.len() < 200;
    text.lines().find_map(|line| spans(line).into_iter().find(fits).map(str::to_owned))
}

/// `Part of …` up to the end of its line or a quotation mark, where it opens a line or a quotation.
fn trailer(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let at = line.find("Part of ")?;
        let opens = line[..at].trim().is_empty() || line[..at].ends_with(['"', '`']);
        let said = line[at..].split(['"', '`']).next()?.trim_end();
        let fits = ("Part of ".len() + 1..=TRAILER_MAX).contains(&said.len());
        (opens && fits).then(|| said.to_owned())
    })
}

/// What stands between pairs of backquotes on a line.
fn spans(line: &str) -> Vec<&str> {
    line.split('`').skip(1).step_by(2).filter(|s| !s.trim().is_empty()).collect()
}

fn asks_for_work(lower: &str) -> bool {
    let verbs = [
        "enhance",
        "improve",
        "implement",
        "commit",
        "harden",
        "refactor",
        "fix",
        "add",
        "write",
        "create",
        "update",
        "change",
        "build",
        "continue",
    ];
    let question = lower.trim_end().ends_with('?') && lower.trim().lines().count() == 1;
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    !question && words.any(|w| verbs.contains(&w))
}
