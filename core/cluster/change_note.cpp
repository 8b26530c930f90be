// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/change_note.h"

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/cluster/pod_template.h"

namespace pilothouse::cluster {

using Q = QLatin1String;

QString ChangeNote::key() { return QStringLiteral("pilothouse.change"); }

QString ChangeNote::text() const {
    QJsonObject o{{Q("operation"), operation}, {Q("by"), by}, {Q("program"), program}, {Q("what"), what}, {Q("at"), isoUtc(at)}, {Q("template"), digest}};
    if (!model.isEmpty()) {
        o.insert(Q("model"), model);
        o.insert(Q("version"), version);
    }
    return QString::fromUtf8(compactJson(o));
}

std::optional<ChangeNote> changeNote(const QJsonObject &annotations, const QJsonObject &podTemplate) {
    const QString written = annotations.value(ChangeNote::key()).toString();
    if (written.isEmpty())
        return std::nullopt;
    const QJsonObject o = QJsonDocument::fromJson(written.toUtf8()).object();
    ChangeNote note;
    note.digest = o.value(Q("template")).toString();
    if (note.digest.isEmpty() || note.digest != templateDigest(podTemplate))
        return std::nullopt;
    note.operation = o.value(Q("operation")).toString();
    note.by = o.value(Q("by")).toString();
    note.program = o.value(Q("program")).toString();
    note.what = o.value(Q("what")).toString();
    note.model = o.value(Q("model")).toString();
    note.version = o.value(Q("version")).toInt();
    note.at = fromIsoUtc(o.value(Q("at")).toString());
    return note;
}

} // namespace pilothouse::cluster
