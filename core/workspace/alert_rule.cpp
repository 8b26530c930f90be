// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/alert_rule.h"

#include "core/base/file.h"
#include "core/workspace/known_metrics.h"
#include "core/workspace/metric_check.h"

namespace pilothouse::workspace {

namespace {

using Kind = AlertRule::Kind;

QString u(const char *text) { return QString::fromUtf8(text); }

const QStringList &kindNames() { // in the order of Kind
    static const QStringList names{u("staleness"), u("metric"), u("drift"), u("skew"), u("run_time"), u("error_rate"), u("latency"), u("no_data"), u("query")};
    return names;
}

/// One rule; its problems are reported where they stand.
class Reader {
public:
    Reader(AlertRule &rule, Section &section, const Workspace &workspace) : m_rule(rule), m_section(section), m_workspace(workspace), m_problems(section.problems()) {}

    void read() {
        const QString kind = m_section.word(u("kind"), kindNames());
        if (kind.isEmpty()) {
            (void)m_section.needText(u("kind"));
            return;
        }
        m_rule.kind = Kind(kindNames().indexOf(kind));
        readSubject();
        readLimit();
        readFor();
        m_rule.warning = m_section.word(u("severity"), {u("critical"), u("warning")}, u("critical")) == QLatin1String("warning");
        m_rule.to = m_section.texts(u("to"));
        for (const QString &name : std::as_const(m_rule.to))
            if (!m_workspace.notifications.contains(name))
                addUnknown(m_problems, m_section.positionOf(u("to")), u("notification"), name, m_workspace.notifications.keys());
        m_section.finish();
    }

private:
    void readSubject() {
        m_rule.model = m_section.text(u("model"));
        QStringList models;
        for (const Model &model : m_workspace.models)
            models << model.name;
        if (!m_rule.model.isEmpty() && !models.contains(m_rule.model))
            addUnknown(m_problems, m_section.positionOf(u("model")), u("model"), m_rule.model, models);
        if (m_rule.kind == Kind::Staleness)
            m_rule.experiment = m_section.text(u("experiment"));
        if (m_rule.kind == Kind::Query) {
            m_rule.query = m_section.needText(u("query"));
            readConnection(u("prometheus"));
        } else if (!m_rule.experiment.isEmpty()) {
            readConnection(u("mlflow"));
            if (!m_rule.model.isEmpty())
                m_problems.add(m_section.positionOf(u("experiment")), u("“model” and “experiment” are two things that can grow old: keep one."));
        } else if (m_rule.model.isEmpty()) {
            m_problems.addMissing(m_section.position(), u("The alert “%1” names no model.").arg(m_rule.name), m_rule.kind == Kind::Staleness ? u("Add model: NAME, or experiment: NAME with its connection.") : u("Add model: NAME."));
        }
    }
    void readConnection(const QString &kind) {
        m_rule.connection = m_section.needText(u("connection"));
        if (m_rule.connection.isEmpty())
            return;
        if (!m_workspace.connections.contains(m_rule.connection))
            addUnknown(m_problems, m_section.positionOf(u("connection")), u("connection"), m_rule.connection, m_workspace.connections.keys());
        else if (m_workspace.connections.value(m_rule.connection).kind != kind)
            m_problems.add(m_section.positionOf(u("connection")), u("“%1” is no connection of kind %2.").arg(m_rule.connection, kind));
    }
    void readAge(const QString &key, const QString &otherwise) {
        const QString text = m_section.duration(key, otherwise);
        if (const auto seconds = parseDuration(text))
            m_rule.above = double(*seconds);
        else if (text.isEmpty())
            m_problems.addMissing(m_section.position(), u("The alert “%1” has no limit.").arg(m_rule.name), u("Add %1: 2h.").arg(key));
    }
    void readLimit() {
        switch (m_rule.kind) {
        case Kind::Staleness: return readAge(u("older_than"), u("36h"));
        case Kind::NoData: return readAge(u("older_than"), u("1d"));
        case Kind::RunTime: {
            const Model *model = m_workspace.model(m_rule.model);
            return readAge(u("longer_than"), model ? model->pipeline.other.value(u("sla")) : QString());
        }
        case Kind::Skew: return;
        default: break;
        }
        if (m_rule.kind == Kind::Drift)
            m_rule.of = m_section.word(u("of"), {u("inputs"), u("predictions"), u("labels")}, u("inputs"));
        m_rule.above = m_section.maybeNumber(u("above"));
        m_rule.below = m_section.maybeNumber(u("below"));
        if (!m_rule.above && !m_rule.below) {
            if (m_rule.kind == Kind::Drift)
                m_rule.above = 0.25;
            else if (m_rule.kind == Kind::ErrorRate)
                m_rule.above = 0.02;
            else if (m_rule.kind == Kind::Latency)
                m_rule.above = 100;
            else
                m_problems.addMissing(m_section.position(), u("The alert “%1” has no limit.").arg(m_rule.name), u("Add above: or below:, or both."));
        }
        if (m_rule.above && m_rule.below && *m_rule.below > *m_rule.above)
            m_problems.add(m_section.positionOf(u("below")), u("In this alert below is greater than above: every value would fire."));
        if (m_rule.kind == Kind::ErrorRate && m_rule.above && (*m_rule.above < 0 || *m_rule.above > 1))
            m_problems.add(m_section.positionOf(u("above")), u("An error rate is a share between 0 and 1."), u("2 % is 0.02."));
        if (m_rule.kind != Kind::Metric)
            return;
        m_rule.metric = m_section.needText(u("metric"));
        m_rule.source = m_section.word(u("source"), {u("endpoint"), u("registry")}, u("endpoint"));
        if (!m_rule.metric.isEmpty())
            checkMetric(m_problems, m_section.positionOf(u("metric")), u("metric"), m_rule.metric, knownMetrics(), std::nullopt);
        if (m_rule.source == QLatin1String("endpoint"))
            readLabels();
    }
    void readLabels() {
        m_rule.withinSeconds = parseDuration(m_section.duration(u("within"), u("7d"))).value_or(0);
        m_rule.rows = int(m_section.integer(u("rows"), m_rule.rows, 1, 1'000'000));
        m_rule.minimumRows = int(m_section.integer(u("minimum_rows"), std::min(m_rule.minimumRows, m_rule.rows), 1, 1'000'000));
        if (m_rule.minimumRows > m_rule.rows)
            m_problems.add(m_section.positionOf(u("minimum_rows")), u("In this alert minimum_rows is greater than rows: there would never be a value."));
    }
    void readFor() {
        const QString text = m_section.duration(u("for"));
        if (!text.isEmpty() && m_rule.kind == Kind::Staleness)
            m_problems.add(m_section.positionOf(u("for")), u("Staleness has no “for”: what is too old does not get younger by waiting."), u("Raise older_than instead."));
        else if (!text.isEmpty())
            m_rule.forSeconds = parseDuration(text).value_or(0);
    }
    AlertRule &m_rule;
    Section &m_section;
    const Workspace &m_workspace;
    Problems &m_problems;
};

} // namespace

QString AlertRule::kindName() const { return kindNames().at(int(kind)); }

QString AlertRule::event() const {
    switch (kind) {
    case Kind::Staleness: return u("staleness");
    case Kind::Metric: return u("accuracy");
    case Kind::Drift: return u("drift");
    case Kind::Skew: return u("rollout");
    case Kind::RunTime: return u("pipeline");
    default: return u("alert");
    }
}

std::vector<AlertRule> readAlerts(Section &top, const Workspace &workspace) {
    std::vector<AlertRule> rules;
    Section all = top.section(u("alerts"));
    if (!all.map())
        return rules;
    for (const auto &[name, value] : all.map()->entries) {
        AlertRule rule;
        rule.name = name->text;
        Section section(value.get(), top.problems(), name->text, name->position);
        if (!isPlainName(rule.name))
            top.problems().add(name->position, u("“%1” cannot be an alert's name.").arg(rule.name), u("Use letters, digits, - and _."));
        Reader(rule, section, workspace).read();
        rules.push_back(std::move(rule));
    }
    return rules;
}

Result<std::vector<AlertRule>> readAlertRules(const QString &file) {
    PH_ASSIGN(const QByteArray bytes, readFile(file));
    PH_ASSIGN(const Workspace workspace, parseWorkspace(bytes, file));
    const YamlPlaces places(bytes, file);
    PH_ASSIGN(const YamlPointer root, parseYaml(places));
    Problems problems(places);
    Section top(root.get(), problems, u("the workspace"));
    return readAlerts(top, workspace);
}

} // namespace pilothouse::workspace
