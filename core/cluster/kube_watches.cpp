// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/cluster/kube_watches.h"

namespace pilothouse::cluster {

std::vector<KubeKind> KubeWatches::usualKinds() {
    using namespace kinds;
    return {Deployment, ReplicaSet, StatefulSet, DaemonSet, Pod, HorizontalPodAutoscaler, PersistentVolumeClaim, Job, CronJob, Event, Service, Ingress, Node, InferenceService, Rollout, AnalysisRun};
}

std::shared_ptr<KubeWatch> KubeWatches::watch(const KubeKind &kind, const QString &space, const QString &labelSelector, const QString &fieldSelector) {
    const QString key = QStringList{listPath(kind, space), labelSelector, fieldSelector}.join(QLatin1Char('\n'));
    const std::lock_guard lock(m_mutex);
    if (auto known = m_watches[key].lock())
        return known;
    KubeWatchOptions options;
    options.kind = kind;
    options.space = space;
    options.labelSelector = labelSelector;
    options.fieldSelector = fieldSelector;
    auto made = std::make_shared<KubeWatch>(m_source, std::move(options));
    if (m_paused)
        made->pause();
    m_watches[key] = made;
    return made;
}

void KubeWatches::setPaused(bool paused) {
    {
        const std::lock_guard lock(m_mutex);
        m_paused = paused;
    }
    for (const auto &watch : running())
        paused ? watch->pause() : watch->resume();
}

std::vector<std::shared_ptr<KubeWatch>> KubeWatches::running() const {
    std::vector<std::shared_ptr<KubeWatch>> all;
    const std::lock_guard lock(m_mutex);
    for (const auto &[key, weak] : m_watches)
        if (auto watch = weak.lock())
            all.push_back(std::move(watch));
    return all;
}

} // namespace pilothouse::cluster
