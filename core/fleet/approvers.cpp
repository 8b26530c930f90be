// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet/approvers.h"

#include "core/base/file.h"
#include "core/fleet/connections.h"
#include "core/promotion/signed_statement.h"
#include "core/workspace/approver_key.h"
#include "core/workspace/edit.h"

#include <QCoreApplication>

namespace pilothouse::fleet {

using operations::Operation;

namespace {

using Q = QLatin1String;

struct Text {
    Q_DECLARE_TR_FUNCTIONS(Approvers)
};

const char *const recordKind = "approver";

QString shown(const QString &key) { return key.isEmpty() ? Text::tr("no key") : key; }

/// The text of the file with the approver's key, or without the approver.
Result<QByteArray> edited(const QByteArray &text, const QString &file, const QString &name, const QString &key) {
    PH_ASSIGN(const auto workspace, workspace::parseWorkspace(text, file));
    const QString section = QStringLiteral("approvers");
    if (!key.isEmpty())
        return workspace::editValue(text, file, {section, name}, key);
    if (!workspace.approvers.contains(name))
        return text;
    const bool last = workspace.approvers.size() == 1;
    return workspace::removeEntry(text, file, last ? QStringList{section} : QStringList{section, name});
}

Operation change(const QString &file, const QString &name, const QString &from, const QString &to) {
    operations::Operation o;
    o.kind = QStringLiteral("approver");
    o.object = QStringLiteral("approver ") + name;
    o.summary = to.isEmpty() ? Text::tr("Take the approver %1 out of the workspace").arg(name) : Text::tr("Name the key of the approver %1 in the workspace").arg(name);
    o.needs = workspace::Role::Approver;
    o.before = {{Q("approver"), name}, {Q("key"), from}};
    o.undoRecord = {{Q("kind"), Q(recordKind)}, {Q("name"), name}, {Q("from"), from}, {Q("to"), to}};
    operations::Step step;
    step.call.verb = QStringLiteral("EDIT");
    step.call.object = file;
    step.call.effect = QStringLiteral("%1: %2 → %3").arg(name, shown(from), shown(to));
    step.call.undo = Text::tr("back to %1").arg(shown(from));
    step.call.command = to.isEmpty() ? QStringLiteral("pilot approvals remove %1").arg(name) : QStringLiteral("pilot approvals add %1 %2").arg(name, to);
    step.guard = [=]() -> Result<void> {
        PH_ASSIGN(const auto now, workspace::readWorkspace(file));
        if (now.approvers.value(name) != from)
            return Error{ErrorKind::Conflict, Text::tr("The workspace names another key for %1 now.").arg(name), file, Text::tr("Look at it and try again."), {}};
        return {};
    };
    const auto write = [file, name](const QString &key) -> Result<void> {
        const auto done = workspace::editWorkspaceFile(file, [&](const QByteArray &text) { return edited(text, file, name, key); });
        return done ? Result<void>() : done.error();
    };
    step.execute = [=] { return write(to); };
    step.readBack = [=]() -> Result<QJsonObject> {
        PH_ASSIGN(const auto now, workspace::readWorkspace(file));
        if (now.approvers.value(name) != to)
            return Error{ErrorKind::Conflict, Text::tr("The workspace file was written by somebody else meanwhile."), file, {}, {}};
        return QJsonObject{{Q("approver"), name}, {Q("key"), to}};
    };
    step.undo = [=] { return write(from); };
    o.steps.push_back(std::move(step));
    return o;
}

} // namespace

Result<operations::Operation> approverOperation(const QString &file, const QString &name, const QString &key) {
    PH_ASSIGN(const auto workspace, workspace::readWorkspace(file));
    const QString from = workspace.approvers.value(name);
    if (key.isEmpty() && from.isEmpty())
        return notFound(Text::tr("The workspace names no approver “%1”.").arg(name), file, Text::tr("Known: %1.").arg(QStringList(workspace.approvers.keys()).join(QStringLiteral(", "))));
    QString to;
    if (!key.isEmpty()) {
        PH_ASSIGN(const QByteArray bytes, workspace::approverKeyBytes(key));
        to = workspace::approverKeyText(bytes);
    }
    if (from == to)
        return Error{ErrorKind::Conflict, Text::tr("The workspace names this key for %1 already.").arg(name), file, {}, {}};
    PH_ASSIGN(const QByteArray before, readFile(file)); // what cannot be written is said before anything is asked
    PH_ASSIGN(const QByteArray after, edited(before, file, name, to));
    PH_ASSIGN(const auto checked, workspace::parseWorkspace(after, file));
    return change(file, name, from, to);
}

bool isApproverOperation(const operations::RecordedOperation &recorded) { return recorded.undoRecord.value(Q("kind")) == Q(recordKind); }

Result<operations::Operation> undoApproverOperation(const QString &file, const operations::RecordedOperation &recorded) {
    if (recorded.phase != Q("done"))
        return refused(Text::tr("Operation %1 is %2: there is nothing to undo.").arg(recorded.id, recorded.phase));
    const QJsonObject &r = recorded.undoRecord;
    operations::Operation o = change(file, r.value(Q("name")).toString(), r.value(Q("to")).toString(), r.value(Q("from")).toString());
    o.details.insert(Q("undoes"), recorded.id);
    return o;
}

Result<operations::Operation> newApprovalKeyOperation(std::shared_ptr<secrets::SecretStore> store, const QString &actor, QString &publicKey) {
    const QString secret = promotion::newApprovalKeySecret();
    PH_ASSIGN(publicKey, promotion::publicKeyOfSecret(secret));
    operations::Operation o;
    o.kind = QStringLiteral("approval-key");
    o.object = QStringLiteral("approver ") + actor;
    o.summary = Text::tr("Make a new key for the approvals of %1").arg(actor);
    o.needs = workspace::Role::Viewer; // one's own, and worth nothing until the workspace names it
    o.details = {{Q("key"), publicKey}};
    storeSecretFirst(o, std::move(store), promotion::approvalKeySecret(actor), secret);
    return o;
}

} // namespace pilothouse::fleet
