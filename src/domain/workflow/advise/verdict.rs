//! Whether an orchestra is needed, and what comes next.

use super::answer::{Chosen, Fitting, Touched, Use};
use super::guide::Guide;
use crate::domain::workflow::catalogue::{CLOUD, COORDINATOR, Catalogue, Domain};

/// A conclusion, with its reasons.
pub(super) struct Judged {
    pub verdict: Use,
    pub why: Vec<String>,
}

/// Says of each domain for which the catalogue has nobody who is nearest, and whether there is one that nobody covers.
pub(super) fn gaps(domains: &mut [Touched], clouds: &[String], catalogue: &Catalogue) -> bool {
    let mut gap = false;
    for touched in domains.iter_mut() {
        if catalogue.all().iter().any(|s| s.domain == touched.name) {
            continue;
        }
        let nearest: Vec<String> =
            clouds.iter().filter_map(|c| catalogue.get(c)).map(|s| s.shown()).collect();
        let nearest = if nearest.is_empty() {
            "the specialist of the provider that is used".to_owned()
        } else {
            nearest.join(", ")
        };
        touched.gap = format!(
            "the catalogue has no specialist for {}: nearest is {nearest}; or add one in catalogue/NAME.toml",
            touched.name
        );
        gap = true;
    }
    gap
}

/// Whether an orchestra is needed.
pub(super) fn verdict(
    chosen: &[Chosen],
    pattern: Option<&Fitting>,
    domains: &[Touched],
    open: bool,
) -> Judged {
    let working: Vec<&Chosen> = chosen.iter().filter(|c| c.name != COORDINATOR).collect();
    let mut why = Vec::new();
    if let Some(fits) = pattern {
        why.push(format!("the pattern {} fits: {}", fits.name, fits.why));
    }
    if chosen.len() > 1 {
        let names: Vec<&str> = chosen.iter().map(|c| c.shown.as_str()).collect();
        why.push(format!("several specialists have to be coordinated: {}", names.join(", ")));
    }
    if chosen.len() > 1 && domains.len() > 1 {
        let names: Vec<&str> = domains.iter().map(|d| d.name.word()).collect();
        why.push(format!("several domains are involved: {}", names.join(", ")));
    }
    if pattern.is_some() || chosen.len() > 1 {
        return Judged { verdict: Use::Orchestra, why };
    }
    match (working.first().or(chosen.first().as_ref()), domains.is_empty()) {
        (Some(one), _) => {
            why.push(format!("one specialist is needed, {}: use it directly", one.shown));
            why.push("nothing has to be handed from one to another".to_owned());
            if open && one.domain != Domain::Cloud {
                why.push("which provider it is may bring another".to_owned());
            }
            Judged { verdict: Use::Direct, why }
        }
        (None, false) => {
            let names: Vec<&str> = domains.iter().map(|d| d.name.word()).collect();
            why.push(format!(
                "it is about {}, and no word of it names whom it needs: answer the questions first",
                names.join(", ")
            ));
            Judged { verdict: Use::Unclear, why }
        }
        (None, true) => {
            why.push("no word of the request belongs to a specialist, a domain or a pattern".to_owned());
            Judged { verdict: Use::Nothing, why }
        }
    }
}

/// The command that goes on from here.
pub(super) fn next(
    judged: &Judged,
    chosen: &[Chosen],
    pattern: Option<&Fitting>,
    clouds: &[String],
    out: &[String],
    guide: &Guide,
) -> String {
    match (judged.verdict, pattern, chosen.first()) {
        (Use::Orchestra, Some(fits), _) => {
            let known = guide.patterns.iter().find(|p| p.name == fits.name);
            let in_it = |name: &&String| known.is_some_and(|k| k.specialists.contains(name));
            let mut line = format!("orchestra workflow plan {}", fits.name);
            clouds.iter().for_each(|c| line.push_str(&format!(" --provider {c}")));
            if clouds.is_empty() && known.is_some_and(|k| k.specialists.iter().any(|s| s == CLOUD)) {
                line.push_str(" --provider PROVIDER");
            }
            out.iter().filter(in_it).for_each(|name| line.push_str(&format!(" --without {name}")));
            line
        }
        (Use::Direct, _, Some(one)) => format!("orchestra send {} --text \"…\"", one.shown),
        _ => String::new(),
    }
}
