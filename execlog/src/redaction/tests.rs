//! Texts and arguments before and after redaction.

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
    let cases: [(&[&str], &[&str]); 25] = [
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
        (
            &["postgres://u:%40pw@h/db"],
            &["postgres://u:[redacted]@h/db"],
        ),
        (
            &["postgres://u:a)b'c@h/db"],
            &["postgres://u:[redacted]@h/db"],
        ),
        (
            &["curl", "-HAuthorization: Basic abc"],
            &["curl", "-HAuthorization: Basic [redacted]"],
        ),
        (&["PASSWORD=\"a\\\"b\""], &["PASSWORD=\"[redacted]\""]),
        (
            &["sqlplus", "-S", "me/x@db", "@a/b.sql"],
            &["sqlplus", "-S", "me/[redacted]@db", "@a/b.sql"],
        ),
        (
            &["jdbc:oracle:thin:me/x@db:1521:orcl"],
            &["jdbc:oracle:thin:me/[redacted]@db:1521:orcl"],
        ),
        (
            &["neo4j-admin", "dbms", "set-initial-password", "x"],
            &["neo4j-admin", "dbms", "set-initial-password", "[redacted]"],
        ),
        (
            &["https://h/?appid=0123456789abcdef0123456789abcdef&q=1"],
            &["https://h/?appid=[redacted]&q=1"],
        ),
        (
            &["composer", "config", "http-basic.h", "me", "x"],
            &["composer", "config", "http-basic.h", "me", "[redacted]"],
        ),
        (
            &["machine h login me password x\nmachine i"],
            &["machine h login me password [redacted]\nmachine i"],
        ),
        (
            &["Login { password: Some(\"x\") }"],
            &["Login { password: Some(\"[redacted]\") }"],
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
        &["x264", "--pass", "2"],
        &["format", "--pw", "80"],
        &["gcloud", "secrets", "versions", "access", "--secret=db"],
        &["sqlplus", "me@//db:1521/service"],
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

#[test]
fn a_message_is_cleaned_like_the_command_line_that_it_cites() {
    let redaction = Redaction::new();
    for (given, expected) in [
        (
            "cannot run `tool --token s3cret x`",
            "cannot run `tool --token [redacted] x`",
        ),
        (
            "the argument --token is missing",
            "the argument --token is missing",
        ),
        (
            "401 for Authorization: Basic abc=",
            "401 for Authorization: Basic [redacted]",
        ),
        ("a\\nAKIAIOSFODNN7EXAMPLE", "a\\n[redacted]"),
        (
            "`sqlplus -S scott/tiger@orcl` failed",
            "`sqlplus -S scott/[redacted]@orcl` failed",
        ),
        (
            "`gcloud secrets versions access latest --secret=db` failed",
            "`gcloud secrets versions access latest --secret=db` failed",
        ),
        (
            "`ffmpeg -pass 2 --pass=1` failed",
            "`ffmpeg -pass 2 --pass=1` failed",
        ),
        (
            "line 3: machine h login me password tiger",
            "line 3: machine h login me password [redacted]",
        ),
        (
            "AKIAIOSFODNN7EXAMPLE,ghp_0123456789abcdefghijklmnopqrstuvwxyz",
            "[redacted],[redacted]",
        ),
    ] {
        assert_eq!(redaction.text(given), expected);
    }
}

#[test]
fn a_long_message_takes_no_longer_than_its_length() {
    let redaction = Redaction::new();
    for piece in ["token=", "://", "-", "-eyJ", "a:", "\"password\":"] {
        let text = piece.repeat(50_000 / piece.len());
        let began = std::time::Instant::now();
        assert_ne!(redaction.text(&text), "");
        let took = began.elapsed();
        assert!(took.as_secs() < 5, "{piece}: {took:?}");
    }
}
