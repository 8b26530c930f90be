// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollouts/workload_operations_internal.h"

#include "core/base/redact.h"

namespace pilothouse::rollouts {

namespace {

using Q = QLatin1String;
using namespace detail;
using cluster::Settings;
using cluster::Workload;
using operations::Operation;

QString shownSetting(const QString &name, const QString &value) {
    const QString told = name + QLatin1Char('=') + value;
    return redact(told) == told ? value : QStringLiteral("•••");
}

QString shortImage(const QString &image) { return image.section(QLatin1Char('/'), -1); }

} // namespace

Result<Operation> setImageOperation(const WorkloadDesk &desk, const QString &wanted, const QString &image) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QString container, cluster::containerFor(w.object, wanted, image));
    PH_ASSIGN(const QJsonArray ops, cluster::imagePatch(w.object, container, image));
    const QString old = cluster::containerNamed(w.podTemplate(), container).value(Q("image")).toString();
    const auto digest = desk.digest ? desk.digest(image) : Result<QString>(QString());
    const QString shown = digest && !digest->isEmpty() ? QStringLiteral(" (%1)").arg(*digest) : QString();
    const QString change = QStringLiteral("image of %1: %2 → %3").arg(container, shortImage(old), shortImage(image));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Set the image of %1 to %2").arg(place(desk), image), change + shown, change}));
    o.kind = QStringLiteral("workload-image");
    if (!shown.isEmpty())
        o.details.insert(Q("digest"), *digest);
    if (!digest)
        warn(o, QStringLiteral("The image could not be looked up: %1").arg(digest.error().text()));
    return o;
}

Result<Operation> undoOperation(const WorkloadDesk &desk, qint64 to) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const cluster::UndoTarget target, cluster::undoTarget(w.object, w.history, to));
    if (target.same)
        return refused(QStringLiteral("skipped rollback (current template already matches revision %1)").arg(to), {}, QStringLiteral("There is nothing to undo."));
    const auto *current = w.current();
    const QString what = QStringLiteral("undo to revision %1").arg(target.revision.revision);
    const QString images = target.revision.images.isEmpty() ? QString() : QStringLiteral(", image %1").arg(shortImage(target.revision.images.first()));
    const QString effect = QStringLiteral("%1the template of revision %2%3, as a new revision").arg(current ? QStringLiteral("revision %1 → ").arg(current->revision) : QString()).arg(target.revision.revision).arg(images);
    PH_ASSIGN(Operation o, templateOperation(desk, w, cluster::undoPatch(w.object, target.revision), {QStringLiteral("Undo %1 to revision %2").arg(place(desk)).arg(target.revision.revision), effect, what}));
    o.kind = QStringLiteral("workload-undo");
    o.details.insert(Q("to"), target.revision.revision);
    return o;
}

Result<Operation> restartOperation(const WorkloadDesk &desk) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QJsonArray ops, cluster::restartPatch(w.object, desk.clock->nowUtc()));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Restart %1").arg(place(desk)), QStringLiteral("its pods are made anew, by its strategy"), QStringLiteral("restart")}));
    o.kind = QStringLiteral("workload-restart");
    return o;
}

Result<Operation> environmentOperation(const WorkloadDesk &desk, const QString &wanted, const Settings &variables) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QString container, cluster::containerFor(w.object, wanted));
    PH_ASSIGN(const QJsonArray ops, cluster::environmentPatch(w.object, container, variables));
    QStringList parts;
    for (auto it = variables.begin(); it != variables.end(); ++it)
        parts << (it.value() ? QStringLiteral("%1=%2").arg(it.key(), shownSetting(it.key(), *it.value())) : QStringLiteral("%1 taken away").arg(it.key()));
    const QString change = QStringLiteral("variables of %1: %2").arg(container, parts.join(QStringLiteral(", ")));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Set variables of %1").arg(place(desk)), change, change}));
    o.kind = QStringLiteral("workload-env");
    return o;
}

Result<Operation> resourcesOperation(const WorkloadDesk &desk, const QString &wanted, const Settings &requests, const Settings &limits) {
    PH_ASSIGN(const Workload w, cluster::readWorkload(*desk.api, desk.ref));
    PH_ASSIGN(const QString container, cluster::containerFor(w.object, wanted));
    PH_ASSIGN(const QJsonArray ops, cluster::resourcesPatch(w.object, container, requests, limits));
    const QJsonObject old = cluster::containerNamed(w.podTemplate(), container).value(Q("resources")).toObject();
    QStringList parts;
    const auto tell = [&](const char *what, const Settings &settings) {
        for (auto it = settings.begin(); it != settings.end(); ++it) {
            const QString was = old.value(Q(what)).toObject().value(it.key()).toString();
            parts << QStringLiteral("%1.%2: %3 → %4").arg(Q(what), it.key(), was.isEmpty() ? QStringLiteral("none") : was, it.value().value_or(QStringLiteral("none")));
        }
    };
    tell("requests", requests);
    tell("limits", limits);
    const QString change = QStringLiteral("resources of %1: %2").arg(container, parts.join(QStringLiteral(", ")));
    PH_ASSIGN(Operation o, templateOperation(desk, w, ops, {QStringLiteral("Set requests and limits of %1").arg(place(desk)), change, change}));
    o.kind = QStringLiteral("workload-resources");
    return o;
}

} // namespace pilothouse::rollouts
