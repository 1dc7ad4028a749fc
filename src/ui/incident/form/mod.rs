//! The form that takes an incident on: the report, the four questions of triage with what the report answers already,
//! a name, and the folder of its data.

mod act;
mod draw;

pub(in crate::ui) use self::act::{answered, click, edit, failed, on_form, open, paste};
pub(in crate::ui) use self::draw::{area, draw};
use crate::domain::command::{Command, Incident};
use crate::domain::incident::triage::{Question, REPORT_MOST, Reference, Routes, Told, Triaged, triage};
use crate::domain::signal::printable;
use crate::ui::composer::Text;

/// The most bytes of a report that is triaged anew with every key; a longer one is once its field is left.
const LIVE: usize = 16 * 1024;
/// The most characters of every other field.
const FIELD_MOST: usize = 1000;

/// Something that is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    Report,
    Answer(Question),
    Name,
    Data,
}

impl Field {
    /// All of them, from above.
    const ALL: [Self; 7] = [
        Self::Report,
        Self::Answer(Question::Symptom),
        Self::Answer(Question::Started),
        Self::Answer(Question::Scope),
        Self::Answer(Question::Priority),
        Self::Name,
        Self::Data,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Answer(Question::Symptom) => "symptom",
            Self::Answer(Question::Started) => "started",
            Self::Answer(Question::Scope) => "scope",
            Self::Answer(Question::Priority) => "priority",
            Self::Name => "name",
            Self::Data => "data",
        }
    }
}

/// What is known of a question without an answer of one's own.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Known {
    /// The report answers it: the answer with its words.
    Answered(String),
    /// It is open: why.
    Open(String),
    /// What was given cannot be used: why.
    Wrong(String),
    /// It is spared: nothing is out of order.
    Spared,
}

/// An incident before it is taken on.
#[derive(Clone, Debug)]
pub(in crate::ui) struct Form {
    fields: [Text; 7],
    at: usize,
    /// Of the four questions.
    known: [Known; 4],
    /// Who would be engaged.
    route: String,
    /// What the session says against it.
    why: String,
    /// It is on its way.
    sent: bool,
}

impl Default for Form {
    fn default() -> Self {
        Self {
            fields: std::array::from_fn(|_| Text::new(Vec::new())),
            at: 0,
            known: std::array::from_fn(|_| Known::Open(String::new())),
            route: String::new(),
            why: String::new(),
            sent: false,
        }
    }
}

impl Form {
    fn field(&self) -> Field {
        Field::ALL.get(self.at).copied().unwrap_or(Field::Report)
    }

    fn text(&self, field: Field) -> String {
        let place = Field::ALL.iter().position(|f| *f == field).unwrap_or(0);
        let text = self.fields.get(place).map(Text::whole).unwrap_or_default();
        if field == Field::Report { text } else { text.trim().to_owned() }
    }

    fn known(&self, question: Question) -> Option<&Known> {
        self.known.get(question as usize)
    }

    fn go(&mut self, to: usize) {
        self.at = to % Field::ALL.len();
    }

    /// Answers of one's own.
    fn told(&self) -> Told {
        let of = |q| Some(self.text(Field::Answer(q))).filter(|t| !t.is_empty());
        Told {
            symptom: of(Question::Symptom),
            started: of(Question::Started),
            scope: of(Question::Scope),
            priority: of(Question::Priority),
        }
    }

    /// Looks anew at what the report and the answers say.
    fn look(&mut self, routes: &Routes, at: i64, utc_offset: i32) {
        let (report, mut told) = (self.text(Field::Report), self.told());
        // As the session does that takes it on.
        let received = Some(Reference { at, offset: utc_offset.into(), exact: true, from: "now".into() });
        let first = triage(&report, &told, received.as_ref(), routes);
        // What is answered is only told where nothing is open: what is gets an answer that is not shown.
        let triaged = match &first {
            Ok(triaged) => Some(triaged.clone()),
            Err(open) => {
                for one in open {
                    let (field, text) = match one.question {
                        Question::Symptom => (&mut told.symptom, "other"),
                        Question::Started => (&mut told.started, "2000-01-01T00:00Z"),
                        Question::Scope => (&mut told.scope, "all services"),
                        Question::Priority => (&mut told.priority, "P3"),
                    };
                    *field = Some(text.to_owned());
                }
                triage(&report, &told, received.as_ref(), routes).ok()
            }
        };
        let open = first.as_ref().err();
        for question in [Question::Symptom, Question::Started, Question::Scope, Question::Priority] {
            let missing = open.and_then(|o| o.iter().find(|o| o.question == question));
            let known = match (missing, triaged.as_ref()) {
                (Some(o), _) if o.wrong => Known::Wrong(printable(&o.why)),
                (Some(o), _) => Known::Open(printable(&o.why)),
                (None, triaged) => {
                    triaged.and_then(|t| answer(t, question)).map_or(Known::Spared, Known::Answered)
                }
            };
            if let Some(place) = self.known.get_mut(question as usize) {
                *place = known;
            }
        }
        self.route = first.as_ref().map_or(String::new(), route);
    }

    /// The first question that keeps it from being taken on.
    fn stuck(&self) -> Option<usize> {
        let is_open = |field: &Field| match field {
            Field::Answer(q) => matches!(self.known(*q), Some(Known::Open(_) | Known::Wrong(_))),
            _ => false,
        };
        Field::ALL.iter().position(is_open)
    }

    /// What takes it on, or what is missing and in which field.
    fn command(&self) -> Result<Command, (usize, String)> {
        let data = self.text(Field::Data);
        let report = self.text(Field::Report);
        if report.len() > REPORT_MOST {
            return Err((0, format!("the report has more than {} KB", REPORT_MOST / 1024)));
        }
        if let Some(place) = self.stuck() {
            let field = Field::ALL.get(place).copied().unwrap_or(Field::Report);
            return Err((place, format!("{} is open: answer it here or in the report", field.word())));
        }
        if !data.is_empty() && !data.starts_with('/') {
            return Err((Field::ALL.len() - 1, "write the folder of the data as an absolute path".into()));
        }
        let name = self.text(Field::Name);
        Ok(Command::Incident(Incident::Open { name, report, told: self.told(), received: None, data }))
    }
}

/// An answer with the words that gave it.
fn answer(t: &Triaged, question: Question) -> Option<String> {
    use super::triage::{given, priority, symptom};
    let text = match question {
        Question::Symptom => Some(given(&t.symptom, symptom(&t.symptom.value))),
        Question::Started => t.started.as_ref().map(|g| given(g, &g.value)),
        Question::Scope => t.scope.as_ref().map(|g| given(g, g.value.to_string())),
        Question::Priority => t.priority.as_ref().map(|g| given(g, priority(g.value))),
    };
    text.map(|t| printable(&t))
}

/// Who would be engaged, and by which rule.
fn route(t: &Triaged) -> String {
    let names: Vec<&str> = t.engaged.iter().map(|e| e.name.as_str()).collect();
    let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
    printable(&format!("{}: engages {names}", t.rules.join(" = ")))
}
