// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_tls.h"

#include "core/base/file.h"

#include <QFile>

#include <sys/stat.h>

namespace pilothouse::cluster {

Result<QByteArray> WatchedFiles::content(const QString &file) {
    struct stat now {};
    const bool there = ::stat(QFile::encodeName(file).constData(), &now) == 0; // follows Kubernetes' ..data links
    const std::lock_guard lock(m_mutex);
    Seen &seen = m_seen[file];
    const QDateTime changed = QDateTime::fromMSecsSinceEpoch(qint64(now.st_mtim.tv_sec) * 1000 + now.st_mtim.tv_nsec / 1000000, Qt::UTC);
    if (there && seen.size == qint64(now.st_size) && seen.changed == changed && seen.inode == qint64(now.st_ino))
        return seen.bytes;
    auto bytes = readFile(file);
    if (!bytes) {
        if (seen.size >= 0)
            return seen.bytes;
        m_seen.remove(file);
        return bytes.error();
    }
    seen = {changed, qint64(now.st_size), qint64(now.st_ino), *bytes};
    return seen.bytes;
}

Result<std::shared_ptr<const net::Tls>> KubeTls::with(const KubeCredential &credential) {
    net::Tls tls;
    tls.serverName = m_access.tlsServerName;
    tls.insecure = m_access.insecure;
    tls.caPem = m_access.caPem;
    if (tls.caPem.isEmpty() && !m_access.caFile.isEmpty() && !tls.insecure) {
        PH_ASSIGN(tls.caPem, m_files.content(m_access.caFile));
    }
    tls.certPem = credential.certPem;
    tls.keyPem = credential.keyPem;
    const std::lock_guard lock(m_mutex);
    if (!m_last || m_last->caPem != tls.caPem || m_last->certPem != tls.certPem || m_last->keyPem != tls.keyPem)
        m_last = std::make_shared<const net::Tls>(std::move(tls));
    return m_last;
}

} // namespace pilothouse::cluster
