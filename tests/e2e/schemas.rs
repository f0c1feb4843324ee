//! The JSON Schemas of the files of settings, held against the programs that read those files: both take and refuse the same.

use mp_daemon::config::parser;
use mp_lsp::project::Rules;
use serde_json::Value;

fn schema(name: &str) -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/schemas").join(name);
    let text = std::fs::read_to_string(&path).expect("it is there");
    let value: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::draft7::meta::validate(&value).expect("a good schema");
    jsonschema::draft7::new(&value).expect("a good schema")
}

/// Returns whether the schema takes a text; none where that is no TOML.
fn takes(schema: &jsonschema::Validator, text: &str) -> Option<bool> {
    let table: toml::Table = text.parse().ok()?;
    Some(schema.is_valid(&serde_json::to_value(table).expect("TOML is JSON")))
}

#[track_caller]
fn agree(schema: &jsonschema::Validator, is_good: fn(&str) -> bool, text: &str) -> Option<bool> {
    let taken = takes(schema, text)?;
    assert_eq!(taken, is_good(text), "the schema says {taken} to\n{text}");
    Some(taken)
}

fn config_is_good(text: &str) -> bool {
    parser::parse(text).problems.is_empty()
}

fn project_is_good(text: &str) -> bool {
    Rules::parse(text).1.is_empty()
}

const GOOD_CONFIG: &str = r#"[accounts.team]
type = "service_account"
region = "us"
default_project = "3018488"
username = "sa"
secret = ""
name = "team"
[accounts.personal]
type = "oauth_browser"
region = "eu"
[accounts.ci]
type = "oauth_token"
region = "in"
token_env = "X"
[active]
account = "team"
workspace = 3448414
[targets.ecom]
account = "team"
project = "3018488"
workspace = "7"
[targets."é x"]
account = "ghost"
project = "1"
[settings]
theme = "dark"
run_dir = "/x"
secret_store = "keyring"
custom_header = { name = "X-Mixpanel-Cluster", value = "internal-1", more = 1 }
[settings.limits]
query_concurrent = 2
ledger = true
later = "x"
[settings.network]
proxy = "socks5h://u:p@proxy:1080"
no_proxy = "a,b"
ca_file = "/etc/ca.pem"
[settings.output]
format = "csv"
[settings.notify]
on_login_required = "mail me"
on_error = "x\ty"
desktop = true
later = 1
[settings.telemetry]
otlp_endpoint = "https://collector:4318/x"
otlp_sample = 0.5
[other]
x = 1
"#;

#[test]
fn the_schema_of_the_config_takes_what_the_daemon_takes() {
    let schema = schema("config.schema.json");
    assert_eq!(agree(&schema, config_is_good, GOOD_CONFIG), Some(true));
    assert_eq!(agree(&schema, config_is_good, ""), Some(true));
    for bad in [
        "accounts = 5",
        "[[targets]]",
        "active = 5",
        "settings = 5",
        "config_version = 2",
        "default = \"x\"",
        "[credentials.x]",
        "[projects.x]",
        "[active]\nproject = \"1\"",
        "[active]\ncolour = 1",
        "[accounts.\"a b\"]\ntype = \"oauth_browser\"\nregion = \"us\"",
        "[accounts.a]\ntype = \"oauth_browser\"",
        "[accounts.a]\ntype = \"oauth_browser\"\nregion = \"us\"\nproject_id = \"1\"",
        "[accounts.a]\ntype = \"oauth_browser\"\nregion = \"us\"\ntoken = \"x\"",
        "[accounts.a]\ntype = \"oauth_token\"\nregion = \"us\"",
        "[accounts.a]\ntype = \"oauth_token\"\nregion = \"us\"\ntoken = \"x\"\ntoken_env = \"X\"",
        "[accounts.a]\ntype = \"service_account\"\nregion = \"us\"\nusername = \"\"\nsecret = \"x\"",
        "[targets.t]\naccount = \"a\"",
        "[targets.\" t\"]\naccount = \"a\"\nproject = \"1\"",
        "[settings]\ncustom_header = { name = \"hOsT\", value = \"v\" }",
        "[settings]\ncustom_header = { name = \"X-Forwarded-For\", value = \"v\" }",
        "[settings]\ncustom_header = { name = \"a b\", value = \"v\" }",
        "[settings]\ncustom_header = { name = \"X\" }",
        "[settings.network]\nproxy = \"ftp://x\"",
        "[settings.network]\nca_file = \"x.pem\"",
        "[settings]\nsecret_store = \"vault\"",
        "[settings]\nsecret_store = true",
        "[settings.output]\nformat = \"tabel\"",
        "[settings.limits]\nanswer_bytes = 0",
        "[settings]\nnotify = 1",
        "[settings.notify]\non_error = \" \"",
        "[settings.notify]\non_login_required = [\"sh\"]",
        "[settings.notify]\ndesktop = \"yes\"",
        "[settings.telemetry]\notlp_endpoint = \"collector:4318\"",
        "[settings.telemetry]\notlp_endpoint = \"http://u:p@collector\"",
        "[settings.telemetry]\notlp_sample = 1.5",
    ] {
        assert_eq!(agree(&schema, config_is_good, bad), Some(false), "{bad}");
    }
}

#[test]
fn the_schema_of_a_projects_file_takes_what_the_programs_take() {
    let schema = schema("mixpanel.schema.json");
    let good = "account = \"ada\"\nproject = \"7\"\nworkspace = 3\nwrappers = [\"trackEvent\", {name = \"a.log\", event = 1, properties = false}]\n\
                [files]\ninclude = [\"src/**\"]\nexclude = [\"**/*.test.ts\"]\n[ignore]\nevents = [\"Debug *\"]\nproperties = []\n\
                [severity]\nunknown-event = \"hint\"\nwrong-type = \"off\"\n";
    assert_eq!(agree(&schema, project_is_good, good), Some(true));
    assert_eq!(agree(&schema, project_is_good, "target = \"web\""), Some(true));
    for bad in [
        "target = \"web\"\naccount = \"ada\"",
        "accounts = 1",
        "account = \"a b\"",
        "project = 7",
        "workspace = 0",
        "workspace = \"7\"",
        "wrappers = \"x\"",
        "wrappers = [5]",
        "wrappers = [{event = 1}]",
        "wrappers = [{name = \"x\", event = 16}]",
        "wrappers = [{name = \"x\", other = 1}]",
        "[files]\ninclude = [\"../x\"]",
        "[files]\nexclude = [\"/etc/*\"]",
        "[files]\nexclude = [\"a/../../b\"]",
        "[files]\nonly = []",
        "[ignore]\nevents = [1]",
        "[severity]\nunknown-event = \"fatal\"",
        "[severity]\nno-such-rule = \"off\"",
    ] {
        assert_eq!(agree(&schema, project_is_good, bad), Some(false), "{bad}");
    }
}

/// Numbers that look random, and are the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % most
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

const VALUES: [&str; 22] = [
    "\"us\"",
    "\"mars\"",
    "\"\"",
    "5",
    "0",
    "-1",
    "7.0",
    "7.5",
    "true",
    "[]",
    "{}",
    "\"7\"",
    "\"12a\"",
    "\"oauth_browser\"",
    "\"service_account\"",
    "\"oauth_token\"",
    "\"proxy:1\"",
    "\"/x\"",
    "\"csv\"",
    "2025-01-01",
    "[\"a\"]",
    "[\"src/*\", \"../x\"]",
];

fn generated(dice: &mut Dice, sections: &[(&str, &[&str])]) -> String {
    let mut text = String::new();
    for (header, keys) in sections {
        if dice.below(3) == 0 {
            continue;
        }
        text.push_str(&format!("{header}\n"));
        for key in *keys {
            match dice.below(3) {
                0 => {}
                // What the key usually has, so that some of it is good.
                1 => text.push_str(&format!("{key} = {}\n", usual(key))),
                _ => text.push_str(&format!("{key} = {}\n", dice.one(&VALUES))),
            }
        }
    }
    text
}

fn usual(key: &str) -> &'static str {
    match key {
        "type" => "\"oauth_browser\"",
        "region" => "\"us\"",
        "project" | "default_project" => "\"7\"",
        "workspace" | "discovery_s" | "query_concurrent" => "7",
        "ledger" | "desktop" => "false",
        "otlp_endpoint" => "\"http://127.0.0.1:4318\"",
        "otlp_sample" => "0.5",
        "format" => "\"csv\"",
        "ca_file" => "\"/x\"",
        "include" | "events" | "wrappers" => "[\"a\"]",
        "unknown-event" => "\"hint\"",
        _ => "\"x\"",
    }
}

#[test]
fn schema_and_program_agree_about_whatever_is_written() {
    let config: &[(&str, &[&str])] = &[
        ("[accounts.a]", &["type", "region", "default_project", "username", "secret", "token"]),
        ("[accounts.b]", &["type", "region", "token_env", "colour"]),
        ("[active]", &["account", "workspace"]),
        ("[targets.t]", &["account", "project", "workspace"]),
        ("[settings.limits]", &["query_concurrent", "discovery_s", "ledger", "later"]),
        ("[settings.network]", &["proxy", "no_proxy", "ca_file"]),
        ("[settings.output]", &["format"]),
        ("[settings.notify]", &["on_error", "desktop"]),
        ("[settings.telemetry]", &["otlp_endpoint", "otlp_sample"]),
        ("[settings.custom_header]", &["name", "value"]),
    ];
    let project: &[(&str, &[&str])] = &[
        ("", &["account", "project", "workspace", "wrappers"]),
        ("[files]", &["include", "exclude"]),
        ("[ignore]", &["events", "properties"]),
        ("[severity]", &["unknown-event", "wrong-type"]),
    ];
    let (of_config, of_project) = (schema("config.schema.json"), schema("mixpanel.schema.json"));
    let (mut dice, mut good, mut bad) = (Dice(7), 0, 0);
    for _ in 0..4000 {
        let verdicts = [
            agree(&of_config, config_is_good, &generated(&mut dice, config)),
            agree(&of_project, project_is_good, &generated(&mut dice, project)),
        ];
        for verdict in verdicts.into_iter().flatten() {
            if verdict { good += 1 } else { bad += 1 }
        }
    }
    assert!(good > 100 && bad > 1000, "{good} good, {bad} bad");
}
