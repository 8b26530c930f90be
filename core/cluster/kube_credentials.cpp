// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_credentials.h"

#include "core/cluster/kube_tls.h"

namespace pilothouse::cluster {

namespace {

/// What stands in the context itself, or in files that it names.
class StaticCredentials : public KubeCredentials {
public:
    explicit StaticCredentials(const KubeAccess &access) : m_access(access) {}

    Result<KubeCredential> credential(std::stop_token) override {
        KubeCredential c;
        c.certPem = m_access.certPem;
        c.keyPem = m_access.keyPem;
        if (c.certPem.isEmpty() && !m_access.certFile.isEmpty()) {
            PH_ASSIGN(c.certPem, m_files.content(m_access.certFile));
        }
        if (c.keyPem.isEmpty() && !m_access.keyFile.isEmpty()) {
            PH_ASSIGN(c.keyPem, m_files.content(m_access.keyFile));
        }
        if (c.certPem.isEmpty()) // a key alone is no identity
            c.keyPem.clear();
        QByteArray token = m_access.token.toUtf8();
        if (!m_access.tokenFile.isEmpty()) {
            const auto read = m_files.content(m_access.tokenFile);
            if (read && !read->trimmed().isEmpty())
                token = read->trimmed();
            else if (token.isEmpty())
                return read ? Error(invalid(QStringLiteral("The token file is empty."), m_access.tokenFile)) : read.error();
        }
        if (!token.isEmpty())
            c.authorization = "Bearer " + token;
        else if (!m_access.userName.isEmpty())
            c.authorization = "Basic " + (m_access.userName + QLatin1Char(':') + m_access.password).toUtf8().toBase64();
        return c;
    }

    /// Another one may come only if a file was written meanwhile.
    bool rejected(const KubeCredential &shown) override {
        const auto now = credential({});
        return now && *now != shown;
    }

private:
    KubeAccess m_access;
    WatchedFiles m_files;
};

} // namespace

std::shared_ptr<KubeCredentials> credentialsOf(const KubeAccess &access, const CredentialOptions &) { return std::make_shared<StaticCredentials>(access); }

} // namespace pilothouse::cluster
