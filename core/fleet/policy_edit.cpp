// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/policy_edit.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/workspace/edit.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;
using workspace::RetrainPolicy;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(PolicyEdit)
};

const char *const recordKind = "retrain-policy";

QVariantMap entriesIn(const workspace::Workspace &workspace, const QString &model) {
    const workspace::Model *found = workspace.model(model);
    return found ? policyEntries(found->retrain) : QVariantMap();
}

/// The text of the file with these entries below `retrain:`, changed where they differ only.
Result<QByteArray> edited(QByteArray text, const QString &file, const QString &model, const QVariantMap &to) {
    PH_ASSIGN(const auto workspace, workspace::parseWorkspace(text, file));
    const QVariantMap from = entriesIn(workspace, model);
    const QStringList section{QStringLiteral("models"), model, QStringLiteral("retrain")};
    if (to.isEmpty() && !from.isEmpty())
        return workspace::removeEntry(text, file, section);
    for (auto it = to.begin(); it != to.end(); ++it)
        if (from.value(it.key()) != it.value()) {
            PH_ASSIGN(text, workspace::editValue(text, file, section + QStringList{it.key()}, it.value()));
        }
    for (auto it = from.begin(); it != from.end(); ++it)
        if (!to.contains(it.key())) {
            PH_ASSIGN(text, workspace::removeEntry(text, file, section + QStringList{it.key()}));
        }
    return text;
}

/// "when: mae > 1.5 → mae > 1.6; check: — → 1h".
QString effectOf(const QVariantMap &from, const QVariantMap &to) {
    const auto shown = [](const QVariant &value) {
        if (!value.isValid())
            return QStringLiteral("—");
        if (value.typeId() == QMetaType::QStringList)
            return value.toStringList().join(QStringLiteral(", "));
        return value.typeId() == QMetaType::QVariantMap ? QString::fromUtf8(canonicalJson(QJsonObject::fromVariantMap(value.toMap()))) : value.toString();
    };
    QStringList parts;
    QStringList keys = from.keys() + to.keys();
    keys.removeDuplicates();
    for (const QString &key : std::as_const(keys))
        if (from.value(key) != to.value(key))
            parts << QStringLiteral("%1: %2 → %3").arg(key, shown(from.value(key)), shown(to.value(key)));
    return parts.join(QStringLiteral("; "));
}

operations::Operation change(const QString &file, const QString &model, const QVariantMap &from, const QVariantMap &to) {
    operations::Operation operation;
    operation.kind = QStringLiteral("retrain-policy");
    operation.object = QStringLiteral("model ") + model;
    operation.summary = Text::tr("Change the retraining policy of %1 in the workspace").arg(model);
    operation.needs = workspace::Role::Operator;
    operation.before = QJsonObject::fromVariantMap(from);
    operation.undoRecord = {{Q("kind"), Q(recordKind)}, {Q("model"), model}, {Q("from"), QJsonObject::fromVariantMap(from)}, {Q("to"), QJsonObject::fromVariantMap(to)}};
    operations::Step step;
    step.call.verb = QStringLiteral("EDIT");
    step.call.object = file;
    step.call.effect = effectOf(from, to);
    step.call.undo = Text::tr("put it back");
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const auto now, workspace::readWorkspace(file));
        if (entriesIn(now, model) != from)
            return Error{ErrorKind::Conflict, Text::tr("The workspace file has another policy for %1 now.").arg(model), file, Text::tr("Look at it and try again."), {}};
        return {};
    };
    const auto write = [file, model](const QVariantMap &entries) -> Result<void> {
        const auto done = workspace::editWorkspaceFile(file, [&](const QByteArray &text) { return edited(text, file, model, entries); });
        return done ? Result<void>() : done.error();
    };
    step.execute = [=] { return write(to); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, workspace::readWorkspace(file));
        if (entriesIn(now, model) != to)
            return Error{ErrorKind::Conflict, Text::tr("The workspace file was written by somebody else meanwhile."), file, {}, {}};
        return QJsonObject::fromVariantMap(to);
    };
    step.undo = [=] { return write(from); };
    operation.steps.push_back(std::move(step));
    return operation;
}

/// JSON has no text lists of its own: those of the record are made such again, so that they compare.
QVariantMap entriesOf(const QJsonObject &record) {
    QVariantMap entries = record.toVariantMap();
    for (QVariant &value : entries)
        if (value.typeId() == QMetaType::QVariantList)
            value = value.toStringList();
    return entries;
}

} // namespace

QVariantMap policyEntries(const RetrainPolicy &policy) {
    const RetrainPolicy usual;
    QVariantMap entries;
    const auto put = [](QVariantMap &into, const char *key, const auto &value, const auto &without) {
        if (value != without)
            into.insert(Q(key), value);
    };
    put(entries, "when", policy.when, usual.when);
    put(entries, "at_most_every", policy.atMostEvery, usual.atMostEvery);
    put(entries, "executor", policy.executor, usual.executor);
    put(entries, "enabled", policy.enabled, usual.enabled);
    put(entries, "check", policy.check, usual.check);
    put(entries, "min_rows", qlonglong(policy.minimumRows), qlonglong(usual.minimumRows));
    put(entries, "only_in", policy.onlyIn, usual.onlyIn);
    put(entries, "not_in", policy.notIn, usual.notIn);
    put(entries, "retries", qlonglong(policy.retries), qlonglong(usual.retries));
    put(entries, "retry_after", policy.retryAfter, usual.retryAfter);
    put(entries, "tag", policy.tag, usual.tag);
    QVariantMap budget;
    put(budget, "runs", qlonglong(policy.budget.runs), qlonglong(usual.budget.runs));
    put(budget, "hours", policy.budget.hours, usual.budget.hours);
    put(budget, "cost", policy.budget.cost, usual.budget.cost);
    put(budget, "price_per_hour", policy.budget.pricePerHour, usual.budget.pricePerHour);
    if (!budget.isEmpty())
        put(budget, "per", policy.budget.per, usual.budget.per);
    if (!budget.isEmpty())
        entries.insert(QStringLiteral("budget"), budget);
    return entries;
}

Result<operations::Operation> setRetrainPolicy(const QString &file, const QString &model, const RetrainPolicy &policy) {
    PH_ASSIGN(const QByteArray before, readFile(file));
    PH_ASSIGN(const auto now, workspace::parseWorkspace(before, file));
    if (!now.model(model))
        return notFound(Text::tr("The workspace has no model “%1”.").arg(model), file);
    const QVariantMap from = entriesIn(now, model), to = policyEntries(policy);
    if (from == to)
        return invalid(Text::tr("The policy of %1 is like this already.").arg(model), file);
    PH_ASSIGN(const QByteArray after, edited(before, file, model, to)); // what cannot be written is said before anything is asked
    PH_ASSIGN(const auto checked, workspace::parseWorkspace(after, file));
    return change(file, model, from, entriesIn(checked, model));
}

bool isPolicyOperation(const operations::RecordedOperation &recorded) { return recorded.undoRecord.value(Q("kind")) == Q(recordKind); }

Result<operations::Operation> undoPolicyOperation(const QString &file, const operations::RecordedOperation &recorded) {
    if (recorded.phase != Q("done"))
        return refused(Text::tr("Operation %1 is %2: there is nothing to undo.").arg(recorded.id, recorded.phase));
    const QJsonObject &r = recorded.undoRecord;
    operations::Operation operation = change(file, r.value(Q("model")).toString(), entriesOf(r.value(Q("to")).toObject()), entriesOf(r.value(Q("from")).toObject()));
    operation.details.insert(Q("undoes"), recorded.id);
    return operation;
}

} // namespace pilothouse::fleet
