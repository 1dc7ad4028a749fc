//! What is masked in the record of a session.

use std::collections::BTreeMap;

use super::run::Server;
use super::tokens::Tokens;
use crate::domain::mask::{Secrets, VALUE_LEAST};
use crate::domain::team::Config;

/// The variables this process was started with. What is not UTF-8 cannot be handed on in an order, which is JSON.
pub(super) fn environment() -> BTreeMap<String, String> {
    std::env::vars_os().filter_map(|(n, v)| Some((n.into_string().ok()?, v.into_string().ok()?))).collect()
}

/// The shapes of the review's rules, the declared variables as this server has them, and the panes' tokens.
pub(super) fn of_session(config: &Config, tokens: &Tokens) -> Secrets {
    let mut secrets = Secrets::of_rules(&config.review.secrets);
    secrets.values.extend(tokens.all().cloned());
    secrets.add(&config.record.secrets, &[&environment()]);
    secrets
}

impl Server {
    /// As [`of_session`], with the declared variables as a pane has them.
    pub(super) fn secrets_of(&self, pane: &BTreeMap<String, String>) -> Secrets {
        let mut secrets = self.secrets.clone();
        secrets.add(&self.file.config.record.secrets, &[pane]);
        secrets
    }

    /// Says of which declared variables the values are too short to be masked.
    pub(super) fn tell_short_secrets(&mut self) {
        let names = &self.file.config.record.secrets;
        let mut short = Secrets::default().add(names, &[&environment()]);
        for agent in &self.state.agents {
            let env = self.environment(agent);
            short.extend(Secrets::default().add(names, &[&env]));
        }
        short.sort();
        short.dedup();
        if !short.is_empty() {
            let names = short.join(", ");
            self.note(format!(
                "not masked in the record, as less than {VALUE_LEAST} bytes long: the value of {names}"
            ));
        }
    }
}
