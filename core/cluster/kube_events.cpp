// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_events_internal.h"

#include "core/base/redact.h"

#include <algorithm>
#include <cstring>

namespace pilothouse::cluster {

namespace {

constexpr std::size_t longestLine = 32 << 20; ///< an object of etcd has at most some MiB

/// The first words of what is no JSON, for the details.
QString beginning(const char *bytes, std::size_t count) { return redact(QString::fromUtf8(bytes, qsizetype(std::min<std::size_t>(count, 200)))); }

WatchOutcome garbage(const char *bytes, std::size_t count) {
    const QByteArray head = QByteArray(bytes, qsizetype(std::min<std::size_t>(count, 64))).trimmed().toLower();
    const bool page = head.startsWith("<!doctype") || head.startsWith("<html");
    Error error{ErrorKind::Unreachable, page ? QStringLiteral("A web page came instead of the cluster's answer.") : QStringLiteral("What came is not what an API server of Kubernetes says."), {},
                page ? QStringLiteral("Is a login page or a proxy in between? Check the server of the kubeconfig.") : QStringLiteral("It is tried again; if it stays, look at what stands between here and the cluster."),
                beginning(bytes, count)};
    return {WatchOutcome::Kind::Garbage, std::move(error)};
}

QByteArray bytesOf(std::string_view text) { return QByteArray(text.data(), qsizetype(text.size())); }

ErrorKind kindOf(qint64 code) {
    switch (code) {
    case 401:
    case 403: return ErrorKind::Denied;
    case 404: return ErrorKind::NotFound;
    case 409:
    case 410: return ErrorKind::Conflict;
    case 400:
    case 422: return ErrorKind::Invalid;
    default: return ErrorKind::Unreachable;
    }
}

} // namespace

bool looksOlder(const QByteArray &a, const QByteArray &b) {
    const auto number = [](const QByteArray &text) { return !text.isEmpty() && text[0] != '0' && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }); };
    if (!number(a) || !number(b))
        return false;
    return a.size() != b.size() ? a.size() < b.size() : a < b;
}

WatchOutcome statusOutcome(const Fields &status) {
    const qint64 code = status.integer("code");
    const std::string_view reason = status.text("reason"), message = status.text("message");
    Error error{kindOf(code), message.empty() ? QStringLiteral("The server ended the watch (%1 %2).").arg(code).arg(plain(reason)) : redact(plain(message)), {}, {}, {}};
    if (code == 410 || reason == "Expired" || reason == "Gone") {
        error.hint = QStringLiteral("expired");
        return {WatchOutcome::Kind::Expired, std::move(error)};
    }
    return {WatchOutcome::Kind::Failed, std::move(error)};
}

WatchOutcome replyOutcome(int status, const QByteArray &body) {
    dom::parser parser;
    dom::element element;
    WatchOutcome outcome;
    if (parser.parse(body.constData(), std::size_t(body.size())).get(element) == simdjson::SUCCESS && Fields(element).text("kind") == "Status")
        outcome = statusOutcome(Fields(element));
    else
        outcome = {WatchOutcome::Kind::Failed, Error{kindOf(status), QStringLiteral("The server answered with %1.").arg(status), {}, {}, beginning(body.constData(), std::size_t(body.size()))}};
    if (status == 410)
        outcome.kind = WatchOutcome::Kind::Expired;
    return outcome;
}

WatchReader::Page WatchReader::page(const QByteArray &body, const std::function<void(const QByteArray &)> &onNext) {
    Page page;
    dom::element element;
    if (m_parser.parse(body.constData(), std::size_t(body.size())).get(element) != simdjson::SUCCESS) {
        page.outcome = garbage(body.constData(), std::size_t(body.size()));
        return page;
    }
    const Fields list(element), metadata = list.object("metadata");
    const std::string_view kind = list.text("kind");
    if (kind == "Status") {
        page.outcome = statusOutcome(list);
        return page;
    }
    if (!list.has("items") || metadata.text("resourceVersion").empty()) {
        page.outcome = garbage(body.constData(), std::size_t(body.size()));
        return page;
    }
    page.version = bytesOf(metadata.text("resourceVersion"));
    page.next = bytesOf(metadata.text("continue"));
    if (!page.next.isEmpty())
        onNext(page.next);
    list.each("items", [&](dom::element item) {
        if (KubeRowPtr row = m_rows.row(item))
            m_pending.push_back(std::move(row));
    });
    events += m_pending.size();
    flush();
    return page;
}

void WatchReader::beginStream(const QByteArray &version, bool initial) {
    m_rest.clear();
    m_pending.clear();
    m_version = version;
    m_initial = initial;
    m_disordered = false;
    m_orderly = 0;
}

WatchOutcome WatchReader::feed(const char *bytes, std::size_t count) {
    const char *end = bytes + count;
    while (bytes < end) {
        const auto *stop = static_cast<const char *>(std::memchr(bytes, '\n', std::size_t(end - bytes)));
        const char *last = stop ? stop : end;
        if (!stop || !m_rest.empty()) {
            m_rest.append(bytes, std::size_t(last - bytes));
            if (m_rest.size() > longestLine)
                return garbage(m_rest.data(), m_rest.size());
        }
        if (!stop)
            break;
        const WatchOutcome outcome = m_rest.empty() ? line(bytes, std::size_t(last - bytes)) : line(m_rest.data(), m_rest.size());
        m_rest.clear();
        if (outcome.kind != WatchOutcome::Kind::Fine) {
            flush();
            return outcome;
        }
        bytes = last + 1;
    }
    flush();
    if (m_rest.empty() && m_rest.capacity() > (1u << 20))
        m_rest.shrink_to_fit();
    // What begins wrongly need not end with a line feed.
    if (!m_rest.empty() && m_rest[0] != '{' && m_rest.find_first_not_of(" \t\r") != std::string::npos && m_rest[m_rest.find_first_not_of(" \t\r")] != '{')
        return garbage(m_rest.data(), m_rest.size());
    return {};
}

WatchOutcome WatchReader::line(const char *bytes, std::size_t count) {
    while (count > 0 && (bytes[count - 1] == '\r' || bytes[count - 1] == ' '))
        --count;
    if (count == 0)
        return {};
    dom::element element;
    if (m_parser.parse(bytes, count).get(element) != simdjson::SUCCESS)
        return garbage(bytes, count);
    const WatchOutcome outcome = event(element);
    if (outcome.kind == WatchOutcome::Kind::Garbage && !outcome.error)
        return garbage(bytes, count);
    return outcome;
}

WatchOutcome WatchReader::event(dom::element element) {
    const Fields event(element), object = event.object("object"), metadata = object.object("metadata");
    const std::string_view type = event.text("type");
    if (type == "ERROR")
        return statusOutcome(object);
    const bool removed = type == "DELETED", put = type == "ADDED" || type == "MODIFIED";
    if (type == "BOOKMARK") {
        bookmark(metadata);
        return {};
    }
    if (event.text("kind") == "Status") // some proxies and servers send it bare
        return statusOutcome(event);
    if ((!removed && !put) || metadata.text("name").empty())
        return {WatchOutcome::Kind::Garbage, std::nullopt};
    ++events;
    if (late(metadata))
        return {};
    if (removed) {
        flush();
        m_table->remove(RowReader::idOf(metadata), plain(metadata.text("uid")));
        return {};
    }
    dom::element whole;
    if (event.find("object").get(whole) == simdjson::SUCCESS)
        if (KubeRowPtr row = m_rows.row(whole))
            m_pending.push_back(std::move(row));
    return {};
}

/// Whether an event is one that has been overtaken; else it is the newest now.
bool WatchReader::late(const Fields &metadata) {
    const QByteArray version = bytesOf(metadata.text("resourceVersion"));
    if (m_initial) // the list that comes first has no order
        return false;
    if (believesOrder && (version == m_version || looksOlder(version, m_version))) {
        flush();
        const KubeRowPtr known = m_table->row(RowReader::idOf(metadata));
        const bool repeated = version == m_version || (known && known->version == version);
        m_disordered = m_disordered || !repeated;
        return true;
    }
    ++m_orderly;
    if (!version.isEmpty())
        m_version = version;
    return false;
}

void WatchReader::bookmark(const Fields &metadata) {
    const QByteArray version = bytesOf(metadata.text("resourceVersion"));
    if (m_initial) {
        if (metadata.object("annotations").text("k8s.io/initial-events-end") != "true")
            return;
        flush();
        m_table->endList();
        m_initial = false;
        m_version = version;
        return;
    }
    if (!version.isEmpty() && !(believesOrder && looksOlder(version, m_version)))
        m_version = version;
}

void WatchReader::flush() {
    if (m_pending.empty())
        return;
    m_table->put(std::exchange(m_pending, {}));
}

void WatchReader::freeBuffers() {
    m_parser = dom::parser();
    m_rest = std::string();
}

} // namespace pilothouse::cluster
