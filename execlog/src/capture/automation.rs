//! The labels of runs in CI and of runs that a coding agent started, from the environment.
//!
//! The names are those of OpenTelemetry's semantic conventions for CI/CD and version control. Those
//! have no name for a coding agent, which is `agent`.

use std::collections::BTreeMap;

const PROVIDER: &str = "vcs.provider.name";
const REPOSITORY: &str = "vcs.repository.url.full";
const PIPELINE: &str = "cicd.pipeline.name";
const RUN_URL: &str = "cicd.pipeline.run.url.full";
const JOB: &str = "cicd.pipeline.task.name";
const JOB_URL: &str = "cicd.pipeline.task.run.url.full";
/// The program that runs the pipelines. The conventions have no attribute for it.
const SYSTEM: &str = "cicd.system.name";

/// A CI system: the variable that it sets, its name, and the variables with the values of labels.
struct System {
    is_set: &'static str,
    name: &'static str,
    labels: &'static [(&'static str, &'static str)],
}

/// `{NAME}` stands for the value of the variable.
const SYSTEMS: [System; 6] = [
    System {
        is_set: "GITHUB_ACTIONS",
        name: "github-actions",
        labels: &[
            (REPOSITORY, "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}"),
            (PIPELINE, "{GITHUB_WORKFLOW}"),
            (JOB, "{GITHUB_JOB}"),
            (
                RUN_URL,
                "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
            ),
            (PROVIDER, "github"),
        ],
    },
    System {
        is_set: "GITLAB_CI",
        name: "gitlab",
        labels: &[
            (REPOSITORY, "{CI_PROJECT_URL}"),
            (JOB, "{CI_JOB_NAME}"),
            (JOB_URL, "{CI_JOB_URL}"),
            (RUN_URL, "{CI_PIPELINE_URL}"),
            (PROVIDER, "gitlab"),
        ],
    },
    System {
        is_set: "BUILDKITE",
        name: "buildkite",
        labels: &[
            (REPOSITORY, "{BUILDKITE_REPO}"),
            (PIPELINE, "{BUILDKITE_PIPELINE_SLUG}"),
            (JOB, "{BUILDKITE_LABEL}"),
            (JOB_URL, "{BUILDKITE_BUILD_URL}#{BUILDKITE_JOB_ID}"),
            (RUN_URL, "{BUILDKITE_BUILD_URL}"),
        ],
    },
    System {
        is_set: "JENKINS_URL",
        name: "jenkins",
        labels: &[
            (REPOSITORY, "{GIT_URL}"),
            (PIPELINE, "{JOB_NAME}"),
            (RUN_URL, "{BUILD_URL}"),
        ],
    },
    System {
        is_set: "CIRCLECI",
        name: "circleci",
        labels: &[
            (REPOSITORY, "{CIRCLE_REPOSITORY_URL}"),
            (JOB, "{CIRCLE_JOB}"),
            (JOB_URL, "{CIRCLE_BUILD_URL}"),
        ],
    },
    System {
        is_set: "TF_BUILD",
        name: "azure-pipelines",
        labels: &[
            (REPOSITORY, "{BUILD_REPOSITORY_URI}"),
            (PIPELINE, "{BUILD_DEFINITIONNAME}"),
            (JOB, "{SYSTEM_JOBDISPLAYNAME}"),
            (
                RUN_URL,
                "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
            ),
        ],
    },
];

/// The variables that coding agents set for the commands that they start, and their names.
const AGENTS: [(&str, &str); 6] = [
    ("CLAUDECODE", "claude-code"),
    ("CODEX_SANDBOX", "codex"),
    ("CURSOR_AGENT", "cursor"),
    ("GEMINI_CLI", "gemini-cli"),
    ("AUGMENT_AGENT", "augment"),
    ("OPENCODE", "opencode"),
];

/// The labels that the environment gives. `variable` looks up a variable.
pub(super) fn labels(variable: impl Fn(&str) -> Option<String>) -> BTreeMap<String, String> {
    let variable = &|name: &str| variable(name).filter(|value| !value.is_empty());
    let mut labels = BTreeMap::new();
    let mut add = |name: &str, value: String| labels.insert(name.to_owned(), value);
    let system = SYSTEMS
        .iter()
        .find(|system| variable(system.is_set).is_some());
    if let Some(system) = system {
        add(SYSTEM, system.name.to_owned());
        for (name, template) in system.labels {
            if let Some(value) = filled(template, variable) {
                add(name, value);
            }
        }
    }
    // Agents without a variable of their own in the list may name themselves.
    let named = || variable("AI_AGENT");
    let mut known = AGENTS.iter();
    let known = known.find(|(is_set, _)| variable(is_set).is_some());
    if let Some(agent) = known.map(|(_, name)| (*name).to_owned()).or_else(named) {
        add("agent", agent);
    }
    labels
}

/// Replaces each `{NAME}` by the value of the variable. `None` if one is not set.
fn filled(template: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, end) = after.split_once('}')?;
        text.push_str(before);
        text.push_str(&variable(name)?);
        rest = end;
    }
    text.push_str(rest);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::{AGENTS, SYSTEMS, labels};
    use std::collections::BTreeMap;

    fn of(environment: &[(&str, &str)]) -> BTreeMap<String, String> {
        let environment: BTreeMap<_, _> = environment.iter().copied().collect();
        labels(|name| environment.get(name).map(|value| (*value).to_owned()))
    }

    fn text(labels: &BTreeMap<String, String>) -> String {
        let lines = labels.iter().map(|(name, value)| format!("{name}={value}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_run_in_ci_has_the_job_the_repository_and_the_provider() {
        let github = of(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://github.com"),
            ("GITHUB_REPOSITORY", "oldnordic/magellan"),
            ("GITHUB_RUN_ID", "42"),
            ("GITHUB_WORKFLOW", "CI"),
            ("GITHUB_JOB", "index"),
        ]);
        insta::assert_snapshot!(text(&github), @"
        cicd.pipeline.name=CI
        cicd.pipeline.run.url.full=https://github.com/oldnordic/magellan/actions/runs/42
        cicd.pipeline.task.name=index
        cicd.system.name=github-actions
        vcs.provider.name=github
        vcs.repository.url.full=https://github.com/oldnordic/magellan
        ");
        let azure = of(&[
            ("TF_BUILD", "True"),
            ("SYSTEM_COLLECTIONURI", "https://dev.azure.com/team/"),
            ("SYSTEM_TEAMPROJECT", "search"),
            ("BUILD_BUILDID", "7"),
        ]);
        insta::assert_snapshot!(text(&azure), @"
        cicd.pipeline.run.url.full=https://dev.azure.com/team/search/_build/results?buildId=7
        cicd.system.name=azure-pipelines
        ");
    }

    /// What a run has if every variable of a system is set to its own name.
    fn of_system(is_set: &str) -> String {
        let others = SYSTEMS.iter().map(|system| system.is_set);
        let others: Vec<_> = others.filter(|other| *other != is_set).collect();
        text(&labels(|name| {
            let is_there =
                !others.contains(&name) && !AGENTS.iter().any(|(agent, _)| *agent == name);
            (is_there && name != "AI_AGENT").then(|| name.to_owned())
        }))
    }

    #[test]
    fn every_system_has_its_variables() {
        let systems = SYSTEMS.iter().map(|system| of_system(system.is_set));
        insta::assert_snapshot!(systems.collect::<Vec<_>>().join("\n\n"), @"
        cicd.pipeline.name=GITHUB_WORKFLOW
        cicd.pipeline.run.url.full=GITHUB_SERVER_URL/GITHUB_REPOSITORY/actions/runs/GITHUB_RUN_ID
        cicd.pipeline.task.name=GITHUB_JOB
        cicd.system.name=github-actions
        vcs.provider.name=github
        vcs.repository.url.full=GITHUB_SERVER_URL/GITHUB_REPOSITORY

        cicd.pipeline.run.url.full=CI_PIPELINE_URL
        cicd.pipeline.task.name=CI_JOB_NAME
        cicd.pipeline.task.run.url.full=CI_JOB_URL
        cicd.system.name=gitlab
        vcs.provider.name=gitlab
        vcs.repository.url.full=CI_PROJECT_URL

        cicd.pipeline.name=BUILDKITE_PIPELINE_SLUG
        cicd.pipeline.run.url.full=BUILDKITE_BUILD_URL
        cicd.pipeline.task.name=BUILDKITE_LABEL
        cicd.pipeline.task.run.url.full=BUILDKITE_BUILD_URL#BUILDKITE_JOB_ID
        cicd.system.name=buildkite
        vcs.repository.url.full=BUILDKITE_REPO

        cicd.pipeline.name=JOB_NAME
        cicd.pipeline.run.url.full=BUILD_URL
        cicd.system.name=jenkins
        vcs.repository.url.full=GIT_URL

        cicd.pipeline.task.name=CIRCLE_JOB
        cicd.pipeline.task.run.url.full=CIRCLE_BUILD_URL
        cicd.system.name=circleci
        vcs.repository.url.full=CIRCLE_REPOSITORY_URL

        cicd.pipeline.name=BUILD_DEFINITIONNAME
        cicd.pipeline.run.url.full=SYSTEM_COLLECTIONURISYSTEM_TEAMPROJECT/_build/results?buildId=BUILD_BUILDID
        cicd.pipeline.task.name=SYSTEM_JOBDISPLAYNAME
        cicd.system.name=azure-pipelines
        vcs.repository.url.full=BUILD_REPOSITORY_URI
        ");
    }

    #[test]
    fn a_coding_agent_is_named() {
        assert_eq!(of(&[("CLAUDECODE", "1")])["agent"], "claude-code");
        assert_eq!(of(&[("AI_AGENT", "a-new-one")])["agent"], "a-new-one");
        assert_eq!(of(&[("CLAUDECODE", ""), ("PATH", "/bin")]), BTreeMap::new());
    }
}
