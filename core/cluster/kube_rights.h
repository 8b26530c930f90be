// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_api.h"

#include <QHash>

#include <chrono>
#include <mutex>

namespace pilothouse::cluster {

/// One thing that somebody may do: SelfSubjectAccessReview's resourceAttributes.
struct KubeRight {
    QString verb; ///< get, list, watch, create, update, patch, delete
    KubeKind kind;
    QString subresource; ///< scale, status, exec, log, portforward …
    QString space;       ///< empty: all namespaces, or a kind that has none
    QString name;        ///< empty: any
    QString text() const; ///< "patch deployments/scale in ml"
    bool operator==(const KubeRight &) const = default;
};

struct KubeVerdict {
    KubeRight right;
    bool allowed = false;
    QString reason; ///< of the server, if it says one
    /// "viewer may not patch deployments/scale in ml: needs the verb patch on deployments/scale (apps)."; empty if it is allowed.
    QString refusal(const QString &who) const;
};

/// Who the server takes us for (SelfSubjectReview).
struct KubeIdentity {
    QString user;
    QStringList groups;
    QString text() const; ///< "system:serviceaccount:ml:viewer", "admin (system:masters)"
};

/// What one connection may do. Answers are kept for five minutes; a button asks for its right, a Denied makes it ask anew (forget()). Any thread; blocking.
class KubeRights {
public:
    explicit KubeRights(std::shared_ptr<KubeApi> api) : m_api(std::move(api)) {}
    /// The verdicts in order; the calls go side by side. Errors of the API; a server that answers no review is an error, not a "no".
    Result<std::vector<KubeVerdict>> ask(const std::vector<KubeRight> &rights, std::stop_token token = {});
    /// Denied with the missing verb if one of them is not allowed: what a plan looks at first.
    Result<void> need(const std::vector<KubeRight> &rights, std::stop_token token = {});
    /// NotFound before Kubernetes 1.27, which has no such review.
    Result<KubeIdentity> whoAmI(std::stop_token token = {});
    void forget();

private:
    struct Kept {
        KubeVerdict verdict;
        std::chrono::steady_clock::time_point when;
    };
    std::shared_ptr<KubeApi> m_api;
    std::mutex m_mutex;
    QHash<QString, Kept> m_kept; ///< by text() with the group and name
    std::optional<KubeIdentity> m_identity;
};

/// What this program's buttons and verbs do in a namespace.
std::vector<KubeRight> rolloutRights(const QString &space);

} // namespace pilothouse::cluster
