//! Adds to the scripts of clap that `execlog show` completes ids. They run `execlog` with the words of the
//! command line and [`ASKED`](super::runs::ASKED) set.

use clap_complete::Shell;

/// Replaces the list of options by ids, where there are any.
const BASH: &str = r#"
_execlog_and_runs() {
    _execlog "$@"
    local runs
    runs="$(EXECLOG_COMPLETE=runs "$1" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)"
    if [[ -n "${runs}" ]]; then
        COMPREPLY=( $(compgen -W "${runs}" -- "$2") )
    fi
}
"#;

const ZSH: &str = r#"
_execlog_runs() {
    local -a runs
    runs=(${(f)"$(EXECLOG_COMPLETE=runs execlog show "${words[CURRENT]}" 2>/dev/null)"})
    compadd -a runs
}
"#;

const FISH: &str = r#"
complete -c execlog -n "__fish_execlog_using_subcommand show" -f -k -a '(set -l words (commandline -opc) (commandline -ct); EXECLOG_COMPLETE=runs execlog $words[2..] 2>/dev/null)'
"#;

/// The script, and in bash, zsh and fish the completion of ids.
pub(super) fn with_runs(shell: Shell, script: &str) -> String {
    match shell {
        Shell::Bash => {
            let (functions, end) = at_last_if(script);
            let end = end.replace("complete -F _execlog ", "complete -F _execlog_and_runs ");
            format!("{functions}{BASH}{end}")
        }
        Shell::Zsh => {
            let (functions, end) = at_last_if(script);
            let lines = functions.lines().map(|line| {
                let run = line.strip_prefix("'::run -- ");
                match run.and_then(|run| run.strip_suffix(":_default' \\")) {
                    Some(run) => format!("'::run -- {run}:_execlog_runs' \\\n"),
                    None => format!("{line}\n"),
                }
            });
            format!("{}{ZSH}{end}", lines.collect::<String>())
        }
        Shell::Fish => format!("{script}{FISH}"),
        _ => script.to_owned(),
    }
}

/// The script before and from its last `if`, which registers the function.
fn at_last_if(script: &str) -> (&str, &str) {
    script.split_at(script.rfind("\nif ").unwrap_or(script.len()))
}
