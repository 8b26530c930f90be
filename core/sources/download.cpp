// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/sources/download.h"

#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/redact.h"

#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

namespace pilothouse::sources {

namespace {

using Q = QLatin1String;
constexpr int mostAttempts = 5; ///< in a row that bring nothing
constexpr int mostRedirects = 5;

void pause(int milliseconds, const std::stop_token &stop) {
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, stop, std::chrono::milliseconds(milliseconds), [] { return false; });
}

bool isStrong(const QString &etag) { return !etag.isEmpty() && !etag.startsWith(Q("W/")); }

/// "bytes 100-199/500" → 100 and 500 (−1 for "*"); false if it is something else.
bool readContentRange(const QByteArray &text, qint64 &from, qint64 &total) {
    const qsizetype dash = text.indexOf('-'), slash = text.indexOf('/');
    if (!text.startsWith("bytes ") || dash < 0 || slash < dash)
        return false;
    bool good = false;
    from = text.mid(6, dash - 6).trimmed().toLongLong(&good);
    const QByteArray whole = text.mid(slash + 1).trimmed();
    bool known = false;
    total = whole.toLongLong(&known);
    if (!known)
        total = -1;
    return good && (known || whole == "*");
}

QByteArray quoted(const QString &etag) { return etag.startsWith(QLatin1Char('"')) || etag.startsWith(Q("W/")) ? etag.toLatin1() : '"' + etag.toLatin1() + '"'; }

QString shownUrl(const QString &url) { return QUrl(url).toString(QUrl::RemoveQuery | QUrl::RemoveUserInfo | QUrl::RemoveFragment); }

} // namespace

Result<FileDigests> digestsOfFile(const QString &path, std::stop_token stop) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return fileError(QStringLiteral("open"), path);
    Hasher md5(Hasher::Kind::Md5), sha256(Hasher::Kind::Sha256);
    QByteArray block(1 << 20, Qt::Uninitialized);
    FileDigests digests;
    for (;;) {
        if (stop.stop_requested())
            return cancelled();
        const qint64 n = file.read(block.data(), block.size());
        if (n < 0)
            return fileError(QStringLiteral("read"), path);
        if (n == 0)
            break;
        md5.add(block.constData(), std::size_t(n));
        sha256.add(block.constData(), std::size_t(n));
        digests.bytes += n;
    }
    digests.md5 = md5.hex();
    digests.sha256 = sha256.hex();
    return digests;
}

namespace {

/// One download: the part file, what is known of its source, and the attempts.
class Fetch {
public:
    Fetch(net::HttpClient &http, const Cache &cache, const DownloadJob &job, std::stop_token stop, const Progress &progress)
        : m_http(http), m_cache(cache), m_job(job), m_stop(std::move(stop)), m_progress(progress), m_part(cache.partial(job.source, "part")),
          m_stateFile(cache.partial(job.source, "json")) {}
    ~Fetch() {
        if (m_fd >= 0)
            ::close(m_fd);
    }

    Result<Download> run() {
        PH_ASSIGN(const FileLock lock, m_cache.lock(m_job.source, m_stop));
        m_url = m_job.request.url;
        m_seen = m_cache.known(m_job.source);
        m_held = m_cache.object(m_seen.value(Q("sha256")).toString());
        PH_TRY(openPart());
        int barren = 0, redirects = 0;
        for (int waitMs = m_job.pauseMs;;) {
            const qint64 before = m_offset;
            const Result<Step> step = attempt();
            if (step && *step == Step::Whole)
                return finish();
            if (step && *step == Step::Unchanged)
                return unchanged();
            if (step && *step == Step::Redirected && ++redirects <= mostRedirects)
                continue;
            if (step && *step == Step::Redirected)
                return invalid(QStringLiteral("The server sends from one address to the next without an end."), redact(m_job.source));
            if (step && *step == Step::Again && !m_restarted) { // what lay here did not fit what lies there
                m_restarted = true;
                PH_TRY(restart());
                continue;
            }
            const Error error = step ? invalid(QStringLiteral("The server's ranges do not fit together."), redact(m_job.source), QStringLiteral("Ask the owner of the server.")) : step.error();
            const bool broke = error.kind == ErrorKind::Unreachable || error.kind == ErrorKind::TimedOut;
            barren = m_offset > before ? 0 : barren + 1;
            if (step || !broke || barren >= mostAttempts)
                return error;
            if (barren == 0)
                waitMs = m_job.pauseMs;
            pause(waitMs, m_stop);
            waitMs = std::min(waitMs * 2, m_job.pauseMs * 16);
        }
    }

private:
    enum class Step { Whole, Unchanged, Redirected, Again };

    Result<void> openPart() {
        PH_TRY(makeFolder(QFileInfo(m_part).absolutePath()));
        m_fd = ::open(QFile::encodeName(m_part).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (m_fd < 0)
            return fileError(QStringLiteral("create"), m_part);
        const auto bytes = readFile(m_stateFile);
        const auto state = bytes ? parseJsonObject(*bytes, m_stateFile) : Result<QJsonObject>(bytes.error());
        if (state) {
            m_etag = state->value(Q("etag")).toString();
            m_lastModified = state->value(Q("last_modified")).toString();
            m_total = state->value(Q("bytes")).toInteger(-1);
        }
        m_offset = ::lseek(m_fd, 0, SEEK_END);
        const bool otherNow = !m_job.etag.isEmpty() && m_etag != QString::fromLatin1(quoted(m_job.etag));
        if (m_offset > 0 && (otherNow || validator().isEmpty())) {
            PH_TRY(restart());
        }
        m_resumedAt = m_offset;
        return {};
    }

    Result<void> restart() {
        if (::ftruncate(m_fd, 0) != 0 || ::lseek(m_fd, 0, SEEK_SET) != 0)
            return fileError(QStringLiteral("empty"), m_part);
        QFile::remove(m_stateFile);
        m_offset = m_resumedAt = 0;
        m_etag.clear();
        m_lastModified.clear();
        m_total = -1;
        return {};
    }

    /// What proves that the rest belongs to what is here: a strong ETag, else the time.
    QByteArray validator() const { return isStrong(m_etag) ? m_etag.toLatin1() : m_etag.isEmpty() ? m_lastModified.toLatin1() : QByteArray(); }

    net::Request request() const {
        net::Request r = m_job.request;
        r.url = m_url;
        r.rawBytes = true;
        if (!m_job.etag.isEmpty())
            r.headers.append({"If-Match", quoted(m_job.etag)});
        if (m_offset > 0) {
            r.headers.append({"Range", "bytes=" + QByteArray::number(m_offset) + '-'});
            if (m_job.etag.isEmpty())
                r.headers.append({"If-Range", validator()});
        } else if (m_held && m_job.revalidate && m_job.etag.isEmpty()) {
            if (const QString etag = m_seen.value(Q("etag")).toString(); !etag.isEmpty())
                r.headers.append({"If-None-Match", quoted(etag)});
            else if (const QString time = m_seen.value(Q("last_modified")).toString(); !time.isEmpty())
                r.headers.append({"If-Modified-Since", time.toLatin1()});
        }
        return r;
    }

    /// I/O thread: decides before the first byte is written whether it may be.
    bool begin(const net::Response &response) {
        const QString etag = QString::fromLatin1(response.header("ETag")), time = QString::fromLatin1(response.header("Last-Modified"));
        qint64 from = 0, total = response.header("Content-Length").isEmpty() ? -1 : response.header("Content-Length").toLongLong();
        m_versionId = QString::fromLatin1(response.header("x-amz-version-id"));
        if (response.status == 206) {
            if (!readContentRange(response.header("Content-Range"), from, total) || from != m_offset) {
                m_again = true;
                return false;
            }
            m_changed = (!etag.isEmpty() && !m_etag.isEmpty() && etag != m_etag) || (total >= 0 && m_total >= 0 && total != m_total);
            if (m_changed)
                return false;
        } else {
            // Begun in this very call, and now another object: two halves must not be read as one.
            m_changed = m_begun && m_offset > 0 && (etag != m_etag || time != m_lastModified);
            if (m_changed)
                return false;
            if (::ftruncate(m_fd, 0) != 0 || ::lseek(m_fd, 0, SEEK_SET) != 0) {
                m_writeError = fileError(QStringLiteral("empty"), m_part);
                return false;
            }
            m_offset = m_resumedAt = 0;
        }
        m_begun = true;
        m_etag = etag;
        m_lastModified = time;
        m_total = total;
        const QJsonObject state{{Q("source"), redact(m_job.source)}, {Q("etag"), etag}, {Q("last_modified"), time}, {Q("bytes"), total}};
        if (const auto written = writeFileAtomically(m_stateFile, prettyJson(state)); !written)
            m_writeError = written.error();
        return !m_writeError;
    }

    bool take(const char *bytes, std::size_t count) {
        if (const auto written = writeAll(m_fd, bytes, count, m_part); !written) {
            m_writeError = written.error();
            return false;
        }
        m_offset += qint64(count);
        if (m_progress)
            m_progress(m_offset, m_total);
        return m_job.bytes < 0 || m_offset <= m_job.bytes; // longer than it can be: no need to read on
    }

    Result<Step> attempt() {
        if (m_stop.stop_requested())
            return cancelled();
        if (m_offset > 0 && m_offset == m_total)
            return Step::Whole;
        m_again = m_changed = false;
        if (m_offset > 0 && m_job.etag.isEmpty() && validator().isEmpty()) // a weak tag: nothing proves that the rest belongs to it
            PH_TRY(restart());
        net::Request ask = request();
        ask.onHeaders = [this](const net::Response &response) { return begin(response); };
        ask.onData = [this](const char *bytes, std::size_t count) { return take(bytes, count); };
        if (::lseek(m_fd, m_offset, SEEK_SET) < 0)
            return fileError(QStringLiteral("read"), m_part);
        const auto sent = m_http.send(ask, m_stop);
        if (m_writeError)
            return *m_writeError;
        if (m_changed)
            return changed();
        if (m_again)
            return Step::Again;
        if (!sent)
            return sent.error();
        return judge(ask, *sent);
    }

    Result<Step> judge(const net::Request &ask, const net::Response &response) {
        if (response.status == 304 && m_held)
            return Step::Unchanged;
        if (response.status / 100 == 3 && m_job.followRedirects && !response.header("Location").isEmpty())
            return redirect(response);
        if (response.status == 416 && m_offset > 0)
            return Step::Again;
        if (response.status == 412)
            return changed();
        if (response.status != 200 && response.status != 206)
            return m_job.error ? m_job.error(ask, response) : foreignError(ask, response);
        if (response.status == 200 && m_offset == 0 && !m_begun)
            (void)begin(response); // an empty file: no first byte came
        return m_total >= 0 && m_offset < m_total ? Result<Step>(Error{ErrorKind::Unreachable, QStringLiteral("The connection broke after %1 of %2 bytes.").arg(m_offset).arg(m_total), redact(m_job.source), {}, {}})
                                                  : Result<Step>(Step::Whole);
    }

    /// A user and key meant for one server go to no other.
    Result<Step> redirect(const net::Response &response) {
        const QUrl from(m_url), to = from.resolved(QUrl::fromEncoded(response.header("Location")));
        if (from.scheme() == Q("https") && to.scheme() != Q("https"))
            return Error{ErrorKind::Refused, QStringLiteral("The server sends from https to an address without encryption."), redact(m_job.source), QStringLiteral("Give that address itself if it is meant."), {}};
        const bool sameOrigin = to.host() == from.host() && to.port() == from.port() && to.scheme() == from.scheme();
        if (!sameOrigin && (m_job.request.aws || std::any_of(m_job.request.headers.begin(), m_job.request.headers.end(), [](const net::Header &h) { return h.name.compare("Authorization", Qt::CaseInsensitive) == 0; })))
            return Error{ErrorKind::Refused, QStringLiteral("The server sends on to %1, and the credentials are not for that host.").arg(to.host()), redact(m_job.source), QStringLiteral("Give that address itself if it is meant."), {}};
        m_url = QString::fromLatin1(to.toEncoded(QUrl::RemoveFragment));
        return Step::Redirected;
    }

    Error foreignError(const net::Request &ask, const net::Response &response) const {
        Error error = net::statusError(ask, response);
        error.where = redact(m_job.source);
        return error;
    }
    Error changed() const {
        return {ErrorKind::Conflict, QStringLiteral("The object changed while it was read."), redact(m_job.source), QStringLiteral("Let the other program finish, then try again."), {}};
    }

    Result<Download> finish() {
        if (::fsync(m_fd) != 0)
            return fileError(QStringLiteral("sync"), m_part);
        PH_ASSIGN(const FileDigests digests, digestsOfFile(m_part, m_stop));
        QString wrong;
        if (m_job.bytes >= 0 && digests.bytes != m_job.bytes)
            wrong = QStringLiteral("%1 bytes came, %2 were expected").arg(digests.bytes).arg(m_job.bytes);
        else if (!m_job.md5.isEmpty() && digests.md5 != m_job.md5)
            wrong = QStringLiteral("its MD5 is %1, not %2").arg(digests.md5, m_job.md5);
        else if (!m_job.sha256.isEmpty() && digests.sha256 != m_job.sha256)
            wrong = QStringLiteral("its SHA-256 is %1, not %2").arg(digests.sha256, m_job.sha256);
        QFile::remove(m_stateFile);
        if (!wrong.isEmpty()) {
            QFile::remove(m_part);
            return invalid(QStringLiteral("What was fetched is not what it should be: %1.").arg(wrong), redact(m_job.source), QStringLiteral("Try again; if it stays so, the stored object is damaged or another."));
        }
        Download done{{}, digests.sha256, digests.md5, digests.bytes, m_resumedAt, shownUrl(m_url), m_etag, m_lastModified, m_versionId, QDateTime::currentDateTimeUtc(), false};
        PH_ASSIGN(done.path, m_cache.adopt(m_part, digests.sha256));
        PH_TRY(m_cache.remember(m_job.source, {{Q("sha256"), done.sha256}, {Q("md5"), done.md5}, {Q("bytes"), done.bytes}, {Q("etag"), done.etag}, {Q("last_modified"), done.lastModified},
                                               {Q("version"), done.versionId}, {Q("url"), done.url}, {Q("time"), done.time.toString(Qt::ISODate)}}));
        return done;
    }

    Result<Download> unchanged() {
        QFile::remove(m_part);
        const auto text = [&](const char *key) { return m_seen.value(Q(key)).toString(); };
        return Download{*m_held, text("sha256"), text("md5"), m_seen.value(Q("bytes")).toInteger(), 0, shownUrl(m_url), text("etag"), text("last_modified"), text("version"), QDateTime::currentDateTimeUtc(), true};
    }

    net::HttpClient &m_http;
    const Cache &m_cache;
    const DownloadJob &m_job;
    std::stop_token m_stop;
    const Progress &m_progress;
    QString m_part, m_stateFile, m_url;
    QJsonObject m_seen;
    std::optional<QString> m_held;
    int m_fd = -1;
    qint64 m_offset = 0, m_total = -1, m_resumedAt = 0;
    QString m_etag, m_lastModified, m_versionId;
    bool m_begun = false, m_again = false, m_changed = false, m_restarted = false;
    std::optional<Error> m_writeError;
};

} // namespace

Result<Download> download(net::HttpClient &http, const Cache &cache, const DownloadJob &job, std::stop_token stop, const Progress &progress) {
    return Fetch(http, cache, job, std::move(stop), progress).run();
}

} // namespace pilothouse::sources
