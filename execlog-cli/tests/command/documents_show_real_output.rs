//! The output in the documents is the real output of the command.

use crate::fixture::Fixture;

const README: &str = include_str!("../../../README.md");
const PAGE: &str = include_str!("../../../docs/command.md");

#[test]
fn the_output_in_the_documents_is_real() {
    let fixture = Fixture::new();
    let shown: Vec<_> = [README, PAGE]
        .iter()
        .flat_map(|document| document.split("```console\n").skip(1))
        .filter_map(|rest| rest.split("```").next())
        .collect();
    let commands = shown
        .iter()
        .map(|block| block.lines().next().unwrap_or_default());
    let commands: Vec<_> = commands.collect();
    assert_eq!(commands.len(), 3, "list, show and stats");
    for (block, name) in shown.iter().zip(["list", "show", "stats"]) {
        let command = block.lines().next().unwrap_or_default();
        let arguments: Vec<_> = command.split(' ').skip(2).collect();
        assert_eq!(arguments.first(), Some(&name));
        assert_eq!(*block, fixture.said(&arguments));
    }
}

#[test]
fn the_page_of_the_command_names_every_command() {
    let fixture = Fixture::new();
    let help = fixture.execlog(&["--help"]).output().expect("it runs");
    let help = String::from_utf8(help.stdout).expect("text");
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    for line in commands.take_while(|line| !line.is_empty()) {
        let command = line.split_whitespace().next().expect("a name");
        assert!(PAGE.contains(&format!("`{command}")), "{command}");
    }
}
