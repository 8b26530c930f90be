// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace pilothouse::cluster {

enum class LogLevel : quint8 { None, Trace, Debug, Info, Warning, Error, Fatal };
QString logLevelName(LogLevel level); ///< "warning"; empty for None

/// One line of a container, without its line feed.
struct LogLine {
    qint64 nanos = 0; ///< since 1970, UTC: when the container wrote it
    int source = 0;   ///< place in the list of sources
    LogLevel level = LogLevel::None;
    QByteArray text;
};

/// The time that the API server puts before a line (timestamps=true): "2026-11-22T19:00:00.123456789Z text". Nothing if there is none; `rest` is where the text begins.
std::optional<qint64> takeTimestamp(QByteArrayView line, qsizetype &rest);
/// "2026-11-22T19:00:00.123456789Z".
QString timestampText(qint64 nanos);

/// By the field of a JSON line ("level", "severity", "levelname", "lvl"), by level=…, by klog's first letter, or by a word in capitals near the
/// begin. Cheap: one pass over the first 200 bytes.
LogLevel logLevelOf(QByteArrayView text);

/// The fields of a line that is a JSON object; nothing for any other.
std::optional<QJsonObject> logFields(const QByteArray &text);
/// What a person reads first of it: "message", "msg", "event" … ; empty if it has none.
QString logMessage(const QJsonObject &fields);

} // namespace pilothouse::cluster
