//! Links that a pane may show to people.

/// The schemes that are let through. Others may start something where a person only wanted to read.
const SCHEMES: [&str; 4] = ["http://", "https://", "file://", "mailto:"];
/// Longest link, in bytes.
pub const LINK_MAX: usize = 1024;

/// Whether a link may be shown: of a scheme that is let through, at most [`LINK_MAX`] bytes, of printing ASCII
/// characters alone, as links are written.
#[must_use]
pub fn may_show(link: &[u8]) -> bool {
    let begins = |scheme: &&str| {
        link.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    link.len() <= LINK_MAX && link.iter().all(u8::is_ascii_graphic) && SCHEMES.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_person_may_follow_is_shown() {
        for good in ["https://example.org/a?b=c;d#e", "HTTP://x", "mailto:a@b.c", "file:///tmp/a%20b"] {
            assert!(may_show(good.as_bytes()), "{good}");
        }
        for bad in
            ["javascript:alert(1)", "ssh://host", "", "x", "https://a b", "https://a\u{1b}]52;c;x", "http"]
        {
            assert!(!may_show(bad.as_bytes()), "{bad}");
        }
        assert!(!may_show(format!("https://{}", "a".repeat(LINK_MAX)).as_bytes()));
        assert!(!may_show("https://é".as_bytes()));
    }
}
