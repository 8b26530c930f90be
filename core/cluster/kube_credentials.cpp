// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_credentials.h"

#include "core/cluster/eks_token.h"
#include "core/cluster/kube_tls.h"

#include <condition_variable>
#include <mutex>

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

/// What a program gives, or is computed in its place: kept until it expires or is refused.
class ExecCredentials : public KubeCredentials {
public:
    ExecCredentials(const KubeAccess &access, CredentialOptions options) : m_access(access), m_fixed(access), m_options(std::move(options)), m_eks(eksRequest(access)) {}

    Result<KubeCredential> credential(std::stop_token token) override {
        std::unique_lock lock(m_mutex);
        // One program at a time; who waits takes what it brought.
        if (!m_changed.wait(lock, token, [this] { return !m_running; }))
            return cancelled();
        if (m_cached && (!m_renewAt.isValid() || now() < m_renewAt))
            return *m_cached;
        m_running = true;
        lock.unlock();
        const QDateTime asked = now();
        auto answer = ask(token);
        lock.lock();
        m_running = false;
        m_changed.notify_all();
        if (!answer)
            return answer.error();
        m_cached = answer->credential;
        m_renewAt = renewal(asked, answer->expires);
        return *m_cached;
    }

    bool rejected(const KubeCredential &shown) override {
        const std::lock_guard lock(m_mutex);
        if (m_cached && *m_cached == shown)
            m_cached.reset();
        return true;
    }

private:
    QDateTime now() const { return m_options.now ? m_options.now() : QDateTime::currentDateTimeUtc(); }

    /// A minute before it expires, or a quarter of its time where that is less: a call must not begin with what ends on its way.
    static QDateTime renewal(const QDateTime &asked, const QDateTime &expires) {
        return expires.isValid() ? expires.addSecs(-std::min<qint64>(60, std::max<qint64>(0, asked.secsTo(expires)) / 4)) : QDateTime();
    }

    Result<ExecAnswer> ask(std::stop_token token) {
        PH_ASSIGN(std::optional<ExecAnswer> computed, byAwsKeys());
        PH_ASSIGN(KubeCredential fixed, m_fixed.credential(token));
        if (!computed) {
            if (!m_options.trust.isTrusted(*m_access.exec))
                return Error{ErrorKind::Denied, QStringLiteral("This kubeconfig wants to run a program for the credential: %1. Nobody confirmed that yet.").arg(ExecTrust::line(*m_access.exec)), m_access.exec->file,
                             QStringLiteral("If you know where the file comes from: pilot connect trust %1").arg(m_options.connection.isEmpty() ? QStringLiteral("NAME") : m_options.connection), {}};
            PH_ASSIGN(computed, runExec(m_access, m_options.terminal, token));
        }
        // client-go: a certificate of the context stays where the program gives none.
        if (computed->credential.certPem.isEmpty()) {
            computed->credential.certPem = fixed.certPem;
            computed->credential.keyPem = fixed.keyPem;
        }
        return *computed;
    }

    /// None: it is no EKS token, a role is to be assumed, or there are no keys to sign with (single sign-on, instance roles): then the program knows.
    Result<std::optional<ExecAnswer>> byAwsKeys() const {
        if (!m_eks || !m_eks->role.isEmpty())
            return std::optional<ExecAnswer>();
        std::optional<sources::AwsCredentials> keys;
        if (m_options.aws) {
            PH_ASSIGN(keys, m_options.aws());
        }
        if (!keys)
            if (auto found = sources::environmentCredentials(m_eks->profile); found && !found->isAnonymous())
                keys = *found;
        if (!keys || keys->secretKey.isEmpty())
            return std::optional<ExecAnswer>();
        return std::optional(eksToken(m_eks->cluster, m_eks->region.isEmpty() ? sources::environmentRegion(m_eks->profile) : m_eks->region, *keys, now()));
    }

    KubeAccess m_access;
    StaticCredentials m_fixed;
    CredentialOptions m_options;
    std::optional<EksRequest> m_eks;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_running = false;
    std::optional<KubeCredential> m_cached;
    QDateTime m_renewAt;
};

} // namespace

std::shared_ptr<KubeCredentials> credentialsOf(const KubeAccess &access, CredentialOptions options) {
    if (access.exec && access.token.isEmpty() && access.tokenFile.isEmpty())
        return std::make_shared<ExecCredentials>(access, std::move(options));
    return std::make_shared<StaticCredentials>(access);
}

} // namespace pilothouse::cluster
