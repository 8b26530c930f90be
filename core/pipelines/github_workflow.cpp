// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/github_workflow.h"

#include "core/workspace/yaml_tree.h"

#include <QRegularExpression>

#include <algorithm>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;
using workspace::YamlNode;

QString textOf(const YamlNode *node) { return node && node->kind == YamlNode::Kind::Scalar ? node->text : QString(); }
const YamlNode *child(const YamlNode *node, const char *key) { return node && node->kind == YamlNode::Kind::Map ? node->find(QLatin1String(key)) : nullptr; }

/// "main", or [main, dev]
QStringList listOf(const YamlNode *node) {
    QStringList list;
    if (node && node->kind == YamlNode::Kind::Scalar)
        list << node->text;
    if (node && node->kind == YamlNode::Kind::List)
        for (const auto &item : node->items)
            list << textOf(item.get());
    return list;
}

bool isTrue(const QString &text) { return text.compare(Q("true"), Qt::CaseInsensitive) == 0; }

Parameter inputOf(const QString &name, const YamlNode *node, QStringList &environments) {
    Parameter p;
    p.name = name;
    p.description = textOf(child(node, "description"));
    p.required = isTrue(textOf(child(node, "required")));
    const QString type = textOf(child(node, "type"));
    const YamlNode *const value = child(node, "default");
    const bool given = value && value->kind == YamlNode::Kind::Scalar;
    if (type == Q("boolean")) {
        p.kind = Parameter::Kind::Boolean;
        p.value = isTrue(textOf(value));
    } else if (type == Q("number")) {
        p.kind = Parameter::Kind::Number;
        if (given)
            p.value = textOf(value).toDouble();
    } else if (type == Q("choice") || type == Q("environment")) {
        p.kind = Parameter::Kind::Choice;
        p.choices = listOf(child(node, "options"));
        if (given || !p.choices.isEmpty())
            p.value = given ? textOf(value) : p.choices.first(); // the page takes the first one, too
        if (type == Q("environment"))
            environments << name;
    } else if (given) {
        p.value = textOf(value);
    }
    if (!given && p.value.isNull())
        p.value = QJsonValue(QJsonValue::Undefined);
    return p;
}

void readOn(const YamlNode *on, WorkflowFile &file) {
    const QStringList words = listOf(on);
    file.dispatch = words.contains(Q("workflow_dispatch"));
    file.push = words.contains(Q("push"));
    if (!on || on->kind != YamlNode::Kind::Map)
        return;
    if (const YamlNode *const dispatch = on->find(QStringLiteral("workflow_dispatch"))) {
        file.dispatch = true;
        if (const YamlNode *const inputs = child(dispatch, "inputs"); inputs && inputs->kind == YamlNode::Kind::Map)
            for (const auto &[key, value] : inputs->entries)
                file.inputs.push_back(inputOf(key->text, value.get(), file.environmentInputs));
    }
    if (const YamlNode *const push = on->find(QStringLiteral("push"))) {
        file.push = true;
        file.branches = listOf(child(push, "branches"));
        file.branchesIgnored = listOf(child(push, "branches-ignore"));
        file.paths = listOf(child(push, "paths"));
        file.pathsIgnored = listOf(child(push, "paths-ignore"));
        file.tags = listOf(child(push, "tags"));
    }
    if (const YamlNode *const schedule = on->find(QStringLiteral("schedule")); schedule && schedule->kind == YamlNode::Kind::List)
        for (const auto &item : schedule->items)
            if (const QString cron = textOf(child(item.get(), "cron")); !cron.isEmpty())
                file.crons << cron;
}

void readJobs(const YamlNode *jobs, WorkflowFile &file) {
    if (!jobs || jobs->kind != YamlNode::Kind::Map)
        return;
    for (const auto &[key, node] : jobs->entries) {
        WorkflowJob job;
        job.key = key->text;
        job.name = textOf(child(node.get(), "name"));
        job.needs = listOf(child(node.get(), "needs"));
        const YamlNode *const environment = child(node.get(), "environment");
        job.environment = environment && environment->kind == YamlNode::Kind::Map ? textOf(child(environment, "name")) : textOf(environment);
        job.condition = textOf(child(node.get(), "if"));
        job.matrix = child(child(node.get(), "strategy"), "matrix") != nullptr;
        file.jobs.push_back(job);
    }
}

/// Images whose tag is an expression, and steps that write to the repository.
void readText(const QString &text, WorkflowFile &file) {
    static const QRegularExpression image(QStringLiteral(R"(((?:\$\{\{[^}\n]*\}\}|[\w.\-/])+):((?:[\w.\-]*\$\{\{\s*(?:github\.sha|github\.ref_name)\s*\}\}|[\w.\-]*\$\{?GITHUB_(?:SHA|REF_NAME)\}?)[\w.\-]*))"));
    for (auto it = image.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        if (const QString reference = match.captured(1) + QLatin1Char(':') + match.captured(2); match.captured(1).contains(QLatin1Char('/')) && !file.images.contains(reference))
            file.images << reference;
    }
    file.writes = text.contains(Q("git push")) || text.contains(Q("git-auto-commit-action")) || text.contains(Q("add-and-commit@"));
}

QRegularExpression patternOf(const QString &pattern) {
    QString out;
    for (qsizetype i = 0; i < pattern.size(); ++i) {
        const QChar c = pattern[i];
        if (c == QLatin1Char('*') && pattern.mid(i, 3) == Q("**/")) {
            out += QStringLiteral("(?:.*/)?");
            i += 2;
        } else if (c == QLatin1Char('*') && pattern.mid(i, 2) == Q("**")) {
            out += QStringLiteral(".*");
            ++i;
        } else if (c == QLatin1Char('*')) {
            out += QStringLiteral("[^/]*");
        } else if (c == QLatin1Char('?') || c == QLatin1Char('+') || c == QLatin1Char('[') || c == QLatin1Char(']')) {
            out += c;
        } else if (c == QLatin1Char('\\') && i + 1 < pattern.size()) {
            out += QRegularExpression::escape(QString(pattern[++i]));
        } else if (c == QLatin1Char('-')) {
            out += c; // a range in brackets
        } else {
            out += QRegularExpression::escape(QString(c));
        }
    }
    return QRegularExpression(QRegularExpression::anchoredPattern(out));
}

} // namespace

bool filterMatches(const QStringList &patterns, const QString &name) {
    bool in = false;
    for (const QString &pattern : patterns) {
        const bool out = pattern.startsWith(QLatin1Char('!'));
        if (const QRegularExpression expression = patternOf(out ? pattern.mid(1) : pattern); expression.isValid() && expression.match(name).hasMatch())
            in = !out;
    }
    return in;
}

bool WorkflowJob::is(const QString &shown) const {
    const QString called = name.isEmpty() ? key : name;
    static const QRegularExpression expression(QStringLiteral(R"(\$\{\{.*?\}\})"));
    QString pattern;
    qsizetype at = 0;
    for (auto it = expression.globalMatch(called); it.hasNext();) {
        const auto match = it.next();
        pattern += QRegularExpression::escape(called.mid(at, match.capturedStart() - at)) + QStringLiteral(".*");
        at = match.capturedEnd();
    }
    pattern += QRegularExpression::escape(called.mid(at));
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern + (matrix ? QStringLiteral("(?: \\(.*\\))?") : QString()) + QStringLiteral("(?: / .*)?"))).match(shown).hasMatch();
}

bool WorkflowFile::startsFor(const QString &branch, const QStringList &files) const {
    if (!push || (!tags.isEmpty() && branches.isEmpty() && branchesIgnored.isEmpty()) || (!branches.isEmpty() && !filterMatches(branches, branch)) || (!branchesIgnored.isEmpty() && filterMatches(branchesIgnored, branch)))
        return false;
    if (!paths.isEmpty())
        return std::any_of(files.begin(), files.end(), [&](const QString &file) { return filterMatches(paths, file); });
    return pathsIgnored.isEmpty() || std::any_of(files.begin(), files.end(), [&](const QString &file) { return !filterMatches(pathsIgnored, file); });
}

bool WorkflowFile::leavesOut(const QString &message, const QString &actor) const {
    static const QRegularExpression asks(QStringLiteral(R"(^(!?)\s*(startsWith|endsWith|contains)\(\s*github\.event\.head_commit\.message\s*,\s*'((?:[^']|'')*)'\s*\)$)"), QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression isNot(QStringLiteral(R"(^github\.actor\s*!=\s*'([^']*)'$)"), QRegularExpression::CaseInsensitiveOption);
    const auto isFalse = [&](const QString &part) {
        if (const auto who = isNot.match(part); who.hasMatch())
            return who.captured(1).compare(actor, Qt::CaseInsensitive) == 0;
        const auto match = asks.match(part);
        if (!match.hasMatch())
            return false;
        const QString how = match.captured(2).toLower(), text = match.captured(3).replace(Q("''"), Q("'"));
        const bool is = how == Q("startswith") ? message.startsWith(text, Qt::CaseInsensitive) : how == Q("endswith") ? message.endsWith(text, Qt::CaseInsensitive) : message.contains(text, Qt::CaseInsensitive);
        return is == !match.captured(1).isEmpty();
    };
    bool any = false;
    for (const WorkflowJob &job : jobs) {
        if (!job.needs.isEmpty())
            continue;
        QString condition = job.condition.trimmed();
        if (condition.startsWith(Q("${{")) && condition.endsWith(Q("}}")))
            condition = condition.mid(3, condition.size() - 5).trimmed();
        const QStringList parts = condition.split(Q("&&"));
        if (condition.contains(Q("||")) || std::none_of(parts.begin(), parts.end(), [&](const QString &part) { return isFalse(part.trimmed()); }))
            return false;
        any = true;
    }
    return any;
}

QMap<QString, QString> WorkflowFile::imagesOf(const QString &repository, const QString &commit, const QString &ref) const {
    static const QRegularExpression expression(QStringLiteral(R"(\$\{\{\s*([\w.\-]+)\s*\}\}|\$\{?(GITHUB_SHA|GITHUB_REF_NAME)\}?)"));
    const QMap<QString, QString> known{{QStringLiteral("github.sha"), commit}, {QStringLiteral("GITHUB_SHA"), commit}, {QStringLiteral("github.ref_name"), ref}, {QStringLiteral("GITHUB_REF_NAME"), ref},
                                       {QStringLiteral("github.repository"), repository.toLower()}, {QStringLiteral("github.repository_owner"), repository.section(QLatin1Char('/'), 0, 0).toLower()},
                                       {QStringLiteral("github.actor"), QString()}};
    QMap<QString, QString> found;
    for (QString text : images) {
        for (int round = 0; round < 3; ++round) { // what env holds may be an expression
            QString out;
            qsizetype at = 0;
            for (auto it = expression.globalMatch(text); it.hasNext();) {
                const auto match = it.next();
                const QString word = match.captured(1).isEmpty() ? match.captured(2) : match.captured(1);
                out += text.mid(at, match.capturedStart() - at) + (word.startsWith(Q("env.")) ? env.value(word.mid(4)) : known.value(word));
                at = match.capturedEnd();
            }
            text = out + text.mid(at);
        }
        QString name = text.section(QLatin1Char(':'), 0, -2);
        const QString tag = text.section(QLatin1Char(':'), -1);
        while (name.startsWith(QLatin1Char('/'))) // the user of a registry is a secret: the image's own name is left
            name.remove(0, 1);
        name = name.replace(Q("//"), Q("/"));
        if (!name.isEmpty() && !tag.isEmpty() && !tag.contains(QLatin1Char('$')))
            found.insert(name, tag);
    }
    return found;
}

Result<WorkflowFile> readWorkflow(const QByteArray &yaml, const QString &where) {
    const workspace::YamlPlaces places(yaml, where);
    PH_ASSIGN(const workspace::YamlPointer root, workspace::parseYaml(places));
    if (root->kind != YamlNode::Kind::Map)
        return invalid(QStringLiteral("This is no workflow: a map with “on” and “jobs” is expected."), where);
    WorkflowFile file;
    file.name = textOf(child(root.get(), "name"));
    readOn(child(root.get(), "on"), file);
    readJobs(child(root.get(), "jobs"), file);
    if (const YamlNode *const env = child(root.get(), "env"); env && env->kind == YamlNode::Kind::Map)
        for (const auto &[key, value] : env->entries)
            file.env.insert(key->text, textOf(value.get()));
    readText(QString::fromUtf8(yaml), file);
    return file;
}

} // namespace pilothouse::pipelines
