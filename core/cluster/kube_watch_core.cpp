// SPDX-License-Identifier: GPL-3.0-or-later
// The turns of a watch: what is asked, and what is made of how it ends.
#include "core/cluster/kube_watch_core_internal.h"

namespace pilothouse::cluster {

namespace {

using std::chrono::milliseconds;
constexpr milliseconds initialLimit{20000};  ///< a streamed list that has not come to its end mark by then is asked for in pages

QString text(const char *words) { return QLatin1String(words); }

} // namespace

KubeWatch::Core::Turn KubeWatch::Core::planned(quint64 number, QUrlQuery &query) {
    Turn turn{number, m_listNeeded ? (m_streaming && m_continue.isEmpty() ? Ask::StreamedList : Ask::Page) : Ask::Watch, m_continue.isEmpty(), m_stop.get_token()};
    const auto add = [&](const char *key, const QString &value) {
        if (!value.isEmpty())
            query.addQueryItem(text(key), QString::fromLatin1(QUrl::toPercentEncoding(value)));
    };
    add("labelSelector", m_options.labelSelector);
    add("fieldSelector", m_options.fieldSelector);
    if (turn.ask == Ask::Page) {
        if (!m_whole)
            add("limit", QString::number(m_options.pageSize));
        add("continue", QString::fromLatin1(m_continue));
    } else {
        add("watch", QStringLiteral("1"));
        add("allowWatchBookmarks", QStringLiteral("true"));
        add("timeoutSeconds", QString::number(m_options.streamSeconds + int(drawLocked() * m_options.streamSeconds)));
        if (turn.ask == Ask::StreamedList) {
            add("sendInitialEvents", QStringLiteral("true"));
            add("resourceVersionMatch", QStringLiteral("NotOlderThan"));
        } else {
            add("resourceVersion", QString::fromLatin1(m_version));
        }
    }
    if (turn.ask == Ask::Watch)
        ++m_status.resumes;
    else if (m_continue.isEmpty())
        ++m_status.lists;
    return turn;
}

void KubeWatch::Core::connect(quint64 number) {
    KubeSource source;
    QUrlQuery query;
    Turn turn;
    bool renew = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!current(number))
            return;
        source = m_source;
        renew = std::exchange(m_renew, false);
        turn = planned(number, query);
        if (turn.ask != Ask::Watch && m_status.phase != WatchPhase::Absent)
            setPhaseLocked(table->complete() ? WatchPhase::Relisting : WatchPhase::Starting);
    }
    listeners.tell();
    if (renew && source.renew)
        source.renew(turn.token);
    auto request = source.request(m_path, query, turn.token);
    if (!request) {
        const std::lock_guard lock(m_mutex);
        if (current(number))
            failLocked(request.error());
    } else {
        request->idempotent = true;
        if (turn.ask == Ask::Page) {
            request->timeoutMs = 120000;
            request->maxBytes = qint64(512) << 20;
        } else {
            addStreamHandlers(*request, turn);
        }
        if (!prepared(turn))
            return;
        source.http->start(std::move(*request), turn.token, [weak = weak_from_this(), turn](Result<net::Response> result) {
            if (const auto self = weak.lock())
                self->ended(turn, std::move(result));
        });
        return;
    }
    listeners.tell();
}

/// The table and the reader await this turn's bytes. False: it is not the turn any more, and another may have prepared them already.
bool KubeWatch::Core::prepared(const Turn &turn) {
    if (turn.ask == Ask::Page && !turn.first) { // the rows of the page before are still being made
        const std::lock_guard lock(m_mutex);
        return current(turn.number);
    }
    {
        const std::lock_guard reading(m_reading);
        const std::lock_guard lock(m_mutex);
        if (!current(turn.number))
            return false;
        if (turn.ask != Ask::Watch)
            table->beginList();
        if (turn.ask != Ask::Page)
            m_reader.beginStream(m_version, turn.ask == Ask::StreamedList);
    }
    if (turn.ask == Ask::StreamedList)
        watchInitial(turn);
    return true;
}

void KubeWatch::Core::addStreamHandlers(net::Request &request, const Turn &turn) {
    request.timeoutMs = 0;
    request.stallSeconds = m_options.stallSeconds;
    request.onOpen = [weak = weak_from_this(), turn] {
        if (const auto self = weak.lock())
            self->opened(turn.number, turn.ask);
    };
    request.onData = [weak = weak_from_this(), number = turn.number](const char *bytes, std::size_t count) {
        const auto self = weak.lock();
        return self && self->take(number, bytes, count);
    };
}

/// A server that takes sendInitialEvents and never sends its end mark does not know it.
void KubeWatch::Core::watchInitial(const Turn &turn) {
    const auto look = [weak = weak_from_this(), turn] {
        const auto self = weak.lock();
        bool goOn = false;
        if (self && self->initialStalled(turn, goOn))
            self->again(milliseconds(0));
        else if (self && goOn)
            self->watchInitial(turn);
    };
    const std::lock_guard lock(m_mutex);
    if (current(turn.number))
        m_source.http->after(initialLimit, turn.token, look);
}

/// True: nothing has come for long, so it is asked for in pages from now on. What is still coming is no reason: many objects over a slow line.
bool KubeWatch::Core::initialStalled(const Turn &turn, bool &goOn) {
    const std::lock_guard reading(m_reading);
    const std::lock_guard lock(m_mutex);
    if (!current(turn.number) || m_reader.initialEnded())
        return false;
    goOn = m_status.heard.isValid() && m_status.heard.msecsTo(QDateTime::currentDateTimeUtc()) < initialLimit.count() / 2;
    m_streaming = goOn;
    return !goOn;
}

void KubeWatch::Core::opened(quint64 number, Ask ask) {
    {
        const std::lock_guard lock(m_mutex);
        if (!current(number))
            return;
        m_opened = std::chrono::steady_clock::now();
        m_status.heard = QDateTime::currentDateTimeUtc();
        if (ask == Ask::Watch)
            setPhaseLocked(WatchPhase::Live);
    }
    listeners.tell();
}

bool KubeWatch::Core::take(quint64 number, const char *bytes, std::size_t count) {
    const std::lock_guard reading(m_reading);
    bool wasInitial = false;
    {
        const std::lock_guard lock(m_mutex);
        if (!current(number))
            return false;
        m_status.heard = QDateTime::currentDateTimeUtc();
        m_status.bytes += count;
        wasInitial = m_listNeeded;
    }
    const WatchOutcome outcome = m_reader.feed(bytes, count);
    const bool listed = wasInitial && m_reader.initialEnded();
    if (listed)
        m_reader.freeBuffers();
    {
        const std::lock_guard lock(m_mutex);
        if (!current(number))
            return false;
        m_status.events = m_reader.events;
        if (m_reader.initialEnded())
            m_version = m_reader.version();
        if (m_reader.orderly() > 0 || listed) {
            m_failures = 0;
            m_uselessResumes = 0;
        }
        if (m_reader.orderly() > 0)
            m_disorders = m_expiries = 0;
        if (listed) {
            m_listNeeded = false;
            m_status.streamed = true;
            setPhaseLocked(WatchPhase::Live);
        }
    }
    if (listed)
        listeners.tell();
    if (outcome.kind != WatchOutcome::Kind::Fine || m_reader.disordered()) {
        judge(number, outcome);
        return false;
    }
    return true;
}

/// A stream has said something that ends it, or came out of order. m_reading is held.
void KubeWatch::Core::judge(quint64 number, const WatchOutcome &outcome) {
    {
        const std::lock_guard lock(m_mutex);
        if (!current(number))
            return;
        if (outcome.kind == WatchOutcome::Kind::Expired) {
            needListLocked();
            setPhaseLocked(WatchPhase::Relisting);
            m_status.error = outcome.error;
            againLocked(m_expiries++ == 0 ? milliseconds(0) : pauseLocked());
        } else if (outcome.kind != WatchOutcome::Kind::Fine) {
            if (++m_uselessResumes >= 3) { // what is asked from here does not work
                needListLocked();
                m_uselessResumes = 0;
            }
            failLocked(*outcome.error);
        } else { // out of order: a change may be lost
            if (m_reader.orderly() == 0 && ++m_disorders >= 8)
                m_reader.believesOrder = false;
            const auto now = std::chrono::steady_clock::now();
            const auto passed = std::chrono::duration_cast<milliseconds>(now - m_orderList);
            const milliseconds wait = m_orderListed && passed < m_options.relistPause ? m_options.relistPause - passed : milliseconds(0);
            m_orderListed = true;
            m_orderList = now + wait;
            needListLocked();
            setPhaseLocked(WatchPhase::Relisting);
            m_status.nextTry = QDateTime::currentDateTimeUtc().addMSecs(wait.count());
            againLocked(wait);
        }
    }
    listeners.tell();
}

void KubeWatch::Core::ended(const Turn &turn, Result<net::Response> result) {
    {
        const std::lock_guard lock(m_mutex);
        if (!current(turn.number) || (!result && result.error().kind == ErrorKind::Cancelled))
            return;
        if (turn.ask == Ask::Watch && m_status.phase == WatchPhase::Live && std::chrono::steady_clock::now() - m_opened > std::chrono::seconds(10))
            m_failures = m_expiries = 0;
        m_status.heard = result ? QDateTime::currentDateTimeUtc() : m_status.heard;
        if (!result)
            failLocked(result.error());
    }
    if (!result) {
        listeners.tell();
        return;
    }
    if (result->status >= 300 || result->status < 200) {
        refused(turn, *result);
    } else if (turn.ask != Ask::Page) {
        streamEnded(turn.number);
    } else {
        auto body = std::make_shared<QByteArray>(std::move(result->body));
        onPool([self = shared_from_this(), turn, body] { self->readPage(turn, *body); });
    }
}

/// Servers end their streams in time; one that ends at once is in trouble.
void KubeWatch::Core::streamEnded(quint64 number) {
    {
        const std::lock_guard lock(m_mutex);
        if (!current(number))
            return;
        const bool shortly = std::chrono::steady_clock::now() - m_opened < std::chrono::seconds(1);
        if (m_listNeeded || (shortly && m_failures > 0))
            failLocked({ErrorKind::Unreachable, QStringLiteral("The server ended the watch at once."), {}, QStringLiteral("It is tried again."), {}});
        else if (shortly)
            againLocked(pauseLocked()), ++m_failures;
        else
            againLocked(milliseconds(qint64(drawLocked() * double(m_options.shortestPause.count()))));
    }
    listeners.tell();
}

void KubeWatch::Core::refused(const Turn &turn, const net::Response &response) {
    WatchOutcome outcome = replyOutcome(response.status, response.body);
    const qint64 retryAfter = response.header("Retry-After").toLongLong();
    {
        const std::lock_guard lock(m_mutex);
        if (!current(turn.number))
            return;
        if (outcome.kind == WatchOutcome::Kind::Expired) {
            if (!m_continue.isEmpty() && ++m_expiredPages >= 2)
                m_whole = true;
            needListLocked();
            setPhaseLocked(table->complete() ? WatchPhase::Relisting : WatchPhase::Starting);
            m_status.error = outcome.error;
            againLocked(m_expiries++ == 0 ? milliseconds(0) : pauseLocked());
        } else if (turn.ask == Ask::StreamedList && (response.status == 400 || response.status == 405 || response.status == 422)) {
            m_streaming = false;
            againLocked(milliseconds(0));
        } else if (response.status == 404) {
            Error error = std::move(*outcome.error);
            error.what = QStringLiteral("This cluster has no %1.").arg(m_options.kind.plural + (m_options.kind.group.isEmpty() ? QString() : QLatin1Char('.') + m_options.kind.group));
            failLocked(std::move(error), 10 * m_options.longestPause);
            m_status.phase = WatchPhase::Absent;
        } else {
            m_renew = response.status == 401;
            const bool second = m_renew && m_failures > 0;
            const milliseconds atLeast = response.status == 403 || second ? m_options.longestPause : milliseconds(std::min<qint64>(retryAfter, 300) * 1000);
            if (!m_listNeeded && ++m_uselessResumes >= 3 && !m_renew && response.status != 403 && response.status != 429) {
                needListLocked();
                m_uselessResumes = 0;
            }
            failLocked(std::move(*outcome.error), atLeast);
        }
    }
    listeners.tell();
}

void KubeWatch::Core::readPage(const Turn &turn, const QByteArray &body) {
    const std::lock_guard reading(m_reading);
    {
        const std::lock_guard lock(m_mutex);
        if (!current(turn.number))
            return;
        m_status.bytes += std::size_t(body.size());
    }
    const WatchReader::Page page = m_reader.page(body, [this, &turn](const QByteArray &next) {
        const std::lock_guard lock(m_mutex);
        if (!current(turn.number))
            return;
        m_continue = next;
        againLocked(milliseconds(0)); // the turn ends here: its rows are still made below
    });
    pageDone(turn, page);
}

/// m_reading is held: nothing else becomes a row meanwhile.
void KubeWatch::Core::pageDone(const Turn &turn, const WatchReader::Page &page) {
    const bool fine = page.outcome.kind == WatchOutcome::Kind::Fine;
    {
        const std::lock_guard lock(m_mutex);
        m_status.events = m_reader.events;
        if (!current(turn.number)) // also when the next page is on its way
            return;
        if (!fine) {
            needListLocked();
            failLocked(*page.outcome.error);
        }
    }
    if (fine) {
        table->endList();
        m_reader.freeBuffers();
        const std::lock_guard lock(m_mutex);
        if (!current(turn.number))
            return;
        m_version = page.version;
        m_continue.clear();
        m_listNeeded = m_whole = m_status.streamed = false;
        m_expiredPages = 0;
        againLocked(milliseconds(0));
    }
    listeners.tell();
}

} // namespace pilothouse::cluster
