// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_access.h"

#include <QDateTime>
#include <QHash>

#include <mutex>

namespace pilothouse::cluster {

/// Text of files that others renew (tokens, certificates): read when its time or size changed, else remembered. Any thread.
class WatchedFiles {
public:
    /// NotFound, Denied as readFile() says; a file that cannot be read for a moment gives what it held last.
    Result<QByteArray> content(const QString &file);

private:
    struct Seen {
        QDateTime changed;
        qint64 size = -1, inode = 0;
        QByteArray bytes;
    };
    std::mutex m_mutex;
    QHash<QString, Seen> m_seen;
};

/// What a connection to a cluster shows and demands; the same object as long as nothing changed, so that connections are shared. Any thread.
class KubeTls {
public:
    explicit KubeTls(const KubeAccess &access) : m_access(access) {}
    /// `credential`: with a client certificate of its own (an exec plugin's), or the context's is taken. Errors of the files.
    Result<std::shared_ptr<const net::Tls>> with(const KubeCredential &credential);

private:
    KubeAccess m_access;
    WatchedFiles m_files;
    std::mutex m_mutex;
    std::shared_ptr<const net::Tls> m_last;
};

} // namespace pilothouse::cluster
