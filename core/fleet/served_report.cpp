// SPDX-License-Identifier: GPL-3.0-or-later
// What endpoints say of themselves, as they say it.
#include "core/fleet/skew.h"

#include "core/base/clock.h"

#include <QJsonArray>

namespace pilothouse::fleet {

namespace {

using Q = QLatin1String;

QString textOf(const QJsonValue &v) { return v.isString() ? v.toString().trimmed() : v.isDouble() ? QString::number(v.toDouble(), 'g', 15) : QString(); }

/// The first of the names that the object has.
QString first(const QJsonObject &o, std::initializer_list<const char *> names) {
    for (const char *name : names)
        if (const QString text = textOf(o.value(Q(name))); !text.isEmpty())
            return text;
    return {};
}

/// ISO 8601 with or without zone (then UTC), or seconds since 1970.
QDateTime timeOf(const QJsonValue &v) {
    if (v.isDouble() && v.toDouble() > 1e8 && v.toDouble() < 1e11)
        return QDateTime::fromMSecsSinceEpoch(qint64(v.toDouble() * 1000), Qt::UTC);
    QDateTime time = QDateTime::fromString(v.toString(), Qt::ISODateWithMs);
    if (time.isValid() && time.timeSpec() == Qt::LocalTime)
        time.setTimeSpec(Qt::UTC);
    return time.toUTC();
}

} // namespace

ServedReport reportOfModelInfo(const QJsonObject &o, const QString &from, const QDateTime &observed) {
    ServedReport r;
    r.from = from;
    r.observed = observed;
    r.version = first(o, {"model_version", "version"});
    r.run = first(o, {"run_id", "mlflow_run_id", "run"});
    r.digest = first(o, {"digest", "model_digest", "package_digest"});
    r.weightsSha256 = first(o, {"weights_sha256", "model_sha256", "sha256", "checksum"});
    if (r.weightsSha256.startsWith(Q("sha256:"), Qt::CaseInsensitive))
        r.weightsSha256.remove(0, 7);
    if (r.weightsSha256.size() != 64) // an MD5 or another sum has nothing to be compared with
        r.weightsSha256.clear();
    r.source = first(o, {"model_source", "source"});
    r.storageUri = first(o, {"storage_uri", "storageUri", "model_uri"});
    r.imageDigest = first(o, {"image_digest"});
    for (const char *name : {"loaded_at", "since", "started_at", "started", "start_time"})
        if (!r.started.isValid())
            r.started = timeOf(o.value(Q(name)));
    if (const QJsonValue up = o.value(Q("uptime_seconds")); !r.started.isValid() && up.isDouble() && up.toDouble() >= 0 && up.toDouble() < 1e10)
        r.started = observed.addMSecs(-qint64(up.toDouble() * 1000));
    return r;
}

ServedReport reportOfKserve(const QJsonObject &o, const QString &from, const QDateTime &observed) {
    ServedReport r;
    r.from = from;
    r.observed = observed;
    QString newest;
    const QJsonArray versions = o.value(Q("versions")).toArray();
    for (const QJsonValue &v : versions) {
        const QString text = textOf(v);
        if (newest.isEmpty() || text.toLongLong() >= newest.toLongLong())
            newest = text;
    }
    // Ours are the registry's. Those of other servers count folders of their own model repository and say nothing of the registry.
    if (o.value(Q("platform")).toString().startsWith(Q("pilothouse")))
        r.version = newest;
    return r;
}

} // namespace pilothouse::fleet
