//! An incident: a specialist that reads what it was given with the built-in analyst, and a coordinator that hands in the
//! built-in postmortem. Both by the commands that any agent would use.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::misbehave::Fault;
use super::pace::Pace;
use super::tool::{orchestra, short};
use super::work::{Step, Worker};

/// How long one that is late sits there at speed 1.
const LATE: Duration = Duration::from_secs(60);
/// What a liar hands in beside what it found: no JSON, a kind that nobody knows, a time that has not come yet.
const LIES: [&str; 3] = [
    r#"{"id":"half a finding","#,
    r#"{"id":"lie-1","at":"2026-03-14T02:12:00Z","kind":"moon.full","summary":"it was the moon"}"#,
    r#"{"id":"lie-2","at":"2199-01-01T00:00:00Z","kind":"db.cpu.high","entities":["db/orders"],"summary":"soon"}"#,
];
/// What stands in no finding.
const INVENTED: &str = "About 7421 requests were lost.";

/// The value of a finding's field, as text.
fn field<'a>(finding: &'a Value, name: &str) -> &'a str {
    finding.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The file that a finding was read from.
fn file(finding: &Value) -> String {
    let evidence = finding.pointer("/evidence/0/file").and_then(Value::as_str).unwrap_or_default();
    evidence.rsplit('/').next().unwrap_or_default().to_owned()
}

impl Worker {
    /// How many steps it will take, as far as can be told: for the pace.
    pub(super) fn files_of(data: Option<&str>) -> Vec<String> {
        let entries = data.and_then(|d| std::fs::read_dir(d).ok());
        let named =
            |e: std::fs::DirEntry| e.path().is_file().then(|| e.file_name().to_string_lossy().into_owned());
        let mut files: Vec<String> = entries.into_iter().flatten().flatten().filter_map(named).collect();
        files.sort();
        files
    }

    /// Reads the data, hands in what is found file by file, and says when that is all.
    pub(super) fn investigate(&mut self, data: Option<&str>, files: &[String], pace: &mut Pace) -> Step {
        let Some(data) = data else {
            self.say("● There is no folder of data, and I can look at nothing else.");
            return self.report("no folder of data was given", pace);
        };
        self.talk_and_ask(&format!("Read files in {data}"))?;
        self.step(&format!("Looking at {data}"), pace)?;
        self.hindrances(pace)?;
        let agent = self.settings.agent.clone();
        let ran = orchestra(&["incident", "analyse", data, "--only", &agent, "--json"], "")?;
        let mut found: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        // Where it failed, its one line says why and is no finding.
        let lines = ran.out.lines().filter(|_| ran.good);
        for finding in lines.filter_map(|l| serde_json::from_str::<Value>(l).ok()) {
            found.entry(file(&finding)).or_default().push(finding);
        }
        let count: usize = found.values().map(Vec::len).sum();
        let notes: Vec<(String, String)> = ran
            .said()
            .filter(|l| !l.starts_with("failed to "))
            .filter_map(|l| l.split_once(": ").map(|(file, why)| (short(file), short(why))))
            .collect();
        let trouble: Vec<String> = ran.said().filter(|l| l.starts_with("failed to ")).map(short).collect();
        let elsewhere: Vec<String> = found.keys().filter(|f| !files.contains(f)).cloned().collect();
        for name in files.iter().chain(&elsewhere) {
            self.step(&format!("Reading {name}"), pace)?;
            let own = |file: &str| Path::new(file).file_name().is_some_and(|f| *f == **name);
            for (file, why) in notes.iter().filter(|(file, _)| own(file)) {
                self.cannot_use(file, why)?;
            }
            let Some(findings) = found.get(name) else {
                self.say("  ⎿ nothing stands out");
                continue;
            };
            for finding in findings {
                let (at, kind, summary) =
                    (field(finding, "at"), field(finding, "kind"), field(finding, "summary"));
                self.say(&format!("  ⎿ {at} {kind}: {summary}"));
            }
            self.hand_in_findings(findings)?;
        }
        for (file, why) in
            notes.iter().filter(|(file, _)| !files.iter().any(|f| Path::new(file).ends_with(f)))
        {
            self.cannot_use(file, why)?;
        }
        if self.once(Fault::Late) {
            self.say("● One more look, to be sure.");
            self.wait(LATE.div_f64(self.settings.speed))?;
        }
        let note = match trouble.first() {
            Some(why) => why.clone(),
            None => format!("read {}, found {count}", files.join(", ")),
        };
        self.report(&note, pace)
    }

    fn hand_in_findings(&mut self, findings: &[Value]) -> Step {
        if self.settings.faults.contains(&Fault::SilentSpecialist)
            || self.settings.faults.contains(&Fault::Late)
        {
            return Ok(());
        }
        let mut lines: Vec<String> = findings.iter().map(Value::to_string).collect();
        if self.once(Fault::Liar) {
            lines.extend(LIES.map(str::to_owned));
        }
        let ran = orchestra(&["finding", "--file", "-"], &lines.join("\n"))?;
        self.say(&format!("  ⎿ handed in: {}", short(ran.out.lines().next().unwrap_or(ran.first()))));
        for problem in ran.out.lines().skip(1) {
            self.say(&format!("    {}", short(problem)));
        }
        Ok(())
    }

    fn cannot_use(&mut self, file: &str, why: &str) -> Step {
        self.say(&format!("  ⎿ {file} cannot be used: {why}"));
        if self.settings.faults.contains(&Fault::SilentSpecialist) {
            return Ok(());
        }
        let ran = orchestra(&["finding", "--cannot-use", file, "--why", why], "")?;
        if !ran.good {
            self.say(&format!("    {}", short(ran.first())));
        }
        Ok(())
    }

    /// Says that this is all.
    fn report(&mut self, note: &str, pace: &mut Pace) -> Step {
        if self.settings.faults.contains(&Fault::SilentSpecialist) {
            self.say("● Hm.");
            return Ok(());
        }
        self.step("Reporting", pace)?;
        let ran = orchestra(&["finding", "--done", "--note", note], "")?;
        self.say(&format!("  ⎿ {}", short(ran.first())));
        Ok(())
    }

    /// Has the postmortem written and hands it in; the first time with what was asked for to be wrong.
    pub(super) fn write_up(&mut self, pace: &mut Pace) -> Step {
        self.step("Weighing the findings", pace)?;
        let ran = orchestra(&["incident", "postmortem"], "")?;
        if !ran.good {
            return Err(format!("there is no postmortem to begin with: {}", ran.first()).into());
        }
        let mut text = ran.out;
        self.step("Writing the postmortem", pace)?;
        for heading in text.lines().filter(|l| l.starts_with('#')) {
            self.say(&format!("  ⎿ {heading}"));
        }
        if self.once(Fault::WrongNumber) {
            text = invent(&text);
        }
        self.step("Handing it in", pace)?;
        let ran = orchestra(&["incident", "submit", "-"], &text)?;
        self.say(&format!("  ⎿ {}", short(ran.first())));
        Ok(())
    }
}

/// The same text with a sentence that no finding bears out, below its first heading of a section.
fn invent(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = lines.iter().position(|l| l.starts_with("## ")).unwrap_or(lines.len());
    lines.splice(at..at, [INVENTED, ""]);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invented_sentence_stands_before_the_first_section() {
        assert_eq!(invent("# T\n\nx\n\n## A\ny"), format!("# T\n\nx\n\n{INVENTED}\n\n## A\ny"));
        assert_eq!(invent("x"), format!("x\n{INVENTED}\n"));
    }
}
