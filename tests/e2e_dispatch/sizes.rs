//! Long prompts, odd bytes, terminals that collect lines, programs that do not read, a lost server.

use std::fs;

use crate::arrive::{entry, rehearsing, taken};
use crate::kit::{Place, log, wait_until};

const MAX: usize = 4 << 20;

/// A text of that many bytes in lines of 64.
fn lines(bytes: usize) -> String {
    let mut text: String = (0..bytes.div_ceil(64))
        .map(|i| format!("{i:07} grüße an alle, die das hier lesen müssen {:>14}\n", i * 7))
        .collect();
    let mut end = bytes - 1;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    while text.len() < bytes {
        text.push('.');
    }
    text
}

fn file(place: &Place, name: &str, text: &str) -> String {
    let path = place.root().join(name);
    fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

#[test]
fn the_longest_prompt_arrives_whole_and_odd_bytes_do_not() {
    let place = rehearsing(&["A"], 50, "");
    place.up();
    let long = lines(MAX);
    assert_eq!(long.len(), MAX);
    let path = file(&place, "long", &long);
    let answer = place.json(&["send", "A", "--file", &path, "--wait", "--timeout", "120"]);
    assert_eq!(answer["receipts"][0]["outcome"], "submitted", "{answer}");
    wait_until("it is taken", || taken(&place).contains_key(&entry("A", &long)));
    let beside = place.session().join("texts/1.txt");
    assert!(fs::read_to_string(beside).unwrap() == long);
    let over = file(&place, "over", &format!("{long}x"));
    place.run(&["send", "A", "--file", &over]).refused(2, &["4194305", "4194304"]);
    let answer = place.json(&["send", "A", "--text", "a\u{1b}[201~b\u{9b}c", "--wait"]);
    let receipt = &answer["receipts"][0];
    assert_eq!((&receipt["removed"], &receipt["outcome"]), (&2.into(), &"submitted".into()), "{answer}");
    assert!(receipt["why"].as_str().unwrap().ends_with("2 control characters were removed"), "{receipt}");
    wait_until("it is taken", || taken(&place).contains_key(&entry("A", "a[201~bc")));
    assert_eq!(taken(&place).values().sum::<usize>(), 2);
}

#[test]
fn terminals_that_cut_lines_and_programs_that_do_not_read() {
    let profile = |name: &str, program: &str| {
        format!("name = \"{name}\"\ntitle = \"T\"\nargv = [\"{program}\"]\n[submit]\nbracketed = false\n")
    };
    let place = Place::repository();
    fs::create_dir(place.repo().join("profiles")).unwrap();
    for name in ["takes", "deaf"] {
        fs::write(place.repo().join(format!("profiles/{name}.toml")), profile(name, name)).unwrap();
    }
    let got = place.root().join("got");
    place.program("takes", &format!("#!/bin/sh\necho here\nexec cat > {}\n", got.display()));
    place.program("deaf", "#!/bin/sh\nstty raw -echo\necho here\nexec sleep 1000\n");
    let agent = |name: &str| {
        format!(
            "[[team.agent]]\nname = \"{name}\"\nbranch = \"b-{name}\"\nprofile = \"{}\"\n",
            name.to_lowercase()
        )
    };
    place.configure(&[], "shell", &(agent("TAKES") + &agent("DEAF")));
    place.ok(&["up", "--detach"]);
    // 4,096 bytes and a newline are one more than the terminal keeps.
    let cut = file(&place, "cut", &format!("short\n{}\n", "x".repeat(4096)));
    let ran = place.run(&["send", "TAKES", "--file", &cut, "--wait", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    assert!(
        ran.out.contains("refused") && ran.out.contains("4096 bytes") && ran.out.contains("4095"),
        "{ran:#?}"
    );
    assert_eq!(fs::read_to_string(&got).unwrap(), "", "nothing of it was sent");
    // Two for everybody at once: who does not read holds up nobody.
    let fits = format!("{}\n{}", "y".repeat(4095), lines(20_000));
    let fits = (file(&place, "fits", &fits), fits);
    let ran = place.run(&["send", "all", "--file", &fits.0, "--wait", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:#?}");
    let receipts: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let of = |name: &str| {
        let all = receipts["receipts"].as_array().unwrap();
        all.iter().find(|r| r["agent"] == name).unwrap().clone()
    };
    assert_eq!(of("TAKES")["outcome"], "submitted", "{receipts}");
    let deaf = of("DEAF");
    assert_eq!(deaf["outcome"], "stalled", "{receipts}");
    let why = deaf["why"].as_str().unwrap();
    assert!(why.contains("reads nothing") && why.contains("Ctrl-C clears it"), "{why}");
    assert!(of("TAKES")["ms"].as_u64() < deaf["ms"].as_u64(), "{receipts}");
    wait_until("all lines arrive", || fs::read_to_string(&got).unwrap() == format!("{}\n", fits.1));
}

#[test]
fn a_lost_text_is_refused_and_the_others_outlive_the_server() {
    let place = rehearsing(&["A"], 50, "limit");
    place.up();
    place.ok(&["send", "A", "--text", "Improve your area.\nCommit it.", "--wait"]);
    place.ok(&["wait", "A", "--for", "limited", "--timeout", "60"]);
    let texts = [lines(100_000), lines(200_000)];
    for text in &texts {
        place.ok(&["send", "A", "--file", &file(&place, "text", text)]);
    }
    let session = place.session();
    place.kill_server();
    fs::remove_file(session.join("texts/2.txt")).unwrap();
    wait_until("the server is back", || place.agent("A")["state"] == "limited");
    wait_until("the receipt", || log::events(&session, "receipt").iter().any(|r| r["dispatch"] == 2));
    let receipts = log::events(&session, "receipt");
    let lost = receipts.iter().find(|r| r["dispatch"] == 2).unwrap();
    assert_eq!(lost["outcome"], "refused", "{lost}");
    assert!(lost["why"].as_str().unwrap().contains("its file is lost"), "{lost}");
    place.ok(&["keys", "A", "Enter"]);
    wait_until("the other is taken", || taken(&place).contains_key(&entry("A", &texts[1])));
}
