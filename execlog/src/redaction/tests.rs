use super::Redaction;

fn cleaned(arguments: &[&str]) -> Vec<String> {
    let arguments: Vec<_> = arguments
        .iter()
        .map(|&argument| argument.to_owned())
        .collect();
    Redaction::new().arguments(&arguments)
}

#[test]
fn the_value_goes_and_the_rest_stays_where_it_is() {
    let cases: [(&[&str], &[&str]); 14] = [
        (
            &["index", "--token", "abc", "src"],
            &["index", "--token", "[redacted]", "src"],
        ),
        (&["--token=abc=d"], &["--token=[redacted]"]),
        (&["-e", "DB_PASS=a b"], &["-e", "DB_PASS=[redacted]"]),
        (&["DB_PASS=a cmd --x=y"], &["DB_PASS=[redacted] cmd --x=y"]),
        (
            &["Server=h;Password=p;ss=x;Db=d"],
            &["Server=h;Password=[redacted];ss=x;Db=d"],
        ),
        (
            &["postgres://u:p@w@h/db?x=1"],
            &["postgres://u:[redacted]@h/db?x=1"],
        ),
        (
            &["https://h/?a=1&access_token=xyz&b=2"],
            &["https://h/?a=1&access_token=[redacted]&b=2"],
        ),
        (
            &["-H", "Authorization: Bearer abc"],
            &["-H", "Authorization: Bearer [redacted]"],
        ),
        (
            &["{\"password\": \"a\\\"b\", \"x\": 1}"],
            &["{\"password\": \"[redacted]\", \"x\": 1}"],
        ),
        (
            &["mysql", "-u", "me", "-psecret", "db"],
            &["mysql", "-u", "me", "-p[redacted]", "db"],
        ),
        (
            &["sudo", "/bin/sshpass", "-p", "x", "ssh"],
            &["sudo", "/bin/sshpass", "-p", "[redacted]", "ssh"],
        ),
        (&["curl", "-u", "me:x"], &["curl", "-u", "me:[redacted]"]),
        (&["see AKIAIOSFODNN7EXAMPLE here"], &["see [redacted] here"]),
        (
            &["aws", "configure", "set", "aws_secret_access_key", "x"],
            &[
                "aws",
                "configure",
                "set",
                "aws_secret_access_key",
                "[redacted]",
            ],
        ),
    ];
    for (given, expected) in cases {
        assert_eq!(cleaned(given), expected);
    }
}

#[test]
fn what_is_no_secret_stays() {
    for arguments in [
        &["--token", "--verbose"][..],
        &["--token", "$TOKEN"],
        &["-p", "8080"],
        &["psql", "-p", "5432"],
        &["let token = lexer.next();"],
        &["password: String"],
        &["token == other"],
        &["https://host:8080/@user/x"],
        &["git@github.com:a/b.git"],
        &["docker", "run", "-p", "80:80"],
    ] {
        assert_eq!(cleaned(arguments), arguments);
    }
}

#[test]
fn a_host_adds_rules_or_has_none() {
    let text = "--pin=1 --token=2 corp-7";
    let redaction = Redaction::new().flag("--pin").pattern("corp-[0-9]");
    let redaction = redaction.expect("a pattern");
    assert_eq!(
        redaction.text(text),
        "--pin=[redacted] --token=[redacted] [redacted]"
    );
    assert_eq!(Redaction::off().text(text), text);
    for pattern in ["(", "x*"] {
        assert!(Redaction::new().pattern(pattern).is_err());
    }
}
