// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::pipelines {

/// Output of ansible-playbook, as its default callback writes it (lib/ansible/plugins/callback/default.py): folded by play and task, the recap as numbers. Pure functions over text
/// that may have colours, times before each line, and a build's other lines around it.

enum class AnsibleOutcome { Ok, Changed, Failed, Skipped, Unreachable, Rescued, Ignored };
QString ansibleOutcomeName(AnsibleOutcome outcome); ///< ok, changed, …

struct AnsibleResult {
    AnsibleOutcome outcome = AnsibleOutcome::Ok;
    QString host;    ///< "localhost", "web1 -> db1"
    QString item;    ///< of a loop
    QString message; ///< "msg" or "stderr" of what failed
    int line = 0;    ///< from 0
};

struct AnsibleTask {
    QString name;           ///< "deploy : set image"
    bool handler = false;
    int line = 0, lines = 0; ///< where it begins, and how many lines belong to it
    int retries = 0;         ///< "FAILED - RETRYING"
    std::vector<AnsibleResult> results;
    /// The worst of its results; nothing: none was written (an include).
    std::optional<AnsibleOutcome> outcome() const;
};

struct AnsiblePlay {
    QString name;
    int line = 0, lines = 0;
    std::vector<AnsibleTask> tasks;
    int count(AnsibleOutcome outcome) const; ///< results of its tasks
};

struct AnsibleRecap {
    QString host;
    int ok = 0, changed = 0, unreachable = 0, failed = 0, skipped = 0, rescued = 0, ignored = 0;
    bool good() const { return unreachable == 0 && failed == 0; }
};

struct AnsibleLog {
    std::vector<AnsiblePlay> plays;
    std::vector<AnsibleRecap> recap; ///< of all playbooks in the log, one after the other
    QStringList commands;            ///< "ansible-playbook …" as a shell shows them ("+ " taken away)
    QJsonObject extraVars;           ///< of all commands; text, number, bool, object as given
    bool isAnsible() const { return !plays.empty() || !recap.empty(); }
    /// "ok 12, changed 3, failed 0" of all hosts; empty without a recap.
    QString summary() const;
};

AnsibleLog parseAnsible(const QString &log);

/// The extra vars of one command line: -e a=b, --extra-vars "a=b c='d e'", -e '{"a": "b"}'; a file (-e @vars.yml) is left out. The last of a name counts, as in Ansible.
QJsonObject ansibleExtraVars(const QString &command);

/// What extra vars or parameters say about images: "frontend_tag" → {"frontend","v34"}, also x_image_tag, x_image_version, x_image = "repo/x:v34".
QMap<QString, QString> imagesOfVars(const QJsonObject &vars);

} // namespace pilothouse::pipelines
