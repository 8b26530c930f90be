// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/pod_reports.h"
#include "core/fleet/services.h"
#include "core/fleet/skew.h"

#include <QHash>

#include <mutex>
#include <stop_token>

namespace pilothouse::fleet {

struct ModelRow;

/// Asks the endpoints that the workspace names by an address what they serve (/model-info, else /health; KServe's metadata), and the clusters what the pods of
/// its deployments run, and keeps what they said.
/// Local serving is not asked here: its rollout status tells. Any thread.
class SkewWatch {
public:
    /// Asks those that are due: one that answered after 20 s, one that did not after 60 s, each for 2.5 s at most. Blocking; a second caller meanwhile
    /// returns at once. Once a minute it also notes aliases that others moved (noteAlias). true: one says something else than before.
    bool refresh(const Services &services, std::stop_token stop = {});
    /// What was said last; empty: it was not asked yet.
    std::vector<ServedReport> known(const QString &model) const;
    /// What the pods of a deployment in a cluster run, as they were seen last; empty: not seen yet, or no cluster.
    ServedByPods knownPods(const QString &model) const;
    /// When the alias came to this version, where the registry told it; invalid: it did not.
    QDateTime aliasChanged(const QString &model, int version) const;
    /// SHA-256 of the weights in a version's package, where that lies on this machine; kept by the package's digest. Empty: not known.
    QString weightsOf(const registry::Version &version);

private:
    struct Entry {
        std::vector<ServedReport> reports;
        ServedByPods pods;
        QDateTime asked, podsAsked;
    };
    bool dueAt(const QString &model, bool pods, const QDateTime &now) const;
    bool refreshEndpoint(const Services &services, const workspace::Model &model, std::stop_token stop);
    bool refreshPods(const Services &services, const workspace::Model &model, std::stop_token stop);
    mutable std::mutex m_mutex;
    std::mutex m_asking;
    QDateTime m_aliasesSeen; ///< under m_asking
    QHash<QString, Entry> m_known;
    QHash<QString, std::pair<int, QDateTime>> m_changed; ///< by model: the version its alias points to, and since when
    QHash<QString, QString> m_weights;
};

/// Asks one endpoint now. An error is in the report's `problem`.
ServedReport askEndpoint(const Services &services, const workspace::Model &model, std::stop_token stop = {});

/// Judges a model by what is known now, and keeps since when it is skewed: an endpoint that does not answer ends nothing. Blocking, but asks no endpoint.
Skew skewOf(const Services &services, const workspace::Model &model, const ModelRow &row, const std::vector<registry::Version> &versions);

} // namespace pilothouse::fleet
