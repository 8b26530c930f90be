// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/base/journal_text.h"

#include "core/base/json.h"
#include "widgets/base/format.h"

#include <QCoreApplication>
#include <QHash>
#include <QJsonArray>

namespace pilothouse::ui {
namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(pilothouse::ui::JournalModel)
};

/// "champion v1 → v2": an alias is named, a rollout or a version is what the line is about anyway.
QString callText(const QJsonObject &call, const QJsonObject &after) {
    const QString object = call.value(Q("object")).toString(), effect = call.value(Q("effect")).toString();
    if (const int made = object.startsWith(Q("version of ")) ? after.value(object).toObject().value(Q("version")).toInt() : 0)
        return QStringLiteral("v%1").arg(made);
    return object.startsWith(Q("alias ")) ? object.section(QLatin1Char(' '), 1, 1) + QLatin1Char(' ') + effect : effect;
}

} // namespace

State stateOfPhase(const QString &phase) {
    if (phase == Q("done"))
        return State::Ok;
    if (phase == Q("failed"))
        return State::Bad;
    if (phase == Q("refused"))
        return State::Warn;
    if (phase == Q("executing"))
        return State::Running;
    if (phase == Q("undone"))
        return State::Skipped;
    return phase == Q("planned") ? State::Waiting : phase == Q("note") ? State::None : State::Unknown;
}

QString phaseWord(const QString &phase) {
    if (phase == Q("done"))
        return Text::tr("done");
    if (phase == Q("failed"))
        return Text::tr("failed");
    if (phase == Q("refused"))
        return Text::tr("refused, nothing sent");
    if (phase == Q("executing"))
        return Text::tr("begun");
    if (phase == Q("undone"))
        return Text::tr("undone");
    if (phase == Q("planned"))
        return Text::tr("planned");
    return phase == Q("note") ? Text::tr("note") : phase;
}

QString kindWord(const QString &kind) {
    QString text = kind;
    text.replace(QLatin1Char('-'), QLatin1Char(' '));
    return text.left(1).toUpper() + text.mid(1);
}

QString shortValue(const QJsonValue &value) {
    switch (value.type()) {
    case QJsonValue::Null:
    case QJsonValue::Undefined: return Text::tr("none");
    case QJsonValue::Bool: return value.toBool() ? Text::tr("yes") : Text::tr("no");
    case QJsonValue::Double: return number(value.toDouble(), 4);
    case QJsonValue::String: return value.toString();
    default: return QString::fromUtf8(compactJson(value));
    }
}

QString changeText(const QJsonObject &before, const QJsonObject &after) {
    QStringList parts;
    QStringList keys = before.keys();
    for (const QString &key : after.keys())
        if (!keys.contains(key))
            keys << key;
    for (const QString &key : keys) {
        const QJsonValue was = before.value(key), is = after.value(key);
        if (was == is)
            continue;
        const QString name = keys.size() > 1 ? key + QLatin1Char(' ') : QString();
        const QString from = was.isUndefined() || was.toString(QStringLiteral("-")).isEmpty() ? QString() : shortValue(was) + QStringLiteral(" → ");
        parts << name + from + (is.isUndefined() ? Text::tr("none") : shortValue(is));
    }
    return parts.join(QStringLiteral(", "));
}

QString effectText(const operations::JournalEntry &entry) {
    if (const QString error = entry.details.value(Q("error")).toString(); !error.isEmpty())
        return error;
    QStringList effects;
    bool told = false; // a call whose effect is only the operation's name tells nothing: its summary does
    for (const QJsonValue &call : entry.details.value(Q("calls")).toArray()) {
        effects << callText(call.toObject(), entry.after);
        told |= call.toObject().value(Q("effect")).toString() != entry.kind;
    }
    const QString summary = entry.details.value(Q("summary")).toString();
    if (told)
        return effects.join(QStringLiteral(", "));
    for (const char *key : {"verdict", "reason", "finding"})
        if (const QString text = entry.details.value(Q(key)).toString(); !text.isEmpty())
            return text;
    if (!entry.before.isEmpty() && entry.before.keys() == entry.after.keys()) // the same things before and after: they can be set side by side
        if (const QString change = changeText(entry.before, entry.after); !change.isEmpty())
            return change;
    if (!summary.isEmpty())
        return summary;
    return changeText(entry.before, entry.after);
}

std::vector<operations::JournalEntry> operationsOf(const std::vector<operations::JournalEntry> &entries) {
    std::vector<operations::JournalEntry> out;
    QHash<QString, std::size_t> seen;
    for (const operations::JournalEntry &entry : entries) {
        const QString key = entry.operation + QLatin1Char('\n') + entry.kind + QLatin1Char('\n') + entry.object;
        const auto newer = seen.constFind(key);
        if (newer == seen.constEnd() || entry.operation.isEmpty() || entry.phase == Q("note")) {
            if (!entry.operation.isEmpty() && entry.phase != Q("note"))
                seen.insert(key, out.size());
            out.push_back(entry);
            continue;
        }
        operations::JournalEntry &kept = out[*newer];
        for (auto field = entry.details.begin(); field != entry.details.end(); ++field)
            if (!kept.details.contains(field.key()))
                kept.details.insert(field.key(), field.value());
        if (kept.before.isEmpty())
            kept.before = entry.before;
    }
    return out;
}

} // namespace pilothouse::ui
