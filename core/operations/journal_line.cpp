// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"
#include "core/operations/journal_line_internal.h"

#include <QRegularExpression>

#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace pilothouse::operations {

namespace {

using Q = QLatin1String;

bool namesCredential(const QString &key) {
    static const QRegularExpression pattern(QStringLiteral("passw|secret|token|api[_-]?key|authorization|credential"), QRegularExpression::CaseInsensitiveOption);
    return pattern.match(key).hasMatch();
}

QJsonValue redactValue(const QJsonValue &value) {
    if (value.isString())
        return redact(value.toString());
    if (value.isObject())
        return redactJson(value.toObject());
    if (value.isArray()) {
        QJsonArray out;
        for (const QJsonValue &v : value.toArray())
            out.append(redactValue(v));
        return out;
    }
    return value;
}

/// The object as it reads back: numbers and broken UTF-16 take their final form before they are hashed.
QJsonObject settled(const QJsonObject &object) { return QJsonDocument::fromJson(canonicalJson(object)).object(); }

QString sealOf(const QJsonObject &body, const QByteArray &key) {
    return key.isEmpty() ? QString() : QString::fromLatin1(hmacSha256(key, canonicalJson(body)).toHex());
}

} // namespace

QString noHash() { return QString(64, QLatin1Char('0')); }

QJsonObject redactJson(const QJsonObject &object) {
    QJsonObject out;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (it.value().isString() && namesCredential(it.key()))
            out.insert(it.key(), QStringLiteral("•••"));
        else
            out.insert(it.key(), redactValue(it.value()));
    }
    return out;
}

QByteArray encodeLine(JournalEntry &entry, const QByteArray &key) {
    for (QString *text : {&entry.actor, &entry.program, &entry.operation, &entry.kind, &entry.phase, &entry.object})
        *text = redact(*text);
    entry.before = redactJson(entry.before);
    entry.after = redactJson(entry.after);
    entry.details = redactJson(entry.details);
    entry.time = fromIsoUtc(isoUtc(entry.time)); // whole milliseconds, as written
    QJsonObject body = settled({{Q("sequence"), entry.sequence}, {Q("time"), isoUtc(entry.time)}, {Q("actor"), entry.actor},
                                {Q("program"), entry.program}, {Q("operation"), entry.operation}, {Q("kind"), entry.kind},
                                {Q("phase"), entry.phase}, {Q("object"), entry.object}, {Q("before"), entry.before},
                                {Q("after"), entry.after}, {Q("details"), entry.details}, {Q("previous"), entry.previousHash}});
    body.insert(Q("seal"), sealOf(body, key));
    entry.hash = sha256Hex(canonicalJson(body));
    body.insert(Q("hash"), entry.hash);
    return canonicalJson(body);
}

Result<DecodedLine> decodeLine(const QByteArray &line, const QByteArray &key) {
    QJsonParseError problem{};
    QJsonObject body = QJsonDocument::fromJson(line, &problem).object();
    if (problem.error != QJsonParseError::NoError || canonicalJson(body) != line)
        return invalid(QStringLiteral("is not as it was written"));
    const QString hash = body.take(Q("hash")).toString();
    if (sha256Hex(canonicalJson(body)) != hash)
        return invalid(QStringLiteral("was edited: its hash does not fit"));
    const QString seal = body.take(Q("seal")).toString();
    if (!key.isEmpty() && !seal.isEmpty() && seal != sealOf(body, key))
        return invalid(QStringLiteral("was not written with this journal's key"));
    DecodedLine out;
    out.sealed = !seal.isEmpty();
    JournalEntry &e = out.entry;
    e.sequence = body.value(Q("sequence")).toInteger();
    e.time = fromIsoUtc(body.value(Q("time")).toString());
    e.actor = body.value(Q("actor")).toString();
    e.program = body.value(Q("program")).toString();
    e.operation = body.value(Q("operation")).toString();
    e.kind = body.value(Q("kind")).toString();
    e.phase = body.value(Q("phase")).toString();
    e.object = body.value(Q("object")).toString();
    e.before = body.value(Q("before")).toObject();
    e.after = body.value(Q("after")).toObject();
    e.details = body.value(Q("details")).toObject();
    e.previousHash = body.value(Q("previous")).toString();
    e.hash = hash;
    return out;
}

QByteArray Head::message() const {
    return QByteArrayLiteral("pilothouse journal head\n") + QByteArray::number(count) + '\n' + hash.toLatin1() + '\n' + QByteArray::number(bytes);
}

Result<QByteArray> readRange(int fd, qint64 from, qint64 to, const QString &path) {
    QByteArray out(qsizetype(to - from), Qt::Uninitialized);
    for (qint64 have = 0; have < out.size();) {
        const ssize_t n = ::pread(fd, out.data() + have, std::size_t(out.size() - have), from + have);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fileError(QStringLiteral("read"), path);
        if (n == 0)
            return invalid(QStringLiteral("The file was cut while it was read."), path);
        have += n;
    }
    return out;
}

Result<Tail> readTail(int fd, const QString &path) {
    struct stat info {};
    if (::fstat(fd, &info) != 0)
        return fileError(QStringLiteral("look at"), path);
    Tail tail;
    tail.size = info.st_size;
    // Backwards in growing blocks until the last whole line and what stands behind it are in hand.
    for (qint64 block = 1 << 14;; block *= 4) {
        const qint64 from = std::max<qint64>(0, tail.size - block);
        PH_ASSIGN(const QByteArray bytes, readRange(fd, from, tail.size, path));
        const qsizetype end = bytes.lastIndexOf('\n');
        const qsizetype begin = end > 0 ? bytes.lastIndexOf('\n', end - 1) : -1;
        if (from > 0 && (end < 0 || begin < 0))
            continue;
        tail.complete = from + end + 1;
        tail.torn = bytes.mid(end + 1);
        if (end >= 0)
            tail.lastLine = bytes.mid(begin + 1, end - begin - 1);
        return tail;
    }
}

Walk walkLines(const QByteArray &lines, const QByteArray &key, const std::vector<qint64> &wanted, qint64 countBefore, const QString &hashBefore) {
    Walk walk;
    walk.count = countBefore;
    walk.lastHash = hashBefore;
    const auto bad = [&](const QString &what) {
        if (!walk.badLine) {
            walk.badLine = walk.count;
            walk.finding = QStringLiteral("Line %1 %2.").arg(walk.count).arg(what);
        }
    };
    constexpr qint64 tolerated = 60; // programs that wait for the lock may be dated a little before the line they follow
    QDateTime last;
    for (qsizetype begin = 0; begin < lines.size();) {
        const qsizetype end = lines.indexOf('\n', begin);
        if (end < 0)
            break;
        ++walk.count;
        const auto line = decodeLine(lines.mid(begin, end - begin), key);
        begin = end + 1;
        if (!line) {
            bad(line.error().what);
            continue;
        }
        if (line->entry.sequence != walk.count || line->entry.previousHash != walk.lastHash)
            bad(QStringLiteral("does not follow the line before it: a line was cut, added or moved"));
        if (last.isValid() && line->entry.time.secsTo(last) > tolerated) {
            walk.setBack = Walk::SetBack{walk.count, last, line->entry.time};
            ++walk.setBacks;
        }
        last = line->entry.time;
        walk.lastHash = line->entry.hash;
        walk.unsealed += line->sealed ? 0 : 1;
        if (std::find(wanted.begin(), wanted.end(), walk.count) != wanted.end())
            walk.hashAt.emplace_back(walk.count, walk.lastHash);
    }
    return walk;
}

} // namespace pilothouse::operations
