// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/log_line.h"

#include <QDateTime>
#include <QJsonDocument>

#include <array>
#include <cctype>

namespace pilothouse::cluster {

namespace {

using Q = QLatin1String;

int digits(const char *at, int count) {
    int value = 0;
    for (int i = 0; i < count; ++i) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

/// Days since 1970 of a date of the Gregorian calendar (Howard Hinnant's days_from_civil).
qint64 daysOf(qint64 y, unsigned m, unsigned d) {
    y -= m <= 2;
    const qint64 era = y / 400;
    const unsigned yoe = unsigned(y - era * 400), doy = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1, doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + qint64(doe) - 719468;
}

struct Word {
    const char *text;
    LogLevel level;
};
constexpr std::array words{Word{"error", LogLevel::Error},   Word{"err", LogLevel::Error},     Word{"warning", LogLevel::Warning}, Word{"warn", LogLevel::Warning}, Word{"info", LogLevel::Info},
                           Word{"debug", LogLevel::Debug},   Word{"trace", LogLevel::Trace},   Word{"fatal", LogLevel::Fatal},     Word{"critical", LogLevel::Fatal}, Word{"panic", LogLevel::Fatal},
                           Word{"notice", LogLevel::Info},   Word{"emergency", LogLevel::Fatal}, Word{"alert", LogLevel::Fatal}};

/// The word that begins here, in any case; None if it is no level or goes on.
LogLevel wordAt(QByteArrayView text, qsizetype at) {
    qsizetype end = at;
    while (end < text.size() && std::isalpha(static_cast<unsigned char>(text[end])))
        ++end;
    for (const Word &word : words) {
        const qsizetype size = qsizetype(qstrlen(word.text));
        if (end - at == size && qstrnicmp(text.data() + at, word.text, std::size_t(size)) == 0)
            return word.level;
    }
    return LogLevel::None;
}

/// Numbers as pino and bunyan write them.
LogLevel levelOfNumber(int value) {
    return value >= 60 ? LogLevel::Fatal : value >= 50 ? LogLevel::Error : value >= 40 ? LogLevel::Warning : value >= 30 ? LogLevel::Info : value >= 20 ? LogLevel::Debug : value >= 10 ? LogLevel::Trace : LogLevel::None;
}

LogLevel levelOfField(QByteArrayView text) {
    for (const char *key : {"\"level\"", "\"severity\"", "\"levelname\"", "\"lvl\"", "\"log.level\""}) {
        const qsizetype at = text.indexOf(QByteArrayView(key));
        if (at < 0)
            continue;
        qsizetype value = at + qsizetype(qstrlen(key));
        while (value < text.size() && (text[value] == ' ' || text[value] == ':'))
            ++value;
        if (value >= text.size())
            return LogLevel::None;
        if (text[value] == '"')
            return wordAt(text, value + 1);
        if (value + 1 < text.size() && std::isdigit(static_cast<unsigned char>(text[value])))
            return levelOfNumber(digits(text.data() + value, 2));
    }
    return LogLevel::None;
}

} // namespace

QString logLevelName(LogLevel level) {
    switch (level) {
    case LogLevel::Trace: return QStringLiteral("trace");
    case LogLevel::Debug: return QStringLiteral("debug");
    case LogLevel::Info: return QStringLiteral("info");
    case LogLevel::Warning: return QStringLiteral("warning");
    case LogLevel::Error: return QStringLiteral("error");
    case LogLevel::Fatal: return QStringLiteral("fatal");
    case LogLevel::None: break;
    }
    return {};
}

std::optional<qint64> takeTimestamp(QByteArrayView line, qsizetype &rest) {
    // 2026-11-22T19:00:00[.123456789](Z|+01:00)
    if (line.size() < 20 || line[4] != '-' || line[7] != '-' || line[10] != 'T' || line[13] != ':' || line[16] != ':')
        return std::nullopt;
    const char *const s = line.data();
    const int year = digits(s, 4), month = digits(s + 5, 2), day = digits(s + 8, 2), hour = digits(s + 11, 2), minute = digits(s + 14, 2), second = digits(s + 17, 2);
    if (year < 0 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || minute < 0 || second < 0)
        return std::nullopt;
    qint64 seconds = daysOf(year, unsigned(month), unsigned(day)) * 86400 + hour * 3600 + minute * 60 + second, fraction = 0;
    qsizetype at = 19;
    if (line[at] == '.') {
        int count = 0;
        for (++at; at < line.size() && std::isdigit(static_cast<unsigned char>(line[at])); ++at)
            if (count++ < 9)
                fraction = fraction * 10 + (line[at] - '0');
        for (; count < 9; ++count)
            fraction *= 10;
    }
    if (at < line.size() && line[at] == 'Z') {
        ++at;
    } else if (at + 6 <= line.size() && (line[at] == '+' || line[at] == '-')) {
        const int h = digits(s + at + 1, 2), m = digits(s + at + 4, 2);
        if (h < 0 || m < 0)
            return std::nullopt;
        seconds -= (line[at] == '+' ? 1 : -1) * (h * 3600 + m * 60);
        at += 6;
    } else {
        return std::nullopt;
    }
    if (at < line.size() && line[at] != ' ')
        return std::nullopt;
    rest = std::min(at + 1, line.size());
    return seconds * 1'000'000'000 + fraction;
}

QString timestampText(qint64 nanos) {
    const qint64 seconds = nanos / 1'000'000'000;
    return QDateTime::fromSecsSinceEpoch(seconds, Qt::UTC).toString(QStringLiteral("yyyy-MM-ddTHH:mm:ss")) + QStringLiteral(".%1Z").arg(nanos % 1'000'000'000, 9, 10, QLatin1Char('0'));
}

LogLevel logLevelOf(QByteArrayView text) {
    const QByteArrayView head = text.first(std::min<qsizetype>(text.size(), 200));
    if (head.isEmpty())
        return LogLevel::None;
    if (head[0] == '{')
        return levelOfField(text.first(std::min<qsizetype>(text.size(), 2000)));
    // klog: "E1122 19:00:00.123456 …"
    if (head.size() > 5 && head[5] == ' ' && digits(head.data() + 1, 4) >= 0) {
        switch (head[0]) {
        case 'I': return LogLevel::Info;
        case 'W': return LogLevel::Warning;
        case 'E': return LogLevel::Error;
        case 'F': return LogLevel::Fatal;
        default: break;
        }
    }
    if (const qsizetype at = head.indexOf(QByteArrayView("level=")); at >= 0)
        return wordAt(head, at + 6 + (at + 6 < head.size() && head[at + 6] == '"' ? 1 : 0));
    // A word in capitals, whole: "2026-… ERROR app: …", "[WARN]", "INFO:     127.0.0.1".
    for (qsizetype i = 0; i < std::min<qsizetype>(head.size(), 120); ++i) {
        const bool upper = head[i] >= 'A' && head[i] <= 'Z';
        if (!upper)
            continue;
        qsizetype end = i;
        while (end < head.size() && head[end] >= 'A' && head[end] <= 'Z')
            ++end;
        if ((i == 0 || !std::isalnum(static_cast<unsigned char>(head[i - 1]))) && (end == head.size() || !std::isalnum(static_cast<unsigned char>(head[end]))) && end - i >= 3)
            if (const LogLevel level = wordAt(head, i); level != LogLevel::None)
                return level;
        i = end;
    }
    return LogLevel::None;
}

std::optional<QJsonObject> logFields(const QByteArray &text) {
    if (!text.startsWith('{'))
        return std::nullopt;
    const QJsonDocument document = QJsonDocument::fromJson(text);
    return document.isObject() ? std::optional(document.object()) : std::nullopt;
}

QString logMessage(const QJsonObject &fields) {
    for (const auto key : {Q("message"), Q("msg"), Q("event"), Q("log"), Q("text")})
        if (fields.value(key).isString())
            return fields.value(key).toString();
    return {};
}

} // namespace pilothouse::cluster
