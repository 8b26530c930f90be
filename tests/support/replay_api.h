// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>

#include <memory>

namespace pilothouse::support {

struct ReplayOptions {
    int pods = 20000, deployments = 1000;
    quint64 seed = 1;
    bool streamingLists = true;  ///< sendInitialEvents is taken; else answered with 422, as by a server without WatchList
    int history = 10000;         ///< so many changes are remembered; a watch from before them gets 410
    int bookmarkMs = 1000;       ///< how often a quiet stream gets a bookmark; 0: never
    int streamMs = 0;            ///< a stream is ended in order after so long; 0: as timeoutSeconds says
};

/// An API server of Kubernetes on 127.0.0.1 that plays pods and deployments out of its memory, without TLS: lists with pages, watches with bookmarks, streamed lists, the tables that
/// kubectl asks for, discovery as far as `kubectl get` needs it. Its state is as real ones order it: each change has the next resourceVersion. Faults are drawn from a seeded
/// generator. What the real server decides (rights, validation, controllers) is not played: those tests run against kube.sh.
class ReplayApi {
public:
    explicit ReplayApi(const ReplayOptions &options);
    ~ReplayApi();
    int port() const;
    QString url() const; ///< without a slash at the end

    void change(int count);          ///< so many random changes now: pods come, go and change; deployments' numbers move
    void churn(int perSecond);       ///< from now on, in a thread of its own; 0: none
    void setFaults(double rate, quint64 seed = 1); ///< share of requests, and of batches of events, that go wrong
    void cut(int streams = -1);      ///< resets so many of the running streams (−1: all)
    void forget();                   ///< the history: watches from before get 410, at once or when they come back
    int streams() const;             ///< watches that run
    qint64 bytesSent() const;
    qint64 changes() const;
    qint64 faults() const;           ///< so far
    quint64 digest() const;          ///< a sum over the pods' names and versions (FNV-1a of "namespace/name version")
    /// The objects of "pods" or "deployments" now, as a list would have them.
    QList<QByteArray> objects(const QByteArray &plural) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace pilothouse::support
