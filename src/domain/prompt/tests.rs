use super::*;

fn prompts(all: &[(&str, &str)]) -> BTreeMap<String, String> {
    all.iter().map(|(n, t)| ((*n).to_owned(), (*t).to_owned())).collect()
}

/// What rendering `p` among `all` gives, for the full example.
fn got(all: &[(&str, &str)]) -> String {
    render(&prompts(all), "p", &example::full()).unwrap_or_else(|e| e.to_string())
}

#[test]
fn an_unknown_variable_is_an_error_with_its_line_and_the_nearest_name() {
    let error = |text: &str| got(&[("p", text)]);
    assert_eq!(got(&[("p", "hello {{ agent }}\n")]), "hello SEC");
    assert_eq!(
        error("one\n{{ agnet }}"),
        "render prompt `p`: line 2: there is no variable `agnet`; did you mean `agent`?"
    );
    let nested = error("{{ work.aheda }}");
    assert!(nested.ends_with("there is no variable `work.aheda`; did you mean `work.ahead`?"), "{nested}");
    let looped = error("{% for c in work.commits %}\n{{ c.subjct }}\n{% endfor %}");
    assert!(looped.contains("line 2") && looped.contains("c.subjct"), "{looped}");
}

#[test]
fn templates_use_each_other_and_errors_say_where() {
    assert_eq!(got(&[("p", "a\n{% include \"_b\" %}\nc"), ("_b", "b {{ agent }}\n")]), "a\nb SEC\nc");
    let base = ("_base", "<{% block x %}{% endblock %}>");
    assert_eq!(got(&[("p", "{% extends \"_base\" %}{% block x %}y{% endblock %}"), base]), "<y>");
    assert_eq!(
        got(&[("p", "{% include \"_bb\" %}"), ("_b", "")]),
        "render prompt `p`: line 1: there is no template `_bb`; did you mean `_b`?"
    );
    assert_eq!(
        got(&[("p", "{% include \"_b\" %}"), ("_b", "\n\n{{ brnach }}")]),
        "render prompt `p`: in `_b`, line 3: there is no variable `brnach`; did you mean `branch`?"
    );
    assert_eq!(
        got(&[("p", "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}")]),
        "render prompt `p`: line 1: it takes too long; make its loops shorter"
    );
    let e = render(&prompts(&[("p", "")]), "q", &Vars::default()).unwrap_err();
    assert!(e.to_string().contains("there is no template `q`"), "{e}");
}

#[test]
fn a_projects_prompt_builds_on_the_one_it_replaces() {
    let built_in = "{{ agent }}{% block more %}{% endblock %}";
    let own = "{% extends \"built-in/p\" %}{% block more %}, ours{% endblock %}";
    assert_eq!(got(&[("p", own), ("built-in/p", built_in)]), "SEC, ours");
    let other = "{% extends \"built-in/q\" %}{% block more %}, too{% endblock %}";
    assert_eq!(got(&[("p", other), ("q", built_in)]), "SEC, too", "nothing replaces q");
}

#[test]
fn a_role_has_its_own_prompt_where_there_is_one() {
    let all = prompts(&[("enhance", ""), ("enhance-sec", ""), ("wrap-up", "")]);
    assert_eq!(role_prompt(&all, "enhance", "SEC"), "enhance-sec");
    assert_eq!(role_prompt(&all, "enhance", "OBS"), "enhance");
    assert_eq!(role_prompt(&all, "wrap-up", "SEC"), "wrap-up");
    assert!(sendable("enhance") && !sendable("_work") && !sendable("built-in/enhance"));
}
