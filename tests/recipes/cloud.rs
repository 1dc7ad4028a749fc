//! The scripts of `docs/recipes/cloud` against the pretended cloud beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::recipe;

/// A folder to work in, and the pretended cloud's state in it.
struct Cloud {
    dir: tempfile::TempDir,
}

/// How a script ended: status and standard output.
type Ended = (Option<i32>, String);

impl Cloud {
    /// None, with the reason, where there is no Python.
    fn new() -> Option<Self> {
        match Command::new("python3").arg("--version").output() {
            Ok(out) if out.status.success() => Some(Self { dir: tempfile::tempdir().unwrap() }),
            _ => {
                eprintln!("skipped: there is no python3");
                None
            }
        }
    }

    fn run(&self, script: &str, args: &[&str], env: &[(&str, &str)]) -> Ended {
        let mut command = Command::new("python3");
        command.arg(recipe("cloud").join(script)).args(args).current_dir(self.dir.path());
        command.env("CLOUD_AWS", recipe("cloud/mock/aws")).env("MOCK_STATE", self.path("mock"));
        command.env("CLOUD_BASE", "0.001").env("PYTHONDONTWRITEBYTECODE", "1");
        let out = command.envs(env.iter().copied()).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap() + &String::from_utf8(out.stderr).unwrap();
        assert!(!text.contains("Traceback"), "{text}");
        (out.status.code(), text)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn report(&self, name: &str) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path("reports").join(name)).unwrap()).unwrap()
    }

    fn lines(&self, name: &str) -> Vec<Value> {
        let text = fs::read_to_string(self.path(name)).unwrap_or_default();
        text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    /// The results in the log of changes, oldest first.
    fn changes(&self) -> Vec<(String, String, String, String)> {
        let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let lines = self.lines("reports/changes.jsonl");
        let part = |l: &Value| (text(&l["where"]), text(&l["before"]), text(&l["after"]), text(&l["result"]));
        assert!(lines.iter().all(|l| l["when"].as_str().unwrap().ends_with("+00:00")), "{lines:?}");
        assert!(lines.iter().all(|l| (l["result"] == "planned") == (l["dry_run"] == true)), "{lines:?}");
        lines.iter().map(part).collect()
    }

    /// Calls of each operation: answered and refused.
    fn calls(&self) -> BTreeMap<String, (usize, usize)> {
        let mut found = BTreeMap::<String, (usize, usize)>::new();
        for call in self.lines("mock/calls.jsonl") {
            let counts = found.entry(call["call"].as_str().unwrap().to_owned()).or_default();
            if call["refused"] == "" { counts.0 += 1 } else { counts.1 += 1 }
        }
        found
    }
}

fn data(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(recipe("cloud/mock/data").join(name)).unwrap()).unwrap()
}

/// A decimal in parts of 10⁻¹⁰, exactly.
fn exact(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<10}").parse().unwrap()
}

/// To two places, half to even.
fn money(amount: i128) -> String {
    let unit = 100_000_000;
    let (mut cents, rest) = (amount.div_euclid(unit), amount.rem_euclid(unit) * 2);
    if rest > unit || (rest == unit && cents % 2 != 0) {
        cents += 1;
    }
    format!("{}{}.{:02}", if cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100)
}

#[test]
fn pauses_double_up_to_a_bound_and_vary() {
    let Some(cloud) = Cloud::new() else { return };
    let code = "import cloud; p = []; cloud.time.sleep = p.append; c = cloud.Cloud(base=1.0)\n\
                [c.pause(n) for n in range(8)]; print(p)";
    let mut command = Command::new("python3");
    command.args(["-c", code]).env("PYTHONPATH", recipe("cloud")).env("PYTHONDONTWRITEBYTECODE", "1");
    let out = command.current_dir(cloud.dir.path()).output().unwrap();
    let pauses: Vec<f64> = serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
    for (pause, most) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0, 20.0]) {
        assert!((most / 2.0..=most).contains(pause), "{pauses:?}");
    }
    assert_ne!(pauses[6].to_bits(), pauses[7].to_bits(), "by chance: {pauses:?}");
}

/// What the data of the security groups say, found apart from the script.
fn open_groups() -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for group in
        data("security-groups.json").as_object().unwrap().values().flat_map(|g| g.as_array().unwrap())
    {
        for rule in group["IpPermissions"].as_array().unwrap() {
            let text = rule.to_string();
            if !text.contains("\"0.0.0.0/0\"") && !text.contains("\"::/0\"") {
                continue;
            }
            let ports = (rule["FromPort"].as_i64(), rule["ToPort"].as_i64());
            let severity = match (rule["IpProtocol"].as_str().unwrap(), ports) {
                ("-1", _) | ("tcp", (Some(0), Some(65535))) => "critical",
                ("icmp", _) | ("tcp", (Some(80), Some(80)) | (Some(443), Some(443))) => continue,
                ("tcp", (Some(22), Some(22)) | (Some(5000), Some(6000))) => "high",
                _ => "low",
            };
            found.insert((severity.to_owned(), group["GroupId"].as_str().unwrap().to_owned()));
        }
    }
    found
}

#[test]
fn an_audit_sees_every_page_and_says_what_it_could_not_see() {
    let Some(cloud) = Cloud::new() else { return };
    let audit = |page: &str, env: &[(&str, &str)]| {
        cloud.run("audit.py", &["--today", "2026-05-25"], &[&[("CLOUD_PAGE", page)][..], env].concat())
    };
    let (status, summary) = audit("3", &[]);
    assert_eq!(status, Some(1), "{summary}");
    assert!(summary.lines().count() <= 9, "a summary: {summary}");
    let report = cloud.report("audit.json");
    let count = |v: &Value| v.as_array().unwrap().len();
    let groups = data("security-groups.json");
    let looked = &report["looked_at"];
    assert_eq!(looked["regions"], 4, "one is not in use");
    assert_eq!(looked["security_groups"], groups.as_object().unwrap().values().map(count).sum::<usize>());
    assert_eq!(looked["users"], count(&data("users.json")));
    assert_eq!(looked["buckets"], count(&data("buckets.json")));
    assert_eq!(looked["policies"], 8);
    let findings = report["findings"].as_array().unwrap();
    let word = |f: &Value, key: &str| f[key].as_str().unwrap().to_owned();
    let of_groups = findings.iter().filter(|f| word(f, "resource").starts_with("sg-"));
    let of_groups: BTreeSet<_> = of_groups
        .map(|f| (word(f, "severity"), word(f, "resource").split(' ').next().unwrap().into()))
        .collect();
    assert_eq!(of_groups, open_groups());
    let has = |who: &str, part: &str| {
        findings.iter().any(|f| word(f, "resource").contains(who) && word(f, "text").contains(part))
    };
    for (who, part) in [
        ("policy everything", "everything on everything"),
        ("user/frank quick", "everything on everything"),
        ("old-admin", "attached to nobody"),
        ("erin", "no second factor"),
        ("heidi", "no second factor"),
        ("shop-site", "does not block public access"),
        ("shop-mail", "BlockPublicPolicy"),
    ] {
        assert!(has(who, part), "{who}: {part}: {findings:?}");
    }
    assert!(!has("with-mfa", "") && !has("deny-all", "") && !has("shop-logs", ""), "{findings:?}");
    // Each operation was refused twice and asked again.
    let calls = cloud.calls();
    assert!(calls.len() == 8 && calls.values().all(|(_, refused)| *refused >= 2), "{calls:?}");
    assert!(calls["iam list-users"].0 == 4 && calls["ec2 describe-security-groups"].0 == 9, "{calls:?}");

    for page in ["1", "100"] {
        audit(page, &[]);
        assert_eq!(cloud.report("audit.json"), report, "pages of {page}");
    }
    let denied = [("MOCK_DENIED", "ec2 describe-security-groups@eu-west-1")];
    audit("100", &denied);
    let blind = cloud.report("audit.json").to_string();
    assert!(blind.contains("could not be looked at: ec2 describe-security-groups"), "{blind}");
    let (status, said) = audit("100", &[("MOCK_THROTTLE", "-1"), ("MOCK_STATE", "fresh")]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("Rate exceeded"), "{said}");
    assert_eq!(cloud.lines("fresh/calls.jsonl").len(), 7, "given up after so many attempts");
}

#[test]
fn an_audit_changes_nothing_unless_it_is_told_to_and_logs_what_it_does() {
    let Some(cloud) = Cloud::new() else { return };
    let audit = |args: &[&str]| cloud.run("audit.py", &[&["--today", "2026-05-25"][..], args].concat(), &[]);
    audit(&["--fix"]);
    let results = || cloud.changes().into_iter().map(|c| (c.0, c.3)).collect::<Vec<_>>();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(results(), [pair("bucket shop-mail", "planned"), pair("bucket shop-site", "planned")]);
    assert!(!cloud.calls().contains_key("s3api put-public-access-block"));
    audit(&["--fix", "--yes"]);
    let done = &results()[2..];
    let both = |bucket: &str| [pair(bucket, "begun"), pair(bucket, "done")];
    assert_eq!(done, [both("bucket shop-mail"), both("bucket shop-site")].concat());
    audit(&[]);
    assert!(!cloud.report("audit.json").to_string().contains("public access"));
    assert_eq!(results().len(), 6, "nothing is left to change");
}

#[test]
fn costs_are_sums_of_what_was_given_whatever_the_pages() {
    let Some(cloud) = Cloud::new() else { return };
    let costs = |page: &str| {
        let (status, said) =
            cloud.run("costs.py", &["--start", "2026-05-01", "--end", "2026-05-25"], &[("MOCK_PAGE", page)]);
        assert_eq!(status, Some(0), "{said}");
        assert!(said.lines().count() <= 8, "a summary: {said}");
        cloud.report("costs.json")
    };
    let report = costs("1000");
    assert_eq!(costs("7"), report, "a page that ends within a day loses nothing");

    let days = data("costs.json");
    let days = days.as_array().unwrap();
    let (mut total, mut daily) = (BTreeMap::<String, i128>::new(), BTreeMap::<String, i128>::new());
    let mut weeks = BTreeMap::<String, (i128, i128)>::new();
    let counted = days.iter().filter(|d| d["Estimated"] == false).count();
    for (at, day) in days.iter().enumerate() {
        for group in day["Groups"].as_array().unwrap() {
            let service = group["Keys"][0].as_str().unwrap().to_owned();
            let amount = exact(group["Metrics"]["UnblendedCost"]["Amount"].as_str().unwrap());
            *total.entry(service.clone()).or_default() += amount;
            *daily.entry(day["TimePeriod"]["Start"].as_str().unwrap().to_owned()).or_default() += amount;
            let week = weeks.entry(service).or_default();
            if (counted - 7..counted).contains(&at) {
                week.1 += amount;
            } else if (counted - 14..counted - 7).contains(&at) {
                week.0 += amount;
            }
        }
    }
    assert_eq!(report["total"], money(total.values().sum()));
    for (service, amount) in &total {
        assert_eq!(report["services"][service], money(*amount), "{service}");
    }
    for (day, amount) in &daily {
        assert_eq!(report["daily"][day], money(*amount), "{day}");
    }
    let movers = report["movers"].as_array().unwrap();
    assert_eq!(movers.len(), weeks.len());
    for mover in movers {
        let (before, last) = weeks[mover["service"].as_str().unwrap()];
        let given = (&mover["before"], &mover["last"], &mover["change"]);
        assert_eq!(given, (&money(before).into(), &money(last).into(), &money(last - before).into()));
    }
    let change = |m: &Value| exact(m["change"].as_str().unwrap().trim_start_matches('-'));
    assert!(movers.windows(2).all(|m| change(&m[0]) >= change(&m[1])), "{movers:?}");
    let odd: Vec<_> =
        report["anomalies"].as_array().unwrap().iter().map(|a| (&a["day"], &a["service"])).collect();
    for planted in [("2026-05-20", "AmazonCloudWatch"), ("2026-05-12", "AWS Lambda")] {
        assert!(odd.contains(&(&planted.0.into(), &planted.1.into())), "{odd:?}");
    }
    // Of several offers for one machine only the best counts.
    let mut savings = 0;
    for entry in data("rightsizing.json").as_array().unwrap() {
        let one = &entry["TerminateRecommendationDetail"]["EstimatedMonthlySavings"];
        let many = entry["ModifyRecommendationDetail"]["TargetInstances"].as_array();
        let many = many.into_iter().flatten().map(|o| &o["EstimatedMonthlySavings"]);
        savings += many.chain([one]).filter_map(Value::as_str).map(exact).max().unwrap();
    }
    assert_eq!(report["savings_a_month"], money(savings));
    assert!(cloud.changes().is_empty());
}

#[test]
fn a_region_that_does_not_become_healthy_is_taken_back_and_the_rest_left_alone() {
    let Some(cloud) = Cloud::new() else { return };
    let deploy = |args: &[&str], env: &[(&str, &str)]| {
        let what = ["--cluster", "shop", "--task-definition", "shop-web:42", "--looks", "5"];
        let to = ["--regions", "us-east-1,eu-west-1,us-west-2"];
        cloud.run(
            "deploy.py",
            &[&what[..], &to[..], args].concat(),
            &[&[("CLOUD_PAGE", "2")][..], env].concat(),
        )
    };
    let (web, sick) = (["--service", "shop-web"], [("MOCK_UNHEALTHY", "eu-west-1")]);
    let yes = [&web[..], &["--yes"]].concat();
    let (status, said) = deploy(&["--service", "shop-wob"], &[]);
    assert_eq!(status, Some(2), "{said}");
    assert!(said.contains("no such service among 7"), "all pages were looked through: {said}");
    let (status, said) = deploy(&web, &[]);
    assert_eq!(status, Some(0), "{said}");
    let changes = cloud.changes();
    assert!(changes.len() == 3 && changes.iter().all(|c| c.3 == "planned"), "{changes:?}");
    assert!(!cloud.calls().contains_key("ecs update-service"), "it only said so");

    let (status, said) = deploy(&yes, &sick);
    assert_eq!(status, Some(1), "{said}");
    assert!(said.contains("eu-west-1: taken back") && said.contains("us-west-2: left alone"), "{said}");
    let runs = |region: &str| {
        let state: Value =
            serde_json::from_str(&fs::read_to_string(cloud.path("mock/state.json")).unwrap()).unwrap();
        state["moved"][region]["to"].as_str().map(str::to_owned)
    };
    assert_eq!(runs("us-east-1").as_deref(), Some("shop-web:42"));
    assert_eq!(runs("eu-west-1").as_deref(), Some("shop-web:41"), "as it was");
    assert_eq!(runs("us-west-2"), None, "never touched");
    let (old, new) = ("shop-web:41", "shop-web:42");
    let steps = [("us-east-1", old, new), ("eu-west-1", old, new), ("eu-west-1", new, old)];
    let done = steps.map(|(region, before, after)| {
        let at =
            |result: &str| (format!("{region} shop/shop-web"), before.into(), after.into(), result.into());
        [at("begun"), at("done")]
    });
    assert_eq!(cloud.changes()[3..], done.concat());

    // Once it is well everywhere, what has it already is left alone.
    let (status, said) = deploy(&yes, &[]);
    assert_eq!(status, Some(1), "that definition stays sick there: {said}");
    fs::remove_dir_all(cloud.path("mock")).unwrap();
    let (status, said) = deploy(&yes, &[]);
    assert_eq!(status, Some(0), "{said}");
    let (status, said) = deploy(&yes, &[]);
    assert_eq!((status, said.matches("had it already").count()), (Some(0), 3), "{said}");
}
