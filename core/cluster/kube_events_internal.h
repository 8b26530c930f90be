// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_cache.h"
#include "core/cluster/kube_reader_internal.h"

#include <optional>
#include <string>

namespace pilothouse::cluster {

/// True if both are whole decimal numbers and `a` is smaller. resourceVersion is opaque: this is a suspicion only, on which a list is asked for, never a verdict.
bool looksOlder(const QByteArray &a, const QByteArray &b);

/// What a reply of the server is to a watch.
struct WatchOutcome {
    enum class Kind { Fine, Expired, Failed, Garbage } kind = Kind::Fine;
    std::optional<Error> error; ///< unless Fine
};

/// Turns the bytes of lists and watch streams of one kind into changes of a table. One thread at a time; it outlives the streams, so that the texts stay shared.
class WatchReader {
public:
    WatchReader(KubeKind kind, std::shared_ptr<KubeTable> table) : m_rows(std::move(kind)), m_table(std::move(table)) {}

    struct Page {
        WatchOutcome outcome;
        QByteArray version, next; ///< resourceVersion of the list; continue token
    };
    /// One page of a list. `onNext` is called with the continue token before the rows are made, so that the next page is on its way meanwhile.
    Page page(const QByteArray &body, const std::function<void(const QByteArray &)> &onNext);

    /// A stream begins. @param initial: it brings the whole list first (sendInitialEvents), until initialEnded().
    void beginStream(const QByteArray &version, bool initial);
    /// The next bytes of the stream; lines may be cut anywhere.
    WatchOutcome feed(const char *bytes, std::size_t count);
    const QByteArray &version() const { return m_version; } ///< to resume from
    bool initialEnded() const { return !m_initial; }
    bool disordered() const { return m_disordered; } ///< an event looked older than one before it: the list has to be asked anew
    int orderly() const { return m_orderly; }        ///< events of this stream in their order
    quint64 events = 0; ///< since the beginning
    bool believesOrder = true; ///< false: versions of this server are not in order, all events are taken as they come
    void freeBuffers(); ///< after a list: what parsing large replies took

private:
    WatchOutcome line(const char *bytes, std::size_t count);
    WatchOutcome event(dom::element element);
    void bookmark(const Fields &metadata);
    void flush();
    bool late(const Fields &metadata);

    RowReader m_rows;
    std::shared_ptr<KubeTable> m_table;
    dom::parser m_parser;
    std::string m_rest;
    std::vector<KubeRowPtr> m_pending;
    QByteArray m_version;
    bool m_initial = false, m_disordered = false;
    int m_orderly = 0;
};

/// The Error of a Status object of a watch or list; Expired for 410.
WatchOutcome statusOutcome(const Fields &status);
/// The same of a reply of 400 and more.
WatchOutcome replyOutcome(int status, const QByteArray &body);

} // namespace pilothouse::cluster
