//! Gates and how they are run.

use std::collections::BTreeSet;

use super::super::doc::Doc;
use super::super::doc::Step::{At, Key};
use super::super::error::Error;
use super::super::names;
use super::super::raw::{Raw, Verify as RawVerify};
use super::twice;
use crate::domain::gates::{Gate, OUTPUT_MIB, Verify};

/// Seconds a gate may take when it does not say.
const TIMEOUT: i64 = 600;
/// The most seconds a gate may ask for: a day.
const TIMEOUT_MOST: i64 = 86_400;
/// The most MiB of output that are kept: a record is read whole by people and tools.
const OUTPUT_MOST: i64 = 1024;
/// The most times a red gate is run again.
const RETRIES_MOST: i64 = 5;
/// The most commits tested at one time.
const PARALLEL_MOST: i64 = 16;

/// Checks the gates.
pub(super) fn check(doc: &Doc<'_>, raw: &Raw) -> Result<Vec<Gate>, Error> {
    let mut seen = BTreeSet::new();
    let mut gates = Vec::new();
    for (index, gate) in raw.gates.iter().enumerate() {
        let at = |key| [Key("gate"), At(index), Key(key)];
        names::word(&gate.name).map_err(|what| doc.wrong(&at("name"), what))?;
        if !seen.insert(gate.name.as_str()) {
            return Err(doc.wrong(&at("name"), twice("gate", &gate.name)));
        }
        let Some(run) = &gate.run else {
            let what = format!("the gate `{}` has no command; add `run = \"…\"`", gate.name);
            return Err(doc.wrong(&[Key("gate"), At(index)], what));
        };
        names::command(run).map_err(|what| doc.wrong(&at("run"), what))?;
        names::path_below(&gate.dir).map_err(|what| doc.wrong(&at("dir"), what))?;
        for (inner, name) in gate.env.iter().enumerate() {
            let path = [Key("gate"), At(index), Key("env"), At(inner)];
            if name.starts_with("ORCHESTRA_") {
                let what = format!("`{name}` is not handed on: what names a session or pane is no gate's");
                return Err(doc.wrong(&path, what));
            }
            names::variable(name).map_err(|what| doc.wrong(&path, what))?;
        }
        let number = |key, given: Option<i64>, default, least, most, unit: &str| {
            let given = given.unwrap_or(default);
            if (least..=most).contains(&given) {
                return Ok(given.unsigned_abs());
            }
            Err(doc.wrong(&at(key), format!("expected {least} to {most}{unit}, found {given}")))
        };
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let default = i64::from(OUTPUT_MIB);
        gates.push(Gate {
            name: gate.name.clone(),
            run: run.clone(),
            timeout: number("timeout", gate.timeout, TIMEOUT, 1, TIMEOUT_MOST, " seconds")?,
            dir: gate.dir.clone(),
            ready: gate.ready.unwrap_or(gate.name == "build"),
            env: gate.env.clone(),
            output: small(number("output", gate.output, default, 1, OUTPUT_MOST, " MiB")?),
            retries: small(number("retries", gate.retries, 0, 0, RETRIES_MOST, " retries")?),
        });
    }
    Ok(gates)
}

/// Checks how gates are run.
pub(super) fn verify(doc: &Doc<'_>, raw: &RawVerify) -> Result<Verify, Error> {
    let baseline = raw.baseline;
    match raw.parallel {
        None => Ok(Verify { parallel: 0, baseline }),
        Some(n) if (1..=PARALLEL_MOST).contains(&n) => {
            Ok(Verify { parallel: u16::try_from(n).unwrap_or(1), baseline })
        }
        Some(n) => {
            let what = format!("expected 1 to {PARALLEL_MOST} commits at one time, found {n}");
            Err(doc.wrong(&[Key("verify"), Key("parallel")], what))
        }
    }
}
