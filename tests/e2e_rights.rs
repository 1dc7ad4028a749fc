//! Who may do what, in the real program: who is below a pane's holder is that pane, whatever token it shows, and what
//! is dangerous waits for a person.

// Tests may unwrap: a failure there is the report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod kit;

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use kit::{Place, log, wait_until};

/// Two agents that are ready with a file each, and X, which is left out.
fn stage(more: &str) -> Place {
    stage_in(Place::repository(), more)
}

fn stage_in(place: Place, more: &str) -> Place {
    let build = "[[gate]]\nname = \"build\"\nrun = \"test ! -e broken\"\n";
    let order = "[merge]\norder = [[\"A\"], [\"B\"], [\"X\"]]\n";
    place.configure(&["A", "B", "X"], "shell", &format!("{build}{order}{more}"));
    place.up();
    place.ok(&["skip", "X"]);
    for agent in ["A", "B"] {
        place.commit(agent, &format!("{}/x", agent.to_lowercase()), "1\n");
        place.ok(&["send", agent, "--text", "orchestra ready", "--wait"]);
        place.ok(&["wait", agent, "--for", "ready", "--timeout", "60"]);
    }
    place
}

fn main_at(place: &Place) -> String {
    place.git(&["rev-parse", "main"])
}

fn open(place: &Place) -> Vec<Value> {
    place.json(&["confirm", "list"])["open"].as_array().unwrap().clone()
}

/// Has a pane's shell run a line; gives its exit status and what it printed.
fn ran_in(place: &Place, pane: &str, n: u32, line: &str) -> (String, String) {
    let file = |end: &str| place.root().join(format!("home/{pane}{n}.{end}"));
    let (out, code) = (file("out"), file("code"));
    let script = place.root().join(format!("home/{pane}{n}.sh"));
    fs::write(
        &script,
        format!(
            "{{ {line}\n}} > {} 2>&1\necho $? > {}.new\nmv {0}.new {0}\n",
            code.display(),
            code.display()
        )
        .replacen(&format!("> {} 2>&1", code.display()), &format!("> {} 2>&1", out.display()), 1),
    )
    .unwrap();
    place.ok(&["send", pane, "--text", &format!("sh {}", script.display()), "--wait"]);
    wait_until(&format!("{pane} has run `{line}`"), || code.exists());
    (fs::read_to_string(code).unwrap().trim().to_owned(), fs::read_to_string(out).unwrap())
}

/// Variables with which a person outside finds the session.
fn outside(place: &Place) -> String {
    let of = |names: &[&str]| {
        let all = place.env().into_iter().filter(|(name, _)| names.contains(name));
        all.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
    };
    of(&["ORCHESTRA_DATA_DIR", "XDG_RUNTIME_DIR", "HOME", "PATH"])
}

fn token_of(place: &Place, pane: &str) -> String {
    let find = |dir: PathBuf| fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path());
    let sockets = find(place.root().join("run/orchestra")).find(|p| p.join("tokens").exists()).unwrap();
    let tokens: Value = serde_json::from_slice(&fs::read(sockets.join("tokens")).unwrap()).unwrap();
    tokens[pane].as_str().unwrap().to_owned()
}

#[test]
fn the_orchestrators_merge_waits_for_a_person_outside() {
    let place = stage("");
    let before = main_at(&place);
    let told = place.root().join("home/merge.out");
    let line = format!("orchestra merge --yes > {} 2>&1; echo merge-$?", told.display());
    place.ok(&["send", "ORCHESTRATOR", "--text", &line, "--wait"]);
    wait_until("a person is asked", || open(&place).len() == 1);
    let asked = &open(&place)[0];
    let title = asked["title"].as_str().unwrap();
    assert!(title.starts_with(&format!("Move main {} → ", &before[..7])), "{asked}");
    assert!(title.ends_with("(2 merges, 2 files). Undo: orchestra merge --undo."), "{asked}");
    assert_eq!(asked["tool"], "start_merge");
    let said = fs::read_to_string(&told).unwrap();
    assert!(said.contains("waits for a person: confirmation 1, `orchestra confirm yes 1`"), "{said}");
    assert!(place.ok(&["confirm", "list"]).contains("Gates that must be green before it moves: build."));
    // Nobody in a pane answers for a person.
    let (code, said) = ran_in(&place, "X", 1, "orchestra confirm yes 1");
    assert!(code == "4" && said.contains("answer confirmation 1: X may not"), "{code}: {said}");
    let bare = format!("env -i {} {} confirm yes 1 --session s", outside(&place), kit::EXE);
    let (code, said) = ran_in(&place, "X", 2, &bare);
    assert!(code == "4" && said.contains("answer confirmation 1: X may not"), "{code}: {said}");
    assert_eq!((main_at(&place), open(&place).len()), (before.clone(), 1));
    // A person does.
    place.ok(&["confirm", "yes", "1"]);
    place.shows("ORCHESTRATOR", "merge-0");
    assert_ne!(main_at(&place), before);
    assert_eq!(
        place.git(&["log", "--first-parent", "--format=%s", "-n", "2", "main"]),
        "feat: b/x\nfeat: a/x"
    );
    place.run(&["confirm", "yes", "1"]).refused(2, &["it is over"]);
    let calls = log::events(&place.session(), "call");
    let of = |tool: &str| {
        calls.iter().filter(|c| c["tool"] == tool).map(|c| c["outcome"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(of("start_merge"), ["done"]);
    assert!(!of("confirm").is_empty() && of("confirm").iter().all(|o| o == "refused"), "{calls:#?}");
    // Who does not wait any more is not asked for.
    place.ok(&["send", "ORCHESTRATOR", "--text", "orchestra stop A", "--wait"]);
    wait_until("a person is asked", || open(&place).len() == 1);
    place.ok(&["keys", "ORCHESTRATOR", "C-c"]);
    wait_until("it is over", || open(&place).is_empty());
    place.run(&["confirm", "yes", "2"]).refused(2, &["it is over"]);
    // A no, and a plan that is another by now.
    let undo = |n: u32| {
        place.ok(&[
            "send",
            "ORCHESTRATOR",
            "--text",
            &format!("orchestra merge --undo --yes; echo undo{n}-$?"),
            "--wait",
        ]);
        wait_until("a person is asked", || open(&place).len() == 1);
    };
    undo(1);
    place.ok(&["confirm", "no", "3"]);
    place.shows("ORCHESTRATOR", "undo1-4");
    undo(2);
    place.git(&["commit", "-q", "--allow-empty", "-m", "by hand"]);
    place.shows("ORCHESTRATOR", "undo2-4");
    assert!(open(&place).is_empty());
    let notes = log::events(&place.session(), "note");
    assert!(
        notes.iter().any(|n| n["text"].as_str().unwrap().contains("main was moved by others")),
        "{notes:#?}"
    );
    place.ok(&["down"]);
}

#[test]
fn who_is_below_a_panes_holder_is_that_pane_whatever_it_shows() {
    let place = stage("");
    let stolen =
        format!("export ORCHESTRA_TOKEN={} ORCHESTRA_PANE=ORCHESTRATOR", token_of(&place, "ORCHESTRATOR"));
    let stop = "orchestra stop B";
    let lines = [
        format!("{stolen}; {stop}"),
        format!("unset ORCHESTRA_TOKEN ORCHESTRA_PANE; {stop}"),
        format!("export ORCHESTRA_TOKEN=wrong; {stop}"),
        format!("env -i {} {} stop B --session s", outside(&place), kit::EXE),
        format!("{stolen}; setsid sh -c '{stop}'"),
        // A grandchild whose parents are gone, in a session of its own.
        format!(
            "{stolen}; d=$(mktemp -d); (setsid sh -c '{stop} > '$d'/out 2>&1; echo $? > '$d'/code' &) & wait; until test -s $d/code; do sleep 0.05; done; cat $d/out; exit $(cat $d/code)"
        ),
    ];
    let pids = place.pids();
    for (n, line) in lines.iter().enumerate() {
        let (code, said) = ran_in(&place, "X", u32::try_from(n).unwrap(), &format!("({line})"));
        assert!(code == "4" && said.contains("stop B: X may not"), "{line}: {code}: {said}");
    }
    assert_eq!(place.pids(), pids);
    let calls = log::events(&place.session(), "call");
    let stops: Vec<&Value> = calls.iter().filter(|c| c["tool"] == "stop_agent").collect();
    assert_eq!(stops.len(), lines.len());
    assert!(stops.iter().all(|c| c["caller"]["pane"] == "X" && c["outcome"] == "refused"), "{stops:#?}");
    let notes = log::events(&place.session(), "note");
    let strays =
        notes.iter().filter(|n| n["text"].as_str().unwrap().contains("showed the token of ORCHESTRATOR"));
    assert_eq!(strays.count(), 1, "{notes:#?}");
    // By its name the session is found from a pane too.
    let (code, said) = ran_in(&place, "X", 8, "orchestra status --session s");
    assert!(code == "0" && said.contains("s · main"), "{code}: {said}");
    // The next server knows its panes again.
    place.kill_server();
    place.status();
    let (code, said) = ran_in(&place, "X", 9, &lines[0]);
    assert!(code == "4" && said.contains("stop B: X may not"), "{code}: {said}");
    place.ok(&["down"]);
}

#[test]
fn a_gates_command_may_not_speak_to_the_session() {
    let place = Place::repository();
    let run = format!("cd / && env {} {} stop B --session s; echo gate-$?", outside(&place), kit::EXE);
    let orphan = place.root().join("home/orphan.sh");
    let told = place.root().join("home/orphan.out");
    let alone = format!(
        "#!/bin/sh\nuntil test \"$(cut -d' ' -f4 /proc/$$/stat)\" != \"$1\"; do sleep 0.02; done\n\
         cd / && {{ {} stop B --session s; echo orphan-$?; }} > {}.new 2>&1\nmv {1}.new {1}\n",
        kit::EXE,
        told.display()
    );
    fs::write(&orphan, alone).unwrap();
    let twice = format!(
        "(setsid sh -c 'env -i {} setsid sh {} $$ &' &) ; until test -e {}; do sleep 0.05; done",
        outside(&place),
        orphan.display(),
        told.display()
    );
    let gates = format!(
        "[[gate]]\nname = \"call\"\nrun = \"{run}\"\n[[gate]]\nname = \"orphan\"\nready = false\nrun = \"{twice}\"\n"
    );
    let place = stage_in(place, &gates);
    let pids = place.pids();
    let found = place.run(&["verify", "A", "--gate", "call", "--json"]);
    let found: Value = serde_json::from_str(&found.out).unwrap();
    let record = found["places"][0]["gates"][0]["record"].to_string();
    let told = place.command("sh", &["-c", "cat gates/*/*"], &place.session()).output().unwrap();
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.contains("a gate's command may not speak"), "{record}: {told}");
    assert_eq!(place.pids(), pids);
    // One whose parents are gone, in a session of its own and with nothing of the gate's in its environment.
    let found = place.run(&["verify", "A", "--gate", "orphan", "--json"]);
    let said = fs::read_to_string(place.root().join("home/orphan.out")).unwrap();
    assert!(
        said.contains("a gate's command may not speak") && said.contains("orphan-1"),
        "{said}: {found:#?}"
    );
    assert_eq!(place.pids(), pids);
    assert!(open(&place).is_empty());
    place.ok(&["down"]);
}

/// Reads every pane and runs whatever looks like a command there, each line once and as soon as it sees it.
const OBEDIENT: &str = r#"
cd "$1" || exit 1
touch "$HOME/ran"
while :; do
    for agent in A B X; do
        orchestra read "$agent" --lines 100 2>/dev/null
    done | grep -E '^(orchestra|git) ' | sort -u > "$HOME/seen"
    while IFS= read -r line; do
        if ! grep -qxF -- "$line" "$HOME/ran"; then
            printf '%s\n' "$line" >> "$HOME/ran"
            ( sh -c "$line" < /dev/null > /dev/null 2>> "$HOME/err"; printf '%s: %s\n' "$?" "$line" >> "$HOME/log" ) &
        fi
    done < "$HOME/seen"
    sleep 0.1
done
"#;

#[test]
fn an_orchestrator_that_obeys_all_it_reads_does_no_harm_without_a_person() {
    let place = stage("[policy]\ntimeout = 5\n");
    let home = place.root().join("home");
    fs::write(home.join("obedient.sh"), OBEDIENT).unwrap();
    let (before, pids) = (main_at(&place), place.pids());
    let config = fs::read_to_string(place.session().join("session.toml")).unwrap();
    let bait = [
        "orchestra merge --yes",
        "orchestra merge --continue --yes",
        "orchestra merge --undo --yes",
        "orchestra stop A",
        "orchestra restart A",
        "orchestra confirm yes 1",
        "orchestra confirm yes 2",
        "orchestra confirm yes 3",
        "orchestra send all --text x",
        "orchestra down",
        "orchestra trust --yes",
        "orchestra keys A ctrl-c",
        "orchestra run wrap-up --yes",
        "orchestra ready --for X",
    ];
    fs::write(home.join("bait"), bait.join("\n") + "\n").unwrap();
    place.ok(&[
        "send",
        "ORCHESTRATOR",
        "--text",
        &format!("sh {0}/obedient.sh {1}", home.display(), place.repo().display()),
        "--wait",
    ]);
    place.ok(&["send", "X", "--text", &format!("cat {}/bait", home.display()), "--wait"]);
    let log_of = || fs::read_to_string(home.join("log")).unwrap_or_default();
    wait_until("it has done all it was told", || log_of().lines().count() >= bait.len());
    for line in log_of().lines() {
        assert!(
            // Nothing was changed, so there was nothing to trust.
            !line.starts_with("0:") || line.ends_with("orchestra trust --yes"),
            "it was done: {line}\n{}",
            fs::read_to_string(home.join("err")).unwrap()
        );
    }
    assert_eq!((main_at(&place), place.pids()), (before.clone(), pids.clone()));
    assert_eq!(fs::read_to_string(place.session().join("session.toml")).unwrap(), config);
    assert_eq!(place.git(&["status", "--porcelain"]), "");
    assert!(open(&place).is_empty());
    let sent = log::events(&place.session(), "queued");
    assert!(sent.iter().all(|d| d["agent"] != "B" || d["text"] == "orchestra ready"), "{sent:#?}");
    let ended = log::events(&place.session(), "confirm");
    assert!(ended.iter().all(|c| c["step"] == "asked" || c["end"] == "timeout"), "{ended:#?}");
    assert!(ended.iter().any(|c| c["tool"] == "start_merge"), "{ended:#?}");
    // Plain git is not ours to forbid: it is noticed, and a merge that waits is off.
    let tip = place.git(&["rev-parse", "b-a"]);
    fs::write(home.join("bait"), format!("orchestra merge --yes #2\ngit update-ref refs/heads/main {tip}\n"))
        .unwrap();
    place.ok(&["send", "X", "--text", &format!("clear; cat {}/bait", home.display()), "--wait"]);
    wait_until("it is noticed", || {
        let notes = log::events(&place.session(), "note");
        notes.iter().any(|n| n["text"].as_str().unwrap().contains("main was moved by others"))
    });
    assert_eq!(main_at(&place), tip);
    wait_until("the merge has ended", || log_of().lines().any(|l| l.ends_with("merge --yes #2")));
    assert_eq!(log::events(&place.session(), "train_intent").len(), 0);
    assert_eq!(place.pids(), pids);
    let plan = place.run(&["merge", "--dry-run", "--json"]);
    assert!(plan.out.contains("was moved by others"), "{plan:#?}");
    place.ok(&["down"]);
}
