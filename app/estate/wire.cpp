// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/estate/wire.h"

#include <QCryptographicHash>
#include <QUrl>

#include <array>
#include <cstdint>

namespace pilothouse::estate {

std::optional<QStringList> matched(const QString &path, const char *pattern)
{
    const QStringList have = path.split(QLatin1Char('/')), want = QString::fromLatin1(pattern).split(QLatin1Char('/'));
    const auto decoded = [](const QString &text) { return QUrl::fromPercentEncoding(text.toUtf8()); };
    QStringList found;
    for (qsizetype i = 0; i < want.size(); ++i) {
        if (i >= have.size())
            return std::nullopt;
        if (want[i] == QLatin1String("{*}"))
            return found << decoded(QStringList(have.mid(i)).join(QLatin1Char('/')));
        // "{}:retry" is a verb at the end of a name (gRPC gateway)
        if (want[i].startsWith(QLatin1String("{}"))) {
            const QString verb = want[i].mid(2);
            if (!have[i].endsWith(verb) || have[i].size() == verb.size())
                return std::nullopt;
            found << decoded(have[i].chopped(verb.size()));
        } else if (want[i] != have[i]) {
            return std::nullopt;
        }
    }
    if (have.size() != want.size())
        return std::nullopt;
    return found;
}

QJsonValue instant(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(time.toUTC().toString(Qt::ISODate)) : QJsonValue(QJsonValue::Null);
}

QString hexName(const QString &of, int digits)
{
    return QString::fromLatin1(QCryptographicHash::hash(of.toUtf8(), QCryptographicHash::Sha256).toHex().left(digits));
}

QString uuidName(const QString &of)
{
    QString name = hexName(of, 32);
    for (const int at : {20, 16, 12, 8})
        name.insert(at, QLatin1Char('-'));
    return name;
}

namespace {

std::uint32_t crc32Of(const QByteArray &bytes)
{
    static const auto table = [] {
        std::array<std::uint32_t, 256> made{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            made[i] = i;
            for (int k = 0; k < 8; ++k)
                made[i] = made[i] & 1 ? 0xEDB88320U ^ (made[i] >> 1) : made[i] >> 1;
        }
        return made;
    }();
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char c : bytes)
        sum = table[(sum ^ static_cast<std::uint8_t>(c)) & 0xFF] ^ (sum >> 8);
    return ~sum;
}

void put(QByteArray &to, std::uint32_t value, int bytes)
{
    for (int i = 0; i < bytes; ++i)
        to.append(static_cast<char>((value >> (8 * i)) & 0xFF));
}

} // namespace

QByteArray zipOf(const std::vector<std::pair<QString, QByteArray>> &files)
{
    QByteArray out, directory;
    for (const auto &[path, bytes] : files) {
        const QByteArray name = path.toUtf8();
        const auto size = static_cast<std::uint32_t>(bytes.size());
        QByteArray head; // from "version needed" to "extra length": the same in both records
        put(head, 20, 2);
        put(head, 0x0800, 2); // the name is UTF-8
        put(head, 0, 2);      // stored
        put(head, 0x00210000, 4);
        put(head, crc32Of(bytes), 4);
        put(head, size, 4);
        put(head, size, 4);
        put(head, static_cast<std::uint32_t>(name.size()), 2);
        put(head, 0, 2);
        put(directory, 0x02014B50, 4);
        put(directory, 20, 2);
        directory += head;
        put(directory, 0, 2);
        put(directory, 0, 2);
        put(directory, 0, 2);
        put(directory, 0, 4);
        put(directory, static_cast<std::uint32_t>(out.size()), 4);
        directory += name;
        put(out, 0x04034B50, 4);
        out += head + name + bytes;
    }
    const auto start = static_cast<std::uint32_t>(out.size());
    out += directory;
    put(out, 0x06054B50, 4);
    put(out, 0, 4);
    put(out, static_cast<std::uint32_t>(files.size()), 2);
    put(out, static_cast<std::uint32_t>(files.size()), 2);
    put(out, static_cast<std::uint32_t>(directory.size()), 4);
    put(out, start, 4);
    put(out, 0, 2);
    return out;
}

std::optional<QByteArray> uploadedFile(const Call &call)
{
    const QByteArray type = call.header("content-type");
    const qsizetype at = type.indexOf("boundary=");
    if (!type.startsWith("multipart/form-data") || at < 0)
        return std::nullopt;
    QByteArray mark = type.mid(at + 9).split(';').value(0).trimmed();
    if (mark.startsWith('"'))
        mark = mark.mid(1, mark.size() - 2);
    mark.prepend("--");
    for (qsizetype from = call.body.indexOf(mark); from >= 0;) {
        const qsizetype end = call.body.indexOf("\r\n" + mark, from), head = call.body.indexOf("\r\n\r\n", from);
        if (end < 0 || head < 0 || head > end)
            return std::nullopt;
        if (call.body.mid(from, head - from).contains("filename=")) // a field without one is no file
            return call.body.mid(head + 4, end - head - 4);
        from = end + 2;
    }
    return std::nullopt;
}

} // namespace pilothouse::estate
