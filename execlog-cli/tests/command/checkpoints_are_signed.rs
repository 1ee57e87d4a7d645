//! `keygen` makes a key, `checkpoint` signs with it, and `verify` tells wrong signatures apart.

use crate::fixture::Fixture;
use std::fs;

#[test]
fn a_signed_checkpoint_holds_and_each_wrong_signature_is_told_apart() {
    let fixture = Fixture::new();
    let keygen = |file: &str, public: &str| {
        fixture.keep(&["keygen", file, "--name", "build.example/log"], public)
    };
    let public = keygen("build.key", "build.pub");
    keygen("other.key", "other.pub");
    let plain = fixture.keep(&["checkpoint"], "plain");
    let signed = fixture.keep(&["checkpoint", "--sign", "build.key"], "signed");
    let (text, signature) = signed.split_once("\n\n").expect("a signature");
    assert_eq!(format!("{text}\n"), plain);
    assert!(
        signature.starts_with("\u{2014} build.example/log "),
        "{signature}"
    );
    assert_eq!(signature.lines().count(), 1);
    let verify =
        |file: &str, key: &str| fixture.run(&["verify", "--checkpoint", file, "--key", key]);
    for key in ["build.pub", public.trim()] {
        let said = verify("signed", key);
        assert_eq!(
            (said.code, said.output.as_str()),
            (Some(0), ""),
            "{}",
            said.errors
        );
        assert!(!said.errors.contains("not checked"), "{}", said.errors);
    }
    let unchecked = fixture.run(&["verify", "--checkpoint", "signed"]);
    assert_eq!(unchecked.code, Some(0));
    assert!(
        unchecked
            .errors
            .contains("the signature in `signed` was not checked"),
        "{}",
        unchecked.errors
    );
    let found = |file: &str, key: &str, problem: &str| {
        let said = verify(file, key);
        assert_eq!(said.code, Some(3), "{}", said.errors);
        assert!(
            said.output
                .starts_with(&format!("the checkpoint: {problem}")),
            "{}",
            said.output
        );
        assert!(said.errors.contains(": 1 finding"), "{}", said.errors);
    };
    fs::write(fixture.path("forged"), signed.replace("\n13\n", "\n12\n")).expect("written");
    found(
        "forged",
        "build.pub",
        "the signature of `build.example/log+",
    );
    found("signed", "other.pub", "it is signed by `build.example/log+");
    found("plain", "build.pub", "it is not signed");
    // The log is verified all the same.
    fixture.tamper("UPDATE execution_log SET files_indexed = 7 WHERE id = 5");
    let said = verify("plain", "build.pub");
    assert!(said.output.contains("\nrun 5: "), "{}", said.output);
}

#[test]
fn a_key_is_written_once_and_for_its_owner() {
    let fixture = Fixture::new();
    let public = fixture.keep(&["keygen", "build.key"], "build.pub");
    assert!(public.starts_with("execlog+"), "{public}");
    let secret = fs::read_to_string(fixture.path("build.key")).expect("reads");
    assert!(secret.starts_with("PRIVATE+KEY+execlog+"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = fixture.path("build.key").metadata().expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    let again = fixture.run(&["keygen", "build.key"]);
    assert_eq!((again.code, again.output.as_str()), (Some(1), ""));
    assert_eq!(
        fs::read_to_string(fixture.path("build.key")).expect("reads"),
        secret
    );
    for name in ["", "a b", "a+b"] {
        let said = fixture.run(&["keygen", "new.key", "--name", name]);
        assert_eq!(said.code, Some(2), "{name}");
    }
    assert!(!fixture.path("new.key").exists());
}

#[test]
fn a_wrong_key_is_an_error_that_names_it() {
    let fixture = Fixture::new();
    fixture.keep(&["checkpoint"], "plain");
    let public = fixture.keep(&["keygen", "build.key"], "build.pub");
    let key = |key: &str| fixture.run(&["verify", "--checkpoint", "plain", "--key", key]);
    for wrong in ["nothing", "plain", &public.trim()[..40]] {
        let said = key(wrong);
        assert_eq!((said.code, said.output.as_str()), (Some(1), ""), "{wrong}");
        assert!(
            said.errors.contains(&format!("`{wrong}`")),
            "{}",
            said.errors
        );
    }
    // The public key can be had from the secret one.
    let said = key("build.key");
    assert_eq!(said.code, Some(1));
    assert!(said.errors.contains(public.trim()), "{}", said.errors);
    for wrong in ["build.pub", "plain", "missing"] {
        let said = fixture.run(&["checkpoint", "--sign", wrong]);
        assert_eq!((said.code, said.output.as_str()), (Some(1), ""), "{wrong}");
        assert!(
            said.errors.contains(&format!("`{wrong}`")),
            "{}",
            said.errors
        );
    }
}
