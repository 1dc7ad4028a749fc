//! Which profile the orchestrator's program has, and what it is started with.

use super::Profile;
use crate::domain::team::Config;

impl Profile {
    /// Whether what it starts is a shell, which would run a prompt as commands.
    #[must_use]
    pub fn is_shell(&self) -> bool {
        self.foreground_idle || self.argv.first().is_some_and(|a| a.starts_with("{shell"))
    }

    /// The profile as a person wants it: `written` is a profile's or a program's name, or a program's file, and
    /// further arguments, which follow the profile's own.
    #[must_use]
    pub fn written(&self, written: &[String]) -> Self {
        let mut own = self.clone();
        let Some((program, more)) = written.split_first() else { return own };
        if let Some(first) = own.argv.first_mut().filter(|_| program.contains('/')) {
            first.clone_from(program);
        }
        own.argv.extend(more.iter().cloned());
        own
    }
}

impl Config {
    /// The profile of the orchestrator's program: the one that is called so, else one that starts a program of that
    /// name; none where the pane is the user's shell, or no profile knows the program.
    #[must_use]
    pub fn conductor(&self) -> Option<&Profile> {
        let written = self.orchestrator.first()?;
        let file = written.rsplit('/').next().unwrap_or_default();
        let starts = |p: &Profile| p.argv.first().is_some_and(|a| a == file || a == written);
        let named = self.profiles.get(file).filter(|p| !written.contains('/') || starts(p));
        named.or_else(|| self.profiles.values().find(|p| starts(p)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(profiles: &[(&str, &str)], written: &[&str]) -> Config {
        let profile = |(name, argv): &(&str, &str)| {
            let text = format!("name = \"{name}\"\ntitle = \"T\"\nargv = {argv}\n");
            ((*name).to_owned(), toml::from_str(&text).unwrap())
        };
        Config {
            profiles: profiles.iter().map(profile).collect(),
            orchestrator: written.iter().map(|w| (*w).to_owned()).collect(),
            ..Config::bare("s", vec![])
        }
    }

    #[test]
    fn a_profile_is_found_by_its_name_or_its_program() {
        let all = [
            ("codex", "[\"codex\", \"--a\"]"),
            ("codex-plain", "[\"codex\"]"),
            ("mine", "[\"my-agent\"]"),
            ("own", "[\"{orchestra}\"]"),
            ("placed", "[\"/opt/placed\"]"),
        ];
        let table = [
            ("codex", Some("codex")),
            ("codex-plain", Some("codex-plain")),
            ("/usr/bin/codex", Some("codex")),
            ("my-agent", Some("mine")),
            ("./bin/my-agent", Some("mine")),
            ("own", Some("own")),
            ("/opt/placed", Some("placed")),
            ("/opt/own", None),
            ("bash", None),
        ];
        for (written, want) in table {
            let config = config(&all, &[written, "-x"]);
            assert_eq!(config.conductor().map(|p| p.name.as_str()), want, "{written}");
        }
        assert_eq!(config(&all, &[]).conductor(), None);
    }

    #[test]
    fn what_is_written_follows_the_profiles_own_arguments() {
        let argv = |written: &[&str]| {
            let config = config(&[("codex", "[\"codex\", \"--a\"]")], written);
            config.conductor().unwrap().written(&config.orchestrator).argv
        };
        assert_eq!(argv(&["codex"]), ["codex", "--a"]);
        assert_eq!(argv(&["codex", "-m", "x"]), ["codex", "--a", "-m", "x"]);
        assert_eq!(argv(&["/opt/codex", "-m"]), ["/opt/codex", "--a", "-m"]);
    }

    #[test]
    fn shells_are_known() {
        let is = |more: &str| {
            let text = format!("name = \"p\"\ntitle = \"P\"\n{more}");
            toml::from_str::<Profile>(&text).unwrap().is_shell()
        };
        assert!(is("argv = [\"{shell}\"]") && is("argv = [\"fish\"]\nforeground_idle = true"));
        assert!(!is("argv = [\"codex\"]"));
    }
}
