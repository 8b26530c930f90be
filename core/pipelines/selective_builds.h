// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/pipelines/pipeline_service.h"

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace pilothouse::pipelines {

/// Pipelines that build only the services whose folders changed. A service is known by its stages: "Test auth", "Build auth", "Push auth" (SYSTEMS.md, weather). Pure functions.

/// The service of a stage ("Build auth" → "auth"); empty: the stage is of no service ("Push to ECR", "Checkout").
QString serviceOfStage(const QString &stage);

/// What a run did with one service.
struct ServiceBuild {
    enum class Is {
        Built,      ///< its stages ran and passed
        Failed,     ///< one of them failed
        Skipped,    ///< all of them were left out, and nothing had failed before them: its folder had not changed
        NotReached, ///< the run failed or ended before they came: whether it had changed, nobody knows
        Running,
    };
    QString service, run;
    Is is = Is::Built;
    QDateTime when;
    QString stage; ///< that failed
};
QString serviceBuildName(ServiceBuild::Is is); ///< built, failed, skipped, not-reached, running
/// In the order of its stages. Empty: the run has no such stages, or fewer than two services and none left out: it is no selective build.
std::vector<ServiceBuild> servicesOf(const PipelineRun &run);

/// PipelineRun::changed of each of these runs of one job; runs of a job that never leaves a service out are left as they are.
void setChangedServices(std::vector<PipelineRun> &runs);

/// A service whose last build failed and that was skipped since: it stays broken until somebody touches its folder again.
/// @param runs of one job, in any order, with their stages   @param form what a start of the job may be given
/// The fix sets the parameter of the form that builds the service ("FRONTEND_CHANGED", "BUILD_FRONTEND", a choice or text "SERVICES"); without one it starts the job as it is,
/// and the sentence says so.
std::vector<Notice> skippedBroken(const std::vector<PipelineRun> &runs, const std::vector<Parameter> &form);

} // namespace pilothouse::pipelines
