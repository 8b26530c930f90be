// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/log_follow.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <vector>

namespace pilothouse::pipelines {

namespace {

using Q = QLatin1String;

QString besides(const QString &log, const char *ending) { return log.chopped(4) + Q(ending); }

/// A folder's name of a connection's: connections are plain names, but nothing here relies on it.
QString plainName(const QString &name) {
    QString out;
    for (const QChar c : name.isEmpty() ? QStringLiteral("local") : name)
        out += (c.isLetterOrNumber() && c.unicode() < 128) || c == QLatin1Char('-') || c == QLatin1Char('_') ? c : QLatin1Char('_');
    return out.left(64);
}

} // namespace

QString LogCache::fileOf(const LogKey &key) const {
    const QByteArray what = key.connection.toUtf8() + '\0' + key.run.toUtf8() + '\0' + key.stage.toUtf8();
    return m_folder + QLatin1Char('/') + plainName(key.connection) + QLatin1Char('/') + QString::fromLatin1(QCryptographicHash::hash(what, QCryptographicHash::Sha256).toHex().left(40)) + QStringLiteral(".log");
}

std::optional<KeptLog> LogCache::kept(const LogKey &key) const {
    const QString log = fileOf(key);
    const auto bytes = readFile(besides(log, ".json"));
    if (!bytes)
        return std::nullopt;
    const QJsonObject object = QJsonDocument::fromJson(*bytes).object();
    // A digest stands for the name: what lies there must say whose it is, and be as long as it says.
    if (object.value(Q("connection")).toString() != key.connection || object.value(Q("run")).toString() != key.run || object.value(Q("stage")).toString() != key.stage)
        return std::nullopt;
    KeptLog out;
    out.next = object.value(Q("next")).toString();
    out.note = object.value(Q("note")).toString();
    out.bytes = qint64(object.value(Q("bytes")).toDouble(-1));
    out.skipped = qint64(object.value(Q("skipped")).toDouble());
    out.end = object.value(Q("end")).toBool();
    out.cut = object.value(Q("cut")).toBool();
    if (out.bytes < 0 || QFileInfo(log).size() < out.bytes)
        return std::nullopt;
    return out;
}

Result<void> LogCache::setKept(const LogKey &key, const KeptLog &kept) const {
    const QJsonObject object{{Q("connection"), key.connection}, {Q("run"), key.run},   {Q("stage"), key.stage},           {Q("next"), kept.next}, {Q("note"), kept.note},
                             {Q("bytes"), double(kept.bytes)},  {Q("skipped"), double(kept.skipped)}, {Q("end"), kept.end}, {Q("cut"), kept.cut}};
    return writeFileAtomically(besides(fileOf(key), ".json"), QJsonDocument(object).toJson(QJsonDocument::Compact));
}

Result<void> LogCache::trim() const {
    struct Kept {
        QString log;
        qint64 bytes;
        QDateTime used;
    };
    std::vector<Kept> all;
    qint64 sum = 0;
    QDirIterator each(m_folder, {QStringLiteral("*.log")}, QDir::Files, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        each.next();
        const QFileInfo info = each.fileInfo();
        all.push_back({info.filePath(), info.size(), info.lastModified()});
        sum += info.size();
    }
    std::sort(all.begin(), all.end(), [](const Kept &a, const Kept &b) { return a.used < b.used; });
    for (const Kept &log : all) {
        if (sum <= m_limit)
            break;
        const auto lock = FileLock::tryAcquire(besides(log.log, ".lock"));
        if (!lock)
            continue; // followed just now
        QFile::remove(besides(log.log, ".json")); // first: a log without it is none
        if (QFile::remove(log.log))
            sum -= log.bytes;
        QFile::remove(besides(log.log, ".part"));
    }
    return {};
}

} // namespace pilothouse::pipelines
