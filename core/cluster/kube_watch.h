// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_cache.h"
#include "core/net/http.h"

#include <QDateTime>
#include <QThreadPool>
#include <QUrlQuery>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>

namespace pilothouse::cluster {

class KubeApi;

/// Where watches ask: how a request is made (credential included), and by what it is carried.
struct KubeSource {
    /// The request of a GET; blocking (it may run a program for the credential), called on a thread of the pool.
    std::function<Result<net::Request>(const QString &path, const QUrlQuery &query, std::stop_token)> request;
    /// After a 401: gets another credential, if there is one. Blocking, on a thread of the pool. May be empty.
    std::function<void(std::stop_token)> renew;
    std::shared_ptr<net::HttpClient> http;
    QThreadPool *pool = nullptr; ///< for waiting work; outlives the watches
    QString where;               ///< the server, for errors
};
/// The source of an API server.
KubeSource kubeSource(std::shared_ptr<const KubeApi> api, std::shared_ptr<net::HttpClient> http, QThreadPool &pool);

struct KubeWatchOptions {
    KubeKind kind;
    QString space;            ///< empty: all namespaces
    QString labelSelector, fieldSelector;
    bool streamingLists = true; ///< ask for the list as a stream (sendInitialEvents) and fall back to pages where the server refuses
    int pageSize = 500;
    int streamSeconds = 300;  ///< a stream is asked for this long, up to twice as long at random
    int stallSeconds = 90;    ///< a stream that brings nothing for so long is begun anew where it stood; servers send bookmarks each minute
    std::chrono::milliseconds shortestPause{800}, longestPause{30000}; ///< between tries; doubled, with jitter
    std::chrono::milliseconds relistPause{30000}; ///< least time between two lists that are asked for because events came out of order
    quint64 seed = 0;         ///< of the jitter; 0: random
};

enum class WatchPhase {
    Starting,  ///< the first list is on its way
    Live,      ///< changes come as they happen
    Relisting, ///< a list anew is on its way; the table is as it was
    Waiting,   ///< the connection is gone; tried again at nextTry; the table is as it was
    Paused,    ///< nobody looks
    Absent,    ///< this server does not have the kind; looked for again now and then
    Stopped,
};
QString watchPhaseName(WatchPhase phase); ///< "live" …

struct KubeWatchStatus {
    WatchPhase phase = WatchPhase::Starting;
    bool complete = false;        ///< the table was whole once
    QDateTime heard;              ///< when the server last said anything
    QDateTime staleSince;         ///< since when the table may be old; invalid while it is live
    QDateTime nextTry;
    std::optional<Error> error;   ///< why it is not live
    int attempts = 0;             ///< in vain, since it last was live
    bool streamed = false;        ///< the last list came as a stream
    quint64 events = 0, bytes = 0, lists = 0, resumes = 0; ///< since it began; bytes after decompression
};

/// List and watch of one kind in one namespace, or in all: a KubeTable that follows the server, whatever happens to the connection. It holds no thread: the HttpClient's
/// I/O thread reads streams (an event of some KiB takes microseconds), the pool makes requests and reads the pages of lists. Any thread.
///
/// A list (pages, or a stream where the server offers it), then a watch from its resourceVersion, which is never calculated with. A stream that ends, is cut, stalls or
/// brings nonsense is resumed at the last version that came; 410 (as a status or as an ERROR event) asks for the list anew, which is a diff of the table. Events that were
/// overtaken or come twice are left out; if one looks lost by that, the list is asked anew, too.
class KubeWatch {
public:
    KubeWatch(KubeSource source, KubeWatchOptions options);
    ~KubeWatch();
    KubeWatch(const KubeWatch &) = delete;
    KubeWatch &operator=(const KubeWatch &) = delete;

    const std::shared_ptr<KubeTable> &table() const;
    KubeWatchStatus status() const;
    [[nodiscard]] std::shared_ptr<void> listen(KubeListeners::Listener fn); ///< when the status' phase or error changes

    void pause();    ///< no connection; the table stays. Resumed where it stood.
    void resume();
    void retryNow(); ///< does not wait for the next try
    void relist();   ///< asks for the list anew

private:
    class Core;
    std::shared_ptr<Core> m_core;
};

} // namespace pilothouse::cluster
