// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/cluster/kube_watch.h"

#include <map>
#include <mutex>
#include <vector>

namespace pilothouse::cluster {

/// The watches of one connection, each shared by all who look at the same objects and ended when the last has gone. Any thread.
class KubeWatches {
public:
    explicit KubeWatches(KubeSource source) : m_source(std::move(source)) {}
    /// @param space empty: all namespaces   @param fieldSelector e.g. "involvedObject.name=web-1"
    std::shared_ptr<KubeWatch> watch(const KubeKind &kind, const QString &space, const QString &labelSelector = {}, const QString &fieldSelector = {});
    void setPaused(bool paused); ///< all, also those that come later: the window is hidden
    std::vector<std::shared_ptr<KubeWatch>> running() const;
    /// What a console of a cluster watches: deployments, replica sets, stateful sets, daemon sets, pods, autoscalers, claims, jobs, cron jobs, events, services, ingresses, nodes,
    /// InferenceServices, Rollouts, AnalysisRuns.
    static std::vector<KubeKind> usualKinds();

private:
    const KubeSource m_source;
    mutable std::mutex m_mutex;
    std::map<QString, std::weak_ptr<KubeWatch>> m_watches;
    bool m_paused = false;
};

} // namespace pilothouse::cluster
