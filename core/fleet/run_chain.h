// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/fleet/snapshot.h"

namespace pilothouse::fleet {

/// What a pipeline's run belongs to: run ↔ commit ↔ model version ↔ image ↔ rollout.
struct RunChain {
    QString run, commit;
    struct OfModel {
        QString model;
        int version = 0;
        QString why; ///< by what the version is known to be the run's: "run" (the run says it), "tag" (a tag of the version names the run or its page), "commit"
    };
    std::vector<OfModel> versions;  ///< surest first
    QStringList images;             ///< "frontend:v34" that it built or deployed
    struct Rollout {
        QString model;
        int version = 0, revision = 0;
        QString operation; ///< promotion or operation behind what runs now; empty: not known
        QString image;     ///< by which image it is known; empty: by the version
    };
    std::vector<Rollout> rollouts;
    QString before, then;           ///< the run whose training it deploys, and the run that deploys its training (joined_runs.h); empty: none
    QJsonObject toJson() const;
    bool isEmpty() const { return versions.empty() && images.isEmpty() && rollouts.empty() && before.isEmpty() && then.isEmpty(); }
};

/// Joins plain values: nothing is asked. Versions of the run's model come first; a version of another model counts only by a tag that names the run.
RunChain chainOf(const pipelines::PipelineRun &run, const Snapshot &snapshot);

/// What a rollout and a registered version are called among the ids of chains: the operation behind the rollout, where one is known.
QString rolloutLink(const ModelRow &row);
QString versionLink(const QString &model, int version);

/// For each id of a run, training, promotion, operation, rollout or version the id of its chain, one for all that belong together; ids that stand alone are not in it.
QHash<QString, QString> chainIds(const Snapshot &snapshot);

} // namespace pilothouse::fleet
