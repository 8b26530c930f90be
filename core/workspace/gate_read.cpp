// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/workspace/gate_read.h"

#include "core/workspace/metric_check.h"

#include <QRegularExpression>

#include <cmath>

namespace pilothouse::workspace {

namespace {
QString u(const char *text) { return QString::fromUtf8(text); }
} // namespace

std::vector<YamlPointer> listItems(Section &section, const QString &key) {
    const YamlNode *node = section.node(key);
    if (!node || node->kind == YamlNode::Kind::Null)
        return {};
    if (node->kind == YamlNode::Kind::List)
        return node->items;
    if (node->kind == YamlNode::Kind::Scalar)
        return {std::make_shared<YamlNode>(*node)};
    section.problems().add(section.positionOf(key), u("“%1” must be a list.").arg(key), u("Write it as [a, b] or one entry a line with “- ”."));
    return {};
}

std::optional<GateSpec> parseGate(const QString &text) {
    static const QRegularExpression form(u(R"(^\s*([A-Za-z_][\w.]*(?:@.+?)?)\s*(>=|<=|==|>|<)\s*(\S+)\s*$)"));
    const auto match = form.match(text);
    bool good = false;
    const double limit = match.captured(3).toDouble(&good);
    if (!match.hasMatch() || !good || !std::isfinite(limit))
        return std::nullopt;
    return GateSpec{match.captured(1), match.captured(2), limit};
}

QStringList runGateNames() { return {u("coverage"), u("tests"), u("tests_passed"), u("tests_failed"), u("tests_skipped"), u("seconds")}; }

std::vector<GateSpec> readGates(Section &section, const QString &word, const QStringList &known, const QString &example, const std::optional<QStringList> &targets) {
    std::vector<GateSpec> all;
    for (const YamlPointer &item : listItems(section, u("gates"))) {
        const auto gate = parseGate(item->kind == YamlNode::Kind::Scalar ? item->text : QString());
        if (!gate) {
            section.problems().add(item->position, u("A gate must read “%1 >= number”, not “%2”.").arg(word, item->text), u("For example “%1”; operators are >= > <= < ==.").arg(example));
            continue;
        }
        checkMetric(section.problems(), item->position, word, gate->metric, known, targets);
        all.push_back(*gate);
    }
    return all;
}

std::vector<GateSpec> readRunGates(Section &section) {
    QStringList known = runGateNames();
    known += knownMetrics();
    std::vector<GateSpec> all;
    for (const YamlPointer &item : listItems(section, u("gates"))) {
        const auto gate = parseGate(item->kind == YamlNode::Kind::Scalar ? item->text : QString());
        if (!gate)
            section.problems().add(item->position, u("A gate must read “figure >= number”, not “%1”.").arg(item->text), u("For example “coverage >= 95”; operators are >= > <= < ==."));
        else if (!known.contains(gate->metric) && !nearestName(gate->metric, known).isEmpty()) // else a metric of the system's own
            addUnknown(section.problems(), item->position, u("figure"), gate->metric, known);
        else
            all.push_back(*gate);
    }
    return all;
}

} // namespace pilothouse::workspace
