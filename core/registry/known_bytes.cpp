// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/registry/known_bytes.h"

#include <cstring>
#include <limits>

namespace pilothouse::registry {

namespace {

class Writer {
public:
    QByteArray bytes;
    template<class T>
    void plain(T value) { bytes.append(reinterpret_cast<const char *>(&value), sizeof value); }
    void text(const QString &t) {
        const QByteArray utf8 = t.toUtf8();
        plain(quint32(utf8.size()));
        bytes += utf8;
    }
    void time(const QDateTime &t) { plain(t.isValid() ? t.toMSecsSinceEpoch() : std::numeric_limits<qint64>::min()); }
    void texts(const QMap<QString, QString> &map) {
        plain(quint32(map.size()));
        for (auto it = map.begin(); it != map.end(); ++it) {
            text(it.key());
            text(*it);
        }
    }
};

class Reader {
public:
    Reader(const QByteArray &bytes, SharedStrings &shared) : m_at(bytes.constData()), m_end(m_at + bytes.size()), m_shared(shared) { m_shared.beginRow(); }
    bool good() const { return m_good; }
    template<class T>
    T plain() {
        T value{};
        if (m_end - m_at < qsizetype(sizeof value))
            m_good = false;
        else
            std::memcpy(&value, m_at, sizeof value), m_at += sizeof value;
        return value;
    }
    QString text() {
        const auto [at, size] = span();
        return QString::fromUtf8(at, size);
    }
    QString shared() {
        const auto [at, size] = span();
        return m_shared(at, size);
    }
    QDateTime time() {
        const auto ms = plain<qint64>();
        return ms == std::numeric_limits<qint64>::min() ? QDateTime() : QDateTime::fromMSecsSinceEpoch(ms, Qt::UTC);
    }
    QMap<QString, QString> texts() {
        QMap<QString, QString> map;
        for (auto n = plain<quint32>(); m_good && n > 0; --n) {
            QString key = shared();
            map.insert(map.cend(), std::move(key), text());
        }
        return map;
    }

private:
    std::pair<const char *, qsizetype> span() {
        const auto size = qsizetype(plain<quint32>());
        if (!m_good || m_end - m_at < size) {
            m_good = false;
            return {m_at, 0};
        }
        m_at += size;
        return {m_at - size, size};
    }
    const char *m_at, *m_end;
    SharedStrings &m_shared;
    bool m_good = true;
};

} // namespace

QString SharedStrings::operator()(const char *utf8, qsizetype size) {
    if (m_place == m_guesses.size())
        m_guesses.emplace_back();
    auto &[bytes, text] = m_guesses[m_place++];
    if (bytes.size() == size && !bytes.isNull() && std::memcmp(bytes.constData(), utf8, std::size_t(size)) == 0)
        return text;
    bytes = QByteArray(utf8, size);
    auto found = m_all.constFind(bytes);
    if (found == m_all.constEnd())
        found = m_all.insert(bytes, QString::fromUtf8(utf8, size));
    return text = *found;
}

QByteArray toBytes(const Run &run) {
    Writer w;
    w.text(run.id);
    w.text(run.experiment);
    w.text(run.name);
    w.text(run.user);
    w.plain(int(run.status));
    w.time(run.started);
    w.time(run.ended);
    w.time(run.lastPoint);
    w.texts(run.params);
    w.texts(run.tags);
    w.plain(quint32(run.metrics.size()));
    for (auto it = run.metrics.begin(); it != run.metrics.end(); ++it) {
        w.text(it.key());
        w.plain(*it);
    }
    w.text(run.artifactFolder);
    w.text(run.error);
    return w.bytes;
}

bool KnownReader::read(const QByteArray &bytes, Run &run) {
    Reader r(bytes, m_shared);
    run.id = r.text();
    run.experiment = r.shared();
    run.name = r.text();
    run.user = r.shared();
    run.status = RunStatus(r.plain<int>());
    run.started = r.time();
    run.ended = r.time();
    run.lastPoint = r.time();
    run.params = r.texts();
    run.tags = r.texts();
    for (auto n = r.plain<quint32>(); r.good() && n > 0; --n) {
        QString key = r.shared();
        run.metrics.insert(run.metrics.cend(), std::move(key), r.plain<double>());
    }
    run.artifactFolder = r.text();
    run.error = r.text();
    return r.good();
}

QByteArray toBytes(const Version &v) {
    Writer w;
    w.text(v.model);
    w.plain(v.version);
    w.text(v.runId);
    w.text(v.source);
    w.text(v.digest);
    w.text(v.description);
    w.text(v.stage);
    w.text(v.user);
    w.plain(quint32(v.aliases.size()));
    for (const QString &alias : v.aliases)
        w.text(alias);
    w.texts(v.tags);
    w.time(v.created);
    return w.bytes;
}

bool KnownReader::read(const QByteArray &bytes, Version &v) {
    Reader r(bytes, m_shared);
    v.model = r.shared();
    v.version = r.plain<int>();
    v.runId = r.text();
    v.source = r.text();
    v.digest = r.text();
    v.description = r.text();
    v.stage = r.shared();
    v.user = r.shared();
    for (auto n = r.plain<quint32>(); r.good() && n > 0; --n)
        v.aliases += r.shared();
    v.tags = r.texts();
    v.created = r.time();
    return r.good();
}

QByteArray toBytes(const RegisteredModel &m) {
    Writer w;
    w.text(m.name);
    w.text(m.description);
    w.time(m.created);
    w.time(m.updated);
    w.texts(m.tags);
    w.plain(quint32(m.aliases.size()));
    for (const Alias &alias : m.aliases) {
        w.text(alias.name);
        w.plain(alias.version);
    }
    w.plain(m.latestVersion);
    return w.bytes;
}

bool KnownReader::read(const QByteArray &bytes, RegisteredModel &m) {
    Reader r(bytes, m_shared);
    m.name = r.text();
    m.description = r.text();
    m.created = r.time();
    m.updated = r.time();
    m.tags = r.texts();
    for (auto n = r.plain<quint32>(); r.good() && n > 0; --n) {
        QString name = r.shared();
        m.aliases.push_back({std::move(name), r.plain<int>()});
    }
    m.latestVersion = r.plain<int>();
    return r.good();
}

} // namespace pilothouse::registry
