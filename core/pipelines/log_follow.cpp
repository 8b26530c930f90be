// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pipelines/log_follow.h"

#include "core/base/redact_bytes.h"

#include <QFile>
#include <QFileInfo>
#include <QRandomGenerator>

#include <algorithm>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

namespace pilothouse::pipelines {

namespace {

using std::chrono::milliseconds;

/// False: it was stopped meanwhile.
bool waited(milliseconds time, const std::stop_token &token) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_for(lock, token, time, [] { return false; });
    return !token.stop_requested();
}

/// Longer each time, a fifth more or less.
class BackOff {
public:
    BackOff(milliseconds soonest, milliseconds latest) : m_soonest(soonest), m_latest(std::max(soonest, latest)), m_now(soonest) {}
    void begin() { m_now = m_soonest; }
    milliseconds next() {
        const milliseconds base = m_now;
        m_now = std::min(m_latest, m_now * 8 / 5 + milliseconds(1));
        return milliseconds(qint64(double(base.count()) * (0.8 + 0.4 * QRandomGenerator::global()->generateDouble())));
    }

private:
    milliseconds m_soonest, m_latest, m_now;
};

/// The file that a log is written to. Cut to what is certain when it is opened.
class Sink {
public:
    ~Sink() { close(); }
    Result<void> open(const QString &path, qint64 certain) {
        close();
        m_path = path;
        PH_TRY(makeFolder(QFileInfo(path).path(), true));
        m_fd = ::open(path.toLocal8Bit().constData(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (m_fd < 0 || ::ftruncate(m_fd, certain) != 0 || ::lseek(m_fd, certain, SEEK_SET) < 0)
            return fileError(QStringLiteral("write"), path);
        return {};
    }
    Result<void> write(const QByteArray &bytes) { return writeAll(m_fd, bytes.constData(), std::size_t(bytes.size()), m_path); }
    void close() {
        if (m_fd >= 0)
            ::close(m_fd);
        m_fd = -1;
    }
    const QString &path() const { return m_path; }

private:
    QString m_path;
    int m_fd = -1;
};

class Follower {
public:
    Follower(const std::shared_ptr<PipelineService> &service, const QString &run, const LogKey &key, const LogCache &cache, const FollowOptions &options, std::stop_token token, const std::function<void(const LogNews &)> &told)
        : m_service(service), m_run(run), m_key(key), m_cache(cache), m_options(options), m_token(std::move(token)), m_told(told), m_file(cache.fileOf(key)), m_backOff(options.soonest, options.latest) {}

    Result<KeptLog> follow() {
        const auto kept = m_cache.kept(m_key);
        m_fresh = !kept;
        m_kept = kept.value_or(KeptLog{});
        const bool head = m_options.whole && m_kept.skipped != 0;
        if (kept) { // what is kept is shown before anything is asked
            tell(true, false, {});
            if ((m_kept.end || m_kept.cut) && !head)
                return m_kept;
        }
        if (head || m_fresh) {
            PH_TRY(begin());
        } else {
            PH_TRY(m_sink.open(m_file, m_kept.bytes));
        }
        while (true) {
            if (m_token.stop_requested())
                return stopped();
            auto piece = m_service->readLog({m_run, m_key.stage, m_kept.next, m_kept.next.isEmpty() && !m_options.whole ? m_options.firstBytes : 0}, m_token);
            if (!piece) {
                const ErrorKind kind = piece.error().kind;
                if (kind == ErrorKind::Cancelled || m_token.stop_requested())
                    return stopped();
                if (kind != ErrorKind::Unreachable && kind != ErrorKind::TimedOut)
                    return piece.error();
                tell(false, false, piece.error());
                if (!waited(m_backOff.next(), m_token))
                    return stopped();
                continue;
            }
            PH_ASSIGN(const bool came, take(*piece));
            if (m_kept.end || m_kept.cut)
                return m_kept;
            if (came)
                m_backOff.begin();
            if (!waited(came ? milliseconds(50) : m_backOff.next(), m_token)) // where more waits already it is asked for soon
                return stopped();
        }
    }

private:
    /// An empty file takes no log's place before something has come for it.
    Result<void> begin() {
        m_part = true;
        m_kept = {};
        m_held.clear();
        return m_sink.open(m_file.chopped(4) + QStringLiteral(".part"), 0);
    }
    Result<void> place() {
        if (::rename(QFile::encodeName(m_sink.path()).constData(), QFile::encodeName(m_file).constData()) != 0)
            return fileError(QStringLiteral("write"), m_file);
        m_part = false;
        return {};
    }
    Error stopped() const { return cancelled(); }

    /// @return whether something came
    Result<bool> take(const LogPiece &piece) {
        if (piece.anew && (m_kept.bytes > 0 || !m_held.isEmpty()))
            PH_TRY(begin());
        if (m_kept.next.isEmpty() && m_kept.bytes == 0)
            m_kept.skipped = piece.skipped;
        const bool came = !piece.bytes.isEmpty();
        const bool noted = piece.note != m_kept.note;
        m_kept.next = piece.next;
        m_kept.note = piece.note;
        m_kept.end = piece.end;
        qsizetype open = 0;
        QByteArray bytes = hideKnown(m_held + piece.bytes, &open);
        m_held = bytes.last(piece.end ? 0 : open); // may be the begin of a secret: it waits for the rest
        bytes.chop(m_held.size());
        if (m_kept.bytes + bytes.size() > m_options.mostBytes) {
            bytes.truncate(std::max<qint64>(0, m_options.mostBytes - m_kept.bytes));
            m_kept.cut = true;
            m_kept.note = QStringLiteral("The log is longer than the %1 MiB that are kept here. Its link leads to the rest.").arg(m_options.mostBytes >> 20);
        }
        PH_TRY(m_sink.write(bytes));
        m_kept.bytes += bytes.size();
        const bool caughtUp = m_kept.end || m_kept.cut || !came || m_fresh || piece.anew; // a head that is fetched keeps what is shown until it is whole
        const bool placed = m_part && caughtUp;
        if (placed)
            PH_TRY(place());
        m_fresh = false;
        if (!m_part && (came || m_kept.end || noted || placed)) {
            // What is held back came with this piece: after a crash it is asked for anew rather than lost.
            if (m_held.isEmpty())
                PH_TRY(m_cache.setKept(m_key, m_kept));
            tell(!bytes.isEmpty(), placed, {});
        }
        return came;
    }
    void tell(bool grown, bool anew, std::optional<Error> error) {
        LogNews news;
        news.kept = m_kept;
        news.grown = grown;
        news.anew = anew;
        news.error = std::move(error);
        m_told(news);
    }

    const std::shared_ptr<PipelineService> &m_service;
    const QString m_run;
    const LogKey m_key;
    const LogCache &m_cache;
    const FollowOptions m_options;
    const std::stop_token m_token;
    const std::function<void(const LogNews &)> &m_told;
    const QString m_file;
    BackOff m_backOff;
    KeptLog m_kept;
    Sink m_sink;
    QByteArray m_held;
    bool m_part = false, m_fresh = false;
};

} // namespace

Result<KeptLog> followLog(const std::shared_ptr<PipelineService> &service, const QString &run, const LogKey &key, const LogCache &cache, const FollowOptions &options, std::stop_token token,
                          const std::function<void(const LogNews &)> &told) {
    const QString file = cache.fileOf(key);
    PH_TRY(makeFolder(QFileInfo(file).path(), true));
    BackOff backOff(options.soonest, options.latest);
    qint64 seen = -1;
    while (true) {
        auto lock = FileLock::tryAcquire(file.chopped(4) + QStringLiteral(".lock"));
        if (lock) {
            Follower follower(service, run, key, cache, options, token, told);
            auto ended = follower.follow();
            lock = cancelled(); // lets it go before the trim
            (void)cache.trim();
            return ended;
        }
        if (lock.error().kind != ErrorKind::Conflict)
            return lock.error();
        // Somebody else reads it: what comes is watched.
        const KeptLog kept = cache.kept(key).value_or(KeptLog{});
        LogNews news;
        news.kept = kept;
        news.elsewhere = true;
        news.grown = kept.bytes != seen;
        seen = kept.bytes;
        if (news.grown) {
            backOff.begin();
            told(news);
        }
        if (kept.end && !(options.whole && kept.skipped != 0))
            return kept;
        if (!waited(backOff.next(), token))
            return cancelled();
    }
}

} // namespace pilothouse::pipelines
